"""A child is hurt, and a woman tells of it: no sentence that leaves it to the hurt one to report.

For a child that is not hers to decide, and it would go against the duty that she was told of. So
what is asked on in such a talk stays with the children's texts, and theirs is the number.
"""

from __future__ import annotations

from bot.conversation.another import HURT, known_as
from bot.conversation.state import State, Turn
from bot.conversation.world import World

TOPIC = "ask_child_abuse"
# Topics whose texts speak to a woman who was hurt herself.
OF_WOMEN = ("ask_sexual_violence", "ask_domestic_violence", "ask_protection_order")
LATELY = 6  # of the statements told last


def is_told_of(turn: Turn, before: State, world: World) -> bool:
    """Whether she tells of a child, in this message or in those before it; not of herself."""
    tells = turn.cues.tells
    if turn.is_child or turn.tapped or "hurt_herself" in tells or _is_a_grown_one(turn):
        return False
    if before.topic == TOPIC:
        return "hurt_woman" not in tells
    if turn.intent == TOPIC:
        return True
    if "child_of_age" in tells and world.is_sensitive(turn.intent) and _is_hurt(turn):
        return True
    lately = any(".child_abuse." in each for each in before.told[-LATELY:])
    return lately and not tells.isdisjoint({"a_child", "of_them"}) and "hurt_woman" not in tells


def _is_a_grown_one(turn: Turn) -> bool:
    """Whether it is of a neighbour or a mother that she tells, whatever it was taken for."""
    helped = turn.helped
    if helped is None or not helped.now or "child_hurt" in turn.another.signs:
        return False
    return helped.matter == HURT and not known_as(helped.who).child and helped.who != "student"


def stays(turn: Turn, before: State, after: State) -> State:
    """The state after the turn: still on the child, whichever topic the sentence told is of."""
    left = turn.of_child and before.topic == TOPIC and after.topic in OF_WOMEN
    return after.but(topic=TOPIC) if left else after


def _is_hurt(turn: Turn) -> bool:
    return not turn.cues.evidence.isdisjoint({"harm", "sexual"})
