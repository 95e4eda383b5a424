"""What was done, by which account; read by administrators."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.portal.models import Audit
from bot.portal.person import Person


def note(
    engine: Engine, at: datetime, person: Person | None, action: str, subject: str = ""
) -> None:
    """Write it down; never what a text said."""
    with transaction(engine) as session:
        session.add(_row(at, person, "link", action, subject))


def note_server(engine: Engine, at: datetime, action: str, subject: str) -> None:
    """What somebody did who runs commands on the server, and has no account for that."""
    with transaction(engine) as session:
        session.add(_row(at, None, "server", action, subject))


def note_once(
    engine: Engine, at: datetime, person: Person | None, action: str, subject: str,
    within: timedelta,
) -> None:  # fmt: skip
    """The same of what somebody may do a thousand times: one line stands for all of that while."""
    row = _row(at, person, "nobody", action, subject)
    same = select(Audit.id).where(
        Audit.at > at - within, Audit.action == action, Audit.subject == row.subject,
        Audit.account_id == row.account_id,
    )  # fmt: skip
    with transaction(engine) as session:
        if session.scalar(same.limit(1)) is None:
            session.add(row)


def _row(at: datetime, person: Person | None, otherwise: str, action: str, subject: str) -> Audit:
    return Audit(
        at=at, account_id=person.id if person else None,
        role=person.role if person else otherwise, action=action, subject=subject[:80],
    )  # fmt: skip


def latest(session: Session, limit: int = 200) -> list[Audit]:
    """The newest first."""
    return list(session.scalars(select(Audit).order_by(Audit.id.desc()).limit(limit)))
