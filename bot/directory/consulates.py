"""Whose consulate a service is, by its name: "Consulado de Honduras en Tapachula"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from bot.directory.countries import all_countries, country_name
from bot.directory.found import FoundService
from bot.directory.text import fold

_WHERE = re.compile(r" (?:en|in) ")  # what follows is where it stands


def of_country(services: Sequence[FoundService], code: str) -> list[FoundService]:
    """The consulates and embassies of that country among `services`, in their order."""
    return [each for each in services if code in _countries_of(each.name)]


def own_lines(services: Sequence[FoundService], code: str) -> list[FoundService]:
    """Among the services of that country itself, those for its people abroad: WhatsApp first, for
    a local line is hard to reach from there. Other countries' consulates there are none."""
    own = [each for each in services
           if each.country == code and each.service_types[:1] == ("consulate",)
           and _countries_of(each.name) <= {code}]  # fmt: skip
    return sorted(own, key=lambda each: (not each.whatsapp, not each.phones))


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
