"""Whether what is given as a text's source is one: an address that anybody can open over https, a
title, who publishes it, and a date that can be. Pure: no address is opened, for a server that opens
what somebody writes into a form can be sent to where only it may go.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from ipaddress import ip_address

from pydantic import HttpUrl, TypeAdapter, ValidationError

from bot.knowledge.dates import first_day
from bot.knowledge.schema import SourceDate
from bot.knowledge.sources import FIELDS, Row

MOST = 7  # of one text; the files have up to six
LONGEST = 500  # characters of an address; of a title and a publisher LONGEST_NAME
LONGEST_NAME = 200
EARLIEST = 1900  # no law or page that we cite is older
NOT_PUBLIC = ("local", "localhost", "internal", "lan", "home", "invalid", "test")
# What one program takes for the end of the name, and another does not; what nobody sees.
_MISREAD = re.compile(r"[\\\x00-\x20\x7f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]|\s")
_URL, _DATE = TypeAdapter(HttpUrl), TypeAdapter(SourceDate)


def url_fault(url: str, known: Collection[str] = ()) -> str:
    """What is wrong with the address, as a key of words.yml; "" where nothing is. Addresses that
    are `known` came with the files, and may still be without https."""
    if url in known:
        return ""
    try:
        read = _URL.validate_python(url)
    except ValidationError:
        return "source_url"
    if len(url) > LONGEST or _MISREAD.search(url) or read.username or read.password:
        return "source_url"
    if not re.match(r"https?://", url, re.IGNORECASE):  # "https:example.org"
        return "source_url"
    if not _is_public(read.host or ""):
        return "source_url"
    return "" if read.scheme == "https" else "source_https"


def _is_public(host: str) -> bool:
    """A name that somebody elsewhere can look up."""
    try:
        ip_address(host.strip("[]"))
        return False
    except ValueError:
        last = host.rstrip(".").rpartition(".")
        return bool(last[0]) and last[2] not in NOT_PUBLIC and not last[2].isdigit()


def name_fault(text: str) -> str:
    """Of a title or a publisher: words, and not too many."""
    letters = sum(map(str.isalpha, text))
    return "" if letters >= 2 and len(text) <= LONGEST_NAME else "source_needed"


def date_fault(text: str, today: date) -> str:
    """A year, a month or a day that there is, and that has come."""
    try:
        _DATE.validate_python(text)
        if len(text) == len("2026-01-01"):
            date.fromisoformat(text)
        first = first_day(text)
    except ValueError:  # pydantic's is one
        return "source_date"
    return "" if first.year >= EARLIEST and first <= today else "source_date_range"


def row_faults(row: Mapping[str, str], known: Collection[str] = ()) -> dict[str, str]:
    """By field, of one source."""
    found = {"url": url_fault(row["url"], known)}
    found |= {name: name_fault(row[name]) for name in ("title", "publisher")}
    return {name: fault for name, fault in found.items() if fault}


def state(rows: Sequence[Mapping[str, str]], as_of: str | None, today: date) -> str:
    """What is said of the sources while a text is written, as a key of words.yml: `has_source`
    where each is one and the date is there."""
    if not rows:
        return "no_source"
    if any(row_faults(row) for row in rows):
        old = all(set(row_faults(row).values()) <= {"source_https"} for row in rows)
        return "source_old" if old else "source_bad"
    return "has_source" if as_of and not date_fault(as_of, today) else "source_undated"


def unpublishable(rows: Sequence[Row], as_of: str | None, *, was_checked: bool) -> str:
    """Why a text may not be told, as a key of words.yml; "" where it may. No statement without a
    source, and none of which nobody knows from when it is."""
    if not rows:
        return "no_source_not_told"
    return "" if as_of or was_checked else "no_date_not_told"


def read_rows(form: Mapping[str, str]) -> list[Row]:
    """The sources that were sent: a row that is left empty is none."""
    rows = [{name: form.get(f"{name}_{number}", "").strip() for name in FIELDS}
            for number in range(1, MOST + 1)]  # fmt: skip
    return [row for row in rows if any(row.values())]
