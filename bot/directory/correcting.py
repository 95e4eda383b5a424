"""What women reported and what became of it: how long until somebody confirmed the record.

Nothing is kept for it: what was reported on which day, and when somebody confirmed the record, are
there already. Who reported cannot be found out from either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from bot.database import among
from bot.directory.models import Service
from bot.knowledge.models import Statement
from bot.knowledge.trust import Report, Verification


@dataclass(frozen=True)
class Matter:
    """A number, or with "" a whole record, that was reported; `days` until it was confirmed, None
    where nobody looked before the reports were too old to count."""

    record_id: str
    number: str
    days: int | None


def dealt_with(session: Session, first: date, after: date, expire_days: int,
               *where: ColumnElement[bool]) -> list[Matter]:  # fmt: skip
    """What was confirmed from `first` on and before `after`; a report that is older by more than
    `expire_days` had expired before."""
    columns: tuple[Any, ...] = (Report.record_id, Report.number, Report.reported_on)
    reports = session.execute(
        select(*columns).where(
            Report.state == "resolved", Report.reported_on < after,
            Report.reported_on > first - timedelta(days=expire_days), *where,
        )
    ).all()  # fmt: skip
    since = min((each.reported_on for each in reports), default=first)
    checks = _checks(session, {each.record_id for each in reports}, since)
    opened: dict[tuple[str, str, date], date] = {}
    for record_id, number, day in reports:
        done = next((each for each in checks[record_id] if each >= day), None)
        if done and first <= done < after:
            matter = (record_id, number, done)
            opened[matter] = min(day, opened.get(matter, day))
    return [Matter(*matter[:2], (matter[2] - day).days) for matter, day in opened.items()]


def left_alone(session: Session, first: date, after: date, expire_days: int) -> Iterator[Matter]:
    """What nobody looked at before its last report was too old to count, which came to be from
    `first` on and before `after`."""
    long_ago = timedelta(days=expire_days)
    last = func.max(Report.reported_on)
    # One that was put right before, and then reported again, counts like any other.
    is_left = func.max(case((Report.state == "expired", Report.reported_on))) == last
    wanted = (
        select(Report.record_id, Report.number)
        .group_by(Report.record_id, Report.number)
        .having(last >= first - long_ago, last < after - long_ago)
        .having(is_left)
    )
    for record_id, number in session.execute(wanted):
        yield Matter(record_id, number, None)


def countries(session: Session, ids: Collection[str]) -> Mapping[str, str]:
    """In which country each of those records is."""
    found: dict[str, str] = {}
    for table in (Service, Statement):
        wanted = select(table.id, table.country).where(table.id.in_(among(session, list(ids))))
        found |= {record_id: country for record_id, country in session.execute(wanted)}
    return found


def _checks(session: Session, ids: Collection[str], first: date) -> Mapping[str, list[date]]:
    """When those records were confirmed, the first time first: not everybody's."""
    found: dict[str, list[date]] = defaultdict(list)
    since = datetime.combine(first, time(), UTC)
    wanted = select(Verification.record_id, Verification.at).where(
        Verification.record_id.in_(among(session, list(ids))), Verification.at >= since
    )
    for record_id, at in session.execute(wanted.order_by(Verification.at)):
        found[record_id].append(at.date())
    return found
