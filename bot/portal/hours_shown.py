"""The weekly hours by which "open now" is told, as the network reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from bot.directory.hours import DAYS, weekly_hours
from bot.directory.models import Service
from bot.portal.service_form import Entry
from bot.portal.words import tell


def in_words(weekly: Sequence[Mapping[str, Any]], language: str) -> str:
    """`lunes a viernes 08:00–17:00; sábado 08:00–12:00`; empty where there are none."""
    names = tell("day_names", language).split()
    return "; ".join(
        f"{_days(each['byday'].split(','), names, language)} {each['opens_at']}–{each['closes_at']}"
        for each in weekly
    )


def weekly_of(record: Service | None, entry: Entry) -> Sequence[Mapping[str, Any]]:
    """What saving the form would make of its hours."""
    weekly: Sequence[Mapping[str, Any]] = [
        {"byday": each.byday, "opens_at": each.opens_at, "closes_at": each.closes_at}
        for each in (record.schedules if record else ())
    ]
    if "schedules" in entry.changes:
        weekly = entry.changes["schedules"][1]
    elif record is None and entry.proposal:
        told = entry.proposal.values
        weekly = weekly_hours(told["hours_es"], told["hours_en"])
    return weekly


def understood(record: Service | None, entry: Entry, language: str) -> str:
    """The same in a sentence."""
    weekly = weekly_of(record, entry)
    said = entry.cells["hours_es"] or entry.cells["hours_en"]
    key = "hours_understood" if weekly else "hours_not_understood" if said else "hours_none_yet"
    return tell(key, language, hours=in_words(weekly, language))


def _days(codes: Sequence[str], names: Sequence[str], language: str) -> str:
    """Three and more that follow each other as from the first to the last."""
    numbers = [DAYS.index(each) for each in codes]
    if len(numbers) > 2 and all(b == a + 1 for a, b in pairwise(numbers)):
        to = "to" if language == "en" else "a"
        return f"{names[numbers[0]]} {to} {names[numbers[-1]]}"
    return ", ".join(names[each] for each in numbers)
