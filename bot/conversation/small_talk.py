"""Greetings, menu, language, place, yes and no, more, and what to do when we did not understand."""

from __future__ import annotations

from bot.conversation import crisis
from bot.conversation.compose import (
    MENU_GROUPS,
    Decision,
    country_options,
    decide,
    menu_options,
)
from bot.conversation.services import find_service, list_services, person
from bot.conversation.state import OTHER_LANGUAGES, State, Turn
from bot.conversation.topics import tell
from bot.conversation.wording import has, say
from bot.conversation.world import World
from connectors.contract import Option


def talk(turn: Turn, state: State, world: World) -> Decision:
    """Greeting, thanks, goodbye, who are you, out of scope."""
    if turn.intent in ("thank", "goodbye", "greet", "out_of_scope"):
        staying = crisis.stay(turn, state, world)
        if staying:
            return staying
    if turn.intent == "out_of_scope":
        return decide([say("out_of_scope", state.language)], state.but(misunderstood=0),
                      turn.intent, menu_options(state.language), "no answer")  # fmt: skip
    options = menu_options(state.language) if turn.intent == "greet" else ()
    return decide([say(turn.intent, state.language)], state.but(pending=None, misunderstood=0),
                  turn.intent, options)  # fmt: skip


def menu(turn: Turn, state: State, world: World) -> Decision:
    """The headings, or the topics under one of them."""
    language = state.language
    state = state.but(pending=None, misunderstood=0)
    if turn.group == "countries":
        return decide([say("ask_country", language)], state.but(pending="country"), "ask_menu",
                      country_options(world.names(language), language, rest=True))  # fmt: skip
    if turn.group == "services":
        return find_service(turn, state.but(topic=None, service_type=None), world)
    if turn.group in MENU_GROUPS:
        options = [
            Option(world.topic_name(intent, language), f"/{intent}")
            for intent in world.topics_of(turn.group)[:10]
        ]
        return decide([say("menu_group", language)], state, "ask_menu", options)
    staying = crisis.stay(turn, state, world) if not turn.tapped else None
    return staying or decide([say("menu", language)], state, "ask_menu", menu_options(language))


def change_language(turn: Turn, state: State, world: World) -> Decision:
    """The other language, or the one named; then on with the topic, if there is one."""
    language = turn.language or ("en" if state.language == "es" else "es")
    if language in OTHER_LANGUAGES:
        return other_language(language, state)
    state = state.but(language=language)
    lines = [say("language_changed", language)]
    if state.topic and world.is_topic(state.topic):
        told = tell(state.topic, turn, state.but(told=()), world)
        texts = [reply.text for reply in told.replies]
        options = told.replies[-1].options
        return decide([*lines, *texts], told.state, "change_language", options)
    return decide(lines, state, "change_language", menu_options(language))


def other_language(code: str, state: State) -> Decision:
    """One line in a language that we do not speak."""
    key = f"other_{code}"
    return decide([say(key if has(key) else "other_any", state.language)], state, "out_of_scope",
                  (), "no answer")  # fmt: skip


def inform_location(turn: Turn, state: State, world: World) -> Decision:
    """Take note of the place; answer again what was asked, for that place."""
    language = state.language
    if turn.city and not turn.country and len(turn.candidates) > 1:
        options = [
            Option(world.any_name(cc, language), f'/inform_location{{"country":"{cc}"}}')
            for cc in turn.candidates[:9]
        ]
        return decide([say("ask_which_of", language, city=turn.city)], state, turn.intent, options,
                      "asked back")  # fmt: skip
    if state.crisis and state.crisis_turns <= 3:
        again = crisis.emergency if state.crisis == "danger" else crisis.distress
        return again(turn, state, world)
    if state.pending == "person_country":
        return person(turn, state, world)
    if state.pending == "service_country" or (state.listed and state.service_type):
        return list_services(turn, state.but(pending=None, listed=()), world)
    if state.topic and world.is_topic(state.topic) and state.country:
        return tell(state.topic, turn, state.but(told=()), world)
    if not state.country:
        return decide([say("origin_noted" if turn.origin else "ask_country", language)],
                      state.but(pending="country"), turn.intent,
                      country_options(world.names(language), language), "asked back")  # fmt: skip
    country = world.any_name(state.country, language)
    place = f"{state.city}, {country}" if state.city else country
    return decide([say("location_noted", language, place=place)], state.but(pending=None),
                  turn.intent, menu_options(language))  # fmt: skip


def affirm(turn: Turn, state: State, world: World) -> Decision:
    """Yes: to what we asked; else: go on."""
    answered = crisis.answered_yes(turn, state, world) or crisis.stay(turn, state, world)
    return answered or more(turn, state, world)


def deny(turn: Turn, state: State, world: World) -> Decision:
    """No: to what we asked; else: what then?"""
    answered = crisis.answered_no(turn, state, world) or crisis.stay(turn, state, world)
    return answered or decide([say("deny", state.language)], state.but(pending=None), "deny",
                              menu_options(state.language))  # fmt: skip


def more(turn: Turn, state: State, world: World) -> Decision:
    """More of the same: statements, or services."""
    state = state.but(misunderstood=0)
    if state.listed and state.service_type:
        return list_services(turn, state, world)
    if state.topic and world.is_topic(state.topic):
        return tell(state.topic, turn, state, world)
    staying = crisis.stay(turn, state, world)
    return staying or decide([say("repeat_nothing", state.language)], state, turn.intent,
                             menu_options(state.language))  # fmt: skip


def repair(turn: Turn, state: State, world: World) -> Decision:
    """Not understood: ask with choices, then offer the menu and a person; never a third time."""
    language = state.language
    doubt = dict(turn.ranking).get("report_immediate_danger", 0.0)
    if doubt >= 0.12 and state.crisis is None:
        return crisis.doubtful(state, world)
    staying = crisis.stay(turn, state, world)
    if staying:
        return staying
    known = [name for name, _ in turn.ranking if world.is_topic(name)][:3]
    state = state.but(misunderstood=state.misunderstood + 1)
    if state.misunderstood == 1 and known:
        options = [Option(world.topic_name(name, language), f"/{name}") for name in known]
        options.append(Option(say("option_none_of_these", language), "/ask_menu"))
        return decide([say("did_you_mean", language)], state.but(pending="did_you_mean"),
                      "nlu_fallback", options, "asked back")  # fmt: skip
    if state.misunderstood >= 3:
        return person(turn, state.but(misunderstood=0), world)
    return decide([say("not_understood", language)], state.but(pending=None), "nlu_fallback",
                  menu_options(language), "asked back")  # fmt: skip
