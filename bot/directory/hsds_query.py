"""What a caller asks of a list: the query string, read once and typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bot.directory.hsds_list import Filter
from bot.directory.schema import SERVICE_TYPES
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL

PER_PAGE, MOST_PER_PAGE, LAST_PAGE, LONGEST_SEARCH = 50, 500, 1_000_000, 200
_PAGING = ("search", "page", "per_page", "format")
PARAMETERS: dict[str, tuple[str, ...]] = {
    "services": (
        *_PAGING, "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after",
        "country", "type", "for_whom", "language", "near", "km", "open_now", "minimal", "full",
    ),
    "organizations": (*_PAGING, "taxonomy_term_id", "taxonomy_id", "full", "full_service"),
    "taxonomies": _PAGING,
    "taxonomy_terms": (*_PAGING, "taxonomy_id", "top_only", "parent_id"),
}  # fmt: skip
ONE_PARAMETERS: dict[str, tuple[str, ...]] = {"organizations": ("full_service",)}
_FILTERS = ("taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "country",
            "type", "language", "near")  # fmt: skip
KM, MOST_KM = 50.0, 1_000
_PART = r"(\.[0-9]{1,9})?"
POINT = rf"-?(90|[0-8]?[0-9]{_PART}),-?(180|(1[0-7][0-9]|[0-9]{{1,2}}){_PART})"
_NAME = re.compile(r"[A-Za-z_]{1,40}")


class BadParameter(ValueError):
    """A parameter that cannot be used; `name` says which, the text what was expected."""

    def __init__(self, name: str, expected: str) -> None:
        self.name = name if _NAME.fullmatch(name) else "query"
        super().__init__(f"{self.name}: {expected}")


@dataclass(frozen=True)
class Query:
    """One call of a list."""

    wanted: Filter
    page: int = 1
    per_page: int | None = None
    is_ndjson: bool = False
    is_minimal: bool = False
    is_full: bool = False
    is_full_service: bool = False
    parent_id: str | None = None
    is_open_now: bool = False

    @property
    def page_size(self) -> int:
        """Minimal lists come in one piece unless a size is asked for."""
        return self.per_page or (LAST_PAGE if self.is_minimal else PER_PAGE)


def read_query(pairs: Iterable[tuple[str, str]], allowed: tuple[str, ...]) -> Query:
    """The typed query; raises BadParameter. An unknown name is refused: leaving a filter out
    would tell the caller more than she asked for, as if it fitted."""
    given: dict[str, Any] = {}
    for name, text in pairs:
        if name not in allowed:
            known = f"here are {', '.join(allowed)}" if allowed else "none is known here"
            raise BadParameter(name, f"unknown parameter; {known}")
        if name in given:
            raise BadParameter(name, "expected once")
        given[name] = _READERS[name](name, text.strip())
    return _query(given)


def _query(given: Mapping[str, Any]) -> Query:
    if "km" in given and "near" not in given:
        raise BadParameter("km", "expected together with near")
    wanted = Filter(
        search=given.get("search", ""),
        for_whom=given.get("for_whom", ""),
        km=given.get("km", KM),
        **{name: given.get(name) for name in _FILTERS},
    )
    return Query(
        wanted=wanted,
        page=given.get("page", 1),
        per_page=given.get("per_page"),
        is_ndjson=given.get("format") == "ndjson",
        is_minimal=given.get("minimal", False),
        is_full=given.get("full", False) and not given.get("minimal"),
        is_full_service=given.get("full_service", False),
        parent_id=given.get("parent_id"),
        is_open_now=given.get("open_now", False),
    )


def read_id(text: str) -> str:
    """A UUID as we write it; raises BadParameter."""
    return _uuid("id", text)


def _uuid(name: str, text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise BadParameter(name, "expected a UUID") from None


def _flag(name: str, text: str) -> bool:
    known = {"true": True, "1": True, "": True, "false": False, "0": False}
    if text.lower() not in known:
        raise BadParameter(name, "expected true or false")
    return known[text.lower()]


def _number(most: int) -> Callable[[str, str], int]:
    def read(name: str, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
            raise BadParameter(name, f"expected a whole number from 1 to {most}")
        return int(text)

    return read


def _moment(name: str, text: str) -> datetime:
    # A plus sign that the caller did not encode arrives as a space.
    tidy = re.sub(r" (\d\d:?\d\d)$", r"+\1", text) if "T" in text else text
    try:
        moment = datetime.fromisoformat(tidy)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadParameter(name, "expected a date or moment such as 2026-11-25T00:00:00Z") from None


def _format(name: str, text: str) -> str:
    if text not in ("json", "ndjson"):
        raise BadParameter(name, "expected json or ndjson")
    return text


def _language(name: str, text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise BadParameter(name, "expected a code of two or three letters such as es, en, mam")
    return text


def _country(name: str, text: str) -> str:
    if text.upper() not in (*COUNTRY_CODES, REGIONAL):
        known = ", ".join((*COUNTRY_CODES, REGIONAL))
        raise BadParameter(name, f"expected one of {known} (the whole region)")
    return text.upper()


def _type(name: str, text: str) -> str:
    if text not in SERVICE_TYPES:
        raise BadParameter(name, f"expected one of {', '.join(sorted(SERVICE_TYPES))}")
    return text


def _point(name: str, text: str) -> tuple[float, float]:
    if not re.fullmatch(POINT, text):
        raise BadParameter(name, "expected latitude and longitude such as 14.90,-92.26")
    lat, lon = text.split(",")
    return float(lat), float(lon)


def _kilometres(name: str, text: str) -> float:
    try:
        km = float(text)
    except ValueError:
        km = 0.0
    if not 0 < km <= MOST_KM:
        raise BadParameter(name, f"expected kilometres, more than 0 and at most {MOST_KM}")
    return km


def _search(name: str, text: str) -> str:
    if len(text) > LONGEST_SEARCH:
        raise BadParameter(name, f"expected at most {LONGEST_SEARCH} characters")
    return text


_READERS: dict[str, Callable[[str, str], Any]] = {
    "search": _search,
    "page": _number(LAST_PAGE),
    "per_page": _number(MOST_PER_PAGE),
    "format": _format,
    "taxonomy_term_id": _uuid,
    "taxonomy_id": _uuid,
    "organization_id": _uuid,
    "parent_id": _uuid,
    "modified_after": _moment,
    "country": _country,
    "type": _type,
    "for_whom": _search,
    "language": _language,
    "near": _point,
    "km": _kilometres,
    "open_now": _flag,
    "minimal": _flag,
    "full": _flag,
    "full_service": _flag,
    "top_only": _flag,
}
