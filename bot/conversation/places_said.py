"""What her words say about the places in them: where she is not, and where somebody else is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.directory.places import find_places
from bot.directory.text import fold
from bot.knowledge.asked import pattern
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics

_CLAUSE = re.compile(r"[,.;:!?¿¡\n]|\b(?:pero|but|sino|porque|because|and|y)\b")


@dataclass(frozen=True)
class Said:
    """The place asked about; `here` where she says she is beside it; `other`: somebody else's."""

    country: str | None
    city: str | None
    here: str | None = None
    not_in: tuple[str, ...] = ()
    other: bool = False


@dataclass(frozen=True)
class _Place:
    country: str | None
    city: str | None
    denied: bool
    others: bool
    partners: bool


def places_said(text: str, entities: Sequence[Mapping[str, Any]], found: Mapping[str, Any],
                intent: str) -> Said:  # fmt: skip
    """`found` is the place reader's own summary: it holds unless her words say otherwise."""
    country, city = found.get("country"), found.get("city")
    if text.startswith("/"):
        return Said(country, city)
    places = [_place(text, e, found) for e in entities if e.get("entity") in ("country", "city")]
    not_in = tuple(dict.fromkeys(p.country for p in places if p.denied and p.country))
    left = [p for p in places if p.country and not p.denied and p.country != found.get("origin")]
    if country in not_in:
        country, city = (left[0].country, left[0].city) if left else (None, None)
    others = next((p for p in left if p.others), None)
    hers = next((p for p in left if not p.others), None)
    if others is None:
        return Said(country, city, not_in=not_in)
    if others.partners and _is_hers(intent) and not pattern("for_other").search(fold(text)):
        return Said(hers.country if hers else None, hers.city if hers else None, not_in=not_in)
    if hers is not None and hers.country != others.country:
        return Said(others.country, others.city, hers.country, not_in, other=True)
    return Said(country or others.country, city or others.city, not_in=not_in, other=True)


def _place(text: str, entity: Mapping[str, Any], found: Mapping[str, Any]) -> _Place:
    value, start = str(entity["value"]), int(entity.get("start") or 0)
    before = fold(_CLAUSE.split(text[:start].lower())[-1])
    is_city = entity["entity"] == "city"
    return _Place(
        _country_of(value, found) if is_city else value,
        value if is_city else None,
        bool(pattern("not_there").search(before)),
        bool(pattern("others_place").search(before)),
        bool(pattern("partner").search(before)),
    )


def _country_of(city: str, found: Mapping[str, Any]) -> str | None:
    """The country of a town: the reader's, else the one with the largest town of that name."""
    if city == found.get("city") and found.get("country"):
        return str(found["country"])
    known = [(place.population, code) for code in COUNTRY_CODES
             for place in find_places(code, city)[:1]]  # fmt: skip
    return max(known)[1] if known else None


def _is_hers(intent: str) -> bool:
    """Whether the topic is what happens to her, wherever her partner is."""
    topic = topics().get(intent)
    return topic is not None and topic.group in ("violence", "safety")
