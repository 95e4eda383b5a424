"""How long it took until what women reported was looked at: of her records, lately.

Nothing is kept for it: what was reported on which day, and when somebody confirmed the record, are
there already. Who reported cannot be found out from either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median_low
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from bot.database import among
from bot.directory.models import Service
from bot.directory.reports import Rule
from bot.knowledge.models import Statement
from bot.knowledge.trust import Report, Verification
from bot.portal.freshness import hers
from bot.portal.person import Person

DAYS = 90


@dataclass(frozen=True)
class Corrected:
    """Matters that were dealt with, in days from the first report to the confirmation."""

    many: int
    middle: int  # half of them took no longer
    longest: int


def corrected(session: Session, person: Person, today: date) -> Corrected | None:
    """Of the last DAYS days; None where nothing was reported and dealt with."""
    first = today - timedelta(days=DAYS)
    reports = session.execute(_reports(person, first)).all()
    checks = _checks(session, {each.record_id for each in reports}, first)
    opened: dict[tuple[str, str, date], date] = {}
    for record_id, number, day in reports:
        done = next((each for each in checks[record_id] if each >= day), None)
        if done:
            matter = (record_id, number, done)
            opened[matter] = min(day, opened.get(matter, day))
    days = [(done - day).days for (*_, done), day in opened.items()]
    return Corrected(len(days), median_low(days), max(days)) if days else None


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


def _reports(person: Person, first: date) -> Select[Any]:
    """Dealt with since then: an older one had expired before."""
    own = (
        Report.record_id.in_(select(table.id).where(hers(person, table)))
        for table in (Service, Statement)
    )
    columns: tuple[Any, ...] = (Report.record_id, Report.number, Report.reported_on)
    return select(*columns).where(
        Report.state == "resolved", Report.reported_on > first - timedelta(days=Rule().days),
        or_(*own),
    )  # fmt: skip
