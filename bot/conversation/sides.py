"""What one listed place's own record says on what she asks: its hours, whom it takes, who runs it.

A line for each place; "" where the record is silent. Nothing here guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import yaml

from bot.conversation.near import in_town
from bot.conversation.shown import contact
from bot.conversation.state import State, Turn
from bot.conversation.wording import has, say
from bot.conversation.world import World
from bot.directory.behind import Behind
from bot.directory.found import FoundService
from bot.directory.text import fold
from bot.paths import DATA

Rows = Mapping[str, Behind]  # what stands behind each, by its id
Line = Callable[[FoundService, Turn, State, World, Rows], str]
_ENDS = re.compile(r"(?<=[.;!?])\s+")


@cache
def words() -> Mapping[str, Any]:
    """data/of_listed.yml."""
    read: Mapping[str, Any] = yaml.safe_load((DATA / "of_listed.yml").read_text(encoding="utf-8"))
    return read


def _sentences(service: FoundService, language: str) -> Iterator[str]:
    texts = (service.for_whom, service.description, service.cost, service.hours)
    for text in texts:
        if text is not None:
            yield from (each.rstrip(";. ") for each in _ENDS.split(text.get(language)) if each)


def _told(pattern: str, service: FoundService, language: str) -> str:
    """The record's sentences that `pattern` is in."""
    found = (each for each in _sentences(service, language) if re.search(pattern, fold(each)))
    return ". ".join(dict.fromkeys(found))


def _by_its_words(side: str) -> Line:
    def line(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
        return _told(words()["told"][side], service, state.language)

    return line


def _phone(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    return contact(service)


def _other_number(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    """Those that come after the first, which she has."""
    ways = [*service.phone_displays]
    ways += [f"WhatsApp {service.whatsapp}"] if service.whatsapp else []
    return ", ".join(ways[1:])


def _whatsapp(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    return f"WhatsApp {service.whatsapp}" if service.whatsapp else ""


def _address(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    if service.confidential_location:
        return say("address_secret", state.language)
    if not service.address:
        return ""
    return ", ".join(
        filter(None, (service.address, service.town, off(service, turn, state, world)))
    )


def _secret(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    """Only what is known: where an address is told, everybody may read it."""
    if service.confidential_location:
        return say("address_secret", state.language)
    return say("address_is_public", state.language) if service.address else ""


def off(service: FoundService, turn: Turn, state: State, world: World) -> str:
    """How far it is from her town, where it is in another."""
    if not state.city or not service.town or in_town(state.city, service):
        return ""
    return world.how_far(service, state, turn.today)


def _town(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    if service.confidential_location or not service.town:
        return ""
    return ", ".join(filter(None, (service.town, off(service, turn, state, world))))


def _far(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    """The distance; in her own town only where its very place is known."""
    if in_town(state.city, service) and service.is_distance_to_town:
        return say("in_your_town", state.language, town=service.town)
    return world.how_far(service, state, turn.today)


def _hours(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    is_open = world.is_open(service, turn.now)
    now = "" if is_open is None else say("open_now" if is_open else "closed_now", state.language)
    hours = service.hours.get(state.language) if service.hours else ""
    return ". ".join(filter(None, (hours, now)))


def _cost(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    return service.cost.get(state.language) if service.cost else ""


def _speaks(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    """The languages of the record; that one is not among them is no proof that nobody speaks it."""
    language, asked = state.language, turn.cues.tongue
    row = rows.get(service.id)
    known = _languages(row, language)
    if row is not None and row.interpreters:
        return ", ".join(filter(None, (known, say("interpreters", language))))
    if known and asked and not _is_spoken(asked, row, language):
        return say("speaks_only_known", language, known=known)
    return known


def case_is_told(service: FoundService, turn: Turn, state: State) -> bool:
    """Whether the record speaks of those whom she asks for; of nobody in particular: it does."""
    case = words()["cases"].get(turn.cues.case or "")
    return case is None or bool(_told(case["told"], service, state.language))


def is_told(side: str, service: FoundService, turn: Turn, state: State, rows: Rows) -> bool:
    """Whether what the record says answers her: its languages may not be the one she asks for."""
    if side == "speaks":
        asked = turn.cues.tongue
        return asked is None or _is_spoken(asked, rows.get(service.id), state.language)
    return side == "who" and case_is_told(service, turn, state)


def _languages(row: Behind | None, language: str) -> str:
    """The languages in which somebody answers there."""
    codes = row.languages if row is not None else ()
    return ", ".join(say(f"lang_{code}", language) for code in codes if has(f"lang_{code}"))


def _is_spoken(code: str, row: Behind | None, language: str) -> bool:
    return has(f"lang_{code}") and say(f"lang_{code}", language) in _languages(row, language)


def _who(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    """Whom it is for, and what else it says of those whom she asks for."""
    language = state.language
    case = words()["cases"].get(turn.cues.case or "")
    whom = service.for_whom.get(language)
    more = _told(case["told"], service, language) if case else ""
    return ". ".join(dict.fromkeys(filter(None, (whom, *more.split(". ")))))


def _book(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    known = _told(words()["told"]["book"], service, state.language)
    first = service.confidential_location and contact(service)
    return known or (say("call_first", state.language) if first or service.call_first else "")


def _run_by(row: Behind, language: str) -> str:
    office = row.kind == "government" and re.search(words()["migration_office"], row.name)
    return say("run_by_migration" if office else f"run_by_{row.kind}", language)


def _government(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    row = rows.get(service.id)
    return _run_by(row, state.language) if row is not None else ""


def _tells(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    """Who runs it, and what it says itself on passing things on."""
    known = _told(words()["told"]["tells"], service, state.language)
    return ". ".join(filter(None, (_government(service, turn, state, world, rows), known)))


def _checked(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    """Its age, and whose word it is; of a secret place not even whose."""
    row = rows.get(service.id)
    age = service.freshness.get(state.language)
    if row is None or not row.publisher or service.confidential_location:
        return age
    return f"{age}. {say('published_by', state.language, name=row.publisher)}"


def _what(service: FoundService, turn: Turn, state: State, world: World, rows: Rows) -> str:
    return service.description.get(state.language).rstrip(".")


LINES: Mapping[str, Line] = {
    "phone": _phone, "whatsapp": _whatsapp, "other_number": _other_number, "address": _address,
    "street": _address, "secret": _secret, "town": _town, "far": _far, "hours": _hours,
    "cost": _cost, "speaks": _speaks, "who": _who, "book": _book, "government": _government,
    "tells": _tells, "checked": _checked, "things": _what,
    **{side: _by_its_words(side) for side in ("stay", "papers", "safe", "secret_kept")},
}  # fmt: skip
