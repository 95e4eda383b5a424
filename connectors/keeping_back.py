"""What leaves late says so; sensitive and very late, it is kept until she asks for it.

The words of a row change only while this worker holds it and the vendor does not have it: what may
have been sent is looked for by its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, exists, select, update

from bot.database import AnyRow
from bot.privacy.keys import Unreadable, seal, unseal
from connectors.contract import Outgoing
from connectors.due import HAS_WORDS, IS_HELD, Due, outgoing_from, outgoing_json
from connectors.late import READ, is_told
from connectors.leases import LeaseLost, Leases
from connectors.leaving_late import IfLate, Render, as_replies, ready
from connectors.memory import Memory
from connectors.models import Inbox, Outbox, Person
from connectors.queue_statements import KEPT, LOCKED
from connectors.turns import UNREAD

_WHO: BindParameter[Any] = bindparam("who")
_MINE = (*IS_HELD, HAS_WORDS)
_ANSWERED = select(Outbox.inbox_id).where(*_MINE)
_BEHIND = (
    select(Outbox.id, Outbox.inbox_id, Outbox.sealed, Inbox.received_at)
    .join(Inbox, Inbox.id == Outbox.inbox_id)
    .where(Outbox.pseudonym == _WHO, Outbox.state == "new", Outbox.id > bindparam("row"))
    .order_by(Outbox.id)
)
_IS_ANSWERED = select(exists().where(Inbox.pseudonym == _WHO, Inbox.state == "working"))
_WORDS = update(Outbox).where(*_MINE)
_GONE = delete(Outbox).where(Outbox.id.in_(bindparam("rows", expanding=True)))
_LEAST = (
    update(Person)
    .where(Person.pseudonym == _WHO, Person.expires_at < bindparam("least"))
    .values(expires_at=bindparam("least"))
)


class TurnUnderWay(Exception):
    """What is remembered of her is about to be written by a turn: a little later."""


class LateRows(Leases):
    """Rows of the outbox that a worker holds and whose moment is long over."""

    def reword(self, due: Due, outgoing: Outgoing, late: IfLate) -> None:
        """Other words in the same row; raises LeaseLost where it is no longer ours."""
        with self.writing() as connection:
            person, _ = self._held(connection, due)
            key = self.keys.open_person_key(person.wrapped_key)
            self._write_words(connection, due, seal(key, outgoing_json(outgoing, late)))

    def keep_back(self, due: Due, late: IfLate, now: datetime, render: Render) -> Outgoing | None:
        """The late answer waits until she asks for it, and with it what stands behind it and is
        late too. What goes out in its place; None where she was told last. Raises TurnUnderWay,
        LeaseLost."""
        with self.writing() as connection:
            person, answered = self._held(connection, due)
            if connection.scalar(_IS_ANSWERED, {"who": due.pseudonym}):
                raise TurnUnderWay
            key = self.keys.open_person_key(person.wrapped_key)
            behind = connection.execute(_BEHIND, {"who": due.pseudonym, "row": due.id}).all()
            kept, others = [(answered, due.outgoing, late)], False
            gone = []
            for row in behind:
                try:
                    body = unseal(key, row.sealed)
                except Unreadable:  # that row ends by itself, when its turn comes
                    others = True
                    continue
                also = IfLate.of(body)
                if also and also.is_kept_back(now - row.received_at, after_another=True):
                    kept.append((row.inbox_id, outgoing_from(body), also))
                    gone.append(row.id)
                else:
                    others = True
            stored = unseal(key, person.sealed_memory) if person.sealed_memory else None
            memory = Memory.from_json(stored)
            numbers = list(dict.fromkeys(each.number for _, _, each in kept if each.number))
            is_silent = bool(memory.unread) and is_told(memory) and not numbers
            memory = memory.but(unread=(*memory.unread, *_read_later(kept)))
            if not others:  # else what is offered and what is left to say is of a later answer
                memory = memory.but(offered=(UNREAD,), more=())
            told = None if is_silent else ready(numbers, late.language, render)
            if gone:
                connection.execute(_GONE, {"rows": gone})
            connection.execute(
                KEPT, {"who": due.pseudonym, "sealed_memory": seal(key, memory.as_json())}
            )
            connection.execute(_LEAST, {"who": due.pseudonym, "least": now + READ})
            if told is None:
                self._write_words(connection, due, None, state="sent", holder=None)
            else:
                self._write_words(connection, due, seal(key, outgoing_json(told)))
            return told

    def _held(self, connection: Connection, due: Due) -> tuple[AnyRow, int]:
        """Her row, locked, and which message of hers it answers."""
        person = connection.execute(LOCKED, {"who": due.pseudonym}).first()
        answered = connection.scalar(_ANSWERED, due.held_by(self.name))
        if person is None or answered is None:
            raise LeaseLost
        return person, answered

    def _write_words(self, connection: Connection, due: Due, sealed: bytes | None,
                     **values: Any) -> None:  # fmt: skip
        connection.execute(_WORDS.values(sealed=sealed, **values), due.held_by(self.name))


def _read_later(kept: Sequence[tuple[int, Outgoing, IfLate]]) -> list[Any]:
    """Each answer as it was before it was cut; one whose beginning she has, as it stands."""
    texts: list[Any] = []
    whole: set[int] = set()
    for answer, outgoing, late in kept:
        if late.replies:
            whole.add(answer)
            texts += late.replies
        elif answer not in whole:
            texts += as_replies(outgoing, late.language)
    return texts
