"""What looks like leaving, erasing or stopping and is none, or is one though it looks like none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.conversation import crisis
from bot.conversation.compose import Decision
from bot.conversation.questions import ASKED
from bot.conversation.small_talk import repair
from bot.conversation.state import ALARMS, ORDERS, State, Turn
from bot.conversation.world import World

Decide = Callable[[Turn, State, World], Decision]
FEW_BEFORE_SHE_GOES = 14  # words
# Below it what the model alone takes for an order is none: of 107 true ones of the development set
# none lies there, and an order that nobody gave loses all that she told.
HARDLY = 0.5
FEW = 3  # words: so few may be all that she has time for
DESTROY = ("quick_exit", "delete_my_data", "stop_messages")


def is_it_now(turn: Turn, state: State, world: World) -> Decision:
    """The number, and whether she is in danger: what the model took it for comes after that."""
    return crisis.doubtful(state, world)


def no_order(turn: Turn, before: State, world: World) -> tuple[Decide, Turn] | None:
    """Where the model makes of a danger, or of an answer to our question, something that loses it:
    she is locked in ("cierra con llave para que no salga"), dreads that he kills her, he has left.
    """
    if turn.tapped or turn.forced or turn.cues.erases or turn.cues.stops or must_go(turn):
        return None  # an order in plain words is one, whatever stands beside it
    tells, order = turn.cues.tells, turn.intent in ORDERS
    if turn.intent in DESTROY and turn.confidence < HARDLY and turn.words > FEW:
        others = tuple(each for each in turn.ranking if each[0] not in DESTROY)
        return repair, replace(turn.about("nlu_fallback"), ranking=others)
    if order and turn.cues.safe and before.pending in ASKED:
        return repair, turn.about("affirm")
    violence = turn.intent != ALARMS[1] and world.is_sensitive(turn.intent)
    heard = turn.intent == ALARMS[0] or violence or turn.of_child or crisis.is_on(before)
    # That somebody may kill her sounds like a wish to die, like refuge, like anything.
    lost = order if "locked" in tells else "dreads" in tells
    return (is_it_now, turn.about("nlu_fallback")) if lost and not heard else None


def must_go(turn: Turn) -> bool:
    """She stops because somebody comes who must not see it."""
    cues = turn.cues
    if turn.words > FEW_BEFORE_SHE_GOES or turn.tapped or turn.forced or cues.threat:
        return False
    # "I can't write, he is here" may be danger: nothing is put in place of that alarm.
    cannot = "cannot_type" in cues.tells and (cues.sorry or turn.intent != ALARMS[0])
    return "must_go" in cues.tells or cannot
