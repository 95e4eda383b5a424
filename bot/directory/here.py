"""Where she is, as far as she said, and how near a service is to that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.directory.found import FoundService
from bot.directory.hsds_secret import state_of
from bot.directory.models import Service
from bot.directory.places import Town, distance_km, find_places, state_key, state_names
from bot.directory.text import fold
from bot.knowledge.schema import REGIONAL

SAME_TOWN_KM = 15.0
NEARBY_KM = 80.0
DOMINANT = 5
# Where a service is, seen from where she is; the smaller the better.
IN_TOWN, IN_STATE, COUNTRY_WIDE, IN_COUNTRY, REGION_WIDE, ELSEWHERE, ABROAD = range(7)


@dataclass(frozen=True)
class Here:
    """Where she is, as far as she said: folded names, and a point."""

    country: str
    town: str | None = None
    states: frozenset[str] = frozenset()  # several where the town's name is not unique
    point: tuple[float, float] | None = None

    @property
    def is_known(self) -> bool:
        return self.town is not None or bool(self.states) or self.point is not None


def where_she_is(country: str, city: str | None, near: tuple[float, float] | None = None) -> Here:
    """What is known about the place: its state and point come from the gazetteer.

    Where several towns share the name and none is much larger, all their states count and no
    distance is given.
    """
    if city is None:
        return Here(country, point=near)
    places = find_places(country, city)
    towns = [each for each in places if not each.is_state]
    if places and not towns:
        return Here(country, states=state_names(country, places[0].name), point=near)
    meant = towns[:1] if _is_plain(towns) else towns
    return Here(
        country,
        town=fold(towns[0].name if towns else city),
        states=frozenset().union(
            *(state_names(country, each.state) for each in meant if each.state)
        ),
        point=near or (meant[0].point if len(meant) == 1 else None),
    )


def _is_plain(towns: Sequence[Town]) -> bool:
    """Whether the first town is the one that people mean by the name."""
    return len(towns) < 2 or towns[0].population >= DOMINANT * max(1, towns[1].population)


def is_at_hand(service: FoundService, here: Here) -> bool:
    """Whether it is in her town, or serves her whole state."""
    if service.town:
        return here.town is not None and fold(service.town) == here.town
    return bool(service.state) and state_key(here.country, str(service.state)) in here.states


@dataclass(frozen=True)
class Spot:
    """What of a service's place counts for how near it is. `fixed`: its step, wherever she is."""

    town: str | None = None  # folded
    state: str | None = None  # folded
    point: tuple[float, float] | None = None
    fixed: int | None = None


def spot_of(service: Service, country: str) -> Spot:
    """The spot, for a woman who asks about `country`."""
    place = service.locations[0] if service.locations else None
    secret = service.confidential_location
    point = _point_of(service)
    if service.country == REGIONAL:
        return Spot(point=point, fixed=REGION_WIDE if country != REGIONAL else COUNTRY_WIDE)
    if place is not None and place.country != service.country:
        return Spot(point=point, fixed=ABROAD)
    # Of a secret place only the state counts: that a town brings it to the front would tell.
    town = fold(place.city) if place and place.city and not secret else None
    told_state = state_of(place, is_secret=secret) if place else None
    state = state_key(service.country, told_state) if told_state else None
    if town is None and state is None:
        return Spot(point=point, fixed=COUNTRY_WIDE)
    return Spot(town, state, point)


def distance_to(service: Service, here: Here) -> float | None:
    """Kilometres from her; None for secret places and where either point is not known."""
    point = _point_of(service)
    return None if here.point is None or point is None else distance_km(here.point, point)


def _point_of(service: Service) -> tuple[float, float] | None:
    place = service.locations[0] if service.locations else None
    if place is None or service.confidential_location:
        return None
    if place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude
