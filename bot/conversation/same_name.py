"""Towns of one name: the one in a country that she has told before is meant, if it is no hamlet.

"Bella Vista", after a whole conversation in Belize, is not the one of the Dominican Republic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.directory.places import find_places
from bot.directory.text import fold

_GREW_UP = re.compile(r"\b(grew up|was raised|creci|me crie|me criaron)\b")
_METROPOLIS = 300_000  # people: who writes "San Francisco" means that one, wherever she is
_HAMLET = 40  # so many times smaller, the one near her is hardly known by its name
_VILLAGE = 100  # so many times smaller, she would say that it is not the known one


def in_her_country(
    found: Mapping[str, Any],
    entities: Sequence[Mapping[str, Any]],
    text: str,
    *known: str | None,
) -> Mapping[str, Any]:
    """`found` (the place reader's summary) with the country changed to the first of `known`, the
    countries that she has told, where she names one town and no country."""
    named = [each for each in entities if each.get("entity") in ("country", "city")]
    city, country = found.get("city"), found.get("country")
    if city is None and len(named) == 1 and named[0].get("entity") == "city":
        city = named[0]["value"]  # of no country that the reader knew
    told = [each for each in known if each]
    if not (city and told) or country in told or len(named) != 1:
        return found
    if _is_told(named[0], text, str(city)):
        return found
    if country is None and (found.get("origin") or named[0].get("role") == "origin"):
        return found
    far = _people(str(country), str(city)) or 0 if country else 0
    for each in told:
        near = _people(each, str(city))
        if near is not None and far < _METROPOLIS and near * _HAMLET >= far:
            return {**found, "country": each, "city": city}
    return found


def _written(entity: Mapping[str, Any], text: str) -> str:
    return text[int(entity.get("start") or 0) : int(entity.get("end") or 0)]


def _is_told(entity: Mapping[str, Any], text: str, city: str) -> bool:
    """Whether its state or country stands beside it: "San Pedro, Ambergris"."""
    written = _written(entity, text)
    return "," in written or len(fold(written).split()) > len(city.split())


def _people(country: str, city: str) -> int | None:
    places = find_places(country, city)
    return max(place.population for place in places) if places else None


def which_country(
    found: Mapping[str, Any],
    entities: Sequence[Mapping[str, Any]],
    text: str,
    number: str | None,
) -> Mapping[str, Any]:
    """`found` with its country open, where her number is of another one that has such a town: "San
    José" from a number of the United States. She is asked, or her number guesses. Where she says
    that she grew up there, it is meant."""
    city, country = found.get("city"), found.get("country")
    towns = [each for each in entities if each.get("entity") == "city"]
    countries = [each for each in entities if each.get("entity") == "country"]
    if not (city and country and number) or country == number or len(towns) != 1:
        return found
    grew_up = {each.get("value") for each in countries if each.get("role") == "origin"}
    grew_up = grew_up if _GREW_UP.search(fold(text)) else set()
    if _is_told(towns[0], text, str(city)) or (countries and number not in grew_up):
        return found
    name = _written(towns[0], text)
    near, far = _people(number, name), _people(str(country), str(city))
    if near is None or near * _VILLAGE < (far or 0):
        return found
    if countries:  # "I grew up in Belize, live in San Pedro", from a number of Belize
        return {**found, "city": name.title(), "country": number}
    return {**found, "city": name.title(), "country": None, "candidates": [country, number]}
