"""What was taken for violence amid an ordinary matter, or for a matter of work at home.

"They saw me in the line" after a question on refuge is no violence because of one word in it; a
girl who tells of a man at home has no employer to report.
"""

from __future__ import annotations

from bot.conversation import hurt_child
from bot.conversation.state import State, Turn
from bot.conversation.world import World
from bot.knowledge.topics import topics

HARASSED = "ask_workplace_harassment"
_ORDER, _EXTORTION, _GRIEF = (
    "ask_protection_order",
    "ask_threats_extortion",
    "ask_emotional_support",
)
_UNSURE = 0.5
# Of violence that the model heard, less than so sure, in a message that goes on with an ordinary
# matter, readers of 1,500 turns found one in six right; of extortion most.
_HALF_SURE, _GOES_ON = 0.85, 0.75


def is_one(turn: Turn, before: State, world: World) -> bool:
    """Whether a guess of violence strays from the ordinary matter that was spoken of: unsure and
    without one word of it, or in a message that surely goes on."""
    topic = before.topic or ""
    ordinary = world.is_topic(topic) and not world.is_sensitive(topic)
    plain = turn.cues.evidence.isdisjoint({"harm", "sexual"})
    if turn.intent == _ORDER:  # it asks about reporting and tells of nothing by itself
        plain = not turn.cues.threat and turn.cues.tells.isdisjoint({"struck", "choked"})
    if not (ordinary and world.is_sensitive(turn.intent)):
        return False
    if plain and turn.confidence < _UNSURE:
        return True
    on = (turn.stays or 0.0) >= _GOES_ON and turn.confidence < _HALF_SURE
    told = turn.is_grave or turn.money.asks or turn.intent in (_EXTORTION, hurt_child.TOPIC)
    told = told or before.sensitive  # it was spoken of before
    return on and topic != _GRIEF and not told


def is_of_a_girl_at_home(turn: Turn, before: State) -> bool:
    """Whether a girl tells of a man at home: he looks at her, or it was taken for work."""
    seen = "while_dressing" in turn.cues.tells
    return turn.is_child and (seen or (turn.intent == HARASSED and not _is_at_work(turn, before)))


def _is_at_work(turn: Turn, before: State) -> bool:
    known = topics().get(before.topic or "")
    worked = known is not None and known.group == "work" and before.topic != HARASSED
    return worked or "at_work" in turn.cues.tells
