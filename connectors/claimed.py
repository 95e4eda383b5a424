"""A message that a worker has taken from the inbox, opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, case, func, select

from bot.database import AnyRow
from bot.privacy.keys import Unreadable, unseal
from connectors.flood import WINDOW
from connectors.held import BESIDE, Held, Others
from connectors.memory import Memory
from connectors.models import Inbox, OptOut, OwedForgetting
from connectors.owed import Owed


@dataclass(frozen=True)
class Claimed:
    """An incoming message, opened, with the person behind it; `ids`: several quick ones as one."""

    ids: tuple[int, ...]
    pseudonym: str
    channel: str
    style: str
    address: str = field(repr=False)
    body: dict[str, Any] = field(repr=False)
    memory: Memory = field(repr=False)
    received_at: datetime
    last_received_at: datetime
    idle_s: float | None
    attempts: int
    opted_out: bool
    stopped_after: bool = field(default=False, kw_only=True)  # than this came
    lately: int = 1  # her messages of the last minutes (connectors/flood.py), these among them
    refs: tuple[str, ...] = field(
        default=(), repr=False
    )  # the vendor's, by which her messages could be deleted
    held: Held | None = None  # where Rasa did not answer it before
    others: Others = field(default_factory=Others)
    again: bool = False  # it comes from those that wait for Rasa
    spoke_at: datetime | None = None  # when she last wrote, as far as it was looked at
    owed: Owed | None = None  # Rasa has her to forget still

    @property
    def id(self) -> int:
        """The first message's."""
        return self.ids[0]

    @property
    def failures(self) -> int:
        """How often its turn was begun, this time among them, since it last waited for Rasa."""
        return self.attempts - (self.held.attempts if self.held else 0)

    @property
    def last_at(self) -> datetime:
        """From when on she is remembered."""
        known = (self.received_at, self.others.last_at, self.spoke_at)
        return max(moment for moment in known if moment)


@dataclass(frozen=True)
class Beside:
    """`lately`: her messages within the flood's window, the claimed among them."""

    lately: int
    others: Others
    stopped_since: datetime | None
    owed: Owed | None


_AT: BindParameter[Any] = bindparam("at")
_LATELY = func.count(
    case((and_(Inbox.received_at > bindparam("since"), Inbox.received_at <= _AT), 1))
)
_BESIDE = select(
    _LATELY,
    *BESIDE,
    select(OptOut.since).where(OptOut.pseudonym == bindparam("who")).scalar_subquery(),
    *(
        select(column).where(OwedForgetting.pseudonym == bindparam("who")).scalar_subquery()
        for column in (OwedForgetting.how, OwedForgetting.language)
    ),
).where(Inbox.pseudonym == bindparam("who"), Inbox.state.in_(("new", "held", "working", "done")))


def beside(connection: Connection, first: AnyRow, last: AnyRow) -> Beside:
    """What else is known of the person of the claimed messages from `first` to `last`."""
    at = last.received_at
    lately, count, older, last_at, stopped_since, how, language = connection.execute(
        _BESIDE, {"who": first.pseudonym, "sort": first.sort, "row": first.id, "at": at,
                  "since": at - WINDOW},
    ).one()  # fmt: skip
    owed = Owed(how, language) if how else None
    return Beside(lately, Others(count, older, last_at), stopped_since, owed)


def readable(key: bytes, rows: Sequence[AnyRow]) -> tuple[list[AnyRow], list[Any], list[int]]:
    """The rows that can be read, what they say, and the ids of those that cannot."""
    good, bodies, damaged = [], [], []
    for row in rows:
        try:
            bodies.append(unseal(key, row.sealed or b""))
            good.append(row)
        except Unreadable:
            damaged.append(row.id)
    return good, bodies, damaged
