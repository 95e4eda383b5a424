"""A helper asks where the one who is hurt can go: refuges of the country where that one is."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.another import HURT, Helped
from bot.conversation.compose import Decision
from bot.conversation.from_afar import dialled_there, there_is
from bot.conversation.state import ALARMS, State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World

SHELTER = "ask_safe_shelter"
_KINDS = ("migrant_shelter", "violence_shelter")


def is_sought(turn: Turn, helped: Helped) -> bool:
    """Whether a roof is sought for that one; beside blows now the card comes."""
    hurt = helped.matter == HURT or HURT in turn.another.signs
    sought = turn.intent == SHELTER or "roof" in turn.cues.tells
    urgent = turn.forced or turn.tapped or turn.intent == ALARMS[0]
    return hurt and (sought or (helped.now and turn.service_type in _KINDS)) and not urgent


def refuges(turn: Turn, helped: Helped, state: State, world: World) -> Decision:
    """What is known of refuges there, said to be passed on; where she is stays as it was."""
    there = there_is(replace(helped, matter=HURT), state)
    turn = replace(turn.about(SHELTER), helped=replace(helped, matter=HURT, now=True),
                   for_other=True, service_type=None, stays_on=True)  # fmt: skip
    told = answer_topic(turn, there.but(service_type=None, pending=None), world)
    return dialled_there(told, turn, turn.helped or helped, state, world)
