"""A message that a worker has taken from the inbox, opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.privacy.keys import Unreadable, unseal
from connectors.flood import WINDOW
from connectors.held import Held, Others
from connectors.memory import Memory
from connectors.models import Inbox


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


def lately(session: Session, pseudonym: str, at: datetime) -> int:
    """How many messages of hers came within the flood's window before `at`, that one among them."""
    hers = Inbox.pseudonym == pseudonym, Inbox.state.in_(("new", "held", "working", "done"))
    came = Inbox.received_at > at - WINDOW, Inbox.received_at <= at
    return session.scalar(select(func.count()).where(*hers, *came)) or 0


def readable(key: bytes, rows: Sequence[Inbox]) -> tuple[list[Inbox], list[Any]]:
    """The rows that can be read, with what they say; a damaged one ends, and no other for it."""
    good, bodies = [], []
    for row in rows:
        try:
            bodies.append(unseal(key, row.sealed or b""))
            good.append(row)
        except Unreadable:
            row.state, row.sealed = "done", None
    return good, bodies
