"""Replies to the chat page that a worker in another process has made.

There is no vendor to give them to: they stay sealed in their rows until her page fetches them, and
are gone at once when it does, or after `LAID`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select, update

from bot.privacy.keys import Unreadable, unseal
from connectors.contract import Outgoing
from connectors.due import HAS_WORDS, IS_HELD, Due, outgoing_from
from connectors.forgetting import forget_leaving
from connectors.leases import LeaseLost, Leases
from connectors.models import Outbox, Person

LAID = timedelta(minutes=10)  # so long she may be thought to look at the page herself
UNFETCHED = "unfetched"

_WHO: BindParameter[Any] = bindparam("who")
_IS_LAID = Outbox.state == "laid"
_LATELY = Outbox.not_before >= bindparam("since")  # also while no worker clears the old ones away
_LAY = (
    update(Outbox)
    .where(*IS_HELD, HAS_WORDS)
    .values(state="laid", not_before=bindparam("now"), holder=None)
)
_FOR_WHOM = select(Outbox.pseudonym).where(_IS_LAID, _LATELY).distinct()
_PERSON = (
    select(Person.wrapped_key, Person.leaving).where(Person.pseudonym == _WHO).with_for_update()
)
_HERS = (
    select(Outbox.id, Outbox.sealed)
    .where(_IS_LAID, _LATELY, Outbox.pseudonym == _WHO)
    .order_by(Outbox.id)
)
_FETCHED = (
    update(Outbox)
    .where(Outbox.id.in_(bindparam("rows", expanding=True)))
    .values(state="sent", sealed=None)
)
_OLD = (
    update(Outbox)
    .where(_IS_LAID, Outbox.not_before < bindparam("before"))
    .values(state="sent", sealed=None, error_code=UNFETCHED)
)


@dataclass(frozen=True)
class Fetched:
    """What lay there. `is_leaving`: she has asked to be erased; `is_forgotten`: and is, now that
    she is told so; what is left of her rows on the disk is for the caller to scrub."""

    messages: tuple[Outgoing, ...] = field(default=(), repr=False)
    is_leaving: bool = False
    is_forgotten: bool = False


class LaidRows(Leases):
    """Laid down by a worker, fetched by the gateway."""

    def lay(self, due: Due, now: datetime) -> None:
        """It stays in its row for her page; raises LeaseLost where it is no longer ours, or she
        has left."""
        with self.writing() as connection:
            which = {**due.held_by(self.name), "now": now}
            if connection.execute(_LAY, which).rowcount != 1:
                raise LeaseLost

    def laid(self) -> set[str]:
        """Whose pages have something to fetch."""
        with self.engine.connect() as connection:
            return set(connection.scalars(_FOR_WHOM, {"since": datetime.now(UTC) - LAID}))

    def fetch(self, pseudonym: str) -> Fetched:
        """What lies there for her, which is gone from its rows with that."""
        with self.writing() as connection:
            person = connection.execute(_PERSON, {"who": pseudonym}).first()
            which = {"who": pseudonym, "since": datetime.now(UTC) - LAID}
            rows = connection.execute(_HERS, which).all() if person else []
            if person is None or not rows:
                return Fetched()
            messages = []
            key = self.keys.open_person_key(person.wrapped_key)
            for row in rows:
                try:
                    messages.append(outgoing_from(unseal(key, row.sealed or b"")))
                except Unreadable:
                    continue
            connection.execute(_FETCHED, {"rows": [row.id for row in rows]})
            gone = forget_leaving(connection, pseudonym, datetime.now(UTC))
        return Fetched(tuple(messages), is_leaving=bool(person.leaving), is_forgotten=gone)


def let_go_of_unfetched(connection: Connection, now: datetime) -> None:
    """Nobody has looked at the page for so long."""
    connection.execute(_OLD, {"before": now - LAID})
