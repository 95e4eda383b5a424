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

from bot.privacy.keys import Unreadable, seal, unseal
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
    last: str | None = None  # when it was last tried, ISO

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Held | None:
        """None for a message that never waited."""
        kept = body.get(_KEY)
        known = cls.__dataclass_fields__  # fields of another version are left out
        return cls(**{k: v for k, v in kept.items() if k in known}) if kept else None

    def tried(self, now: datetime, *, blamed: bool) -> Held:
        """After one try more."""
        return replace(self, tries=self.tries + 1, blamed=self.blamed + blamed,
                       last=now.isoformat())  # fmt: skip

    @property
    def tried_at(self) -> datetime | None:
        """When it was last tried."""
        return datetime.fromisoformat(self.last) if self.last else None

    def due(self, now: datetime) -> datetime:
        """When it is tried next; now where it was not yet, for it stands behind others."""
        wait = timedelta(seconds=min(MOST_S, FIRST_S * 2 ** (max(1, min(self.tries, 9)) - 1)))
        return self.tried_at + wait if self.tried_at else now

    def is_older(self, answered_at: datetime | None) -> bool:
        """Whether Rasa answered something since the last try."""
        tried_at = self.tried_at
        return bool(tried_at and answered_at and answered_at >= tried_at)


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


def due_behind(session: Session, key: bytes, claimed: Sequence[int], pseudonym: str, now: datetime,
               answered_at: datetime | None) -> datetime:  # fmt: skip
    """When her oldest, behind which `claimed` waits, is tried: at once where Rasa has answered
    something since it was last; a message alone is no sign that Rasa is back."""
    oldest = session.scalars(
        select(Inbox).where(*_hers(pseudonym), Inbox.id.not_in(claimed))
        .order_by(Inbox.sort, Inbox.id).limit(1)
    ).first()  # fmt: skip
    if oldest is None:
        return now
    held = held_in(key, oldest)
    return now if held and held.is_older(answered_at) else oldest.not_before


def held_in(key: bytes, row: Inbox) -> Held | None:
    """What is known of a row that may have waited."""
    try:
        return Held.of(unseal(key, row.sealed or b""))
    except Unreadable:
        return None


def has_new(session: Session, pseudonym: str) -> bool:
    """Whether she has written something that nobody has looked at."""
    new = select(Inbox.id).where(Inbox.pseudonym == pseudonym, Inbox.state == "new").limit(1)
    return session.scalar(new) is not None


def let_go_of_held(session: Session, pseudonym: str) -> None:
    """They are never answered, and their words are gone at once."""
    ended = {"state": "done", "sealed": None, "holder": None}
    session.execute(update(Inbox).where(*_hers(pseudonym)).values(**ended))


def next_part(session: Session, inbox_id: int) -> int:
    """The place of the next reply to a message: the plain line was its first."""
    last = session.scalar(select(func.max(Outbox.part)).where(Outbox.inbox_id == inbox_id))
    return 0 if last is None else last + 1
