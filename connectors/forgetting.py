"""Letting go of a person: her key first of all, and every row that names her.

What stays of her messages is a keyed mark (against repeats) under a day, without a pseudonym:
nobody can tell from it that she ever wrote.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, exists, or_, select, text, update

from connectors.models import Inbox, Outbox, Person

NOBODY = ""
ERASED_S = 900  # so long at most may the last line ("erased") try to reach her


def forget_person(connection: Connection, pseudonym: str, now: datetime) -> None:
    """Her key, her address, her replies; her messages lose their words, their name, their hour."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    connection.execute(delete(Outbox).where(Outbox.pseudonym == pseudonym))
    connection.execute(
        update(Inbox)
        .where(Inbox.pseudonym == pseudonym)
        .values(sealed=None, state="done", pseudonym=NOBODY, sort=0, attempts=0, holder=None,
                received_at=day, not_before=day)
    )  # fmt: skip
    connection.execute(delete(Person).where(Person.pseudonym == pseudonym))
    _forget_jobs(connection, pseudonym)


def _forget_jobs(connection: Connection, pseudonym: str) -> None:
    """A job that waits for a later try bears her pseudonym (connectors/jobs.py)."""
    if connection.dialect.name != "postgresql":
        return
    if connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
        return
    locks = {f"{task}:{pseudonym}" for task in ("answer", "send")}
    connection.execute(
        text("DELETE FROM procrastinate_jobs WHERE lock = ANY(:locks) AND status = 'todo'"),
        {"locks": sorted(locks)},
    )


_HERS = Person.pseudonym == bindparam("who")
_IS_LEAVING = select(Person.leaving).where(_HERS)
_LEAVING = _IS_LEAVING.with_for_update()
_BUSY = select(
    or_(
        exists().where(
            Outbox.pseudonym == bindparam("who"),
            Outbox.state.in_(("new", "unsure", "sending", "laid")),
        ),
        exists().where(
            Inbox.pseudonym == bindparam("who"), Inbox.state.in_(("new", "held", "working"))
        ),
    )
)


def forget_leaving(connection: Connection, pseudonym: str, now: datetime) -> bool:
    """Whether she is forgotten now: she asked for it, and nothing more is on its way to her."""
    hers = {"who": pseudonym}
    if not connection.scalar(_IS_LEAVING, hers):
        return False
    if not connection.scalar(_LEAVING, hers) or connection.scalar(_BUSY, hers):
        return False
    forget_person(connection, pseudonym, now)
    return True


def until(expires_at: datetime, now: datetime, *, erase: bool) -> datetime:
    """When she is forgotten in any case."""
    return min(expires_at, now + timedelta(seconds=ERASED_S)) if erase else expires_at
