"""How long it took until what women reported was looked at: of her records, lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.directory.correcting import dealt_with
from bot.directory.models import Service
from bot.directory.reports import Rule
from bot.knowledge.models import Statement
from bot.knowledge.trust import Report
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
    own = or_(*(
        Report.record_id.in_(select(table.id).where(hers(person, table)))
        for table in (Service, Statement)
    ))  # fmt: skip
    first, after = today - timedelta(days=DAYS), today + timedelta(days=1)
    found = dealt_with(session, first, after, Rule().days, own)
    days = [each.days for each in found if each.days is not None]
    return Corrected(len(days), median_low(days), max(days)) if days else None
