"""Where a service of a file in HSDS is, in our terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.directory.hsds_carried import Carries
from bot.directory.hsds_notes import Notes, Wrong
from bot.directory.hsds_secret import is_state
from bot.directory.hsds_words import Json
from bot.directory.places import find_places
from bot.directory.text import fold_state
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL


def place_said(
    place: Json, notes: Notes, home: str, *, is_secret: bool
) -> tuple[tuple[str, Any], ...]:
    """A row of locations, as pairs; of a secret place no more than its state. `home`: the country
    of the service."""
    address: Json = next(iter(place.get("addresses", ())), {})
    country = country_of(place, home)
    city, street = address.get("city") or None, address.get("address_1") or None
    state = address.get("state_province") or None
    name = place.get("name")
    if not address and name and (place.get("country") or _is_state(country, name)):
        state = name
    kind = place.get("location_type")
    if kind not in ("physical", "postal", "virtual"):
        kind = "physical" if city or street else "virtual"
    point = _point(place, notes)
    if is_secret and not (state and _is_state(country, state)):
        state = None  # whatever else stands there may be its town
    if kind == "virtual":
        city = street = point = None
    if not is_secret:
        if city and point is None and not find_places(country, city):
            notes.fault("locations", address, "city", "town", city)
        for text, most, where, key in (
            (city, 120, address, "city"), (state, 120, address or place, "state_province"),
            (street, 500, address, "address_1"),
        ):  # fmt: skip
            if text and len(text) > most:
                notes.fault("locations", where, key, "too_long")
        if country not in (*COUNTRY_CODES, REGIONAL):
            notes.fault("locations", address or place, "country", "country", country)
    told = {
        "location_type": kind,
        "address_1": street,
        "city": city,
        "state_province": state,
        "country": country,
        "latitude": point[0] if point else None,
        "longitude": point[1] if point else None,
        "precision": _precision(place) if point else None,
    }
    return tuple(told.items())


def _precision(place: Json) -> str:
    return "town" if place.get("coordinates_precision") == "town" else "exact"


def country_of(place: Json, home: str) -> str:
    """Of its address, else its own, else that of the service."""
    address: Json = next(iter(place.get("addresses", ())), {})
    return str(address.get("country") or place.get("country") or home).upper()


def untold(place: Json, carries: Carries) -> frozenset[str]:
    """Of address, point, its precision and the kind of place what the file does not mention."""
    keys = {"address": "addresses", "point": "latitude", "precision": "coordinates_precision",
            "location_type": "location_type"}  # fmt: skip
    return frozenset(name for name, key in keys.items() if not carries(place, key))


def _point(place: Json, notes: Notes) -> tuple[float, float] | None:
    latitude, longitude = place.get("latitude"), place.get("longitude")
    if latitude is None or longitude is None:
        return None
    for name, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if not -most <= value <= most:
            notes.fault("locations", place, name, "point", value)
            return None
    return float(latitude), float(longitude)


def betrays(places: Iterable[Json]) -> Iterator[Wrong]:
    """A town, an address or a point of a place that it says is secret."""
    for place in places:
        for name in ("latitude", "longitude"):
            if place.get(name) is not None:
                yield Wrong(place, name, "secret_place")
        for address in place.get("addresses", ()):
            for name in ("address_1", "city", "postal_code"):
                if address.get(name):
                    yield Wrong(address, name, "secret_place")


def _is_state(country: str, name: str) -> bool:
    """With or without the kind of word that goes with it ("Departamento de Cortés")."""
    return is_state(country, name) or is_state(country, fold_state(name))
