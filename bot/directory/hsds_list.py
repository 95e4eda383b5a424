"""Lists of the API: which records a caller asked for, and the page that holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from math import inf

from bot.directory.hsds import Entry
from bot.directory.hsds_words import Json
from bot.directory.near_words import Meant, holds, meant
from bot.directory.places import distance_km
from bot.directory.text import fold


@dataclass(frozen=True)
class Filter:
    """Everything must fit; None and "" ask for nothing."""

    search: str = ""
    taxonomy_term_id: str | None = None
    taxonomy_id: str | None = None
    organization_id: str | None = None
    modified_after: datetime | None = None
    country: str | None = None  # of the service; XX: the whole region
    type: str | None = None  # code of a kind of help
    for_whom: str = ""
    language: str | None = None
    near: tuple[float, float] | None = None
    km: float = 0.0  # of `near`; what has no point, every secret place among it, is never near
    meant: Meant | None = None  # of `search`: see `spelled`
    meant_for: Meant | None = None  # of `for_whom`

    def spelled(self, known: frozenset[str]) -> Filter:
        """The same for words that none of the known ones holds: nearly the same words do."""
        return replace(
            self,
            meant=_meant(fold(self.search), known),
            meant_for=_meant(fold(self.for_whom), known),
        )

    @property
    def _words(self) -> Meant:
        if self.meant is not None:
            return self.meant
        return tuple((word,) for word in fold(self.search).split())

    def distance(self, entry: Entry) -> float:
        """Kilometres from `near` to the nearest of its places; infinite where it has no point."""
        return min(
            (distance_km(self.near, each) for each in entry.points if self.near), default=inf
        )

    def takes(self, entry: Entry) -> bool:
        """Whether the record fits. One of unknown age fits any `modified_after`."""
        return (
            holds(entry.text, self._words)
            and self.taxonomy_term_id in (None, *entry.terms)
            and self.taxonomy_id in (None, *entry.taxonomies)
            and self.organization_id in (None, entry.organization_id)
            and self.country in (None, entry.country)
            and self.type in (None, *entry.types)
            and self.language in (None, *entry.languages)
            and holds(entry.for_whom, self.meant_for or ())
            and (self.near is None or self.distance(entry) <= self.km)
            and not (
                self.modified_after and entry.changed_at and entry.changed_at < self.modified_after
            )
        )


@lru_cache(maxsize=64)  # who turns the pages of one search is not guessed at on each
def _meant(search: str, known: frozenset[str]) -> Meant:
    return meant(search.split(), known)


def page_of(records: Iterable[Json], number: int, per_page: int) -> Json:
    """HSDS's `Page` around page `number` (the first is 1); beyond the last one it is empty."""
    everything = list(records)
    pages = -(-len(everything) // per_page)
    contents = everything[(number - 1) * per_page : number * per_page]
    return {
        "total_items": len(everything),
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }
