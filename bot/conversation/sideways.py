"""Told sideways: "he did something to me, I said no", "I woke up without clothes".

Only with such a frame (`assaulted` in data/tells.yml). She is believed, asked for nothing, and told
of care within 72 hours.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis, hurt_child
from bot.conversation.compose import Decision
from bot.conversation.state import ALARMS, DIES, NEAR, State, Turn
from bot.conversation.topics import tell
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.asked import NOTHING

TOPIC = "ask_sexual_violence"


def is_told(turn: Turn, before: State) -> bool:
    """Whether she tells it now; in a crisis, or of a child, it is heard there."""
    cues = turn.cues
    told = "assaulted" in cues.tells and not (turn.tapped or crisis.is_on(before))
    # A wish to die, pills or blood come before it, each with a card of its own.
    dies = turn.intent == ALARMS[1] or turn.need is not None or not cues.tells.isdisjoint(DIES)
    # What is told as past ("I could not scream") is not danger now, unless he is near.
    near = cues.returned or cues.unsafe or cues.threat or not cues.tells.isdisjoint(NEAR)
    return told and not (dies or near)


def heard(turn: Turn, state: State, world: World) -> Decision:
    """That she is believed, the number, and care; never that her one question has no answer."""
    topic = hurt_child.TOPIC if turn.of_child or turn.is_child else TOPIC
    turn = replace(turn.about(topic), asked=NOTHING, cues=replace(turn.cues, asks=False))
    state = state.but(topic=topic, listed=(), service_type=None)
    lead = "" if topic == hurt_child.TOPIC else say("told_sideways", state.language)
    return tell(topic, turn, state, world, lead=lead)
