"""A girl or a boy writes: the children's line in every answer, short words, no law first."""

from __future__ import annotations

from bot.conversation.compose import Decision, decide
from bot.conversation.state import UNCLEAR, State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.cards import cards
from bot.safety.card import card

_VAGUE = (*UNCLEAR, "bot_challenge", "deny", "greet")
# Where the answers to women would begin with law.
_INSTEAD = {"ask_domestic_violence": "ask_child_abuse", "ask_asylum": "ask_unaccompanied_children",
            "ask_return_home": "ask_unaccompanied_children"}  # fmt: skip


def for_a_child(turn: Turn, state: State, world: World) -> Decision | None:
    """What is said otherwise than to a woman; None: the same, with the line before it."""
    if turn.intent == "ask_human" or turn.cues.who_helps or turn.cues.offline:
        return _whom(state, world)
    if turn.intent in ("ask_protection_order", "ask_detention_deportation"):
        return _plain("child_fear", turn, state)
    if turn.intent in _INSTEAD:
        return answer_topic(turn.about(_INSTEAD[turn.intent]), state, world)
    if turn.intent == "affirm":
        return _plain("child_ok", turn, state)
    if turn.intent in _VAGUE and not (turn.names_place and state.topic):
        return _plain("child_tell", turn, state)
    return None


def number(state: State, world: World) -> str:
    """The children's line where she is, and the one for danger, if that is another."""
    language = state.language
    danger = world.emergency_line("danger", state)
    known = cards(world.served_country(state) or "").child.numbers
    own = next((each.display for each in known if each.display != danger), danger)
    if own == danger:
        return f"{danger}."
    return say("child_number", language, number=own, danger=danger)


def _whom(state: State, world: World) -> Decision:
    """The children's card: who answers, also by message where that is known."""
    text = card("child", world.served_country(state), state.language)
    lines = [text, say("child_whom", state.language)]
    return decide(lines, state.but(sensitive=True, misunderstood=0), "ask_human", (),
                  "person offered")  # fmt: skip


def _plain(key: str, turn: Turn, state: State) -> Decision:
    state = state.but(sensitive=True, misunderstood=0, pending=None)
    return decide([say(key, state.language)], state, turn.intent)
