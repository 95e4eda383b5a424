"""Somebody to talk to: who, when, whether now, and what she can do meanwhile."""

from __future__ import annotations

from bot.conversation.compose import Decision, country_options, decide
from bot.conversation.shown import contact, named
from bot.conversation.state import State, Turn
from bot.conversation.topics import remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService
from connectors.contract import Option


def person(turn: Turn, state: State, world: World) -> Decision:
    """What she can do meanwhile, and the people who answer where she is: those open now first."""
    language = state.language
    if not turn.country or turn.cues.other:
        state = world.at_home(state)
    if state.country is None and state.misunderstood < 3:
        return decide([say("ask_country_or_town", language)], state.but(pending="person_country"),
                      "ask_human", country_options(world.names(language), language),
                      "asked back")  # fmt: skip
    found = world.people(state, turn.today)
    open_now = {each.id: world.is_open(each, turn.now) for each in found}
    found.sort(key=lambda each: (not open_now[each.id], open_now[each.id] is False))
    place = world.in_words(state.country, language) if state.country else say("region", language)
    own = world.own_line(state) if state.country else ""
    lines = [own, say("person_meanwhile", language), say("person", language, place=place)]
    lines += [_who(each, open_now[each.id], language) for each in found]
    if not found:
        lines = [own, say("unknown_nobody", language)]
    ids = tuple(service.id for service in found)
    return decide(lines, state.but(pending=None, listed=ids, service_type=None), "ask_human",
                  _meanwhile(state, world), "person offered", ids)  # fmt: skip


def _meanwhile(state: State, world: World) -> tuple[Option, ...]:
    """On with what she spoke of, or anything else."""
    if state.topic and world.is_topic(state.topic):
        return remaining_options(state.topic, state, world)
    return (Option(say("option_near", state.language), "/find_service"),
            Option(say("option_other_topic", state.language), "/ask_menu"))  # fmt: skip


def _who(service: FoundService, is_open: bool | None, language: str) -> str:
    """Name, number, hours in words, and whether somebody answers now: what is not known is said."""
    hours = service.hours.get(language) if service.hours else ""
    if is_open is not None:
        now = say("open_now" if is_open else "closed_now", language)
    else:
        now = say("opening_unknown" if hours else "no_hours_known", language)
    lines = [named(service, language), contact(service), hours, now,
             service.freshness.get(language)]  # fmt: skip
    return "\n".join(filter(None, lines))
