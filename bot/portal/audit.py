"""What was done, by which account; read by administrators."""

from __future__ import annotations

from datetime import datetime

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
        session.add(
            Audit(
                at=at, account_id=person.id if person else None,
                role=person.role if person else "link", action=action, subject=subject[:80],
            )
        )  # fmt: skip


def latest(session: Session, limit: int = 200) -> list[Audit]:
    """The newest first."""
    return list(session.scalars(select(Audit).order_by(Audit.id.desc()).limit(limit)))
