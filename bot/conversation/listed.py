"""What she asks on about the places that were listed: answered from their own records, or said to
be not known, with how to ask there; and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import consulates, crisis
from bot.conversation.compose import Decision, decide
from bot.conversation.near import in_town
from bot.conversation.privacy import GUARDED
from bot.conversation.questions import ASKED
from bot.conversation.reporting import CHOSEN, WHICH, last_shown
from bot.conversation.services import has_secret, more_options, no_phone_any, safe_lines
from bot.conversation.shown import contact
from bot.conversation.sides import LINES, Rows, case_is_told, is_told, off, words
from bot.conversation.state import ALARMS, NEAR_OR_STRUCK, State, Turn
from bot.conversation.topics import remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.behind import behind
from bot.directory.found import FoundService, has_number
from bot.directory.text import fold

# After an answer that only named somebody: the rest is asked of the topic.
_OF_ONE_NAMED = ("hours", "speaks", "phone", "whatsapp", "other_number", "address", "far",
                 "government", "checked", "book", "town", "street")  # fmt: skip
_BY_FOLLOW = ("hours", "phone", "address", "cost", "nearer", "another")
# So unlikely on with the places, by the model, that its words must deceive.
_HARDLY, _SURELY = 0.1, 0.6
_PLAIN = ("whatsapp", "phone", "address", "other_number")
_STEM = 4  # letters
# Told by what stands behind a record too.
_BEHIND = ("speaks", "government", "tells", "checked")
# Said without how to ask there: it is no question to them.
_NO_ASKING = ("phone", "whatsapp", "other_number", "checked", "best", "town", "far")


def asked(turn: Turn, before: State, world: World) -> str | None:
    """What she asks of the places that she was given; None: the message is something else."""
    cues = turn.cues
    side = cues.side or (cues.follow if cues.follow in _BY_FOLLOW else None)
    if side is None or not before.listed or _is_other(turn, before):
        return None
    if crisis.is_on(before) and not before.service_type:
        return None
    if names_another(turn, before, world):
        return None
    if turn.stays_listed is not None and turn.stays_listed < _HARDLY and side not in _PLAIN:
        return None
    if (turn.city or turn.country) and not _is_of_them(side, turn, before, world):
        return None
    if is_list(before):
        return side
    sure = turn.stays_listed is None or turn.stays_listed >= _SURELY
    fits = side in _OF_ONE_NAMED and (cues.follow is None or side == "phone")
    return side if sure and fits and not world.is_sensitive(before.topic or "") else None


def names_another(turn: Turn, state: State, world: World) -> bool:
    """ "The number of the free lawyer", after that of a labour office: another kind of place."""
    kind = turn.service_type or state.service_type
    if kind is None or turn.cues.ordinal or turn.cues.listed is None:
        return False
    shown = last_listed(turn, state.but(pending=None), world)
    return bool(shown) and all(kind not in each.service_types for each in shown)


def is_list(state: State) -> bool:
    """Whether places were told, or one of them chosen; not only somebody named beside a topic."""
    chosen = (state.pending or "").startswith(CHOSEN) and not state.topic
    of_origin = state.topic == "ask_consulate" and consulates.TOLD in state.told
    return bool(state.listed) and (
        bool(state.service_type) or chosen or of_origin or len(state.listed) > 1
    )


def _is_other(turn: Turn, before: State) -> bool:
    """A tap, an order, an alarm, or an answer to a question of ours."""
    cues = turn.cues
    if turn.tapped or turn.forced or turn.forgotten or turn.someone_else or turn.is_child:
        return True
    if "hides" in cues.tells and cues.side != "secret_kept":
        return True  # where he does not find her is no question on a house for migrants
    if before.pending in (*ASKED, GUARDED) or cues.erases or cues.stops or cues.rude:
        return True
    near = cues.threat or cues.returned or not cues.tells.isdisjoint(NEAR_OR_STRUCK)
    if turn.intent in ALARMS:
        heard = near or bool(cues.evidence & {"harm", "despair", "sexual"})
        # A model that is sure is believed, unless the message goes on with the places.
        return heard or (turn.confidence >= crisis.LIKELY and (turn.stays_listed or 0.0) < _SURELY)
    if (cues.wrong or "no_answer" in cues.tells) and cues.side not in (
        "another",
        "other_number",
        "whatsapp",
    ):
        return True
    return near and turn.intent not in ("find_service", "out_of_scope", "nlu_fallback")


def _is_of_them(side: str, turn: Turn, before: State, world: World) -> bool:
    """Whether the town that she names is hers, or that of one of them."""
    looks = side in ("another", "nearer", "nearest", "with_phone")
    towns = [before.city, *(s.town for s in last_listed(turn, before, world) if not looks)]
    known = {fold(each) for each in towns if each}
    same = turn.country in (None, before.country)
    return same and (not turn.city or fold(turn.city) in known)


def of_the_listed(turn: Turn, side: str) -> Turn:
    """The message as a question on the places, and nothing that it looked like."""
    cues = replace(turn.cues, side=side, listed=side, follow=None, wants_language=None)
    return replace(turn.about("find_service"), cues=cues, service_type=None, hint=None, bodies=(),
                   city=None, country=None, candidates=(), language=_language(turn))  # fmt: skip


def _language(turn: Turn) -> str | None:
    return turn.language if turn.intent != "change_language" else None


def last_listed(turn: Turn, state: State, world: World) -> list[FoundService]:
    """The services of the last batch, or the one that the topic's answer named."""
    found = [world.service(each, turn.today) for each in last_shown(state)]
    services = [each for each in found if each is not None]
    if services or not state.topic:
        return services
    helper = world.helper(state.topic, state, turn.today)
    return [helper] if helper else []


def _of_which(turn: Turn, state: State) -> State:
    """Without the one that she chose, where she points to another one of the list, or asks for
    another number after a report: "them" may be either."""
    either = turn.cues.side == "other_number" and not state.service_type
    return state.but(pending=None) if turn.cues.which or either else state


def nth(place: int, services: Sequence[FoundService]) -> int:
    """Where in the list the place stands, from 0: the last one where there are not so many."""
    return place if place < 0 else min(place, len(services)) - 1


def meant(turn: Turn, services: Sequence[FoundService], state: State) -> list[FoundService]:
    """Those of them that she means: by their place in the list, or by a word of the name; of
    consulates the one in her town."""
    if turn.cues.which and services:
        return [services[nth(turn.cues.which, services)]]
    if len(services) > 1 and len(named := _named(turn, services)) == 1:
        return named
    if state.topic == "ask_consulate" and not state.service_type:
        here = [each for each in services if in_town(state.city, each)]
        return here or list(services)
    return list(services)


def _named(turn: Turn, services: Sequence[FoundService]) -> list[FoundService]:
    """Those whose name has a word of the message that no other name has."""
    common = words()["common"].split()
    stems = {each for each in turn.asked.stems if len(each) >= _STEM and each not in common}
    names = [f" {fold(each.names.es)} {fold(each.names.en)}" for each in services]
    own = {stem for stem in stems if sum(f" {stem}" in name for name in names) == 1}
    return [service for service, name in zip(services, names, strict=True)
            if any(f" {stem}" in name for stem in own)]  # fmt: skip


def tell(turn: Turn, state: State, world: World) -> Decision | None:
    """The answer on `turn.cues.side`; None where nothing is listed."""
    side = turn.cues.side or ""
    every = last_listed(turn, _of_which(turn, state), world)
    services = meant(turn, every, state)
    if not services:
        return None
    if side == "best":
        lines = _best(services, turn, state)
    elif side == "nearest":
        lines = _nearest(services, turn, state, world)
    else:
        lines = _of_each(side, services, turn, state, world)
    if turn.cues.which > len(every):
        lines.insert(0, say("only_so_many", state.language, count=len(every)))
    secrecy = side in ("tells", "secret_kept")
    lines = [
        *(safe_lines(every, state, world) or (world.safe_topic(state) if secrecy else [])),
        *lines,
    ]
    options = more_options(state.language)
    if secrecy and world.is_topic(state.topic or "") and not state.service_type:
        options = remaining_options(str(state.topic), state, world)
    after = state.but(misunderstood=0, pending=None if state.pending == WHICH else state.pending)
    if len(services) == 1 and len(every) > 1:
        after = after.but(pending=CHOSEN + services[0].id)
    return decide(lines, after, "find_service", options, "service found",
                  [each.id for each in services])  # fmt: skip


def _of_each(side: str, services: Sequence[FoundService], turn: Turn, state: State,
             world: World) -> list[str]:  # fmt: skip
    """What is known of each, then of which of them it is not."""
    language, line = state.language, LINES[side]
    rows = behind(world.engine, [each.id for each in services]) if side in _BEHIND else {}
    texts = {each.id: line(each, turn, state, world, rows) for each in services}
    lines = [f"{each.names.get(language)}: {texts[each.id]}" for each in services if texts[each.id]]
    if side == "town":
        lines = [*_none_in_town(services, turn, state, world), *lines]
    silent = [each for each in services if not texts[each.id]]
    if any(map(_is_place, services)):
        silent = [each for each in silent if _is_place(each)]  # a page of addresses is none
    if silent:
        lines.append(_silent(side, silent, language))
    if side == "other_number" and silent:
        lines += [
            f"{each.names.get(language)}: {contact(each)}" for each in silent if contact(each)
        ]
    if side in ("things", "who", "speaks"):
        known = [each for each in services if texts[each.id]]
        more = [each for each in known if not is_told(side, each, turn, state, rows)]
        if any(map(_is_place, services)):
            more = [each for each in more if _is_place(each)]
        if more and side != "speaks":
            lines.append(say("case_unknown" if side == "who" else "more_unknown", language))
        silent = [*silent, *more]
    if side == "tells" or (side == "government" and "no_papers" in turn.cues.tells):
        kept = "i_keep" if side == "tells" else "i_tell_nobody"
        lines += [say("tells_unknown", language), say(kept, language)]
        silent = silent if side == "government" else list(services)
    if side == "secret_kept":
        lines.append(say("i_keep", language))
    if side == "checked":
        lines.append(_who_checks(services, language, rows))
    if silent and side not in _NO_ASKING:
        lines += ask_there(silent, state, world)
    if silent and side in ("phone", "whatsapp"):
        lines += _instead(silent, side, turn, state, world)
    return lines


def _is_place(service: FoundService) -> bool:
    return bool(service.town or service.address or contact(service))


def _silent(side: str, silent: Sequence[FoundService], language: str) -> str:
    names = ", ".join(each.names.get(language).rstrip(".") for each in silent)
    key = {"street": "address", "things": "more", "tells": "government"}.get(side, side)
    return say(f"{key}_unknown", language, name=names)


def ask_there(services: Sequence[FoundService], state: State, world: World) -> list[str]:
    """How to ask them: their numbers, else their address or page; and no promise that it helps.

    The emergency number is not to be called for it.
    """
    language, urgent = state.language, {world.emergency_line("danger", state), "911"}
    ways = {contact(each): each.names.get(language)
            for each in reversed(services) if contact(each) not in ("", *urgent)}  # fmt: skip
    if ways:
        told = "; ".join(f"{name}, {number}" for number, name in reversed(ways.items()))
        return [say("ask_at", language, service=told)]
    found = [", ".join(filter(None, (each.address, each.town))) if each.address else each.url
             for each in services]  # fmt: skip
    where = "; ".join(dict.fromkeys(each for each in found if each))
    return [say("ask_without_phone", language, where=where) if where
            else say("no_way_to_ask", language)]  # fmt: skip


def _instead(silent: Sequence[FoundService], side: str, turn: Turn, state: State,
             world: World) -> list[str]:  # fmt: skip
    """Their phone where they have no WhatsApp; where they have none, the nearest that has one."""
    language = state.language
    calls = [f"{each.names.get(language)}: {contact(each)}" for each in silent if contact(each)]
    if calls or not state.service_type:
        return calls
    others = world.services(state.service_type, state, turn.today, [s.id for s in silent], None)
    near = next((each for each in others if has_number(each)), None)
    if near is None:
        return no_phone_any(turn, state, world) if side == "phone" else []
    return [say("nearest_with_phone", language, service=_with_place(near, turn, state, world))]


def _with_place(service: FoundService, turn: Turn, state: State, world: World) -> str:
    parts = (service.names.get(state.language), service.town, off(service, turn, state, world),
             contact(service))  # fmt: skip
    return ", ".join(filter(None, parts))


def _best(services: Sequence[FoundService], turn: Turn, state: State) -> list[str]:
    """Whom each is for: she chooses."""
    language = state.language
    places = [each for each in services if _is_place(each)] or services
    fitting = sorted(places, key=lambda each: not case_is_told(each, turn, state))
    texts = [
        "\n".join(filter(None, (f"{each.names.get(language)}: {each.for_whom.get(language)}",
                                contact(each))))
        for each in fitting
    ]  # fmt: skip
    return [say("best_lead", language), *texts]


def _nearest(services: Sequence[FoundService], turn: Turn, state: State,
             world: World) -> list[str]:  # fmt: skip
    """The one in her town, else the one with the fewest kilometres; they were listed so."""
    language = state.language
    for each in services:
        if in_town(state.city, each):
            return [say("nearest_is", language, service=_with_place(each, turn, state, world))]
    kind = state.service_type or ""
    found = world.services(kind, state, turn.today, most=None, far=True) if kind else []
    far = {each.id: each.distance_km for each in found if each.distance_km is not None}
    known = sorted((far[each.id], each.id) for each in services if each.id in far)
    if not known:
        return _of_each("town", services, turn, state, world)
    first = next(each for each in services if each.id == known[0][1])
    key = "nearest_known" if has_secret(services) else "nearest_is"
    told = say(key, language, service=_with_place(first, turn, state, world))
    return [*_none_in_town(services, turn, state, world), told]


def _none_in_town(services: Sequence[FoundService], turn: Turn, state: State,
                  world: World) -> list[str]:  # fmt: skip
    """That none of the kind is in her town, unless a secret one may be."""
    if not state.city or any(in_town(state.city, each) for each in services):
        return []
    every = [*services, *last_listed(turn, state, world)]
    if kind := state.service_type:
        every += world.services(kind, state, turn.today, most=None, far=True)
    return [] if has_secret(every) else [say("none_here", state.language, city=state.city)]


def _who_checks(services: Sequence[FoundService], language: str, rows: Rows) -> str:
    confirmed = all(each.id in rows and rows[each.id].is_confirmed for each in services)
    return say("checked_by_network" if confirmed else "checked_by_nobody", language)


def ask_them(turn: Turn, state: State, world: World) -> Decision:
    """What no record tells of the listed places: they know, and this is how to reach them."""
    services = meant(turn, last_listed(turn, state, world), state)
    language = state.language
    lines = [say("ask_them", language), *ask_there(services, state, world)]
    if services:
        lines = [*safe_lines(services, state, world), *lines]
    return decide(lines, state.but(misunderstood=0), "find_service", more_options(language),
                  "service found", [each.id for each in services])  # fmt: skip
