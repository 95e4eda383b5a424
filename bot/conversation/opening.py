"""Whether a place is open at a moment. Pure: hours and time zones in, yes, no or unknown out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Hours = tuple[str, str, str]  # days ("MO,TU"), opens_at, closes_at, local time


def is_open(hours: Sequence[Hours], timezones: Sequence[str], now: datetime) -> bool | None:
    """None where no hours are known, or where the country's time zones disagree."""
    if not hours or not timezones:
        return None
    answers = {_open_in(hours, now.astimezone(ZoneInfo(zone))) for zone in timezones}
    return answers.pop() if len(answers) == 1 else None


def _open_in(hours: Sequence[Hours], local: datetime) -> bool:
    today, yesterday = _DAYS[local.weekday()], _DAYS[local.weekday() - 1]
    clock = local.strftime("%H:%M")
    for byday, opens, closes in hours:
        days = byday.split(",")
        over_midnight = closes < opens
        if today in days and opens <= clock and (over_midnight or clock <= closes):
            return True
        if over_midnight and yesterday in days and clock <= closes:
            return True
    return False
