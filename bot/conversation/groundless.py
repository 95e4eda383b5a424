"""What only the model took for danger, violence or despair, though no word of it is in the message.

"It finishes in December", "where do I report", "San Miguel, El Salvador" are about the matter that
was spoken of. Plain words are the gate's, and never come here; a message that says little and
nothing ordinary either ("I picked a date") keeps its alarm.
"""

from __future__ import annotations

from bot.conversation import crisis
from bot.conversation.state import ALARMS, State, Turn
from bot.conversation.world import World

FEW = 2  # content words: with so few it leans on what was spoken of before
SHORT = 12  # words of a follow-up; a longer message stands for itself
MANY = 18  # words; a longer message stands for itself
# How sure an alarm with no word of it must be, after an ordinary matter and after one of violence.
# Readers of 1,850 turns found 54 such alarms above nothing; none was right, most were far below.
BARE = {"despair": (0.97, 0.7), "harm": (0.7, 0.5)}
SAD = "ask_emotional_support"  # there despair is never far
_LIKELY, _POSSIBLE = 0.1, 0.05
_NEAR = ("silent", "near", "locked")
_RAPE = "ask_sexual_violence"


def instead(turn: Turn, before: State, world: World) -> str | None:
    """The intent that the message has instead; None: it is what it was taken for."""
    if turn.tapped or turn.forced or turn.is_child:
        return None
    if turn.intent in ALARMS:
        return _no_alarm(turn, before, world) if _is_groundless(turn, before, world) else None
    if not world.is_topic(turn.intent) or not world.is_sensitive(turn.intent):
        return None
    topic = _ordinary(before, world)
    words = turn.cues.evidence
    if turn.cues.rape or before.topic == _RAPE:
        return None
    spoken = topic is not None or crisis.is_on(before)
    if turn.intent == _RAPE and "sexual" not in words and turn.words <= MANY and spoken:
        return _next(turn, world, _POSSIBLE, sensitive=True) or topic
    if topic is None or crisis.is_on(before):
        return None
    few = len(turn.asked.stems) <= FEW
    return topic if few and words.isdisjoint({"harm", "sexual", "despair"}) else None


def _is_groundless(turn: Turn, before: State, world: World) -> bool:
    words = turn.cues.evidence
    kind = "harm" if turn.intent == ALARMS[0] else "despair"
    near = turn.cues.threat or turn.cues.returned or turn.cues.unsafe
    near = near or not turn.cues.tells.isdisjoint(_NEAR)
    grave = not turn.cues.tells.isdisjoint({"means", "dying"})
    if kind in words or (kind == "harm" and near) or (kind == "despair" and grave):
        return False
    if turn.only_place:
        return True
    if turn.stays is not None and turn.confidence < _least(kind, before, world):
        return True
    if crisis.is_on(before) and before.crisis != "distress" and kind == "despair":
        return True  # in danger, what says nothing of dying is about the danger
    follows = turn.words <= SHORT and (_ordinary(before, world) or crisis.is_on(before))
    unsure = turn.confidence < crisis.LIKELY and turn.cues.asks
    return "ordinary" in words and bool(follows or unsure)


def _least(kind: str, before: State, world: World) -> float:
    """How sure an alarm with no word of it must be, after what was spoken of just before."""
    topic = before.topic or ""
    if not world.is_topic(topic) or crisis.is_on(before) or (kind == "despair" and topic == SAD):
        return 0.0
    return BARE[kind][int(world.is_sensitive(topic))]


def _no_alarm(turn: Turn, before: State, world: World) -> str:
    if turn.only_place and not crisis.is_on(before):
        return "inform_location"
    if crisis.is_on(before) and not turn.cues.asks:
        return "nlu_fallback"
    spoken = before.topic if before.topic and world.is_topic(before.topic) else None
    return _next(turn, world, _LIKELY) or spoken or "nlu_fallback"


def _ordinary(before: State, world: World) -> str | None:
    """What was spoken of, where it was neither violence nor a crisis."""
    topic = before.topic
    known = topic is not None and world.is_topic(topic) and not world.is_sensitive(topic)
    return topic if known else None


def _next(turn: Turn, world: World, share: float, *, sensitive: bool = False) -> str | None:
    for name, likely in turn.ranking:
        fits = world.is_topic(name) and (sensitive or not world.is_sensitive(name))
        if likely >= share and fits and name != turn.intent:
            return name
    return None
