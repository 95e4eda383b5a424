"""One country's services as they may be told on a day, with all that a search asks of each again
and again. Found out once a day, of each as long as nobody changes it (bot/knowledge/library.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

from bot.directory.found import FoundService, describe, may_be_told, told_numbers
from bot.directory.here import Spot, spot_of
from bot.directory.hsds_secret import veil_of
from bot.directory.models import Service
from bot.directory.text import fold
from bot.directory.veiled import searched_text
from bot.knowledge.dates import first_day, is_fresh
from bot.knowledge.library import Shelf

VERY_OLD_DAYS = 3 * 365


@dataclass(frozen=True)
class Candidate:
    """A service that may be told on the day; nothing in it depends on who asks."""

    service: Service
    today: date

    @cached_property
    def types(self) -> tuple[str, ...]:
        """What it is, the main kind first."""
        return tuple(each.type for each in self.service.types)

    @cached_property
    def area(self) -> tuple[str, ...]:
        """The countries that it serves; none: its own."""
        return tuple(self.service.service_area.split())

    @cached_property
    def words(self) -> str:
        """Folded, a space before each: by which it may be found."""
        return f" {fold(searched_text(self.service, veil_of(self.service)))}"

    @cached_property
    def numbers(self) -> frozenset[str]:
        """All of its phones, told or not."""
        return frozenset(each.number for each in self.service.phones)

    @cached_property
    def name(self) -> str:
        """Folded."""
        return fold(self._found.name)

    @cached_property
    def first_number(self) -> str | None:
        """The one that she is told first."""
        return next((each.number for each in self._found.phones), None)

    @property
    def is_regional(self) -> bool:
        """Whether it is of the region's file."""
        return self._found.is_regional

    @cached_property
    def use(self) -> float:
        """How well it can be reached and relied on, whatever the topic."""
        service = self.service
        reach = 1.5 if told_numbers(service) else 0.5 if service.url else 0.0
        return reach - (1.0 if self._is_very_old else 0.0) - (1.0 if service.call_first else 0.0)

    @cached_property
    def is_fresh(self) -> bool:
        """Whether its source is recent."""
        return is_fresh(self.service.as_of, self.today)

    @cached_property
    def spot(self) -> Spot:
        """Where it is, for a woman who asks about the service's own country."""
        return spot_of(self.service, self.service.country)

    def found(self, distance: float | None) -> FoundService:
        """As she is told of it, so many kilometres away; of a secret place never how many."""
        if distance is None or self._found.confidential_location:
            return self._found
        # As copy() would, at a fifth of its time: a search does it up to 400 times.
        found = object.__new__(FoundService)
        found.__dict__.update(self._found.__dict__, distance_km=round(distance, 1))
        return found

    @cached_property
    def _found(self) -> FoundService:
        return describe(self.service, None, self.today)

    @property
    def _is_very_old(self) -> bool:
        last = self.service.verified_at.date() if self.service.verified_at else None
        if last is None and self.service.as_of is not None:
            last = first_day(self.service.as_of)
        return last is not None and (self.today - last).days > VERY_OLD_DAYS


_kept: WeakKeyDictionary[Shelf, tuple[date, tuple[Candidate, ...]]] = WeakKeyDictionary()
_lock = Lock()


def candidates(shelf: Shelf, today: date) -> tuple[Candidate, ...]:
    """All services of the country that may be told on the day. What was found out of those that a
    change left as they were stays."""
    with _lock:
        day, found = _kept.get(shelf, (None, ()))
        before = shelf.before() if shelf.before else None
        day_before, known = _kept.get(before, (None, ())) if before else (None, ())
    if day == today:
        return found
    if before is None or day_before != today:
        found = tuple(Candidate(each, today) for each in shelf.services if may_be_told(each, today))
    else:
        found = tuple(_again(shelf, before, known, today))
    with _lock:
        _kept[shelf] = (today, found)
    return found


def _again(
    shelf: Shelf, before: Shelf, known: Iterable[Candidate], today: date
) -> Iterator[Candidate]:
    by_id = {each.service.id: each for each in known}
    for service in shelf.services:
        if before.service.get(service.id) is service:  # it has not changed, told or not
            if service.id in by_id:
                yield by_id[service.id]
        elif may_be_told(service, today):
            yield Candidate(service, today)
