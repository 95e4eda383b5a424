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

from sqlalchemy import Engine, Select, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.database import Base, transaction
from bot.privacy.keys import Keys, Unreadable
from connectors.held import held_in
from connectors.models import Inbox, Outbox, Person, WorkerProcess

LEASE_S, BEAT_S = 8.0, 2.0
ANSWER, SEND = "answer", "send"  # what can be to do for a person
MARGIN_S = 3.0  # nothing new leaves this worker so shortly before others take over


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction for reading and then writing.

    SQLite lets another process write between the two, unless the transaction says at once that it
    will write; PostgreSQL has locks on rows for that.
    """
    with transaction(engine) as session:
        if engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
        yield session


@dataclass(frozen=True)
class Waiting:
    """Which row is next: whether there is one, and the row itself, locked. Built once, because
    building such a statement takes longer than running it."""

    look: Select[Any]
    take: Select[Any]

    @classmethod
    def of(cls, rows: Select[Any], locked: type[Base]) -> Waiting:
        """`rows`: in the order in which they are taken."""
        return cls(
            rows.with_only_columns(literal(1)).limit(1),
            rows.limit(1).with_for_update(skip_locked=True, of=locked),
        )


class LeaseLost(Exception):
    """Another worker has taken over: whatever this one has made of the message does not count."""


class Leases:
    """The rows of one database, as a worker with the name `name` holds them."""

    def __init__(self, engine: Engine, keys: Keys, name: str | None = None) -> None:
        self.engine, self.keys = engine, keys
        self.name = name or secrets.token_hex(8)
        # Called in a transaction with the people for whom it leaves something to do.
        self.announce: Callable[[Session, Sequence[str], str], None] = lambda *_: None

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction for reading and then writing."""
        return writing(self.engine)

    def _finds(self, look: Select[Any], asked: Mapping[str, Any] | None = None) -> bool:
        """A look without the lock that SQLite has only one of: mostly there is nothing."""
        with self.engine.connect() as connection:
            return connection.execute(look, asked or {}).first() is not None

    def now(self) -> datetime:
        """The database's clock: those of two machines may differ by more than a lease."""
        if self.engine.dialect.name == "sqlite":
            return datetime.now(UTC)
        with self.engine.connect() as connection:
            moment: datetime = connection.execute(select(func.now())).scalar_one()
            return moment.astimezone(UTC)

    def beat(self, now: datetime) -> None:
        """This worker is alive."""
        insert = sqlite.insert if self.engine.dialect.name == "sqlite" else postgresql.insert
        with transaction(self.engine) as session:
            session.execute(
                insert(WorkerProcess)
                .values(name=self.name, seen_at=now)
                .on_conflict_do_update(index_elements=["name"], set_={"seen_at": now})
            )

    def leave(self) -> None:
        """This worker ends: what it still holds is free at once."""
        with transaction(self.engine) as session:
            session.execute(delete(WorkerProcess).where(WorkerProcess.name == self.name))

    def recover(self, now: datetime) -> int:
        """What dead workers held is free again; returns how many messages that are.

        A message that a dead worker was sending may have reached the vendor: it becomes "unsure",
        and the next worker looks before it sends.
        """
        silent_since = now - timedelta(seconds=LEASE_S)
        alive = select(WorkerProcess.name).where(WorkerProcess.seen_at >= silent_since)
        with self.writing() as session:
            answers = self._freed(session, alive)
            sends = session.scalars(
                update(Outbox)
                .where(Outbox.state == "sending")
                .where(or_(Outbox.holder.is_(None), Outbox.holder.not_in(alive)))
                .values(state="unsure", holder=None)
                .returning(Outbox.pseudonym)
            ).all()
            session.execute(delete(WorkerProcess).where(WorkerProcess.seen_at < silent_since))
            self.announce(session, sorted(set(answers)), ANSWER)
            self.announce(session, sorted(set(sends)), SEND)
            return len(answers) + len(sends)

    def _freed(self, session: Session, alive: Select[str]) -> list[str]:
        """Whose messages were being answered; what had waited for Rasa waits again."""
        rows = session.scalars(
            select(Inbox)
            .where(Inbox.state == "working")
            .where(or_(Inbox.holder.is_(None), Inbox.holder.not_in(alive)))
            .order_by(Inbox.id)
            .with_for_update()
        ).all()
        for row in rows:
            row.state, row.holder = "held" if self._has_waited(session, row) else "new", None
        return [row.pseudonym for row in rows]

    def _has_waited(self, session: Session, row: Inbox) -> bool:
        person = session.get(Person, row.pseudonym)
        try:
            key = self.keys.open_person_key(person.wrapped_key) if person else b""
        except Unreadable:
            return False
        return bool(person) and held_in(key, row) is not None


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
