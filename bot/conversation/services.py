"""Places and phones from the directory."""

from __future__ import annotations

from bot.conversation import consulates
from bot.conversation.compose import Decision, country_options, decide
from bot.conversation.reporting import one_more_batch
from bot.conversation.shown import described, one_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService
from bot.nlu.normalise import strip_accents
from connectors.contract import Option

NONE_FOUND = "none found"
WHICH_KIND = "service_type"  # pending: what kind of place?
MENU_TYPES = ("migrant_shelter", "food", "health", "legal", "psychological", "documents",
              "consulate", "children", "connectivity")  # fmt: skip


def find_service(turn: Turn, state: State, world: World) -> Decision:
    """Up to three services of the kind that she asks for, where she is."""
    if not turn.country and not turn.tapped and turn.intent == "find_service":
        state = world.at_home(state)
    kind = turn.service_type or world.main_kind(state) or state.service_type
    state = state.but(service_type=kind, listed=(), misunderstood=0)
    if kind is None:
        return _ask_kind(state)
    return list_services(turn, state.but(pending=None), world)


def _ask_kind(state: State) -> Decision:
    language = state.language
    options = [
        Option(say(f"type_{kind}", language), f'/find_service{{"service_type":"{kind}"}}')
        for kind in MENU_TYPES
    ]
    return decide([say("which_service", language)], state.but(pending=WHICH_KIND),
                  "find_service", options, "asked back")  # fmt: skip


def list_services(turn: Turn, state: State, world: World) -> Decision:
    """The next three that were not listed yet."""
    language, kind = state.language, state.service_type or "hotline"
    if state.country is None:
        lines = [say("ask_country_or_town", language)]
        return decide(lines, state.but(pending="service_country"), "find_service",
                      country_options(world.names(language), language), "asked back")  # fmt: skip
    if kind == "consulate" and state.origin and not state.listed:
        known = consulates.of_her_country(turn, state, world)
        if known is not None:
            return known
    found = world.services(kind, state, turn.today, without=state.listed)
    country = world.in_words(state.country, language)
    place = f"{state.city}, {country}" if state.city else country
    if not found:
        return _none(turn, kind, place, state, world)
    what = say(f"type_{kind}", language)
    if state.listed:
        heading = say("services_others", language, country=country)
    elif state.city and not any(_is_in(state.city, s) for s in found):
        heading = say("services_country_wide", language, city=state.city, country=country)
    else:
        heading = say("services_in", language, what=what, place=place if state.city else country)
    lines = safe_line(found[0], state, world)
    lines += [heading, *(described(service, language) for service in found)]
    ids = tuple(s.id for s in found)
    state = state.but(listed=one_more_batch(state.listed, ids), pending=None,
                      sensitive=state.sensitive or kind == "violence_shelter")  # fmt: skip
    options = (
        Option(say("option_more_services", language), "/ask_repeat_or_more"),
        Option(say("option_other_topic", language), "/ask_menu"),
    )
    return decide(lines, state, "find_service", options, "service found", ids)


def safe_line(service: FoundService, state: State, world: World) -> list[str]:
    """A refuge must not show in a notification: the number goes before it."""
    if "violence_shelter" not in service.service_types[:1]:
        return []
    return [world.emergency_line("violence", state) + "."]


def _is_in(city: str, service: FoundService) -> bool:
    """Whether it may be said to be there: of a secret place never, not even by its state's name."""
    if service.confidential_location:
        return False
    names = filter(None, (service.town, service.state))
    return any(strip_accents(city).lower() == strip_accents(name).lower() for name in names)


def _none(turn: Turn, kind: str, place: str, state: State, world: World) -> Decision:
    language = state.language
    if state.listed:
        text = say("services_no_more", language, place=place)
        only = (Option(say("option_other_topic", language), "/ask_menu"),)
        return decide([text], state.but(listed=()), "find_service", only, NONE_FOUND)
    helper = world.helper("ask_rights_overview", state, turn.today)
    text = (
        say("services_none", language, place=place, service=one_line(helper, language))
        if helper
        else say("unknown_nobody", language)
    )
    options = (Option(say("option_person", language), "/ask_human"),
               Option(say("option_other_topic", language), "/ask_menu"))  # fmt: skip
    return decide([text], state, "find_service", options, NONE_FOUND)
