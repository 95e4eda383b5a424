"""A turn that asks nothing: shyness, a name, "I ask my husband and write later", or a bare fact.

The first kind gets one kind line, and the talk stays as it was. A fact without a verb (an age, a
date, a sum, how many, where from) is told of the matter that was spoken of last: it is never a new
one and never out of scope. Nothing that she was told can be said better for it, so she is thanked,
and asked what she wants to know: the next sentence on the topic would be one that she did not ask
for. The patterns stand in data/tells.yml and hold for the whole message, so what she tells beside
it is heard as ever.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis
from bot.conversation.compose import Decision, country_options, decide, menu_options
from bot.conversation.listed import is_list
from bot.conversation.services import list_services
from bot.conversation.state import ALARMS, ALONE, ORDERS, OTHER_LANGUAGES, State, Turn
from bot.conversation.topics import MORE, acknowledged, remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from connectors.contract import Option

_LINES = ("shy", "greets_first", "tells_name", "back_later", "surprised", "dismayed", "grateful",
          "wrong_number_asks", "signed_up", "heard_from", "plans", "praises")  # fmt: skip
_WHATEVER_ASKED = frozenset(("signed_up", "heard_from"))  # said whatever we had asked
_MISHEARD = ("ask_report_rights_abuse", "out_of_scope", "nlu_fallback")
GRIEF = "ask_emotional_support"
COUNTRY, CHOICE = "country", "did_you_mean"  # pending: what she was asked
_WORDS, _CLEAR = 3, 0.9  # of a name that says nothing to us; so sure, it is out of scope
_UNHEARD = ("out_of_scope", "nlu_fallback", "goodbye")


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
    topic = state.topic or ""
    if name == "signed_up" and world.is_sensitive(turn.intent):
        return None
    if name == "heard_from" and (turn.cues.evidence or turn.cues.asks or turn.money.asks):
        return None  # what she heard may be worse than nothing
    if name == "praises" and turn.intent not in _MISHEARD:
        return None  # it is told beside a matter
    if name in ("plans", "praises") and (turn.cues.asks or topic in (*ALARMS, GRIEF)):
        return None  # after despair a farewell is no end of it
    if name is None or (turn.is_child and name != "shy"):
        return None
    language = state.language
    lines = [say(name, language)]
    if world.is_topic(topic) and world.is_sensitive(topic):
        lines.insert(0, world.emergency_line("violence", state) + ".")
    if name == "wrong_number_asks":
        lines.append(say("bot_challenge", language))
    spoken = world.is_topic(topic) and name not in ("shy", "tells_name")
    options = remaining_options(topic, state, world) if spoken else ()
    return decide(lines, state.but(misunderstood=0), "greet", options)


def fact(turn: Turn, state: State, world: World) -> Decision | None:
    """A bare fact, heard; None where there is none, or where it may be more."""
    if "bare_fact" not in turn.cues.tells or turn.tapped or turn.forced or turn.is_grave:
        return None
    if turn.is_child or crisis.is_on(state) or turn.cues.wants_language:
        return None
    if "either_or" in turn.cues.tells:
        return None  # "of theirs or of ours?" asks which of the two
    if turn.cues.ordinal and (is_list(state) or not turn.cues.number):
        return None  # the second of the places
    if turn.cues.number and state.offered and state.offered[0][1] != MORE:
        return None  # she chooses, and misses the choices
    if "of_a_quarter" in turn.cues.tells and state.listed and state.service_type:
        return list_services(turn, state.but(listed=(), misunderstood=0, pending=None), world)
    return _heard(turn, state, world)


def name(turn: Turn, state: State, world: World) -> Decision | None:
    """A word or two that the understanding makes nothing of, after a matter was spoken of: a
    medicine, a kind of visa, a month. None where it may be more."""
    cues = turn.cues
    if turn.intent not in _UNHEARD or turn.words > _WORDS or turn.confidence >= _CLEAR:
        return None
    farewell = cues.bye or (turn.intent == "goodbye" and "ordinary" not in cues.evidence)
    says_more = (cues.asks, cues.thanks, cues.hello, cues.rude, cues.help, cues.number,
                 turn.only_place, turn.city, turn.origin, turn.destination,
                 turn.service_type, turn.bodies, turn.hint, turn.is_grave,
                 cues.evidence & {"harm", "despair", "sexual"}, turn.tapped, turn.is_child,
                 turn.language in OTHER_LANGUAGES)  # fmt: skip
    if farewell or any(says_more) or crisis.is_on(state):
        return None
    if not (world.is_topic(state.topic or "") and turn.before == state.topic):
        return None
    return _heard(turn, state, world)


def _heard(turn: Turn, state: State, world: World) -> Decision | None:
    """Thanks, and one question; a question of ours that waits for its answer is that one."""
    language, topic = state.language, state.topic or ""
    thanks = say("fact_heard", language)
    state = state.but(misunderstood=0)
    if state.pending == COUNTRY:
        return decide([f"{thanks} {say('ask_country_short', language)}"], state, "inform_location",
                      country_options(world.names(language), language), "asked back")  # fmt: skip
    if state.pending == CHOICE and state.offered:
        options = [Option(title, payload) for title, payload in state.offered]
        return decide([f"{thanks} {say('fact_which', language)}"], state, "nlu_fallback", options,
                      "asked back")  # fmt: skip
    if state.pending not in (None, ALONE):
        return None
    if not world.is_topic(topic):
        if state.here is None:
            return None  # she is asked where she is
        return decide([say("fact_noted", language)], state, "inform_location",
                      menu_options(language))  # fmt: skip
    return acknowledged(turn, state, world)
