"""Towns of one name: the one in the country that she has told before is meant, if it is no hamlet.

"Bella Vista", after a whole conversation in Belize, is not the one of the Dominican Republic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.directory.places import find_places

_METROPOLIS = 300_000  # people: who writes "San Francisco" means that one, wherever she is
_HAMLET = 40  # so many times smaller, the one near her is hardly known by its name


def in_her_country(
    found: Mapping[str, Any], entities: Sequence[Mapping[str, Any]], here: str | None
) -> Mapping[str, Any]:
    """`found` (the place reader's summary) with the country changed to `here`, where she told that
    she is there and names one town and no country."""
    city, country = found.get("city"), found.get("country")
    named = [each for each in entities if each.get("entity") in ("country", "city")]
    if not (city and here) or country in (None, here) or len(named) != 1:
        return found
    near, far = _people(here, str(city)), _people(str(country), str(city))
    if near is None or (far or 0) >= _METROPOLIS or near * _HAMLET < (far or 0):
        return found
    return {**found, "country": here}


def _people(country: str, city: str) -> int | None:
    places = find_places(country, city)
    return max(place.population for place in places) if places else None
