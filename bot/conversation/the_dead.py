"""Somebody of hers has died in another country: sorrow, then the body, the cost, who it is.

The dead are not missing: nothing on reporting a disappearance, on false kidnappers or on albums is
told to her who buries somebody, and nothing on the dead to her who searches. Which statements
these are stands in data/first_told.yml, her words in data/tells.yml.
"""

from __future__ import annotations

from bot.conversation import crisis, refuge
from bot.conversation.compose import Decision, decide
from bot.conversation.first_told import first_told
from bot.conversation.manner import manner_of
from bot.conversation.shown import one_line
from bot.conversation.sources import source_line
from bot.conversation.state import ALARMS, NEAR, UNCLEAR, State, Turn
from bot.conversation.topics import remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService
from bot.knowledge.citing import Citation
from bot.knowledge.content import country_record
from bot.knowledge.models import Statement

SEARCH, CONSULATE = "ask_missing_relative", "ask_consulate"
_MATTER = "death_abroad"  # of data/matters.yml
_MOST = 2  # statements of one answer
_WISHES = frozenset(("means", "harmed", "overdose", "wants_death"))  # "dying" is any word of death
# For what a question of somebody who mourns is taken.
_HEARD = (SEARCH, CONSULATE, "ask_return_home", "ask_legal_aid", "ask_identity_documents",
          "ask_family_reunification", "ask_family_reunification_cost_time", "ask_send_money",
          "ask_rights_overview", "ask_emotional_support", "ask_health_care", *UNCLEAR)  # fmt: skip


def is_told(turn: Turn) -> bool:
    """Whether she says that somebody of hers is dead."""
    return "bereaved" in turn.cues.tells or _MATTER in turn.asked.matters


def noted(turn: Turn) -> bool:
    """Whether to remember it after this turn; that somebody died, and nothing that she wrote."""
    return turn.mourns or is_told(turn)


def decided(turn: Turn, state: State, world: World) -> Decision | None:
    """The answer to her who asks for a body, or for what it costs; None: it is another matter."""
    tells = turn.cues.tells
    if turn.tapped or turn.forced or turn.need is not None or turn.intent in ALARMS:
        return None
    if crisis.is_on(state) or not (_WISHES | NEAR).isdisjoint(tells) or "goes_to_bury" in tells:
        return None
    if turn.intent not in _HEARD or ("is_buried" in tells and not turn.cues.asks):
        return None
    body = not tells.isdisjoint({"of_remains", "who_it_is"})
    if is_told(turn):
        asks = body or _MATTER in turn.asked.matters or turn.intent in (SEARCH, CONSULATE)
        return _answer(turn, state, world) if asks else None
    goes_on = turn.intent in (SEARCH, CONSULATE) or (
        state.topic == CONSULATE and "pays_for_them" in tells)  # fmt: skip
    return _answer(turn, state, world) if turn.mourns and (body or goes_on) else None


def _answer(turn: Turn, state: State, world: World) -> Decision:
    language, manner = state.language, manner_of(turn.style)
    whose = _whose(turn, state)
    place = state.but(country=whose, city=None)
    told = "pays_for_them" in turn.cues.tells
    side = "who" if "who_it_is" in turn.cues.tells else "cost" if told else "body"
    most = 1 if turn.style == "sms" else _MOST
    rows, citation = _rows(side, most, place, turn, world)
    if not rows and side == "who":  # where that one was found
        rows, citation = _rows(side, most, state, turn, world)
    lines = [] if turn.mourns else [say("bereaved", language)]
    if rows:
        named = rows[0].country in world.served
        heading = (say("answer_for", language, country=world.in_words(rows[0].country, language))
                   if named else say("answer_everywhere", language))  # fmt: skip
        lines += manner.told(heading, [row.text.get(language) for row in rows])
        lines.append(source_line(citation, language) if turn.style != "sms"
                     else manner.source(citation, language))  # fmt: skip
    helper = _helper(whose, state, world, turn)
    if helper is not None:
        warned, _ = refuge.warning(turn, state.but(origin=whose), world)
        key = "next_step" if rows else "no_more"
        country = world.in_words(whose, language) if whose else say("region", language)
        lines += [*warned, say(key, language, service=one_line(helper, language), country=country)]
    elif whose is None:
        lines.append(say("ask_origin", language))
    elif not rows:
        lines.append(say("unknown_nobody", language))
    ids = [row.id for row in rows]
    pending = None if whose else "origin"
    state = state.but(topic=CONSULATE, told=(*state.told, *ids), pending=pending, misunderstood=0,
                      listed=(helper.id,) if helper else (), service_type=None)  # fmt: skip
    options = manner.options(remaining_options(CONSULATE, state, world), language)
    return decide(lines, state, CONSULATE, options, "answered" if rows else "no answer",
                  [*ids, *([helper.id] if helper else [])])  # fmt: skip


def _rows(
    side: str, most: int, place: State, turn: Turn, world: World
) -> tuple[list[Statement], Citation]:
    """What answers the side of it, the country's own first, else the rest; nothing told before."""
    known = first_told()["dead"]
    for name in dict.fromkeys((side, side if side == "who" else "body")):
        new = [each for each in known[name] if each not in place.told]
        found, _ = world.these(new, place, turn.today)
        own = [row for row in found if row.country == place.country]
        if found:
            return world.these([row.id for row in (own or found)[:most]], place, turn.today)
    return world.these([], place, turn.today)


def _whose(turn: Turn, state: State) -> str | None:
    """The country of the dead, as far as is known: hers. Where that one died tells nothing."""
    return next((e for e in (state.origin, turn.prefix_country, state.here) if e), None)


def _helper(whose: str | None, state: State, world: World, turn: Turn) -> FoundService | None:
    """The desk of that country for its dead abroad, else its consulate."""
    if whose is None:
        return None
    if whose in world.served:
        desk = country_record(str(whose)).matters.get(_MATTER)
        found = world.service(desk, turn.today) if desk else None
        if found is not None:
            return found
    known = world.consulates(state.but(origin=whose), turn.today)
    return next(iter([*known.that_answer(), *known.near, *known.lines]), None)
