"""Which number stands first, where she and whoever is hurt may be in two countries."""

from __future__ import annotations

from bot.conversation import her_no
from bot.conversation.state import ALARMS, State, Turn
from bot.conversation.world import World
from bot.knowledge.answer import Answer
from bot.knowledge.next_step import EmergencyNumber

_THREATS = "ask_threats_extortion"
_AGAINST_HER = ("ask_domestic_violence", "ask_sexual_violence", "ask_trafficking_exploitation",
                "ask_safe_shelter", "ask_protection_order")  # fmt: skip


def number_of_hers(answer: Answer, intent: str, turn: Turn, state: State,
                  world: World) -> EmergencyNumber | None:  # fmt: skip
    """The number at the head of an answer, as she can dial it: on violence against herself it is
    never that of another country that she asks about."""
    away = state.here in world.served and state.here != state.country
    hers = turn.helped is None and not turn.of_child and intent in _AGAINST_HER
    number = answer.emergency
    if number and intent == _THREATS and her_no.POLICE in turn.noes:
        # A line to report extortion is the police: only the number for when it comes to blows.
        return world.emergency(ALARMS[0], state)
    return world.emergency(intent, state) if number and away and hers else number


def child_abroad(turn: Turn, state: State, world: World) -> str:
    """In which other country the hurt child is, in words: its numbers are dialled there."""
    if not turn.of_child or state.country not in world.served:
        return ""
    here = state.here or turn.prefix_country
    return "" if here in (None, state.country) else world.in_words(state.country, state.language)
