"""Whose consulate a service is, by its name: "Consulado de Honduras en Tapachula"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from bot.directory.countries import all_countries, country_name
from bot.directory.found import FoundService, has_number
from bot.directory.search import find_services
from bot.directory.text import fold
from bot.knowledge.library import Library

MANY = 400  # services of one country
# The countries as they lie one after the other: the next one with a consulate is not far to call.
_ROAD = ("CA", "US", "MX", "BZ", "GT", "SV", "HN", "NI", "CR", "PA", "DO")
_WHERE = re.compile(r" (?:en|in) ")  # what follows is where it stands


@dataclass(frozen=True)
class Consulates:
    """What is known for the people of one country who are in another."""

    near: list[FoundService]  # where she is, those in her town first
    lines: list[FoundService]  # her country's own, for all who are abroad
    abroad: list[FoundService]  # in the next country, where nobody answers near her

    def that_answer(self) -> list[FoundService]:
        """Those with a phone or WhatsApp, the nearest first."""
        return [each for each in (*self.near, *self.lines, *self.abroad) if has_number(each)]


def consulates_of(
    library: Library, origin: str, country: str, city: str | None, today: date
) -> Consulates:
    """The consulates of `origin` for somebody in `country`."""
    lines = own_lines(
        find_services(library, origin, ("consulate",), limit=MANY, today=today), origin
    )
    if country == origin or country not in _ROAD:
        return Consulates([], lines, [])
    near = _in(library, country, origin, city, today)
    served = any(has_number(each) or each.url for each in near)
    return Consulates(near, lines, [] if served else _abroad(library, country, origin, today))


def _in(
    library: Library, country: str, origin: str, city: str | None, today: date
) -> list[FoundService]:
    found = find_services(library, country, ("consulate",), city, limit=MANY, today=today)
    return [each for each in of_country(found, origin) if each.country == country]


def _abroad(library: Library, country: str, origin: str, today: date) -> list[FoundService]:
    """Those that surely answer in the nearest country that has any."""
    here = _ROAD.index(country)
    for other in sorted(set(_ROAD) - {country, origin}, key=lambda c: abs(_ROAD.index(c) - here)):
        found = [s for s in _in(library, other, origin, None, today)
                 if has_number(s) and not s.call_first]  # fmt: skip
        if found:
            return found
    return []


def of_country(services: Sequence[FoundService], code: str) -> list[FoundService]:
    """The consulates and embassies of that country among `services`, in their order."""
    return [each for each in services if code in _countries_of(each.name)]


def own_lines(services: Sequence[FoundService], code: str) -> list[FoundService]:
    """Among the services of that country itself, or those that the region keeps for it, those for
    its people abroad: WhatsApp first, for a local line is hard to reach from there. Other
    countries' consulates there are none."""
    own = [each for each in services
           if each.service_types[:1] == ("consulate",) and _is_own(each, code)]  # fmt: skip
    return sorted(own, key=lambda each: (not each.whatsapp, not each.phones))


def _is_own(service: FoundService, code: str) -> bool:
    named = _countries_of(service.name)
    return named == {code} if service.is_regional else service.country == code and named <= {code}


@cache
def _countries_of(name: str) -> frozenset[str]:
    said = f" {fold(_WHERE.split(name)[0])} "
    return frozenset(code for code, names in _names().items()
                     if any(f" {each} " in said for each in names))  # fmt: skip


@cache
def _names() -> dict[str, tuple[str, ...]]:
    return {code: tuple(fold(name) for language in ("es", "en")
                        if (name := country_name(code, language)))
            for code in all_countries()}  # fmt: skip
