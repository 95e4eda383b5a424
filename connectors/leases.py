"""Which worker holds what, and what becomes of it when that worker is dead.

A row that is being worked on bears the name of its worker, and each worker says every `BEAT_S` that
it is alive. What belongs to a name that has been silent for `LEASE_S` is free again. A worker that
was only slow finds, when it wants to finish, that the row is no longer its own (`LeaseLost`).
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.database import AddOrChange, AnySelect, Base
from bot.privacy.keys import Keys, Unreadable
from connectors.held import held_in
from connectors.models import Inbox, Outbox, Person, WorkerProcess

LEASE_S, BEAT_S = 8.0, 2.0
# What can be to do for a person; what cannot wait has workers of its own.
ANSWER, ANSWER_FIRST, SEND = "answer", "answer_first", "send"
MARGIN_S = 3.0  # nothing new leaves this worker so shortly before others take over


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction for reading and then writing.

    SQLite lets another process write between the two, unless the transaction says at once that it
    will write; PostgreSQL has locks on rows for that. A connection and no session: objects that
    watch their fields cost more than the statements.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


@dataclass(frozen=True)
class Waiting:
    """Which row is next: whether there is one, and the row itself, locked. Built once, because
    building such a statement takes longer than running it."""

    look: AnySelect
    take: AnySelect

    @classmethod
    def of(cls, rows: AnySelect, locked: type[Base]) -> Waiting:
        """`rows`: in the order in which they are taken."""
        return cls(
            rows.with_only_columns(literal(1)).limit(1),
            rows.limit(1).with_for_update(skip_locked=True, of=locked),
        )


class LeaseLost(Exception):
    """Another worker has taken over: whatever this one has made of the message does not count."""


_BEAT = AddOrChange(WorkerProcess, "name", ("seen_at",))
_MINE = WorkerProcess.name == bindparam("me")
_LEAVE = delete(WorkerProcess).where(_MINE)
_IS_SILENT = WorkerProcess.seen_at < bindparam("silent_since")
_ALIVE = select(WorkerProcess.name).where(~_IS_SILENT)
_HOW_MANY = select(func.count()).select_from(WorkerProcess).where(~_IS_SILENT)
_ANSWERED = Inbox.state == "working", or_(Inbox.holder.is_(None), Inbox.holder.not_in(_ALIVE))
_SENT = Outbox.state == "sending", or_(Outbox.holder.is_(None), Outbox.holder.not_in(_ALIVE))
_SILENT = exists().where(_IS_SILENT)
_LEFT = select(literal(1)).where(or_(exists().where(*_ANSWERED), exists().where(*_SENT), _SILENT))
_UNANSWERED = (
    select(Inbox.id, Inbox.pseudonym, Inbox.sealed)
    .where(*_ANSWERED)
    .order_by(Inbox.id)
    .with_for_update()
)
_FREE = (
    update(Inbox)
    .where(Inbox.id == bindparam("row"))
    .values(state=bindparam("now_state"), holder=None)
)
_UNSURE = (
    update(Outbox)
    .where(*_SENT)
    .values(state="unsure", holder=None)
    .returning(Outbox.pseudonym)
)  # fmt: skip
_FORGET_SILENT = delete(WorkerProcess).where(_IS_SILENT)
_KEY = select(Person.wrapped_key).where(Person.pseudonym == bindparam("who"))


def clock_of(engine: Engine) -> datetime:
    """The database's clock: those of two machines may differ by more than a lease."""
    if engine.dialect.name == "sqlite":
        return datetime.now(UTC)
    with engine.connect() as connection:
        moment: datetime = connection.execute(select(func.now())).scalar_one()
        return moment.astimezone(UTC)


def _silent_since(now: datetime) -> dict[str, datetime]:
    return {"silent_since": now - timedelta(seconds=LEASE_S)}


def workers(engine: Engine) -> int:
    """How many processes answer now; one that was not heard of for a lease is dead."""
    asked = _silent_since(clock_of(engine))
    with engine.connect() as connection:
        return connection.scalar(_HOW_MANY, asked) or 0


class Leases:
    """The rows of one database, as a worker with the name `name` holds them."""

    def __init__(self, engine: Engine, keys: Keys, name: str | None = None) -> None:
        self.engine, self.keys = engine, keys
        self.name = name or secrets.token_hex(8)
        # Called in a transaction with the people for whom it leaves something to do.
        self.announce: Callable[[Connection, Sequence[str], str], None] = lambda *_: None

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction for reading and then writing."""
        return writing(self.engine)

    def _finds(self, look: Executable, asked: Mapping[str, Any] | None = None) -> bool:
        """A look without the lock that SQLite has only one of: mostly there is nothing."""
        with self.engine.connect() as connection:
            return connection.execute(look, asked or {}).first() is not None

    def now(self) -> datetime:
        """The database's clock, see `clock_of`."""
        return clock_of(self.engine)

    def beat(self, now: datetime) -> None:
        """This worker is alive."""
        with self.engine.begin() as connection:
            _BEAT(connection, {"name": self.name, "seen_at": now})

    def leave(self) -> None:
        """This worker ends: what it still holds is free at once."""
        with self.engine.begin() as connection:
            connection.execute(_LEAVE, {"me": self.name})

    def recover(self, now: datetime) -> int:
        """What dead workers held is free again; returns how many messages that are.

        A message that a dead worker was sending may have reached the vendor: it becomes "unsure",
        and the next worker looks before it sends.
        """
        asked = _silent_since(now)
        if not self._finds(_LEFT, asked):
            return 0
        with self.writing() as connection:
            answers = self._freed(connection, asked)
            sends = connection.scalars(_UNSURE, asked).all()
            connection.execute(_FORGET_SILENT, asked)
            self.announce(connection, sorted(set(answers)), ANSWER)
            self.announce(connection, sorted(set(sends)), SEND)
            return len(answers) + len(sends)

    def _freed(self, connection: Connection, asked: Mapping[str, Any]) -> list[str]:
        """Whose messages were being answered; what had waited for Rasa waits again."""
        rows = connection.execute(_UNANSWERED, asked).all()
        for row in rows:
            state = "held" if self._has_waited(connection, row.pseudonym, row.sealed) else "new"
            connection.execute(_FREE, {"row": row.id, "now_state": state})
        return [row.pseudonym for row in rows]

    def _has_waited(self, connection: Connection, who: str, sealed: bytes | None) -> bool:
        wrapped = connection.scalar(_KEY, {"who": who})
        try:
            return wrapped is not None and bool(held_in(self.keys.open_person_key(wrapped), sealed))
        except Unreadable:
            return False


class Heartbeat:
    """Says in a thread of its own that the worker is alive, and takes over what dead ones held.

    A thread, because a busy event loop or a full pool of threads must not look like death.
    """

    def __init__(self, leases: Leases, on_recovered: Callable[[], None] = lambda: None) -> None:
        self._leases, self._on_recovered = leases, on_recovered
        self._stopped = threading.Event()
        self._last_beat = float("-inf")
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Returns after the first beat: nothing may be held before that."""
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        """The worker has ended its work."""
        self._stopped.set()
        self._thread.join(BEAT_S)
        self._leases.leave()

    def is_sure(self) -> bool:
        """Whether nobody else can have taken over what this worker holds."""
        return time.monotonic() - self._last_beat < LEASE_S - MARGIN_S

    def _run(self) -> None:
        while not self._stopped.wait(BEAT_S):
            try:
                self._beat()
            except Exception:  # noqa: S112  # the database is away: every beat tries again
                continue

    def _beat(self) -> None:
        began = time.monotonic()
        now = self._leases.now()
        self._leases.beat(now)
        self._last_beat = began
        if self._leases.recover(now):
            self._on_recovered()
