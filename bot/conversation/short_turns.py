"""A turn that asks nothing: shyness, a name, "I ask my husband and write later", or a bare fact.

The first kind gets one kind line, and the talk stays as it was. A fact without a verb (an age, a
date, how many, where from) is told of the matter that was spoken of last: it is never a new one and
never out of scope. The patterns stand in data/tells.yml and hold for the whole message, so what she
tells beside it is heard as ever.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide, menu_options
from bot.conversation.services import list_services
from bot.conversation.state import ALARMS, ORDERS, State, Turn
from bot.conversation.topics import remaining_options, tell
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.asked import NOTHING

_LINES = ("shy", "greets_first", "tells_name", "back_later", "surprised", "dismayed", "grateful",
          "wrong_number_asks", "signed_up",
          "heard_from")  # fmt: skip
_WHATEVER_ASKED = frozenset(("signed_up", "heard_from"))  # said whatever we had asked
_OF_AGES = ("ask_education", "ask_birth_registration", "ask_unaccompanied_children",
            "ask_child_travel_permission", "ask_child_custody_support", "ask_missing_relative",
            "ask_family_reunification", "ask_family_reunification_documents",
            "ask_family_reunification_cost_time")  # fmt: skip
_AN_AGE = 10  # from here on a number is rather an age than the choice of an option


def in_her_tongue(turn: Turn) -> Turn:
    """ "May I write in Spanish?", beside whatever else: it is answered in Spanish."""
    for name, language in (("may_i_spanish", "es"), ("may_i_english", "en")):
        if name in turn.cues.tells:
            return replace(turn, language=language)
    return turn


def kind_line(turn: Turn, state: State, world: World) -> Decision | None:
    """One line for a turn that is no matter; None where it is one, or answers what was asked."""
    asked = state.pending and _WHATEVER_ASKED.isdisjoint(turn.cues.tells)
    if turn.tapped or turn.forced or turn.is_grave or asked or crisis.is_on(state):
        return None
    unasked = "signed_up" in turn.cues.tells and turn.intent == "stop_messages"
    if turn.intent in (*ORDERS, *ALARMS) and not unasked:
        return None  # "here comes the lady, I write later": nothing may be left
    name = next((each for each in _LINES if each in turn.cues.tells), None)
    if name == "signed_up" and world.is_sensitive(turn.intent):
        return None
    if name == "heard_from" and (turn.cues.evidence or turn.cues.asks or turn.money.asks):
        return None  # what she heard may be worse than nothing
    if name is None or (turn.is_child and name != "shy"):
        return None
    language, topic = state.language, state.topic or ""
    lines = [say(name, language)]
    if world.is_topic(topic) and world.is_sensitive(topic):
        lines.insert(0, world.emergency_line("violence", state) + ".")
    if name == "wrong_number_asks":
        lines.append(say("bot_challenge", language))
    spoken = world.is_topic(topic) and name not in ("shy", "tells_name")
    options = remaining_options(topic, state, world) if spoken else ()
    return decide(lines, state.but(misunderstood=0), "greet", options)


def fact(turn: Turn, state: State, world: World) -> Decision | None:
    """A bare fact, told of the last matter; None where there is none, or where it may be more."""
    if "bare_fact" not in turn.cues.tells or turn.tapped or turn.forced or turn.is_grave:
        return None
    if state.pending not in (None, "did_you_mean") or turn.is_child or crisis.is_on(state):
        return None
    topic = state.topic or ""
    chosen = turn.cues.number and (turn.cues.number < _AN_AGE or topic not in _OF_AGES)
    if chosen or turn.cues.ordinal or turn.cues.wants_language:
        return None
    state = state.but(misunderstood=0, pending=None)
    if state.listed and state.service_type:
        return list_services(turn, state.but(listed=()), world)
    if not world.is_topic(topic):
        if state.here is None:
            return None  # she is asked where she is
        return decide([say("fact_noted", state.language)], state, "inform_location",
                      menu_options(state.language))  # fmt: skip
    if topic == "ask_consulate":
        return decide([say("fact_noted", state.language)], state, topic,
                      remaining_options(topic, state, world))  # fmt: skip
    told = replace(turn.about(topic), asked=NOTHING)
    return tell(topic, told, state, world, lead=say("fact_heard", state.language))
