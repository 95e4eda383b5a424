"""Not too many wrong passwords: counted by mail and by network address, in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from bot.database import add_once, transaction
from bot.portal.models import Attempt

_T = TypeVar("_T")
WINDOW = timedelta(minutes=15)
MOST_BY_MAIL, MOST_BY_ADDRESS = 6, 60  # an organisation shares one address


class TooOften(Exception):
    """Nothing is tried for now."""


def guarded(
    engine: Engine, marks: tuple[str, str], at: datetime, test: Callable[[], _T | None]
) -> _T | None:
    """What `test` finds, for whoever has not failed too often; raises TooOften. The first mark is
    of whom or what is tried, the second may be of where from."""
    if is_blocked(engine, *marks, at):
        raise TooOften
    if right := test():
        forget(engine, marks[0])
    else:
        note_failure(engine, marks, at)
    return right or None


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


def note_failure(engine: Engine, marks: Iterable[str], at: datetime) -> None:
    """One more; what is older than the window is forgotten."""
    with transaction(engine) as session:
        session.execute(delete(Attempt).where(Attempt.since <= at - WINDOW))
        for mark in sorted(set(marks)):
            add_once(session, Attempt, mark=mark, since=at, failures=0)
            session.get_one(Attempt, mark, with_for_update=True).failures += 1


def forget(engine: Engine, mail: str) -> None:
    """She got in."""
    with transaction(engine) as session:
        session.execute(delete(Attempt).where(Attempt.mark == mail))
