"""Ellipsis: "and in Guatemala?", "how much?", "the second one", "one closer", "say it again".

Only where something was answered before; None leaves the message to its own intent.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide
from bot.conversation.facets import facet
from bot.conversation.places import in_new_place, nearer
from bot.conversation.reporting import BATCH, CHOSEN, WHICH, last_shown, one_more_batch, report_this
from bot.conversation.services import find_service, list_services, safe_line
from bot.conversation.shown import contact, described, one_line
from bot.conversation.state import SHORT, State, Turn
from bot.conversation.topics import source_line
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService
from bot.knowledge.asked import says_for_women
from connectors.contract import Option

Follow = Callable[[Turn, State, World], Decision | None]


def follow_up(turn: Turn, state: State, world: World) -> Decision | None:
    """The answer to a message that only makes sense after what was said before."""
    cues = turn.cues
    if cues.corrects and turn.names_place:
        return in_new_place(turn, state, world)
    if turn.bodies and state.country and not (cues.wrong or crisis.is_on(state)):
        named = world.called(turn.bodies, state, turn.today)
        if named:
            return _details(named[0], turn, state.but(listed=(named[0].id,)), world)
    if state.pending == WHICH and (cues.ordinal or cues.number):
        return report_this(cues.ordinal or cues.number, turn, state, world)
    if cues.ordinal and state.listed:
        return _chosen(cues.ordinal, turn, state, world)
    if cues.number > len(state.offered) > 0:
        return _out_of_range(turn, state)
    if cues.listed and _is_of_the_list(turn, state):
        return _OF_LISTED[cues.listed](turn, state, world)
    decider = _BY_KIND.get(cues.follow or "")
    return decider(turn, state, world) if decider else None


def _is_of_the_list(turn: Turn, state: State) -> bool:
    """Whether there is a list that it can be about, and no other place or kind in the message."""
    chosen = (state.pending or "").startswith(CHOSEN)
    shown = bool(state.listed) and (bool(state.service_type) or chosen)
    shown = shown or (bool(state.listed) and turn.cues.listed == "phone" and turn.words <= SHORT)
    return shown and not turn.names_place and not crisis.is_on(state)


def _place(turn: Turn, state: State, world: World) -> Decision | None:
    if not (turn.country or turn.city):
        return None
    return in_new_place(turn, state, world)


def _another(turn: Turn, state: State, world: World) -> Decision | None:
    if state.listed and state.service_type:
        return list_services(turn, state, world)
    if state.listed and state.topic and world.service_types(state.topic):
        return find_service(turn, state.but(listed=()), world)
    return None


def _who(turn: Turn, state: State, world: World) -> Decision | None:
    if not state.topic or not world.service_types(state.topic) or crisis.is_on(state):
        return None
    return find_service(turn, state.but(listed=(), service_type=None), world)


def _nearer(turn: Turn, state: State, world: World) -> Decision | None:
    if not state.listed:
        return None
    return nearer(turn, state, world)


def last_listed(turn: Turn, state: State, world: World) -> list[FoundService]:
    """The services of the last batch, or the one that the topic's answer named."""
    found = [world.service(each, turn.today) for each in last_shown(state)]
    services = [each for each in found if each is not None]
    if services or not state.topic:
        return services
    helper = world.helper(state.topic, state, turn.today)
    return [helper] if helper else []


def _chosen(ordinal: int, turn: Turn, state: State, world: World) -> Decision | None:
    services = last_listed(turn, state.but(pending=None), world)
    if not services:
        return None
    return _details(services[min(ordinal, len(services)) - 1], turn, state, world)


def _details(service: FoundService, turn: Turn, state: State, world: World) -> Decision:
    language = state.language
    lines = [*safe_line(service, state, world), described(service, language),
             service.description.get(language)]  # fmt: skip
    if service.cost is not None:
        lines.append(service.cost.get(language))
    is_open = world.is_open(service, turn.now)
    if is_open is not None:
        lines.append(say("open_now" if is_open else "closed_now", language))
    state = state.but(misunderstood=0, pending=CHOSEN + service.id)
    return decide(lines, state, "find_service", _options(language), "service found",
                  [service.id])  # fmt: skip


def _options(language: str) -> tuple[Option, ...]:
    return (Option(say("option_more_services", language), "/ask_repeat_or_more"),
            Option(say("option_other_topic", language), "/ask_menu"))  # fmt: skip


def _of_the_listed(key: str, line: Callable[[FoundService, Turn, State, World], str]) -> Follow:
    """A follow-up about what was listed: its phones, addresses, hours."""

    def answer(turn: Turn, state: State, world: World) -> Decision | None:
        services = last_listed(turn, state, world)
        if not services:
            return None
        if turn.cues.which:
            services = [services[min(turn.cues.which, len(services)) - 1]]
        language = state.language
        texts = [line(service, turn, state, world) for service in services]
        known = [f"{s.names.get(language)}: {text}"
                 for s, text in zip(services, texts, strict=True) if text]  # fmt: skip
        lines = [*safe_line(services[0], state, world), *known]
        if not known:
            lines.append(say(f"{key}_unknown", language, name=services[0].names.get(language)))
            whom = _with_a_phone(services) or _helper_with_a_phone(turn, state, world)
            if whom is not None:
                lines.append(say("try_instead", language, service=one_line(whom, language)))
        return decide(lines, state.but(misunderstood=0), "find_service", _options(language),
                      "service found", [s.id for s in services])  # fmt: skip

    return answer


def ask_them(turn: Turn, state: State, world: World) -> Decision:
    """What no record tells of the listed places: they know, and this is how to reach them."""
    services = last_listed(turn, state, world)
    language = state.language
    known = [f"{each.names.get(language)}: {contact(each)}" for each in services if contact(each)]
    lines = [say("ask_them", language), *known]
    if not known:
        whom = _helper_with_a_phone(turn, state, world)
        lines = [say("ask_who_may_know", language, service=one_line(whom, language))
                 if whom else say("ask_there", language)]  # fmt: skip
    if services:
        lines = [*safe_line(services[0], state, world), *lines]
    return decide(lines, state.but(misunderstood=0), "find_service", _options(language),
                  "no answer", [each.id for each in services])  # fmt: skip


def _with_a_phone(services: list[FoundService]) -> FoundService | None:
    return next((each for each in services if each.phones or each.whatsapp), None)


def _helper_with_a_phone(turn: Turn, state: State, world: World) -> FoundService | None:
    helper = world.helper(state.topic or "ask_rights_overview", state, turn.today)
    return helper if helper and helper.phones else None


def _phone(service: FoundService, turn: Turn, state: State, world: World) -> str:
    return contact(service)


def _address(service: FoundService, turn: Turn, state: State, world: World) -> str:
    if service.confidential_location:
        return say("address_secret", state.language)
    return ", ".join(filter(None, (service.address, service.town)))


def _hours(service: FoundService, turn: Turn, state: State, world: World) -> str:
    is_open = world.is_open(service, turn.now)
    now = "" if is_open is None else say("open_now" if is_open else "closed_now", state.language)
    hours = service.hours.get(state.language) if service.hours else ""
    return ". ".join(filter(None, (hours, now)))


def _charge(service: FoundService, turn: Turn, state: State, world: World) -> str:
    return service.cost.get(state.language) if service.cost else ""


_CHARGES = _of_the_listed("cost", _charge)
_COST = facet("cost")


def _cost(turn: Turn, state: State, world: World) -> Decision | None:
    """After a list whether these places charge, else what the topic costs."""
    listed = state.listed and state.service_type
    return (_CHARGES if listed else _COST)(turn, state, world)


def _out_of_range(turn: Turn, state: State) -> Decision:
    options = [Option(title, payload) for title, payload in state.offered]
    text = say("number_range", state.language, last=len(options))
    return decide([text], state, "ask_repeat_or_more", options, "asked back")


def _explain(turn: Turn, state: State, world: World) -> Decision | None:
    """The same again: shorter, with somebody who can explain it aloud."""
    language = state.language
    if crisis.is_on(state):
        return crisis.stay(turn, state, world)
    if state.told and state.topic:
        found, citation = world.told(state, turn.today, BATCH)
        service = world.helper(state.topic, state, turn.today)
        if found:
            texts = [each.text.get(language) for each in found]
            lines = [*world.safe_topic(state), say("again", language), *texts]
            lines.append(source_line(citation, language))
            if service is not None:
                lines.append(say("again_person", language, service=one_line(service, language)))
            choices = (Option(say("option_more", language), "/ask_repeat_or_more"),
                       Option(say("option_person", language), "/ask_human"))  # fmt: skip
            return decide(lines, state.but(misunderstood=0), "ask_repeat_or_more", choices,
                          records=[each.id for each in found])  # fmt: skip
    services = last_listed(turn, state, world) if state.listed else []
    if services:
        lines = [*safe_line(services[0], state, world), *(described(s, language) for s in services)]
        return decide(lines, state, "ask_repeat_or_more", _options(language))
    if state.offered:
        options = tuple(Option(title, payload) for title, payload in state.offered)
        return decide([say("again_choose", language)], state, "ask_repeat_or_more", options)
    return None


def _far(service: FoundService, turn: Turn, state: State, world: World) -> str:
    return world.how_far(service, state, turn.today)


def _speaks(service: FoundService, turn: Turn, state: State, world: World) -> str:
    return world.languages(service.id, state.language)


def _women(turn: Turn, state: State, world: World) -> Decision:
    """Those of the kind that are for women; else the line that knows of such places."""
    language, kind = state.language, state.service_type or "migrant_shelter"
    known = world.services(kind, state, turn.today, most=None)
    found = [each for each in known if _is_for_women(each)][:BATCH]
    if found:
        told = (f"{described(s, language)}\n{s.for_whom.get(language)}" for s in found)
        lines = [*safe_line(found[0], state, world), *told]
    else:
        lines = [say("women_unknown", language)]
        if line := world.helper("ask_safe_shelter", state, turn.today):
            lines.append(say("try_instead", language, service=one_line(line, language)))
    ids = tuple(each.id for each in found)
    state = state.but(misunderstood=0, listed=one_more_batch(state.listed, ids))
    return decide(lines, state, "find_service", _options(language), "service found", ids)


def _is_for_women(service: FoundService) -> bool:
    texts = (service.names.es, service.for_whom.es, service.description.es)
    return any(says_for_women(text) for text in texts)


_OF_LISTED: dict[str, Follow] = {
    "another": _another, "women": _women,
    "speaks": _of_the_listed("speaks", _speaks), "far": _of_the_listed("far", _far),
    "hours": _of_the_listed("hours", _hours), "address": _of_the_listed("address", _address),
    "phone": _of_the_listed("phone", _phone),
}  # fmt: skip
_BY_KIND: dict[str, Follow] = {
    "place": _place, "another": _another, "nearer": _nearer, "who": _who, "explain": _explain,
    "phone": _of_the_listed("phone", _phone),
    "address": _of_the_listed("address", _address),
    "hours": _of_the_listed("hours", _hours),
    "cost": _cost, "time": facet("time"), "papers": facet("papers"),
}  # fmt: skip
