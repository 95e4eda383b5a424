"""What a message means that the model could not tell alone: what was said before may tell.

"and what if I marry?" after a question on visas is about visas; "and in Panama?" is the same
question for Panama. Only for messages below the model's threshold; a clear one speaks for itself.
"""

from __future__ import annotations

from bot.conversation.compose import Decision
from bot.conversation.places import in_new_place
from bot.conversation.state import SHORT, State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from bot.knowledge.topics import topics

# How much likelier the topic of before is, and its neighbours; then what is likely enough to be
# answered and not asked about, and how far ahead of the next one.
SAME_TOPIC, SAME_TOPIC_LONG, SAME_GROUP = 12.0, 4.0, 1.7
ENOUGH, AHEAD = 0.3, 1.4


def in_context(turn: Turn, state: State, world: World) -> Decision | None:
    """The answer, if what was said before decides; None: ask her."""
    if not state.topic or not world.is_topic(state.topic) or turn.tapped:
        return None
    if turn.country and turn.words <= SHORT:
        return in_new_place(turn, state.but(misunderstood=0), world)
    meant = _likeliest(turn, state.topic, world)
    if meant is None:
        return None
    return answer_topic(turn.about(meant), state.but(misunderstood=0), world)


def _likeliest(turn: Turn, topic: str, world: World) -> str | None:
    weighed = {name: share * _weight(name, topic, turn) for name, share in turn.ranking}
    ordered = sorted(weighed.items(), key=lambda each: -each[1])
    if not ordered:
        return None
    (best, share), second = ordered[0], ordered[1][1] if len(ordered) > 1 else 0.0
    if not world.is_topic(best) or share < ENOUGH or share < AHEAD * second:
        return None
    return best


def same_topic(turn: Turn) -> float:
    """How much likelier her next message is on the topic of before than on another."""
    return SAME_TOPIC if turn.words <= SHORT else SAME_TOPIC_LONG


def _weight(name: str, topic: str, turn: Turn) -> float:
    if name == topic:
        return same_topic(turn)
    if turn.words > SHORT:
        return 1.0
    known = topics()
    near = name in known and known[name].group == known[topic].group
    return SAME_GROUP if near else 1.0
