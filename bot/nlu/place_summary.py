"""A place found in a message, and what all its places say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .place_roles import DESTINATION, LOCATION, ORIGIN


@dataclass(frozen=True)
class Place:
    """One place named in a message.

    `hers` is False for somebody else's place ("mi hermana está en …"); `present` says "here, now";
    `homeward` that she goes back there; `home` that women mostly leave that country.
    """

    start: int
    end: int
    text: str
    entity: str
    value: str
    country: str | None
    role: str | None
    candidates: tuple[str, ...] = ()
    confidence: float = 1.0
    hers: bool = True
    present: bool = False
    homeward: bool = False
    home: bool = False


@dataclass(frozen=True)
class Summary:
    """What the places of a message say together: ISO codes, and the town's name.

    `candidates` are the countries where a town that she names may be, when nothing settles it.
    """

    country: str | None = None
    origin: str | None = None
    destination: str | None = None
    city: str | None = None
    candidates: tuple[str, ...] = ()


def summarise(places: Sequence[Place]) -> Summary:
    """One answer from all places: hers before others', a location before a destination."""
    ordered = sorted(places, key=lambda place: (not place.hers, not place.present))
    locations = [place for place in ordered if place.role == LOCATION]
    goals = [place for place in ordered if place.role == DESTINATION]
    institutions = [place for place in ordered if place.role is None]
    left_behind = [place for place in locations if place.home and not place.present]
    here = _first_country([place for place in locations if place not in left_behind])
    here = here or _first_country(left_behind)
    where = here or _first_country(goals) or _first_country(institutions)
    open_places = [place for place in locations if place.country is None]
    towns = [place for place in (*locations, *goals) if place.entity == "city"]
    towns.sort(key=lambda place: place.country != where)
    return Summary(
        country=where,
        origin=_origin(ordered, left_behind, here),
        destination=_first_country(goals),
        city=towns[0].value if towns else None,
        candidates=open_places[0].candidates if open_places and not where else (),
    )


def _origin(places: Sequence[Place], left_behind: Sequence[Place], here: str | None) -> str | None:
    """Where she is from: said, else where she goes back to, else a home told of from elsewhere.

    A town she left inside the country where she is does not count.
    """
    said = [place for place in places if place.role == ORIGIN]
    said = [place for place in said if place.country != here or place.entity == "country"]
    back = [place for place in places if place.role == DESTINATION and place.homeward]
    implied = [place for place in (*back, *left_behind) if place.country != here]
    return _first_country(said) or _first_country(implied)


def _first_country(places: Sequence[Place]) -> str | None:
    return next((place.country for place in places if place.country), None)
