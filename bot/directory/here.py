"""Where she is, as far as she said, and how near a service is to that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.directory.hsds_secret import state_of
from bot.directory.models import Service
from bot.directory.places import Town, distance_km, find_places, state_names
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


def nearness_of(service: Service, here: Here, distance: float | None) -> int:
    """How near the service is, by the steps from IN_TOWN to ABROAD."""
    if service.country == REGIONAL:
        return REGION_WIDE if here.country != REGIONAL else COUNTRY_WIDE
    place = service.locations[0] if service.locations else None
    if place is not None and place.country != service.country:
        return ABROAD
    secret = service.confidential_location
    # Of a secret place only the state counts: that a town brings it to the front would tell.
    town = fold(place.city) if place and place.city and not secret else None
    told_state = state_of(place, is_secret=secret) if place else None
    states = state_names(service.country, told_state) if place and told_state else frozenset()
    if town is None and not states:
        return COUNTRY_WIDE
    if not here.is_known:
        return IN_COUNTRY
    if town is not None and (
        town == here.town or (distance is not None and distance <= SAME_TOWN_KM)
    ):
        return IN_TOWN
    if states & here.states or (distance is not None and distance <= NEARBY_KM):
        return IN_STATE
    return ELSEWHERE


def distance_to(service: Service, here: Here) -> float | None:
    """Kilometres from her; None for secret places and where either point is not known."""
    place = service.locations[0] if service.locations else None
    if here.point is None or place is None or service.confidential_location:
        return None
    if place.latitude is None or place.longitude is None:
        return None
    return distance_km(here.point, (place.latitude, place.longitude))
