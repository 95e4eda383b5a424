"""Not too many wrong passwords: counted by mail and by network address, in the database.

A try is counted before it is made and taken back when it was right: of a hundred tries at the same
moment no more are made than of a hundred one after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.database import add_once, transaction
from bot.portal.models import Attempt
from bot.telemetry.metrics import SIGN_IN

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
    mail, address = marks
    most = {mail: MOST_BY_MAIL} | ({address: MOST_BY_ADDRESS} if address != mail else {})
    try:
        with transaction(engine) as session:
            _count(session, most, at)
    except TooOften:
        SIGN_IN.labels("closed").inc()
        raise
    right = test() or None
    SIGN_IN.labels("right" if right else "wrong").inc()
    if right:
        _take_back(engine, mail, address)
    return right


def _count(session: Session, most: dict[str, int], at: datetime) -> None:
    """One more of each; what is older than the window counts no more."""
    for mark in sorted(most):
        row = _row(session, mark, at)
        if row.since <= at - WINDOW:
            row.since, row.failures = at, 0
        if row.failures >= most[mark]:
            raise TooOften
        row.failures += 1


def _row(session: Session, mark: str, at: datetime) -> Attempt:
    """Locked. What is old is deleted elsewhere, perhaps between the two steps: then again."""
    row = None
    while row is None:
        add_once(session, Attempt, mark=mark, since=at, failures=0)
        row = session.get(Attempt, mark, with_for_update=True)
    return row


def _take_back(engine: Engine, mail: str, address: str) -> None:
    """She got in: what was tried in her name is forgotten, and this was no failure. Locked in the
    same order as they are counted: nobody waits for each other."""
    with transaction(engine) as session:
        for mark in sorted({mail, address}):
            row = session.get(Attempt, mark, with_for_update=True)
            if row is not None:
                row.failures = 0 if mark == mail else max(0, row.failures - 1)
