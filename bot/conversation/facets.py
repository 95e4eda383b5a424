"""One side of a topic that was answered: what it costs, how long it takes, which papers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.conversation.compose import Decision
from bot.conversation.state import State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World

FAMILY = ("ask_family_reunification", "ask_family_reunification_documents",
          "ask_family_reunification_cost_time")  # fmt: skip
OWN_TOPIC = {"cost": "ask_family_reunification_cost_time",
              "time": "ask_family_reunification_cost_time",
              "papers": "ask_family_reunification_documents"}  # fmt: skip


def about(turn: Turn, topic: str, side: str | None = None) -> Turn:
    """The message as a question on `topic`, or on one side of it, and no ellipsis any more."""
    asked = turn.asked
    if side == "time" and "deadline" in asked.aspects:
        side = None  # how long she has, not how long it takes
    if side:
        asked = replace(asked, aspects=asked.aspects | {side})
    return replace(turn, intent=topic, asked=asked, cues=replace(turn.cues, follow=None))


def facet(side: str) -> Callable[[Turn, State, World], Decision | None]:
    """The follow-up for one side; None where no topic was answered."""

    def answer(turn: Turn, state: State, world: World) -> Decision | None:
        if not state.topic or not world.is_topic(state.topic):
            return None
        if state.topic in FAMILY:
            return answer_topic(about(turn, OWN_TOPIC[side]), state, world)
        return answer_topic(about(turn, state.topic, side), state, world)

    return answer
