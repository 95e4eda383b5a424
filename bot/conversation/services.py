"""Places and phones from the directory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import consulates, refuge
from bot.conversation.compose import Decision, country_options, decide, replies
from bot.conversation.crisis import is_on
from bot.conversation.near import in_town
from bot.conversation.reporting import CHOSEN, last_shown, one_more_batch
from bot.conversation.shown import described, one_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService, has_number, is_reachable
from bot.directory.hsds_words import name_of_country
from bot.directory.text import fold
from bot.knowledge.schema import REGIONAL
from connectors.contract import Option, Reply

NONE_FOUND = "none found"
REFUGE = "violence_shelter"
WHICH_KIND = "service_type"  # pending: what kind of place?
MENU_TYPES = ("migrant_shelter", "food", "health", "legal", "psychological", "documents",
              "consulate", "children", "connectivity")  # fmt: skip


def find_service(turn: Turn, state: State, world: World) -> Decision:
    """Up to three services of the kind that she asks for, where she is."""
    if not turn.country and not turn.tapped and turn.intent == "find_service":
        state = world.at_home(state)
    kind = turn.service_type or world.main_kind(state) or state.service_type
    spent = _spent(turn, state, kind, world)
    state = state.but(service_type=kind, listed=spent, misunderstood=0)
    if kind is None:
        return _ask_kind(state)
    decision = list_services(turn, state.but(pending=None), world)
    return _with_a_refuge(turn, decision, world) if kind == "migrant_shelter" else decision


def _spent(turn: Turn, state: State, kind: str | None, world: World) -> tuple[str, ...]:
    """The places where she was already, or which do not answer: others are told."""
    if kind is None or turn.tapped or "spent" not in turn.cues.tells:
        return ()
    if state.listed and state.service_type == kind:
        return state.listed
    if "of_that_house" not in turn.cues.tells:
        return ()
    found = in_order(world.services(kind, state.but(service_type=kind), turn.today), state)
    of_name = [each.id for each in found if "casa del migrante" in fold(each.names.es)]
    return tuple(of_name[:1])


def _with_a_refuge(turn: Turn, decision: Decision, world: World) -> Decision:
    """Where violence was told before, first who finds her a refuge: the list is for everybody."""
    state = decision.state
    hurt = world.is_sensitive(state.topic or "") or (is_on(state) and state.crisis != "distress")
    line = world.helper("ask_safe_shelter", state, turn.today) if hurt else None
    if line is None or not has_number(line) or decision.outcome != "service found":
        return decision
    told = say("crisis_service", state.language, service=one_line(line, state.language))
    lines = [told] if is_on(state) else [world.emergency_line("violence", state) + ".", told]
    lead = replies(lines, state.language, quiet=state.sensitive)
    return replace(decision, replies=(*lead, *decision.replies))


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
    found = in_order(world.services(kind, state, turn.today, without=state.listed), state)
    if not found:
        return _none(turn, kind, _where(state, world), state, world)
    warned = refuge.warning(turn, state, world)[0] if kind == "consulate" else []
    lines = [*safe_lines(found, state, world), *warned, *laid_out(found, kind, state, world)]
    ids = tuple(s.id for s in found)
    state = state.but(listed=one_more_batch(state.listed, ids), pending=None,
                      sensitive=state.sensitive or kind == REFUGE)  # fmt: skip
    return decide(lines, state, "find_service", more_options(language), "service found", ids)


def more_options(language: str) -> tuple[Option, ...]:
    """After places: others, or something else."""
    return (Option(say("option_more_services", language), "/ask_repeat_or_more"),
            Option(say("option_other_topic", language), "/ask_menu"))  # fmt: skip


def in_order(found: Sequence[FoundService], state: State) -> list[FoundService]:
    """What is in her town; lines of the whole country; other towns. A page that has no place
    comes last where nothing is in her town."""
    there = _is_any_there(found, state)

    def step(each: FoundService) -> int:
        if _is_away(each, state):
            return 2
        placed = _is_in(state.city or "", each) or has_number(each)
        return int(not _is_in(state.city or "", each)) if placed or there else 3

    return sorted(found, key=step) if state.city else list(found)


def _is_any_there(found: Sequence[FoundService], state: State) -> bool:
    return any(_is_in(state.city or "", each) for each in found)


def _is_away(service: FoundService, state: State) -> bool:
    """Whether it is known to be in another town than hers; of a secret place nothing is."""
    placed = bool(service.town) and not service.confidential_location
    return bool(state.city) and placed and not _is_in(state.city or "", service)


def _where(state: State, world: World) -> str:
    country = world.in_words(state.country or "", state.language)
    if state.country == REGIONAL:  # nobody is there: only the back office looks at it so
        country = name_of_country(REGIONAL).get(state.language)
    return f"{state.city}, {country}" if state.city else country


def laid_out(
    found: Sequence[FoundService], kind: str, state: State, world: World
) -> list[str]:  # fmt: skip
    """The places under headings that say which of them are not where she is, and how far."""
    language, city = state.language, state.city
    country = world.in_words(state.country or "", language)
    lines = [described_from_her(each, state) for each in found]
    if city and not _is_any_there(found, state):
        key = "services_none_other" if state.listed else "services_country_wide"
        return [say(key, language, city=city, country=country), *lines]
    away = next((n for n, each in enumerate(found) if _is_away(each, state)), None)
    if away is not None:
        lines.insert(away, say("services_away", language))
    if state.listed:
        return [say("services_others", language, country=country), *lines]
    place = _where(state, world)
    return [say("services_in", language, what=say(f"type_{kind}", language), place=place), *lines]


def described_from_her(service: FoundService, state: State) -> str:
    """Its lines, with the kilometres from her town where it is in another."""
    far = ""
    if service.distance_km is not None and _is_away(service, state):
        far = say("km_from", state.language, km=max(1, round(service.distance_km)),
                  city=state.city)  # fmt: skip
    return described(service, state.language, far)


def nearer(turn: Turn, state: State, world: World) -> Decision:
    """Something closer: nothing across the country is given for it without being said to be so."""
    language, kind = state.language, state.service_type or world.main_kind(state)
    if state.city is None or kind is None:
        ask = Reply(say("ask_town", language), (), "ask_location", language)
        after = state.but(pending="service_country", service_type=kind, offered=())
        return Decision((ask,), after, "find_service", "asked back")
    city, state = state.city, state.but(service_type=kind)
    every = world.services(kind, state, turn.today, most=None, far=True)
    new = [each for each in every if each.id not in state.listed and is_reachable(each)]
    here = [each for each in new if _is_in(city, each)]
    if here:
        return list_services(turn, state, world)
    given = any(_is_in(city, each) for each in every if each.id in state.listed)
    placed = [each for each in (new if given else every) if each.distance_km is not None]
    nearest = min(placed, key=lambda each: each.distance_km or 0.0, default=None)
    lines = [*_safe_first(kind, every, state, world), *_none_nearer(every, state, is_other=given)]
    if nearest is None:
        lines += _who_finds_one(turn, state, world)
        return decide(lines, state, "find_service", more_options(language), NONE_FOUND)
    there = described_from_her(nearest, state)
    lines.append(say("nearest_known", language, service=there) if has_secret(every)
                 else f"{say('nearest_away', language)}\n{there}")  # fmt: skip
    known = () if nearest.id in state.listed else (nearest.id,)
    state = state.but(listed=one_more_batch(state.listed, known) if known else state.listed,
                      pending=CHOSEN + nearest.id)  # fmt: skip
    return decide(lines, state, "find_service", more_options(language), "service found",
                  (nearest.id,))  # fmt: skip


def has_secret(services: Sequence[FoundService]) -> bool:
    """Whether one of them may be anywhere: then nothing is said on which is near her."""
    return any(each.confidential_location for each in services)


def _none_nearer(services: Sequence[FoundService], state: State, *, is_other: bool) -> list[str]:
    """That there is none; of secret places only that theirs is not published."""
    if has_secret(services):
        return [say("where_secret", state.language)]
    key = "none_other_here" if is_other else "none_nearer"
    return [say(key, state.language, city=state.city)]


def _who_finds_one(turn: Turn, state: State, world: World) -> list[str]:
    """Whoever finds her a refuge: they know where it is."""
    if state.service_type != REFUGE:
        return []
    helper = world.helper("ask_safe_shelter", state, turn.today)
    if helper is None or not has_number(helper):
        return []
    return [say("crisis_service", state.language, service=one_line(helper, state.language))]


def with_a_phone(turn: Turn, state: State, world: World) -> Decision:
    """One that she can call, for her who can call once: of those listed, else the nearest."""
    language, kind = state.language, state.service_type or world.main_kind(state) or "hotline"
    given = [world.service(each, turn.today) for each in last_shown(state)]
    every = world.services(kind, state, turn.today, most=None, far=True)
    by_id = {each.id: each for each in every}
    known = [by_id.get(each.id, each) for each in given if each is not None and has_number(each)]
    first = next(iter((*known, *(each for each in every if has_number(each)))), None)
    if first is None:
        lines = no_phone_any(turn, state.but(service_type=kind), world)
        lines = [*_safe_first(kind, every, state, world),
                 *(lines or [say("unknown_nobody", language)])]  # fmt: skip
        return decide(lines, state, "find_service", more_options(language), NONE_FOUND)
    lines = [*safe_line(first, state, world), described_from_her(first, state)]
    after = state.but(listed=one_more_batch(state.listed, (first.id,)), service_type=kind,
                      pending=CHOSEN + first.id)  # fmt: skip
    return decide(lines, after, "find_service", more_options(language), "service found",
                  (first.id,))  # fmt: skip


def no_phone_any(turn: Turn, state: State, world: World) -> list[str]:
    """Who can guide her where none of the kind has a number: of refuges who finds one."""
    topics = ("ask_safe_shelter",) if state.service_type == REFUGE else ()
    for topic in (*topics, "ask_rights_overview"):
        helper = world.helper(topic, state, turn.today)
        if helper is not None and has_number(helper):
            told = one_line(helper, state.language)
            return [say("no_phone_any", state.language, service=told)]
    return []


def _safe_first(kind: str, services: Sequence[FoundService], state: State,
                world: World) -> list[str]:  # fmt: skip
    """The number also where no place is told: that refuges were asked for shows as much."""
    if kind == REFUGE:
        return [world.emergency_line("violence", state) + "."]
    return safe_lines(services, state, world)


def safe_lines(services: Sequence[FoundService], state: State, world: World) -> list[str]:
    """`safe_line` of the first of them that has one."""
    return next((line for each in services if (line := safe_line(each, state, world))), [])


def safe_line(service: FoundService, state: State, world: World) -> list[str]:
    """A refuge must not show in a notification: the number goes before it."""
    if REFUGE not in service.service_types[:1]:
        return []
    return [world.emergency_line("violence", state) + "."]


def _is_in(city: str, service: FoundService) -> bool:
    """In her town, or in the state of that name: people say either."""
    return in_town(city, service, or_state=True)


def _none(turn: Turn, kind: str, place: str, state: State, world: World) -> Decision:
    language = state.language
    if state.listed:
        lines = [*_safe_first(kind, (), state, world),
                 say("services_no_more", language, place=place)]  # fmt: skip
        only = (Option(say("option_other_topic", language), "/ask_menu"),)
        return decide(lines, state, "find_service", only, NONE_FOUND)
    helper = world.helper("ask_rights_overview", state, turn.today)
    text = (
        say("services_none", language, place=place, service=one_line(helper, language))
        if helper
        else say("unknown_nobody", language)
    )
    options = (Option(say("option_person", language), "/ask_human"),
               Option(say("option_other_topic", language), "/ask_menu"))  # fmt: skip
    lines = [*_safe_first(kind, (), state, world), text]
    return decide(lines, state, "find_service", options, NONE_FOUND)
