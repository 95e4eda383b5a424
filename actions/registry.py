"""Every action of domain.yml and the function that decides it."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from actions.turn import TurnAction
from bot.conversation import (
    crisis,
    people,
    places,
    privacy,
    reporting,
    services,
    small_talk,
    topics,
)
from bot.conversation.not_an_order import Decide
from bot.conversation.world import World

DECIDERS: dict[str, Decide] = {
    "action_answer_topic": topics.answer_topic,
    "action_find_service": services.find_service,
    "action_report_outdated": reporting.report_outdated,
    "action_person": people.person,
    "action_emergency": crisis.emergency,
    "action_distress": crisis.distress,
    "action_say": small_talk.talk,
    "action_menu": small_talk.menu,
    "action_language": small_talk.change_language,
    "action_location": places.inform_location,
    "action_affirm": small_talk.affirm,
    "action_deny": small_talk.deny,
    "action_more": small_talk.more,
    "action_repair": small_talk.repair,
    "action_privacy": privacy.explain,
    "action_erase": privacy.erase,
    "action_leave": privacy.leave,
    "action_stop": privacy.stop,
}


def executor(world: World) -> ActionExecutor:
    """Rasa's own executor with all our actions registered."""
    made = ActionExecutor()
    for name, decide in DECIDERS.items():
        made.register_action(TurnAction(name, decide, world))
    return made
