"""Ellipsis: "and in Guatemala?", "how much?", "the second one", "one closer", "say it again".

Only where something was answered before; None leaves the message to its own intent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide
from bot.conversation.cues import LAST
from bot.conversation.explain import explain
from bot.conversation.facets import facet
from bot.conversation.listed import last_listed, names_another, nth, of_the_listed, tell
from bot.conversation.places import in_new_place
from bot.conversation.reporting import BATCH, CHOSEN, WHICH, last_shown, one_more_batch, report_this
from bot.conversation.services import (
    find_service,
    list_services,
    more_options,
    nearer,
    safe_line,
    with_a_phone,
)
from bot.conversation.shown import described, one_line
from bot.conversation.state import SHORT, State, Turn
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
        place = cues.ordinal if cues.ordinal != LAST else len(last_shown(state))
        return report_this(place or cues.number, turn, state, world)
    if cues.ordinal and state.listed:
        return _chosen(cues.ordinal, turn, state, world)
    if cues.number > len(state.offered) > 0:
        return _out_of_range(turn, state)
    if cues.listed and _is_of_the_list(turn, state) and not names_another(turn, state, world):
        return of_the_list(of_the_listed(turn, cues.listed), state, world)
    decider = _BY_KIND.get(cues.follow or "")
    return decider(turn, state, world) if decider else None


def of_the_list(turn: Turn, state: State, world: World) -> Decision:
    """What she asks on about the places that were listed: `turn.cues.side` of them."""
    decider = _OF_LISTED.get(turn.cues.side or "", tell)
    return decider(turn, state, world) or find_service(turn, state, world)


def _is_of_the_list(turn: Turn, state: State) -> bool:
    """Whether there is a list that it can be about, and no other place or kind in the message."""
    chosen = (state.pending or "").startswith(CHOSEN)
    shown = bool(state.listed) and (bool(state.service_type) or chosen)
    shown = shown or (bool(state.listed) and turn.cues.listed == "phone" and turn.words <= SHORT)
    wrong = turn.cues.wrong and turn.cues.listed != "another"
    return shown and not (wrong or turn.names_place or crisis.is_on(state))


def _place(turn: Turn, state: State, world: World) -> Decision | None:
    if not (turn.country or turn.city):
        return None
    return in_new_place(turn, state, world)


def _another(turn: Turn, state: State, world: World) -> Decision | None:
    if (beside := _next_of_the_list(turn, state, world)) is not None:
        return _details(beside, turn, state, world)
    if state.listed and state.service_type:
        return list_services(turn, state, world)
    if state.listed and state.topic and world.service_types(state.topic):
        return find_service(turn, state.but(listed=()), world)
    return None


def _next_of_the_list(turn: Turn, state: State, world: World) -> FoundService | None:
    """After the one that she chose, or that is closed or full, the next that stood beside it."""
    chosen = (state.pending or "").removeprefix(CHOSEN)
    shown = last_shown(state.but(pending=None)) if state.service_type else ()
    if not (state.pending or "").startswith(CHOSEN) or chosen not in shown or turn.names_place:
        return None
    after = (world.service(each, turn.today) for each in shown[shown.index(chosen) + 1 :])
    return next((each for each in after if each is not None), None)


def _who(turn: Turn, state: State, world: World) -> Decision | None:
    if not state.topic or not world.service_types(state.topic) or crisis.is_on(state):
        return None
    return find_service(turn, state.but(listed=(), service_type=None), world)


def _nearer(turn: Turn, state: State, world: World) -> Decision | None:
    if not state.listed:
        return None
    if turn.city or turn.country:
        return list_services(turn, state.but(listed=()), world)
    return nearer(turn, state, world)


def _chosen(ordinal: int, turn: Turn, state: State, world: World) -> Decision | None:
    services = last_listed(turn, state.but(pending=None), world)
    if not services:
        return None
    few = [say("only_so_many", state.language, count=len(services))]
    lead = few if ordinal > len(services) else []
    return _details(services[nth(ordinal, services)], turn, state, world, lead)


def _details(service: FoundService, turn: Turn, state: State, world: World,
             lead: Sequence[str] = ()) -> Decision:  # fmt: skip
    language = state.language
    lines = [*safe_line(service, state, world), *lead, described(service, language),
             service.for_whom.get(language), service.description.get(language)]  # fmt: skip
    if service.cost is not None:
        lines.append(service.cost.get(language))
    is_open = world.is_open(service, turn.now)
    if is_open is not None:
        lines.append(say("open_now" if is_open else "closed_now", language))
    state = state.but(misunderstood=0, pending=CHOSEN + service.id)
    return decide(lines, state, "find_service", more_options(language), "service found",
                  [service.id])  # fmt: skip


def _of_listed(side: str) -> Follow:
    """A follow-up about what was listed: its phones, addresses, hours."""

    def answer(turn: Turn, state: State, world: World) -> Decision | None:
        return tell(of_the_listed(turn, side), state, world)

    return answer


_COST = facet("cost")


def _cost(turn: Turn, state: State, world: World) -> Decision | None:
    """After a list whether these places charge, else what the topic costs."""
    return (_of_listed("cost") if state.listed and state.service_type else _COST)(
        turn, state, world
    )


def _out_of_range(turn: Turn, state: State) -> Decision:
    options = [Option(title, payload) for title, payload in state.offered]
    text = say("number_range", state.language, last=len(options))
    return decide([text], state, "ask_repeat_or_more", options, "asked back")


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
    return decide(lines, state, "find_service", more_options(language), "service found", ids)


def _is_for_women(service: FoundService) -> bool:
    texts = (service.names.es, service.for_whom.es, service.description.es)
    return any(says_for_women(text) for text in texts)


_OF_LISTED: dict[str, Follow] = {
    "another": _another, "women": _women, "with_phone": with_a_phone, "nearer": _nearer,
}  # fmt: skip
_BY_KIND: dict[str, Follow] = {
    "place": _place, "another": _another, "nearer": _nearer, "who": _who, "explain": explain,
    "phone": _of_listed("phone"), "address": _of_listed("address"), "hours": _of_listed("hours"),
    "cost": _cost, "time": facet("time"), "papers": facet("papers"),
}  # fmt: skip
