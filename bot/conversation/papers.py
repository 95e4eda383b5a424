"""Papers of a nationality: told by her own country's rules and consulate, wherever she is."""

from __future__ import annotations

from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService

TOPIC = "ask_identity_documents"


def of_her_country(intent: str, turn: Turn, state: State, world: World) -> State:
    """`state` as the answer is sought: for the country whose paper it is."""
    own = _own(intent, turn, state, world)
    return state.but(country=own, city=None) if own else state


def _own(intent: str, turn: Turn, state: State, world: World) -> str | None:
    """None where the paper may be the country's where she is, or where that is her own."""
    if intent != TOPIC or turn.asked_paper == "host":
        return None
    if turn.asked_paper is None and turn.country is not None and turn.country == state.country:
        return None  # "I have DACA"
    own = state.origin
    if own is None and turn.asked_paper == "own" and not turn.cues.corrects:
        own = turn.prefix_country  # a guess, said to be one
    return own if own in world.served and own != state.country else None


def heading(turn: Turn, state: State, sought: State, world: World) -> str:
    """Whose papers they are; by her number it is a guess."""
    key = "papers_of" if state.origin else "papers_of_guess"
    return say(key, state.language, country=world.in_words(sought.country or "", state.language))


def consulate(turn: Turn, state: State, world: World) -> FoundService | None:
    """Her consulate where she is, else her country's own line; None where we know none."""
    known = world.consulates(state, turn.today)
    reached = [each for each in (*known.near, *known.lines)
               if each.phones or each.whatsapp or each.url]  # fmt: skip
    return reached[0] if reached else None


def must_ask_whose(intent: str, turn: Turn, state: State) -> bool:
    """A passport, and nothing tells of which country: the one told may be another's."""
    known = state.origin or turn.prefix_country
    return intent == TOPIC and turn.asked_paper == "own" and not known and bool(state.country)
