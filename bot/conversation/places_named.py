"""One place of a message, with what the words before it say: denied, or somebody else's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.directory.places import find_places
from bot.directory.text import fold
from bot.knowledge.asked import pattern
from bot.knowledge.schema import COUNTRY_CODES

_CLAUSE = re.compile(r"[,.;:!?¿¡\n]|\b(?:pero|but|sino|porque|because|and|y)\b")


@dataclass(frozen=True)
class Named:
    """`before` are the words of its clause before it, folded; `written` how she wrote it."""

    country: str | None
    city: str | None
    role: str | None
    start: int
    before: str
    written: str
    denied: bool
    others: bool
    partners: bool


def named(text: str, entity: Mapping[str, Any], found: Mapping[str, Any]) -> Named:
    """`found` is the place reader's summary of the whole message."""
    value, start = str(entity["value"]), int(entity.get("start") or 0)
    before = fold(_CLAUSE.split(text[:start].lower())[-1])
    is_city = entity["entity"] == "city"
    return Named(
        country=_country_of(value, found) if is_city else value,
        city=value if is_city else None,
        role=entity.get("role"),
        start=start,
        before=before,
        written=fold(text[start : int(entity.get("end") or start)]),
        denied=bool(pattern("not_there").search(before)),
        others=_is_others(before, fold(text[:start])),
        partners=bool(pattern("partner").search(before)),
    )


def _is_others(before: str, all_before: str) -> bool:
    """Somebody else's place, and not that of her with them: "me and my kids in Brooklyn"."""
    theirs = pattern("others_place").search(before)
    return bool(theirs) and not pattern("with_her").search(all_before)


def _country_of(city: str, found: Mapping[str, Any]) -> str | None:
    """The country of a town: the reader's, else the one with the largest town of that name."""
    if city == found.get("city") and found.get("country"):
        return str(found["country"])
    known = [(place.population, code) for code in COUNTRY_CODES
             for place in find_places(code, city)[:1]]  # fmt: skip
    return max(known)[1] if known else None
