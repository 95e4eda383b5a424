"""Letting go of a person: her key first of all, and every row that names her.

What stays of her messages is a keyed mark (against repeats) under a day, without a pseudonym:
nobody can tell from it that she ever wrote.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select, text, update
from sqlalchemy.orm import Session

from connectors.models import Inbox, Outbox, Person

NOBODY = ""
ERASED_S = 900  # so long at most may the last line ("erased") try to reach her


def forget_person(session: Session, pseudonym: str, now: datetime) -> None:
    """Her key, her address, her replies; her messages lose their words, their name, their hour."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    session.execute(delete(Outbox).where(Outbox.pseudonym == pseudonym))
    session.execute(
        update(Inbox)
        .where(Inbox.pseudonym == pseudonym)
        .values(sealed=None, state="done", pseudonym=NOBODY, sort=0, attempts=0, holder=None,
                received_at=day, not_before=day)
    )  # fmt: skip
    session.execute(delete(Person).where(Person.pseudonym == pseudonym))
    _forget_jobs(session, pseudonym)


def _forget_jobs(session: Session, pseudonym: str) -> None:
    """A job that waits for a later try bears her pseudonym (connectors/jobs.py)."""
    if session.get_bind().dialect.name != "postgresql":
        return
    if session.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
        return
    locks = {f"{task}:{pseudonym}" for task in ("answer", "send")}
    session.execute(
        text("DELETE FROM procrastinate_jobs WHERE lock = ANY(:locks) AND status = 'todo'"),
        {"locks": sorted(locks)},
    )


def forget_leaving(session: Session, pseudonym: str, now: datetime) -> bool:
    """Whether she is forgotten now: she asked for it, and nothing more is on its way to her."""
    person = session.get(Person, pseudonym)
    if person is None or not person.leaving:
        return False
    session.refresh(person, with_for_update=True)
    if not person.leaving or _is_busy(session, pseudonym):
        return False
    forget_person(session, pseudonym, now)
    return True


def _is_busy(session: Session, pseudonym: str) -> bool:
    out = exists().where(
        Outbox.pseudonym == pseudonym, Outbox.state.in_(("new", "unsure", "sending"))
    )
    waiting = Inbox.state.in_(("new", "held", "working"))
    came = exists().where(Inbox.pseudonym == pseudonym, waiting)
    return bool(session.scalar(select(or_(out, came))))


def until(expires_at: datetime, now: datetime, *, erase: bool) -> datetime:
    """When she is forgotten in any case."""
    return min(expires_at, now + timedelta(seconds=ERASED_S)) if erase else expires_at
