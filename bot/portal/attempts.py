"""Not too many wrong passwords: counted by mail and by network address, in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.portal.models import Attempt

WINDOW = timedelta(minutes=15)
MOST_BY_MAIL, MOST_BY_ADDRESS = 6, 60  # an organisation shares one address


def is_blocked(engine: Engine, mail: str, address: str, at: datetime) -> bool:
    """Whether nothing more is tried for now; both are marks."""
    with Session(engine) as session:
        return any(
            found is not None and found.since > at - WINDOW and found.failures >= most
            for found, most in (
                (session.get(Attempt, mail), MOST_BY_MAIL),
                (session.get(Attempt, address), MOST_BY_ADDRESS),
            )
        )


def note_failure(engine: Engine, marks: tuple[str, ...], at: datetime) -> None:
    """One more; what is older than the window is forgotten."""
    with transaction(engine) as session:
        session.execute(delete(Attempt).where(Attempt.since <= at - WINDOW))
        for mark in marks:
            found = session.get(Attempt, mark)
            if found is None:
                session.add(Attempt(mark=mark, since=at, failures=1))
            else:
                found.failures += 1


def forget(engine: Engine, mail: str) -> None:
    """She got in."""
    with transaction(engine) as session:
        session.execute(delete(Attempt).where(Attempt.mark == mail))
