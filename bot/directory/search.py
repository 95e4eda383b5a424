"""Which services to tell her about, the most useful first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

from sqlalchemy.orm import Session

from bot.directory.found import FoundService, describe, may_be_told, told_numbers
from bot.directory.here import IN_COUNTRY, Here, distance_to, nearness_of, where_she_is
from bot.directory.hsds_secret import veil_of
from bot.directory.models import Service
from bot.directory.text import fold
from bot.directory.veiled import searched_text
from bot.knowledge.dates import first_day, is_fresh
from bot.knowledge.library import Library, opened
from bot.knowledge.schema import REGIONAL

SHELTER = "violence_shelter"
VERY_OLD_DAYS = 3 * 365
_CONFIDENCE = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True)
class Liking:
    """What makes a service belong to a topic: beginnings of words in its name or description.

    Services that answer on one of the `known_numbers` come later: she has those already.
    """

    words: tuple[str, ...]
    known_numbers: frozenset[str] = frozenset()

    def is_met_by(self, service: Service, service_types: Sequence[str]) -> bool:
        """Whether it is mainly what the topic asks for first, or its words fit."""
        return service.types[0].type in service_types[:1] or self._hits(service) > 0

    def score(self, service: Service) -> float:
        known = any(each.number in self.known_numbers for each in service.phones)
        return 2.0 * min(3, self._hits(service)) - (1.5 if known else 0.0)

    def _hits(self, service: Service) -> int:
        return hits(searched_text(service, veil_of(service)), self.words)


def hits(text: str, words: Sequence[str]) -> int:
    """How many of the `words`, as beginnings of words, are in `text`."""
    folded = f" {fold(text)}"
    return sum(f" {word}" in folded for word in words)


def find_services(
    where: Session | Library,
    country: str,
    service_types: Sequence[str] = (),
    city: str | None = None,
    near: tuple[float, float] | None = None,
    limit: int = 3,
    skip: int = 0,
    *,
    today: date | None = None,
) -> list[FoundService]:
    """Services of `country` (and of the whole region) of any of `service_types`, nearest first.

    `city` may be a town or a state; `near` is (latitude, longitude). Shelters from violence come
    only when asked for by that type. `today` defaults to the day in UTC.
    """
    here = where_she_is(country, city, near)
    found = ranked(opened(where), here, service_types, today=today)
    return found[skip : skip + limit]


def find_service(where: Session | Library, service_id: str, today: date) -> FoundService | None:
    """One service by its id, if it may be told."""
    service = opened(where).service(service_id)
    if service is None or not may_be_told(service, today):
        return None
    return describe(service, None, today)


def ranked(
    library: Library,
    here: Here,
    service_types: Sequence[str] = (),
    liking: Liking | None = None,
    *,
    today: date | None = None,
) -> list[FoundService]:
    """All services that fit, best first; with a `liking`, only those that belong to the topic."""
    day = today or datetime.now(UTC).date()
    keyed = []
    for service in _candidates(library, here.country):
        if not _is_wanted(service, here.country, service_types):
            continue
        if not may_be_told(service, day):
            continue
        if liking and not liking.is_met_by(service, service_types):
            continue
        distance = distance_to(service, here)
        nearness = nearness_of(service, here, distance)
        key = (
            nearness,
            round(distance / 10) if distance is not None and nearness >= IN_COUNTRY else 0,
            -_usefulness(service, service_types, liking, day),
            distance or 0.0,
            _CONFIDENCE[service.confidence],
            not is_fresh(service.as_of, day),
            service.id,
        )
        keyed.append((key, service, distance))
    keyed.sort(key=lambda each: each[0])
    return _without_repeats(describe(service, distance, day) for _, service, distance in keyed)


def _candidates(library: Library, country: str) -> Iterable[Service]:
    """Whatever is of this country, or of the whole region."""
    return chain.from_iterable(library.of(each).services for each in {country, REGIONAL})


def _is_wanted(service: Service, country: str, service_types: Sequence[str]) -> bool:
    """Not outside the countries that it serves; not a shelter, unless shelters are asked for."""
    area = service.service_area.split()
    if area and country not in (*area, REGIONAL):
        return False
    types = {each.type for each in service.types}
    if SHELTER in types and SHELTER not in service_types:
        return False
    return not service_types or not types.isdisjoint(service_types)


def _is_very_old(service: Service, today: date) -> bool:
    last = service.verified_at.date() if service.verified_at else None
    if last is None and service.as_of is not None:
        last = first_day(service.as_of)
    return last is not None and (today - last).days > VERY_OLD_DAYS


def _type_rank(service: Service, service_types: Sequence[str]) -> int:
    """0 where the service's main type is the one asked for first."""
    if not service_types:
        return 0
    own = [each.type for each in service.types]
    return min(asked + own.index(each) for asked, each in enumerate(service_types) if each in own)


def _usefulness(
    service: Service, service_types: Sequence[str], liking: Liking | None, today: date
) -> float:
    """How well the service fits the topic, and whether she can reach it from where she is."""
    reach = 1.5 if told_numbers(service) else 0.5 if service.url else 0.0
    return (
        (liking.score(service) if liking else 0.0)
        + reach
        - 0.25 * min(4, _type_rank(service, service_types))
        - (1.0 if _is_very_old(service, today) else 0.0)
        - (1.0 if service.call_first else 0.0)
    )


def _without_repeats(services: Iterable[FoundService]) -> list[FoundService]:
    """The region's file repeats some of a country's lines: the first of the same name stays."""
    seen: set[str] = set()
    kept = []
    for service in services:
        names = {fold(service.name), *(each.number for each in service.phones[:1])}
        if fold(service.name) in seen or (service.is_regional and not names.isdisjoint(seen)):
            continue
        seen |= names
        kept.append(service)
    return kept
