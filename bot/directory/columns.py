"""Thousands of services and how near each is to her, found out for all at once.

Where the services are is laid out in columns once, for as long as nobody changes them; a search
compares the columns with her place as a whole. Of her nothing is kept, neither town nor point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from bot.directory.candidates import Candidate, candidates
from bot.directory.here import (
    ELSEWHERE,
    IN_COUNTRY,
    IN_STATE,
    IN_TOWN,
    NEARBY_KM,
    SAME_TOWN_KM,
    Here,
    Spot,
    spot_of,
)
from bot.directory.places import EARTH_RADIUS_KM
from bot.knowledge.library import Library, Shelf
from bot.knowledge.schema import REGIONAL

MOST_ORDERS = 150  # kept of a country: topics and kinds of help
NOWHERE = -1  # no town, no state; or as near as the spot says
Numbers = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Order:
    """Some of a country's services, the most useful first, wherever she is."""

    places: Numbers  # of each in the columns
    use: Numbers


@dataclass(frozen=True, eq=False)
class Columns:
    """What may be told in a country on a day, its own services and those of the region."""

    country: str
    today: date
    region: Shelf | None
    everyone: tuple[Candidate, ...]
    _orders: dict[object, Order] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def order(self, key: object, make: Callable[[], list[tuple[int, float]]]) -> Order:
        """The order of that name: where each stands, and its use; made where it is not kept."""
        with self._lock:
            found = self._orders.get(key)
        if found is None:
            rows = make()
            found = Order(np.array([place for place, _ in rows], dtype=np.intp),
                          np.array([use for _, use in rows], dtype=float))  # fmt: skip
            with self._lock:
                self._orders[key] = found
                while len(self._orders) > MOST_ORDERS:
                    del self._orders[next(iter(self._orders))]
        return found

    def seen_from(self, here: Here, order: Order) -> Iterator[tuple[Candidate, float | None]]:
        """The nearest first, each with its kilometres; of those as near the most useful, and of
        those as useful as the order has them."""
        at = order.places
        distance = self._distance(here, at)
        nearness = self._nearness(here, at, distance)
        is_far = (nearness >= IN_COUNTRY) & ~np.isnan(distance)
        tens = np.where(is_far, np.rint(distance / 10), 0.0)
        known = np.nan_to_num(distance, nan=0.0)
        for each in np.lexsort((known, -order.use, tens, nearness)).tolist():
            km = float(distance[each])
            yield self.everyone[at[each]], None if np.isnan(km) else km

    def _distance(self, here: Here, at: Numbers) -> Numbers:
        """Great circles, as in places.py; none where either point is not known."""
        if here.point is None:
            return np.full(len(at), np.nan)
        lat, lon = self._points[at].T
        lat1, lon1 = np.radians(here.point)
        half_lat, half_lon = (lat - lat1) / 2, (lon - lon1) / 2
        chord = np.sin(half_lat) ** 2 + np.cos(lat1) * np.cos(lat) * np.sin(half_lon) ** 2
        found: Numbers = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))
        return found

    def _nearness(self, here: Here, at: Numbers, distance: Numbers) -> Numbers:
        """By the steps from IN_TOWN to ABROAD."""
        fixed = self._fixed[at]
        if not here.is_known:
            return np.where(fixed == NOWHERE, IN_COUNTRY, fixed)
        town, state = self._towns[at], self._states[at]
        states = [self._names.get(each, NOWHERE - 1) for each in here.states]
        near = np.isin(state, states) | (distance <= NEARBY_KM)
        same = self._names.get(here.town or "", NOWHERE - 1)
        in_town = (town == same) | ((town != NOWHERE) & (distance <= SAME_TOWN_KM))
        moving = np.where(in_town, IN_TOWN, np.where(near, IN_STATE, ELSEWHERE))
        return np.where(fixed == NOWHERE, moving, fixed)

    @cached_property
    def _spots(self) -> list[Spot]:
        return [spot_of(each.service, self.country) for each in self.everyone]

    @cached_property
    def _names(self) -> dict[str, int]:
        """A number for each town's and state's name."""
        names = chain.from_iterable((each.town, each.state) for each in self._spots)
        return {name: number for number, name in enumerate(dict.fromkeys(filter(None, names)))}

    @cached_property
    def _towns(self) -> Numbers:
        return np.array([self._names.get(each.town or "", NOWHERE) for each in self._spots], int)

    @cached_property
    def _states(self) -> Numbers:
        return np.array([self._names.get(each.state or "", NOWHERE) for each in self._spots], int)

    @cached_property
    def _fixed(self) -> Numbers:
        fixed = [NOWHERE if each.fixed is None else each.fixed for each in self._spots]
        return np.array(fixed, int)

    @cached_property
    def _points(self) -> Numbers:
        points = [each.point or (np.nan, np.nan) for each in self._spots]
        return np.radians(np.array(points, float).reshape(-1, 2))


_kept: WeakKeyDictionary[Shelf, Columns] = WeakKeyDictionary()
_lock = Lock()


def columns(library: Library, country: str, today: date) -> Columns:
    """Of the country and the region, as they are now."""
    own = library.of(country)
    region = None if country == REGIONAL else library.of(REGIONAL)
    with _lock:
        found = _kept.get(own)
    if found is None or found.today != today or found.region is not region:
        shelves = [own, region] if region else [own]
        everyone = chain.from_iterable(candidates(each, today) for each in shelves)
        found = Columns(country, today, region, tuple(everyone))
        with _lock:
            _kept[own] = found
    return found
