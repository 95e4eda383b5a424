"""Opening hours as rows of days and times in the form of a place, which need no script.

The words that she reads are written from the rows, in both languages, in a form that
bot/directory/hours.py reads back as the very same weekly hours: what it does not read is refused
here, so "open now" and the words never part. Words that somebody writes by hand stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.directory.hours import DAYS, weekly_hours
from bot.knowledge.bilingual import Bilingual
from bot.portal.words import both, tell

MOST_ROWS = 14  # beyond what is there already, no more empty ones are offered
MOST_SENT = 100
FEWEST_SHOWN = 2
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_ALL_DAY = ("00:00", "23:59")  # as the table of weekly hours has it
_JOINTS = {"es": (" a ", " y ", "todos los días"), "en": (" to ", " and ", "every day")}
Weekly = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """Days ("MO") and their hours ("08:00"), as they were ticked and written."""

    days: tuple[str, ...] = ()
    opens: str = ""
    closes: str = ""
    is_all_day: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.opens or self.closes or self.is_all_day)

    @property
    def span(self) -> tuple[str, str]:
        """Opens and closes, midnight as the last minute of the day; raises ValueError where one is
        missing or they are the same."""
        if self.is_all_day:
            return _ALL_DAY
        times = _TIME.fullmatch(self.opens), _TIME.fullmatch(self.closes)
        if not all(times) or self.opens == self.closes:
            raise ValueError("no hours")
        return self.opens, _ALL_DAY[1] if self.closes == "00:00" else self.closes

    @property
    def is_past_midnight(self) -> bool:
        """Closes on the next day."""
        return not self.is_all_day and "" < self.closes < self.opens and self.closes != "00:00"


@dataclass(frozen=True)
class Editor:
    """What the rows of a form say; `wrong` where no words can be written from them."""

    rows: tuple[Row, ...]
    before: str = ""  # what the form showed at first, see `before_of`
    wrong: Bilingual | None = None
    is_cleared: bool = False  # no hours are known, whether words stood there or not


def rows_of(weekly: Weekly) -> tuple[Row, ...]:
    """The weekly hours, as rows that can be changed: days with the same hours are one row, however
    many rows the table has (other networks write one a day)."""
    found: dict[tuple[str, str], set[str]] = {}
    for each in weekly:
        span = (str(each["opens_at"] or ""), str(each["closes_at"] or ""))
        found.setdefault(span, set()).update(str(each["byday"]).split(","))
    rows = []
    for span, days in found.items():
        is_all = span == _ALL_DAY
        ticked = tuple(day for day in DAYS if day in days)
        rows.append(Row(ticked, *(("", "") if is_all else span), is_all))
    return tuple(rows)


def shown(rows: Sequence[Row]) -> list[Row]:
    """The rows, all of them, and at least one more that is empty as long as they are few."""
    empty = max(FEWEST_SHOWN - len(rows), 1) if len(rows) < MOST_ROWS else 0
    return [*rows, *[Row()] * empty]


def before_of(rows: Sequence[Row], spanish: str, english: str) -> str:
    """What the form showed, for a hidden field: by it is seen which of both she changed."""
    return json.dumps([_told(rows), spanish, english])


def _told(rows: Sequence[Row]) -> list[list[str]]:
    return [[",".join(each.days), each.opens, each.closes, "24" if each.is_all_day else ""]
            for each in rows if not each.is_empty]  # fmt: skip


def write_hours(
    form: Mapping[str, str], many: Mapping[str, list[str]], cells: dict[str, str]
) -> Editor:
    """The rows of the form; where she changed them, their words are put into `cells`."""
    rows = tuple(
        Row(
            tuple(day for day in DAYS if day in many.get(f"when_{n}_days", [])),
            form.get(f"when_{n}_opens", "")[:5], form.get(f"when_{n}_closes", "")[:5],
            form.get(f"when_{n}_all") == "yes",
        )
        for n in range(MOST_SENT)
    )  # fmt: skip
    rows = tuple(each for each in rows if not each.is_empty)
    before = form.get("when_before", "")
    told, *words = _read(before)
    is_changed = bool(before) and told != _told(rows)
    is_unknown = form.get("hours_unknown") == "yes"
    if is_unknown and is_changed and rows:
        return Editor(rows, before, both("hours_unknown_too"), is_cleared=True)
    if is_unknown or (is_changed and not rows):
        cells |= {"hours_es": "", "hours_en": ""}
        return Editor((), before, is_cleared=True)
    if not is_changed:
        return Editor(rows, before)
    # As the form's own cells are: in one line.
    if [cells["hours_es"], cells["hours_en"]] != [" ".join(str(each).split()) for each in words]:
        return Editor(rows, before, both("hours_twice"))
    try:
        spanish, english = in_both(rows)
    except ValueError:
        late = any(each.is_past_midnight and each.days and not _can_be(each) for each in rows)
        return Editor(rows, before, both("hours_past_midnight" if late else "hours_rows_wrong"))
    cells |= {"hours_es": spanish, "hours_en": english}
    return Editor(rows, before)


def _can_be(row: Row) -> bool:
    """Whether words can be written of the row alone."""
    try:
        in_both([row])
    except ValueError:
        return False
    return True


def _read(before: str) -> list[Any]:
    """The hidden field; whatever else comes in it stands for nothing."""
    try:
        told, spanish, english = json.loads(before)
    except (ValueError, TypeError):
        return [[], "", ""]
    return [told, spanish, english]


def in_both(rows: Sequence[Row]) -> tuple[str, str]:
    """The words, in Spanish and English; raises ValueError where a row lacks days or times, or
    hours run into each other."""
    week: dict[str, list[tuple[str, str]]] = {}
    for each in rows:
        if not each.days:
            raise ValueError("no days")
        for day in each.days:
            week.setdefault(day, []).append(each.span)
    parts: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for day in DAYS:
        if day in week:
            parts.setdefault(tuple(sorted(week[day])), []).append(day)
    written = tuple(
        "; ".join(f"{_days(days, language)}, {_hours(spans, language)}"
                  for spans, days in parts.items())
        for language in ("es", "en")
    )  # fmt: skip
    spanish, english = (each[0].upper() + each[1:] for each in written)
    read = {
        (day, each["opens_at"], each["closes_at"])
        for each in weekly_hours(spanish, english)
        for day in each["byday"].split(",")
    }
    if read != {(day, *span) for day, spans in week.items() for span in spans}:
        raise ValueError("not read as it is meant")
    return spanish, english


def _days(days: Sequence[str], language: str) -> str:
    """Three and more that follow each other as from the first to the last."""
    to, and_, every = _JOINTS[language]
    if len(days) == len(DAYS):
        return every
    runs: list[list[int]] = []
    for number in (DAYS.index(day) for day in days):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    names = tell("day_names", language).split()
    told: list[str] = []
    for run in runs:
        if len(run) > 2:
            told.append(f"{names[run[0]]}{to}{names[run[-1]]}")
        else:
            told += [names[number] for number in run]
    return and_.join(filter(None, (", ".join(told[:-1]), told[-1])))


def _hours(spans: Sequence[tuple[str, str]], language: str) -> str:
    if _ALL_DAY in spans:
        return "24 horas" if language == "es" else "24 hours"
    one = _english if language == "en" else _spanish
    return _JOINTS[language][1].join(one(*span) for span in spans)


def _spanish(opens: str, closes: str) -> str:
    short = (each.removeprefix("0").removesuffix(":00") for each in (opens, closes))
    return "de {} a {}".format(*short)


def _english(opens: str, closes: str) -> str:
    return f"{_twelve(opens)} to {_twelve(closes)}"


def _twelve(time: str) -> str:
    hour, minutes = int(time[:2]), time[2:].removesuffix(":00")
    return f"{hour % 12 or 12}{minutes} {'am' if hour < 12 else 'pm'}"
