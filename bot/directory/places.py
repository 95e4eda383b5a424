"""Towns, their states and coordinates, from each country's `places.tsv` where there is one."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt

from bot.directory.text import fold, fold_state
from bot.knowledge.files import country_folder
from bot.paths import DATA

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True)
class Town:
    """A town or a state (`is_state`) of a country."""

    name: str
    state: str
    latitude: float | None
    longitude: float | None
    population: int
    is_state: bool

    @property
    def point(self) -> tuple[float, float] | None:
        """(latitude, longitude), where both are known."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


def find_places(country: str, name: str) -> list[Town]:
    """Every place of that name: towns before states, the largest first."""
    found = _gazetteer(country).get(fold(name), ())
    return sorted(found, key=lambda each: (each.is_state, -each.population))


def find_place(country: str, name: str, state: str | None = None) -> Town | None:
    """The place of that name, the largest where several share it; `state` narrows the choice."""
    found = find_places(country, name)
    if state is not None:
        known = state_names(country, state)
        found = [each for each in found if fold_state(each.state) in known]
    return next(iter(found), None)


@cache
def state_names(country: str, state: str) -> frozenset[str]:
    """The folded names of that state: "Carolina del Norte" is "North Carolina" too."""
    same = (each for each in find_places(country, state) if each.is_state)
    names = (state, *(name for each in same for name in (each.name, each.state) if name))
    return frozenset(fold_state(each) for each in names)


@cache
def state_key(country: str, state: str) -> str:
    """The one of `state_names` that its towns carry; the name itself where there is none."""
    same = (each for each in find_places(country, state) if each.is_state)
    return fold_state(next((each.state or each.name for each in same), state))


def every_town(country: str) -> list[Town]:
    """Each town of the country once, without its states."""
    towns = {id(town): town for found in _gazetteer(country).values() for town in found}
    return [town for town in towns.values() if not town.is_state]


@cache
def _gazetteer(country: str) -> dict[str, tuple[Town, ...]]:
    path = country_folder(country) / "places.tsv"
    if not path.exists():
        return {}
    places: dict[str, list[Town]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            town = Town(
                name=row["name"],
                state=row["admin1"] or "",
                latitude=_number(row["lat"]),
                longitude=_number(row["lon"]),
                population=int(row["population"] or 0),
                is_state=row.get("kind") == "admin1",
            )
            names = {row["name"], *(row["aliases"] or "").split("|")}
            for key in {fold(each) for each in names} - {""}:
                places[key].append(town)
    return {key: tuple(towns) for key, towns in places.items()}


@cache
def _far() -> dict[str, tuple[int, str]]:
    """Towns of other countries: people and country of the largest of each name."""
    found: dict[str, tuple[int, str]] = {}
    with (DATA / "places" / "world.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            people = (int(row["population"] or 0), row["country"])
            for name in (row["name"], *(row["aliases"] or "").split("|")):
                found[fold(name)] = max(people, found.get(fold(name), people))
    return found


def far_away(name: str) -> tuple[int, str] | None:
    """People and country of the largest town of that name in a country that is not served."""
    return _far().get(fold(name))


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The great-circle distance between two (latitude, longitude) points."""
    (lat1, lon1), (lat2, lon2) = here, there
    half_lat, half_lon = radians(lat2 - lat1) / 2, radians(lon2 - lon1) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(chord))
