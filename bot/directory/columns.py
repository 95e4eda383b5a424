"""Thousands of services and how near each is to her, found out for all at once.

Where the services are is laid out in columns once, for as long as nobody changes them; a search
compares the columns with her place as a whole. Where a few services changed, their orders stay but
for these few. Of her nothing is kept, neither town nor point.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from math import isnan
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
MOST_MENDED = 50  # services that change places in an order; more are put in order anew
AT_FIRST = 400  # services that are put in order before the others: the longest list there is
STEP = 10_000  # times ten kilometres: farther than any two places on Earth are apart
NOWHERE = -1  # no town, no state; or as near as the spot says
Numbers = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Order:
    """Some of a country's services, the most useful first, wherever she is."""

    places: Numbers  # of each in the columns
    use: Numbers


Rank = tuple[Any, ...]  # less is better; begins with the use, less than nothing


@dataclass(frozen=True, eq=False)
class Columns:
    """What may be told in a country on a day, its own services and those of the region."""

    country: str
    today: date
    region: Shelf | None
    everyone: tuple[Candidate, ...]
    _orders: dict[object, Order] = field(default_factory=dict)
    # Orders from before a change, each with the places that have changed since.
    _stale: dict[object, tuple[Order, frozenset[int]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def order(self, key: object, rank: Callable[[Candidate], Rank | None]) -> Order:
        """The order of that name, made where it is not kept: by the rank of each; None: left out.
        Every rank is another one."""
        with self._lock:
            found = self._orders.get(key)
            stale = self._stale.pop(key, None)
        if found is None:
            found = self._mended(*stale, rank) if stale else self._made(rank)
            with self._lock:
                self._orders[key] = found
                while len(self._orders) > MOST_ORDERS:
                    del self._orders[next(iter(self._orders))]
        return found

    def _made(self, rank: Callable[[Candidate], Rank | None]) -> Order:
        ranks = ((rank(one), place) for place, one in enumerate(self.everyone))
        rows = sorted((each, place) for each, place in ranks if each is not None)
        return Order(np.array([place for _, place in rows], dtype=np.intp),
                     np.array([-each[0] for each, _ in rows], dtype=float))  # fmt: skip

    def _mended(
        self, order: Order, changed: frozenset[int], rank: Callable[[Candidate], Rank | None]
    ) -> Order:
        stays = ~np.isin(order.places, list(changed))
        places, use = order.places[stays], order.use[stays]
        for place in changed:
            if own := rank(self.everyone[place]):
                at = bisect_left(places, own, key=lambda each: rank(self.everyone[each]) or ())
                places, use = np.insert(places, at, place), np.insert(use, at, -own[0])
        return Order(places, use)

    def after(self, before: Columns) -> Columns:
        """The same, with the orders from before a change that left who is there as it was."""
        if [each.service.id for each in before.everyone] != [e.service.id for e in self.everyone]:
            return self
        changed = frozenset(
            place
            for place, (was, now) in enumerate(zip(before.everyone, self.everyone, strict=True))
            if was is not now
        )
        with before._lock:
            stale = {key: (order, places | changed) for key, (order, places) in
                     before._stale.items()}  # fmt: skip
            stale |= {key: (order, changed) for key, order in before._orders.items()}
        self._stale.update(
            (key, each) for key, each in stale.items() if len(each[1]) <= MOST_MENDED
        )
        return self

    def seen_from(self, here: Here, order: Order) -> Iterator[tuple[Candidate, float | None]]:
        """The nearest first, each with its kilometres; of those as near the most useful, and of
        those as useful as the order has them."""
        at = order.places
        distance = self._distance(here, at)
        nearness = self._nearness(here, at, distance)
        is_far = (nearness >= IN_COUNTRY) & ~np.isnan(distance)
        steps = nearness * STEP + np.where(is_far, np.rint(distance / 10), 0.0)
        known = np.nan_to_num(distance, nan=0.0)
        for some in _first_and_rest(steps):
            sort = some[np.lexsort((known[some], -order.use[some], steps[some]))]
            for place, km in zip(at[sort].tolist(), distance[sort].tolist(), strict=True):
                yield self.everyone[place], None if isnan(km) else km

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
        return [
            each.spot
            if each.service.country == self.country
            else spot_of(each.service, self.country)
            for each in self.everyone
        ]

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


def _first_and_rest(steps: Numbers) -> Iterator[Numbers]:
    """Where the nearest are, at least as many as a list asks for, and where all others are: who
    reads the first ones does not wait until thousands are in order. None of the rest is as near."""
    if len(steps) <= AT_FIRST:
        yield np.arange(len(steps))
        return
    is_first = steps <= np.partition(steps, AT_FIRST)[AT_FIRST]
    yield np.flatnonzero(is_first)
    yield np.flatnonzero(~is_first)


def columns(library: Library, country: str, today: date) -> Columns:
    """Of the country and the region, as they are now."""
    own = library.of(country)
    region = None if country == REGIONAL else library.of(REGIONAL)
    with _lock:
        found = _kept.get(own)
        before = found or (_kept.get(was) if own.before and (was := own.before()) else None)
    if found is None or found.today != today or found.region is not region:
        shelves = [own, region] if region else [own]
        everyone = chain.from_iterable(candidates(each, today) for each in shelves)
        found = Columns(country, today, region, tuple(everyone))
        if before and before.today == today:
            found = found.after(before)
        with _lock:
            _kept[own] = found
    return found
