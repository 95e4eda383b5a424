"""Messages that wait, sealed, because Rasa did not answer: tried again in order until it does.

A new message of hers is looked at first (danger and leaving wait for nobody), and stands behind
those that wait. Leaving fast, erasing, stopping or somebody else at her telephone ends them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from bot.privacy.keys import seal, unseal
from connectors.models import Inbox, Outbox

FIRST_S, MOST_S = 5.0, 60.0  # until the next try
FAIR = 2  # tries for which nobody asks whose fault it is
MAX_BLAMED = 6  # tries that failed while Rasa answered another question: it will never answer this
AT_ONCE = 2  # tries of one worker: those who wait must not keep its places from those in danger
_KEY = "held"  # in the sealed body


@dataclass(frozen=True)
class Held:
    """What is known of a message that waits. `attempts`: its lease's, when it was put back."""

    tries: int = 0
    blamed: int = 0
    attempts: int = 0
    idle_s: float | None = None  # as when it came

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Held | None:
        """None for a message that never waited."""
        return cls(**body[_KEY]) if body.get(_KEY) else None

    def tried(self, *, blamed: bool) -> Held:
        """After one try more."""
        return replace(self, tries=self.tries + 1, blamed=self.blamed + blamed)

    @property
    def wait(self) -> timedelta:
        """Until the next try; none for what stands behind others and was not tried itself."""
        return timedelta(seconds=min(MOST_S, FIRST_S * 2 ** (min(self.tries, 9) - 1))
                         if self.tries else 0.0)  # fmt: skip


@dataclass(frozen=True)
class Others:
    """Her other messages that wait: how many, how many of them are older, when the last came."""

    count: int = 0
    older: int = 0
    last_at: datetime | None = None

    @classmethod
    def beside(cls, session: Session, first: Inbox) -> Others:
        """Those of the person of `first`."""
        older = or_(Inbox.sort < first.sort, and_(Inbox.sort == first.sort, Inbox.id < first.id))
        found = session.execute(
            select(func.count(), func.sum(case((older, 1), else_=0)), func.max(Inbox.received_at))
            .where(*_hers(first.pseudonym))
        ).one()  # fmt: skip
        return cls(found[0], int(found[1] or 0), found[2])


def _hers(pseudonym: str) -> tuple[ColumnElement[bool], ...]:
    return Inbox.pseudonym == pseudonym, Inbox.state == "held"


def put_back(session: Session, key: bytes, ids: Sequence[int], held: Held,
             choice: str | None) -> None:  # fmt: skip
    """`choice`: what her number or "the second" means now, for later it may mean another thing."""
    meant = {"kind": "choice", "choice": choice} if choice and len(ids) == 1 else {}
    for row in session.scalars(select(Inbox).where(Inbox.id.in_(ids))):
        body = {**unseal(key, row.sealed or b""), **meant, _KEY: asdict(held)}
        row.sealed = seal(key, body)
    session.flush()


def due_at(session: Session, pseudonym: str, moment: datetime) -> int:
    """All that wait of her are tried from `moment` on; how many there are."""
    hers = update(Inbox).where(*_hers(pseudonym)).values(not_before=moment)
    return int(session.execute(hers).rowcount)  # type: ignore[attr-defined]  # CursorResult


def let_go_of_held(session: Session, pseudonym: str) -> None:
    """They are never answered, and their words are gone at once."""
    ended = {"state": "done", "sealed": None, "holder": None}
    session.execute(update(Inbox).where(*_hers(pseudonym)).values(**ended))


def next_part(session: Session, inbox_id: int) -> int:
    """The place of the next reply to a message: the plain line was its first."""
    last = session.scalar(select(func.max(Outbox.part)).where(Outbox.inbox_id == inbox_id))
    return 0 if last is None else last + 1
