"""Somebody of the network looked at a record and found it true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Service
from bot.directory.reports import resolve
from bot.knowledge.history import By, change
from bot.knowledge.lifecycle import Stage, last_check, stage
from bot.knowledge.models import Statement
from bot.knowledge.trust import Verification


def confirm(
    engine: Engine, record_id: str, role: str, today: date, *, method: str = "call"
) -> None:
    """The record is true as of `today`, says `role`: its reports are closed, and what they hid is
    told again. `method` is how: call, visit, message, page. Raises UnknownRecord."""
    at = datetime.combine(today, time(12), UTC)
    with transaction(engine) as session:
        with change(session, record_id, By(role, at), "confirmed") as record:
            record.verified_at, record.verified_by = at, role
        session.add(Verification(record_id=record_id, at=at, role=role, method=method))
        resolve(session, record_id)


def confirm_service(engine: Engine, service_id: str, role: str, today: date) -> None:
    """As `confirm`, by telephone."""
    confirm(engine, service_id, role, today)


@dataclass(frozen=True)
class Due:
    """A record that somebody should look at."""

    record_id: str
    country: str
    title: str
    reached: Stage
    checked_on: date | None
    role: str


def due_for_check(session: Session, today: date, country: str | None = None) -> list[Due]:
    """What is due or overdue, the longest unchecked first (those without any date before all)."""
    services, statements = select(Service), select(Statement)
    if country:
        services = services.where(Service.country == country)
        statements = statements.where(Statement.country == country)
    found = [
        *(_due(each, each.publication, each.name, today) for each in session.scalars(services)),
        *(_due(each, each.status, each.text_es, today) for each in session.scalars(statements)),
    ]
    return sorted(
        (each for each in found if each is not None),
        key=lambda each: (each.checked_on or date.min, each.record_id),
    )


def _due(record: Service | Statement, status: str, title: str, today: date) -> Due | None:
    until = record.valid_until if isinstance(record, Statement) else None
    reached = stage(record, status, today, until)
    if reached not in ("due", "overdue"):
        return None
    check = last_check(record)
    return Due(record.id, record.country, title, reached, check.on, check.role)
