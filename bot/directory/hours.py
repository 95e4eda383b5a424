"""Opening hours in words, read as weekly hours where they can mean nothing else.

"Open now" is told by the weekly hours, so a guess would send a woman to a closed door: words that
are not all known, a "de 3 a 4" that may be of the night, or two languages that differ are not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.knowledge.files import parse_one

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Span = tuple[int, int]  # opens, closes, in minutes after midnight; closes < opens: the next day
Slot = frozenset[Span]  # everything that a "de 8 a 5" may mean; empty: closed
Week = dict[str, list[Slot]]
Time = tuple[int, int, str]  # hour, minute, and how it was told apart: see below, "" is not at all
AM, PM, LONG, MIDNIGHT = "am", "pm", "24", "midnight"  # LONG: by the clock of 24 hours

NIGHT, MORNING = 17 * 60, 10 * 60  # who opens at night and closes in the morning does so between
EARLY = 6  # nothing opens before six but what says so: "de 02:00 a 05:00" is of the afternoon
_DAY = 24 * 60


class HourWords(BaseModel):
    """hours.yml; every list holds folded words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: dict[str, list[str]]
    all_day: list[str]
    always: list[str]
    closed: list[str]
    noon: list[str]
    midnight: list[str]
    am: list[str]
    pm: list[str]
    to: list[str]
    also: list[str]
    ends: list[str]
    skipped: list[str]


@dataclass(frozen=True)
class _Token:
    """One known word; `days` as "MO,TU" or `time` where it names them."""

    kind: str
    days: str = ""
    time: Time | None = None


class _Unsure(ValueError):
    """The words could mean something else, or are not known."""


def weekly_hours(spanish: str | None, english: str | None) -> list[dict[str, str]]:
    """Both texts as rows of the table of weekly hours: freq, byday ("MO,TU"), opens_at, closes_at
    ("08:00", local time). Empty where anything in them is unsure, or where they differ."""
    try:
        told = [_week(text or "") for text in (spanish, english)]
        return _rows({day: _agreed(told[0][day], told[1][day]) for day in DAYS})
    except _Unsure:
        return []


def _agreed(spanish: Sequence[Slot], english: Sequence[Slot]) -> list[Span]:
    """The one thing that both mean: "de 8 a 5" alone is of the morning or of the night, beside
    "8 am to 5 pm" it is not."""
    if len(spanish) != len(english):
        raise _Unsure
    both = [a & b for a, b in zip(spanish, english, strict=True) if a or b]
    if any(len(each) != 1 for each in both):
        raise _Unsure
    spans = [span for slot in both for span in slot]
    ends = [closes if closes > opens else closes + _DAY for opens, closes in spans]
    if any(later[0] <= end for end, later in zip(ends, spans[1:], strict=False)):
        raise _Unsure  # they run into each other, or the afternoon was told as "2:00"
    return spans


def _rows(week: Mapping[str, Sequence[Span]]) -> list[dict[str, str]]:
    spans = sorted({span for each in week.values() for span in each})
    rows = [([day for day in DAYS if span in week[day]], span) for span in spans]
    return [
        {"freq": "WEEKLY", "byday": ",".join(days), "opens_at": _clock(opens),
         "closes_at": _clock(closes)}
        for days, (opens, closes) in sorted(rows, key=lambda row: (DAYS.index(row[0][0]), row[1]))
    ]  # fmt: skip


def _clock(minutes: int) -> str:
    """`08:00`; midnight as the end of a day is its last minute, as everywhere in the table."""
    last = min(minutes, _DAY - 1)
    return f"{last // 60:02d}:{last % 60:02d}"


def _week(text: str) -> Week:
    """What the text says of each day. Between two full stops or semicolons stand days and then
    their hours, or hours and then their days: never now this, now that."""
    week: Week = {day: [] for day in DAYS}
    units = list(_units(list(_tokens(text))))
    for ended, part in groupby(units, lambda unit: unit is None):
        if not ended:
            _add(week, [unit for unit in part if unit is not None])
    if not units or any(len(slots) > 1 and frozenset() in slots for slots in week.values()):
        raise _Unsure  # nothing said, or both open and closed
    return week


def _add(week: Week, units: Sequence[tuple[str, ...] | Slot]) -> None:
    runs = [list(run) for _, run in groupby(units, lambda unit: isinstance(unit, tuple))]
    if len(runs) % 2:
        raise _Unsure  # days without hours, or hours without days
    for one, other in zip(runs[::2], runs[1::2], strict=True):
        days, slots = (one, other) if isinstance(one[0], tuple) else (other, one)
        named = [day for each in days if isinstance(each, tuple) for day in each]
        if len(named) != len(set(named)):
            raise _Unsure
        for day in named:
            week[day] += [each for each in slots if not isinstance(each, tuple)]


def _units(tokens: Sequence[_Token]) -> Iterator[tuple[str, ...] | Slot | None]:
    """Days, hours, and None where a part ends."""
    marks = {token.time[2] for token in tokens if token.time}
    is_long = LONG in marks and not marks & {AM, PM}
    n = 0
    while n < len(tokens):
        token, after = tokens[n], tokens[n + 1 : n + 3]
        to = after[1] if [each.kind for each in after] == ["to", token.kind] else None
        n += 1 if to is None else 3
        if token.kind == "days":
            yield _from_to(token.days, to.days) if to else tuple(token.days.split(","))
        elif token.time and to and to.time:
            yield _slot(token.time, to.time, is_long=is_long)
        elif token.kind == "always":
            yield DAYS
            yield frozenset({(0, _DAY)})
        elif token.kind in ("all_day", "closed"):
            yield frozenset({(0, _DAY)} if token.kind == "all_day" else ())
        elif token.kind == "ends":
            yield None
        elif token.kind != "also":
            raise _Unsure


def _from_to(first: str, last: str) -> tuple[str, ...]:
    if first not in DAYS or last not in DAYS or first == last:
        raise _Unsure  # "entre semana a domingo"
    start, many = DAYS.index(first), (DAYS.index(last) - DAYS.index(first)) % 7 + 1
    return tuple((DAYS * 2)[start : start + many])


def _slot(opens: Time, closes: Time, *, is_long: bool) -> Slot:
    """Everything that these hours may mean. Where a text elsewhere goes by the long clock, its
    mornings do too."""
    is_long = LONG in (opens[2], closes[2]) or (is_long and opens[0] >= EARLY)
    starts = {each % _DAY for each in _minutes(opens, is_long=is_long)}
    ends = {each or _DAY for each in _minutes(closes, is_long=is_long)}
    if not is_long and closes == (12, 0, ""):
        ends = {12 * 60} if min(starts) < 12 * 60 else {_DAY}
    found = {
        (a, b)
        for a in starts
        for b in ends
        if a < b or (a >= NIGHT and b <= MORNING)  # a house that opens for the night
    }
    if not found:
        raise _Unsure
    return frozenset(found)


def _minutes(time: Time, *, is_long: bool) -> set[int]:
    hour, minute, mark = time
    if minute > 59 or hour * 60 + minute > _DAY or (mark in (AM, PM) and not 0 < hour < 13):
        raise _Unsure
    if mark in (AM, PM):
        return {hour % 12 * 60 + minute + (12 * 60 if mark == PM else 0)}
    at = hour * 60 + minute
    return {at} if is_long or mark or hour == 12 else {at, at + 12 * 60}


def _tokens(text: str) -> Iterator[_Token]:
    """The words in their order, without those that say nothing."""
    rest = _folded(text)
    while rest:
        found = _time().match(rest)
        if found:
            yield _Token("time", time=_read_time(found))
        else:
            found = _phrases().match(rest)
            if found is None:
                raise _Unsure
            token = _known()[found[0]]
            if token.kind != "skipped":
                yield token
        rest = rest[found.end() :].lstrip()


def _folded(text: str) -> str:
    """Small letters without accents; one kind of dash, "a.m." as "am", a new line as an end."""
    text = re.sub(r"[\u2010-\u2015]", "-", re.sub(r"\s*\n\s*", "; ", text.strip()))
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(each for each in letters if not unicodedata.combining(each)).lower()
    return re.sub(r"\b([ap])(?:\.\s?m\.|\s?m\b)", r"\1m", plain)


def _read_time(found: re.Match[str]) -> Time:
    if found["noon"]:
        return 12, 0, PM
    if found["midnight"]:
        return 24, 0, MIDNIGHT
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["am"] or found["pm"]:
        return hour, minute, AM if found["am"] else PM
    is_padded = found["hour"].startswith("0") and hour >= EARLY
    return hour, minute, LONG if hour > 12 or hour == 0 or is_padded else ""


@cache
def _time() -> re.Pattern[str]:
    """A time of the day; "24 horas" and "24/7" are none."""
    words = hour_words()
    am, pm, noon, midnight = (_any_of(each) for each in (
        words.am, words.pm, words.noon, words.midnight))  # fmt: skip
    not_all_day = f"(?!(?:{_any_of([*words.all_day, *words.always])})(?![a-z0-9]))"
    clock = r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?(?!\d|[:/])"
    marked = rf"{clock}(?:\s?(?:(?P<am>{am})|(?P<pm>{pm})))?"
    return re.compile(
        rf"{not_all_day}(?:(?P<noon>{noon})|(?P<midnight>{midnight})|{marked})(?![a-z]{{2}})"
    )


@cache
def _phrases() -> re.Pattern[str]:
    """Any other known word, the longest first; a word goes on to its end."""
    letters = _any_of([each for each in _known() if each[-1].isalnum()])
    signs = _any_of([each for each in _known() if not each[-1].isalnum()])
    return re.compile(rf"(?:{letters})(?![a-z0-9])|(?:{signs})")


def _any_of(words: Sequence[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))


@cache
def _known() -> dict[str, _Token]:
    words = hour_words()
    kinds = ("all_day", "always", "closed", "to", "also", "ends", "skipped")
    found = {word: _Token(kind) for kind in kinds for word in getattr(words, kind)}
    named = {word: _Token("days", days) for days, many in words.days.items() for word in many}
    return found | named


@cache
def hour_words() -> HourWords:
    """The file, read once."""
    return parse_one(Path(__file__).with_name("hours.yml"), HourWords)
