"""Which services to tell her about, the most useful first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice

from sqlalchemy.orm import Session

from bot.directory.candidates import Candidate
from bot.directory.columns import Rank, columns
from bot.directory.found import FoundService, describe, may_be_told
from bot.directory.here import Here, where_she_is
from bot.directory.text import fold
from bot.knowledge.library import Library, opened
from bot.knowledge.schema import REGIONAL

SHELTER = "violence_shelter"
_CONFIDENCE = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True)
class Liking:
    """What makes a service belong to a topic: beginnings of words in its name or description.

    Services that answer on one of the `known_numbers` come later: she has those already.
    """

    words: tuple[str, ...]
    known_numbers: frozenset[str] = frozenset()

    def is_met_by(self, one: Candidate, service_types: Sequence[str]) -> bool:
        """Whether it is mainly what the topic asks for first, or its words fit."""
        return one.types[0] in service_types[:1] or _hits(one.words, self.words) > 0

    def score(self, one: Candidate) -> float:
        known = not self.known_numbers.isdisjoint(one.numbers)
        return 2.0 * min(3, _hits(one.words, self.words)) - (1.5 if known else 0.0)


def hits(text: str, words: Sequence[str]) -> int:
    """How many of the `words`, as beginnings of words, are in `text`."""
    return _hits(f" {fold(text)}", words)


def _hits(folded: str, words: Sequence[str]) -> int:
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
    return list(islice(found, skip, skip + limit))


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
) -> Iterator[FoundService]:
    """All services that fit, best first; with a `liking`, only those that belong to the topic."""
    all_of_them = columns(library, here.country, today or datetime.now(UTC).date())
    types = tuple(service_types)
    order = all_of_them.order((types, liking), lambda one: _rank(one, here.country, types, liking))
    for one, distance in _without_repeats(all_of_them.seen_from(here, order)):
        yield one.found(distance)


def _rank(one: Candidate, country: str, types: Sequence[str], liking: Liking | None) -> Rank | None:
    """Where it stands among those that fit, wherever she is: the most useful first. None where it
    does not fit."""
    if not _is_wanted(one, country, types) or (liking and not liking.is_met_by(one, types)):
        return None
    return (-_usefulness(one, types, liking), _CONFIDENCE[one.service.confidence],
            not one.is_fresh, one.service.id)  # fmt: skip


def _is_wanted(one: Candidate, country: str, service_types: Sequence[str]) -> bool:
    """Not outside the countries that it serves; not a shelter, unless shelters are asked for."""
    if one.area and country not in (*one.area, REGIONAL):
        return False
    if SHELTER in one.types and SHELTER not in service_types:
        return False
    return not service_types or any(each in service_types for each in one.types)


def _type_rank(one: Candidate, service_types: Sequence[str]) -> int:
    """0 where the service's main type is the one asked for first."""
    if not service_types:
        return 0
    own = one.types
    return min(asked + own.index(each) for asked, each in enumerate(service_types) if each in own)


def _usefulness(one: Candidate, service_types: Sequence[str], liking: Liking | None) -> float:
    """How well the service fits the topic, and whether she can reach it from where she is."""
    return (
        (liking.score(one) if liking else 0.0)
        + one.use
        - 0.25 * min(4, _type_rank(one, service_types))
    )


def _without_repeats(
    ordered: Iterable[tuple[Candidate, float | None]],
) -> Iterator[tuple[Candidate, float | None]]:
    """The region's file repeats some of a country's lines: the first of the same name stays."""
    seen: set[str] = set()
    for one, distance in ordered:
        number = one.first_number
        if one.name in seen or (one.is_regional and number in seen):
            continue
        seen.add(one.name)
        if number is not None:
            seen.add(number)
        yield one, distance
