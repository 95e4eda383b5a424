"""Messages that wait, sealed, because Rasa did not answer: tried again in order until it does.

A new message of hers is looked at first (danger and leaving wait for nobody), and stands behind
those that wait. Leaving fast, erasing, stopping or somebody else at her telephone ends them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)

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


_WHO: BindParameter[Any] = bindparam("who")
_HERS = Inbox.pseudonym == _WHO, Inbox.state == "held"
_SORT: BindParameter[Any] = bindparam("sort")
_ROW: BindParameter[Any] = bindparam("row")
_OLDER = or_(Inbox.sort < _SORT, and_(Inbox.sort == _SORT, Inbox.id < _ROW))
_IS_HELD = Inbox.state == "held"
# Others, of the person `who` beside her message `row`: for one reading of her messages.
BESIDE: tuple[ColumnElement[Any], ...] = (
    func.count(case((_IS_HELD, 1))),
    func.count(case((and_(_IS_HELD, _OLDER), 1))),
    func.max(case((_IS_HELD, Inbox.received_at))),
)
_SEALED = select(Inbox.id, Inbox.sealed).where(Inbox.id.in_(bindparam("rows", expanding=True)))
_SEAL = update(Inbox).where(Inbox.id == bindparam("row")).values(sealed=bindparam("body"))
_DUE_AT = update(Inbox).where(*_HERS).values(not_before=bindparam("moment"))
_OLDEST = (
    select(Inbox.sealed, Inbox.not_before)
    .where(*_HERS, Inbox.id.not_in(bindparam("rows", expanding=True)))
    .order_by(Inbox.sort, Inbox.id)
    .limit(1)
)
_NEW = select(Inbox.id).where(Inbox.pseudonym == _WHO, Inbox.state == "new").limit(1)
_LET_GO = update(Inbox).where(*_HERS).values(state="done", sealed=None, holder=None)
_LAST_PART = select(func.max(Outbox.part)).where(Outbox.inbox_id == bindparam("row"))


def put_back(connection: Connection, key: bytes, ids: Sequence[int], held: Held,
             choice: str | None) -> None:  # fmt: skip
    """`choice`: what her number or "the second" means now, for later it may mean another thing."""
    meant = {"kind": "choice", "choice": choice} if choice and len(ids) == 1 else {}
    for row in connection.execute(_SEALED, {"rows": list(ids)}).all():
        body = {**unseal(key, row.sealed or b""), **meant, _KEY: asdict(held)}
        connection.execute(_SEAL, {"row": row.id, "body": seal(key, body)})


def due_at(connection: Connection, pseudonym: str, moment: datetime) -> int:
    """All that wait of her are tried from `moment` on; how many there are."""
    return connection.execute(_DUE_AT, {"who": pseudonym, "moment": moment}).rowcount


def due_behind(connection: Connection, key: bytes, claimed: Sequence[int], pseudonym: str,
               now: datetime, answered_at: datetime | None) -> datetime:  # fmt: skip
    """When her oldest, behind which `claimed` waits, is tried: at once where Rasa has answered
    something since it was last; a message alone is no sign that Rasa is back."""
    asked = {"who": pseudonym, "rows": list(claimed)}
    oldest = connection.execute(_OLDEST, asked).first()
    if oldest is None:
        return now
    held = held_in(key, oldest.sealed)
    moment: datetime = oldest.not_before
    return now if held and held.is_older(answered_at) else moment


def held_in(key: bytes, sealed: bytes | None) -> Held | None:
    """What is known of a message that may have waited."""
    try:
        return Held.of(unseal(key, sealed or b""))
    except Unreadable:
        return None


def has_new(connection: Connection, pseudonym: str) -> bool:
    """Whether she has written something that nobody has looked at."""
    return connection.scalar(_NEW, {"who": pseudonym}) is not None


def let_go_of_held(connection: Connection, pseudonym: str) -> None:
    """They are never answered, and their words are gone at once."""
    connection.execute(_LET_GO, {"who": pseudonym})


def next_part(connection: Connection, inbox_id: int) -> int:
    """The place of the next reply to a message: the plain line was its first."""
    last = connection.scalar(_LAST_PART, {"row": inbox_id})
    return 0 if last is None else last + 1
