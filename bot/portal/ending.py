"""Texts whose last day is near: the editor is reminded while women still are told them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.knowledge.history import By, edit
from bot.knowledge.lifecycle import Span
from bot.knowledge.models import Statement
from bot.portal.asked import owner_of, refuse_taken
from bot.portal.freshness import hers
from bot.portal.records import hers_or_refused
from bot.portal.reviews import propose
from bot.portal.second_person import needs_second
from bot.portal.site import Refused, Visit

REMINDED_DAYS = 30
A_YEAR = timedelta(days=365)


def ending(session: Session, visit: Visit) -> list[Statement]:
    """Hers that end within a month, the first to end first."""
    if visit.person.role == "contributor":
        return []
    wanted = select(Statement).where(
        hers(visit.person, Statement), Statement.status == "published",
        Statement.valid_until >= visit.today,
        Statement.valid_until <= visit.today + timedelta(days=REMINDED_DAYS),
    ).order_by(Statement.valid_until, Statement.id)  # fmt: skip
    return list(session.scalars(wanted))


def a_year_more(visit: Visit) -> Response:
    """It holds for another year from today; of violence and law a second person agrees first."""
    with Session(visit.engine) as session:
        record = hers_or_refused(session, visit)
        if not isinstance(record, Statement) or record.valid_until is None:
            raise Refused(404, "nothing_here")
        record_id, second = record.id, needs_second(record)
        last = visit.today + A_YEAR
        owner = replace(owner_of(record), told=Span(record.valid_from, last))
        refuse_taken(session, record.asked, owner, visit.today)
    values = {"valid_until": last.isoformat()}
    if second:
        propose(visit, record_id, values, "")
        return visit.go("/portal/", "proposed")
    edit(visit.engine, record_id, values, By(visit.person.history_role, visit.now))
    visit.note("edited", record_id)
    return visit.go(f"/portal/statements/{quote(record_id)}", "saved")
