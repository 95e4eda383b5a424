"""Weekly hours of an HSDS file, where they are a simple week of the country's own clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.directory.hours import DAYS
from bot.directory.hsds_words import Json, words

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::\d\d)?(Z|[+-]\d\d(?::?\d\d)?)?")
_NOT_WEEKLY = ("valid_from", "valid_to", "dtstart", "until", "count", "bymonthday", "byyearday")
_MIDNIGHT, _LAST = "00:00", "23:59"
Rows = list[dict[str, str]]


def week(rows: Iterable[Json], country: str) -> Rows:
    """As the table of weekly hours has them; none at all where one of them is no simple week, or is
    told by another clock: half of them, or wrong ones, would send a woman to a closed door."""
    found: Rows = []
    for each in rows:
        if has_times(each):
            read = _row(each, words().utc_offsets.get(country))
            if read is None:
                return []
            found.append(read)
    return _always(found) if any(_is_round(each) for each in found) else found


def has_times(row: Json) -> bool:
    """Whether it says more than words."""
    return bool(row.get("opens_at") or row.get("closes_at") or row.get("byday"))


def same_week(one: Sequence[Mapping[str, str]], other: Sequence[Mapping[str, str]]) -> bool:
    """Whether both mean the same hours, however their days are put together."""
    return set(_by_day(one)) == set(_by_day(other))


def _by_day(rows: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    for each in rows:
        for day in each["byday"].split(","):
            yield day, each["opens_at"], each["closes_at"]


def _row(row: Json, offset: int | None) -> dict[str, str] | None:
    times = [_TIME.fullmatch(row.get(name, "")) for name in ("opens_at", "closes_at")]
    days = list(dict.fromkeys(day.strip().upper() for day in row.get("byday", "").split(",")))
    odd = any(row.get(name) for name in _NOT_WEEKLY) or row.get("freq", "WEEKLY") != "WEEKLY"
    if None in times or not set(days) <= set(DAYS) or odd or row.get("interval", 1) != 1:
        return None
    zones = {_hours(each[3]) for each in times if each and each[3]}
    zones |= {row["timezone"]} if "timezone" in row else set()
    if zones and zones != {offset}:
        return None
    opens, closes = (f"{each[1]}:{each[2]}" for each in times if each)
    if opens == closes != _MIDNIGHT:
        return None
    if closes == _MIDNIGHT != opens:
        closes = _LAST
    return {"freq": "WEEKLY", "byday": ",".join(days), "opens_at": opens, "closes_at": closes}


def _hours(zone: str) -> float:
    """`-06:00`, `-0600` and `-06` as -6; `Z` as 0."""
    if zone == "Z":
        return 0
    hours = int(zone[1:3]) + int(zone[3:].strip(":") or 0) / 60
    return -hours if zone[0] == "-" else hours


def _is_round(row: Mapping[str, str]) -> bool:
    return row["opens_at"] == row["closes_at"] == _MIDNIGHT


def _always(rows: Rows) -> Rows:
    """From midnight to midnight, and that on every day, is always; on some days it may be a mistake
    for closed."""
    days = {day for row in rows for day in row["byday"].split(",")}
    if days != set(DAYS) or not all(_is_round(row) for row in rows):
        return []
    return [{"freq": "WEEKLY", "byday": ",".join(DAYS), "opens_at": _MIDNIGHT, "closes_at": _LAST}]
