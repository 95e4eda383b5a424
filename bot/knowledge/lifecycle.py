"""How far a record is from being trusted: draft, scheduled, published, due, overdue, withdrawn.
Pure.

Everything counts from the day on which somebody last checked it, and from who that was; never from
when the row was written. A record that nobody of the network has checked counts from its source's
own date, with the role `source`. Days, not months, so that the same record gives the same stage on
every machine.

A record that somebody took charge of and then forgot is withdrawn by the clock; one that only has
a source is not (a law of 1996 holds until it is changed): it stays overdue, and whoever is told it
is told its date and to ask before relying on it.
"""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.knowledge.dates import DAYS_UNTIL_OLD, first_day

Stage = Literal["draft", "scheduled", "published", "due", "overdue", "withdrawn"]
Role = Literal["organization", "editor", "network", "source"]

# After so many days it should be checked again: whoever runs the service knows of changes first.
DUE_DAYS: dict[str, int] = {"organization": 270, "editor": 180, "network": 180, "source": 90}
OVERDUE_DAYS = DAYS_UNTIL_OLD  # from then on she is told that it may have changed
WITHDRAWN_DAYS = 3 * 365


class Dated(Protocol):
    """What the stage of a record depends on."""

    as_of: str | None
    verified_at: datetime | None
    verified_by: str | None


@dataclass(frozen=True)
class Check:
    """When a record was last found true, and by which role; `on` is None where nobody knows."""

    on: date | None
    role: str


def last_check(record: Dated) -> Check:
    """The network's own check, else the date of the source."""
    if record.verified_at is not None:
        return Check(record.verified_at.date(), record.verified_by or "editor")
    return Check(first_day(record.as_of) if record.as_of else None, "source")


@dataclass(frozen=True)
class Span:
    """The first and the last day on which something is told; None: no such day."""

    first: date | None = None
    last: date | None = None

    def meets(self, other: Span) -> bool:
        """Whether there is a day in both."""
        return not (self._is_over_before(other) or other._is_over_before(self))

    def _is_over_before(self, other: Span) -> bool:
        return self.last is not None and other.first is not None and self.last < other.first


ALWAYS = Span()


def stage(record: Dated, status: str, today: date, told: Span = ALWAYS) -> Stage:
    """Where the record stands; `status` is what an editor decided (draft, published, withdrawn),
    `told` when it is told at all."""
    if status == "draft":
        return "draft"
    if status == "withdrawn" or (told.last is not None and told.last < today):
        return "withdrawn"
    if told.first is not None and told.first > today:
        return "scheduled"
    check = last_check(record)
    if check.on is None:
        return "overdue"
    age = (today - check.on).days
    if check.role != "source" and age > WITHDRAWN_DAYS:
        return "withdrawn"
    if age > OVERDUE_DAYS:
        return "overdue"
    return "due" if age > DUE_DAYS.get(check.role, DUE_DAYS["editor"]) else "published"


def is_told(reached: Stage) -> bool:
    """Whether she may be told a record of that stage."""
    return reached in ("published", "due", "overdue")


class Said(Dated, Protocol):
    """What is told, on what it further depends."""

    status: str
    valid_from: date | None
    valid_until: date | None

    @property
    def hidden(self) -> Sized:
        """What women reported until it was hidden."""


def may_be_told(statement: Said, today: date) -> bool:
    """Published, its time come and not past, not reported wrong; `hidden` must be loaded."""
    span = Span(statement.valid_from, statement.valid_until)
    reached = stage(statement, statement.status, today, span)
    return is_told(reached) and not len(statement.hidden)
