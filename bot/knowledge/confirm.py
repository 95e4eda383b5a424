"""Somebody of the network looked at a record and found it true; and that taken back, where the
finger met the wrong button."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine, null, select, update
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.reports import reopen, resolve, to_be_closed
from bot.knowledge.history import By, change
from bot.knowledge.trust import Verification

UNSAID = "unsaid"  # one tap says that it is true, not how she knows
METHODS = ("call", "visit", "message", "page")  # what she may say of it: page: she read it there
KEPT = timedelta(days=1)


class NothingToTakeBack(LookupError):
    """The record was not checked, or something else was done with it since."""


def confirm(
    engine: Engine, record_id: str, role: str, today: date, *, method: str = UNSAID
) -> None:
    """The record is true as of `today`, says `role`: its reports are closed, and what they hid is
    told again. `method` is how: one of METHODS, or UNSAID. Raises UnknownRecord."""
    at = datetime.combine(today, time(12), UTC)
    with transaction(engine) as session:
        with change(session, record_id, By(role, at), "confirmed") as record:
            said = record.verified_at.isoformat() if record.verified_at else None
            closed = to_be_closed(session, record_id) | {"at": said, "by": record.verified_by}
            record.verified_at, record.verified_by = at, role
        session.add(Verification(record_id=record_id, at=at, role=role, method=method,
                                 closed=closed))  # fmt: skip
        resolve(session, record_id)


def last_of(session: Session, record_id: str) -> Verification | None:
    """The latest check."""
    wanted = select(Verification).where(Verification.record_id == record_id)
    return session.scalar(wanted.order_by(Verification.id.desc()).limit(1))


def take_back(session: Session, record_id: str, by: By) -> None:
    """As if nobody had tapped: checked when and by whom it was before, its reports open, what they
    hid hidden. Raises NothingToTakeBack."""
    check = last_of(session, record_id)
    if check is None or check.closed is None:
        raise NothingToTakeBack(record_id)
    closed: dict[str, Any] = check.closed
    with change(session, record_id, by, "taken_back") as record:
        if (record.verified_at, record.verified_by) != (check.at, check.role):
            raise NothingToTakeBack(record_id)
        record.verified_at = datetime.fromisoformat(closed["at"]) if closed["at"] else None
        record.verified_by = closed["by"]
    reopen(session, record_id, closed)
    session.delete(check)


def forget_closed(session: Session, now: datetime) -> None:
    """What a check closed is kept no longer than it may be taken back, and until the day is over:
    a check has a day, no hour."""
    old = update(Verification).where(
        Verification.at < now - KEPT, Verification.closed.is_not(None)
    )  # fmt: skip
    session.execute(old.values(closed=null()))
