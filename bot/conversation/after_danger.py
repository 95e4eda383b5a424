"""When danger is over: she says so, or asks of ordinary matters; a new sign brings it back at once.

The number stands over the first ordinary answer after an alarm, and no more over the next ones.
Small talk in that time still gets presence and no menu: that is `crisis.is_on`, and stays.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis
from bot.conversation.compose import Decision
from bot.conversation.state import ALARMS, NEAR, State, Turn
from bot.conversation.world import World

ORDINARY = 1  # answers on an ordinary matter that the number still goes along with
_STILL = NEAR | {"not_over"}
# What speaks against the end of it, beside a word that it is over: "I am safe in the closet".
_AGAINST = _STILL | {"hides", "means", "dying", "blows", "harmed_by"}
_DANGER = ("danger", "locked")
_CLEAR = 0.5


def is_sign(turn: Turn) -> bool:
    """Whether the message itself holds a sign of danger, old or new."""
    cues = turn.cues
    near = not cues.tells.isdisjoint(_STILL) or cues.help
    return near or turn.is_grave or (turn.intent in ALARMS and not turn.harmless)


def heard(turn: Turn, before: State) -> Turn:
    """The message; that she is safe is not heard as the end where she says that he comes back, or
    that she hides from him."""
    on = crisis.is_on(before) and before.crisis in _DANGER
    if not on or turn.cues.tells.isdisjoint({"not_over", "hides"}):
        return turn
    return replace(turn, cues=replace(turn.cues, relief=False))


def is_over(turn: Turn, before: State) -> bool:
    """Whether she says that the danger of a few turns ago is over, without a word against it."""
    on = crisis.is_on(before) and before.crisis in _DANGER
    said = "over" in turn.cues.tells and not (turn.tapped or turn.forced)
    alarmed = turn.intent in ALARMS and turn.confidence >= crisis.SURE
    return (
        on and said and not (alarmed or turn.is_grave or not turn.cues.tells.isdisjoint(_AGAINST))
    )


def only_says_so(turn: Turn, world: World) -> bool:
    """Whether she asks for nothing beside it."""
    matter = "own_matter" in turn.cues.tells and world.is_topic(turn.intent)
    sought = turn.service_type is not None and turn.cues.asks
    return not (turn.cues.asks or sought or (matter and turn.confidence >= _CLEAR))


def told_over(turn: Turn, state: State, world: World) -> Decision:
    """A kind line; the number is said once more, and the danger is over."""
    return crisis.calmed(turn.relieved(), state, world)


def has_faded(turn: Turn) -> bool:
    """Whether the number goes along with an ordinary answer no more."""
    return turn.calm >= ORDINARY and not is_sign(turn)


def counted(turn: Turn, decision: Decision, world: World) -> int:
    """How many ordinary answers there were since the last sign of danger, after this turn."""
    state = decision.state
    if state.crisis is None or decision.acted_on in ALARMS or is_sign(turn):
        return 0
    topic = world.is_topic(decision.acted_on) and not world.is_sensitive(decision.acted_on)
    return turn.calm + (topic or decision.acted_on == "find_service")
