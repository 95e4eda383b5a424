"""What may be said in words of a service whose place is secret.

The columns for address, town and coordinates are never read for such a service; this module is
about free text, where somebody may have written the town. Such a text is left out whole: better
too little than half a secret. Names below the level of state come from the gazetteer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from bot.directory.models import Location, Service
from bot.directory.places import find_places
from bot.directory.text import fold, fold_state
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL

LONGEST_NAME = 5
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_POINT = re.compile(r"\d{1,3}[.,]\d{3,}\s*°?\s*[NSns]?\s*[,; ]\s*-?\d{1,3}[.,]\d{3,}|\d\s*°\s*\d")
_STREET = re.compile(
    r"\b(calles?|avenida|avda?|av|bulevar|boulevard|blvd|carretera|calzada|colonia|barrio|zona"
    r"|street|avenue|ave|road|drive|highway)\b\.?[^.;]{0,30}?\d|\b\d+\w*\s+([^\W\d]+\s+){0,2}"
    r"(street|st|avenue|ave|road|rd|drive|highway)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Veil:
    """Over one service; an open one (`is_secret` false) is told as it is."""

    is_secret: bool
    countries: tuple[str, ...]
    hidden: tuple[str, ...]  # folded: town and address that the database should not hold, but may

    def hides(self, text: str | None) -> bool:
        """Whether the text says where the secret place is."""
        return bool(self.is_secret and text) and _says_where(self, text or "")

    def hides_note(self, text: str) -> bool:
        """The same of what somebody just wrote: no word of it is remembered."""
        return self.is_secret and _look(self, text, _is_town.__wrapped__)

    def hides_link(self, address: str | None) -> bool:
        """The same for a web or mail address, where words run together."""
        return bool(self.is_secret and address) and _link_says_where(self, address or "")

    def both(self, es: str | None, en: str | None) -> Bilingual | None:
        """The text in both languages, None where either gives the place away."""
        if not es or not en or self.hides(es) or self.hides(en):
            return None
        return Bilingual(es, en)

    def one(self, text: str | None) -> str | None:
        """The text, None where it gives the place away."""
        return None if self.hides(text) else text

    def link(self, address: str | None) -> str | None:
        """The address, None where it gives the place away."""
        return None if self.hides_link(address) else address


def veil_of(service: Service) -> Veil:
    """The veil over the service's words."""
    codes = {service.country, *(place.country for place in service.locations)}
    hidden = {
        fold(each)
        for place in service.locations
        for each in (place.city, place.address_1)
        if each and fold(each)
    }
    countries = COUNTRY_CODES if REGIONAL in codes else tuple(sorted(codes))
    return Veil(service.confidential_location, countries, tuple(sorted(hidden)))


def state_of(place: Location, *, is_secret: bool) -> str | None:
    """The state; of a secret place only one that the gazetteer knows as a state."""
    state = place.state_province
    if not state or not is_secret:
        return state or None
    known = [
        each for name in (state, fold_state(state)) for each in find_places(place.country, name)
    ]
    return state if any(each.is_state for each in known) else None


# The same few texts are looked at in every search. They are the directory's, never a woman's.
@lru_cache(maxsize=20_000)
def _says_where(veil: Veil, text: str) -> bool:
    return _look(veil, text, _is_town)


def _look(veil: Veil, text: str, is_town: Callable[[str, str], bool]) -> bool:
    folded = f" {fold(text)} "
    return (
        any(f" {each} " in folded for each in veil.hidden)
        or _POINT.search(text) is not None
        or _STREET.search(text) is not None
        or any(_names_town(country, text, is_town) for country in veil.countries)
    )


@lru_cache(maxsize=20_000)
def _link_says_where(veil: Veil, address: str) -> bool:
    squeezed = fold(address).replace(" ", "")
    return (
        _says_where(veil, address)
        or any(each.replace(" ", "") in squeezed for each in veil.hidden)
        or any(
            len(word) > 3 and _is_town(country, word)
            for country in veil.countries
            for word in fold(address).split()
        )
    )


def _names_town(country: str, text: str, is_town: Callable[[str, str], bool]) -> bool:
    """Whether a town's name is in the text: several words, or one with a capital."""
    found = _WORD.findall(text)
    start = 0
    while start < len(found):
        for size in range(min(LONGEST_NAME, len(found) - start), 0, -1):
            chunk = found[start : start + size]
            name = fold(" ".join(chunk))
            if size == 1 and not chunk[0][0].isupper():
                continue
            if is_town(country, name):
                return True
            if is_state(country, name):
                start += size - 1  # "Columbia" in "British Columbia" is no town
                break
        start += 1
    return False


@lru_cache(maxsize=20_000)
def _is_town(country: str, name: str) -> bool:
    """A town, and not the name of a state as well: that may be told."""
    places = find_places(country, name)
    return any(not each.is_state for each in places) and not any(each.is_state for each in places)


def is_state(country: str, name: str) -> bool:
    """Whether a first-level division is called so."""
    return any(each.is_state for each in find_places(country, name))
