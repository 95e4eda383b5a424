"""How old a fact is. Dates are stored as the source gives them: `2026-03-14`, `2026-03`, `2026`."""

from __future__ import annotations

from datetime import date

DAYS_UNTIL_OLD = 365


def first_day(as_of: str) -> date:
    """The earliest day that `as_of` can mean: a year counts from its first of January."""
    year, month, day = [*as_of.split("-"), "1", "1"][:3]
    return date(int(year), int(month), int(day))


def is_old(as_of: str | None, today: date) -> bool:
    """Whether the fact may be more than a year old. One without a date is not called old, but
    see `is_fresh`: it is never fresh either."""
    return as_of is not None and (today - first_day(as_of)).days > DAYS_UNTIL_OLD


def is_fresh(as_of: str | None, today: date) -> bool:
    """Whether the fact carries a date of the last year."""
    return as_of is not None and not is_old(as_of, today)


def oldest(dates: list[str | None]) -> str | None:
    """The oldest of the dates as it is stored, or None where no fact has one."""
    known = [each for each in dates if each]
    return min(known, key=first_day) if known else None
