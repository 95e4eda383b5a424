"""Somebody of the network looked at a record and found it true."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import Engine

from bot.database import transaction
from bot.directory.reports import resolve
from bot.knowledge.history import By, change
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
