"""Somebody to talk to: who, when, whether now, and what she can do meanwhile."""

from __future__ import annotations

from bot.conversation.compose import Decision, country_options, decide
from bot.conversation.shown import described
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService
from connectors.contract import Option


def person(turn: Turn, state: State, world: World) -> Decision:
    """People who answer, where she is: those open now first."""
    language = state.language
    if not turn.country or turn.cues.other:
        state = world.at_home(state)
    if state.country is None and state.misunderstood < 3:
        return decide([say("ask_country_or_town", language)], state.but(pending="person_country"),
                      "ask_human", country_options(world.names(language), language),
                      "asked back")  # fmt: skip
    found = world.people(state, turn.today)
    open_now = {each.id: world.is_open(each, turn.now) for each in found}
    found.sort(key=lambda each: open_now[each.id] is False)
    place = world.in_words(state.country, language) if state.country else say("region", language)
    own = world.own_line(state) if state.country else ""
    lines = [own, say("person", language, place=place)]
    lines += [_with_hours(each, open_now[each.id], language) for each in found]
    lines.append(say("person_meanwhile", language))
    if not found:
        lines = [own, say("unknown_nobody", language)]
    options = (Option(say("option_other_topic", language), "/ask_menu"),)
    ids = tuple(service.id for service in found)
    return decide(lines, state.but(pending=None, listed=ids, service_type=None), "ask_human",
                  options, "person offered", ids)  # fmt: skip


def _with_hours(service: FoundService, is_open: bool | None, language: str) -> str:
    text = described(service, language)
    if is_open is None:
        return text
    return f"{text}\n{say('open_now' if is_open else 'closed_now', language)}"
