"""Many workers on PostgreSQL, with Procrastinate: each message of the inbox has a job.

The rows of inbox and outbox stay the truth; a job only says "there is something for this person",
and its lock (one conversation) keeps two workers from the same person. It is written in the
transaction of the rows that it speaks of. A job holds a pseudonym and nothing else, and is deleted
when it is done.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pkgutil import iter_modules
from typing import Any

import procrastinate
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, text

from bot.privacy.quiet import Quiet
from connectors.crowd import PLACES
from connectors.held import FIRST_S
from connectors.leases import ANSWER, ANSWER_FIRST, BEAT_S, LEASE_S, SEND
from connectors.loop import PARALLEL, alive, forget_for_ever, settle_for_ever
from connectors.worker import Worker

log = logging.getLogger(__name__)
# A job waits for every other of its person that is as important and older, even for one of a later
# moment: what has come must not wait behind what is tried again.
CAME = 1
NO_ROOM_S = 30.0  # at the latest, what could not be tried for want of room is
NOTICE_S = 1.0  # a job whose moment has come is seen after this at the latest
STOP_S = 4.0
# Messages without a job: from before Procrastinate was used, or whose job somebody has deleted.
_WITHOUT_JOB = {
    ANSWER: "SELECT DISTINCT pseudonym FROM inbox WHERE state IN ('new', 'held')",
    SEND: "SELECT DISTINCT pseudonym FROM outbox WHERE state IN ('new', 'unsure')",
}
_HAVE_JOB = "SELECT substr(lock, strpos(lock, ':') + 1) FROM procrastinate_jobs WHERE queue_name = "
_SAMPLED = """SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('procrastinate_jobs')
    AND attname IN ('lock', 'queueing_lock', 'args') AND attstattarget IS DISTINCT FROM 0"""
_DEFERRING = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def is_possible(engine: Engine) -> bool:
    """Whether the database can hold Procrastinate's jobs."""
    return engine.dialect.name == "postgresql"


def prepare(engine: Engine) -> None:
    """Makes Procrastinate's tables where they are missing."""
    hush()
    with engine.begin() as connection:
        if connection.scalar(text("SHOW log_error_verbosity")) != "terse":
            log.warning("PostgreSQL may write pseudonyms into its own log; set "
                        "log_error_verbosity = terse (docs/deploy.md)")  # fmt: skip
        # Several processes start together: one does it, the others wait here.
        connection.execute(text("SELECT pg_advisory_xact_lock(7261)"))
        if connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
            _raw(connection).execute(SchemaManager.get_schema())
        # As migration 0024 does with our own tables: a sample would outlive the job that it is of.
        for column in connection.scalars(text(_SAMPLED)).all():
            connection.execute(text(f"ALTER TABLE procrastinate_jobs ALTER COLUMN {column} "
                                    "SET STATISTICS 0"))  # fmt: skip


def hush() -> None:
    """Procrastinate logs the arguments of a job that fails (a pseudonym) and the error's text."""
    names = ["procrastinate", *(f"procrastinate.{each.name}" for each in iter_modules(
        procrastinate.__path__))]  # fmt: skip
    for logger in map(logging.getLogger, names):
        logger.setLevel(logging.WARNING)
        if not any(isinstance(each, Quiet) for each in logger.filters):
            logger.addFilter(Quiet())


def _raw(connection: Connection) -> Any:
    """The psycopg connection on which the transaction runs."""
    return connection.connection.driver_connection


def announce(within: Connection, people: Sequence[str], task: str) -> None:
    """A job for each of `people`, in the transaction of `within`."""
    connection = _raw(within) if people else None
    first = task == ANSWER_FIRST
    for who in people:
        _DEFERRING.configure_task(
            task, queue=task, lock=f"{ANSWER if first else task}:{who}",
            priority=CAME + first, connection=connection,
        ).defer(who=who)  # fmt: skip


def later(engine: Engine, task: str, who: str, at: datetime) -> None:
    """A job for `who` at that moment, unless one of a later moment waits already. Asked first, and
    not left to Procrastinate's own lock: where that is taken, PostgreSQL writes the pseudonym and
    the second into its log, which outlives all that is forgotten."""
    lock = f"{task}:{who}"
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:lock))"), {"lock": lock})
        waits = text("SELECT 1 FROM procrastinate_jobs WHERE queue_name = :task AND lock = :lock "
                     "AND status = 'todo' AND scheduled_at IS NOT NULL LIMIT 1")  # fmt: skip
        if connection.scalar(waits, {"task": task, "lock": lock}):
            return
        _DEFERRING.configure_task(
            task, queue=task, lock=lock, schedule_at=at, connection=_raw(connection)
        ).defer(who=who)


@dataclass
class JobRunner:
    """One worker process among many; `url` is the database's."""

    worker: Worker
    url: str

    async def run(self) -> None:
        """Until cancelled; then what has begun is ended."""
        self.worker.queue.announce = announce
        await asyncio.to_thread(prepare, self.worker.queue.engine)
        # psycopg knows the same addresses, without SQLAlchemy's name for the driver.
        address = self.url.replace("postgresql+psycopg://", "postgresql://", 1)
        connector = procrastinate.PsycopgConnector(conninfo=address, min_size=2, max_size=6)
        app = procrastinate.App(connector=connector)
        app.task(name=ANSWER, queue=ANSWER)(self._answer)
        app.task(name=ANSWER_FIRST, queue=ANSWER_FIRST)(self._answer_first)
        app.task(name=SEND, queue=SEND)(self._send)
        async with app.open_async(), alive(self.worker):
            self._app = app
            parts = (self._work(app, ANSWER), self._work(app, SEND), self._tidy(app),
                     self._work(app, ANSWER_FIRST, PLACES),
                     forget_for_ever(self.worker), settle_for_ever(self.worker))  # fmt: skip
            tasks = [asyncio.create_task(part) for part in parts]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()  # why it ended
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks, timeout=STOP_S + 1)

    async def _work(self, app: procrastinate.App, task: str, places: int = PARALLEL) -> None:
        await app.run_worker_async(
            queues=[task], name=f"{task}-{self.worker.queue.name}", concurrency=places,
            delete_jobs="always", install_signal_handlers=False,
            fetch_job_polling_interval=NOTICE_S, shutdown_graceful_timeout=STOP_S,
            update_heartbeat_interval=BEAT_S, stalled_worker_timeout=LEASE_S,
        )  # fmt: skip

    async def _answer(self, who: str) -> None:
        """One turn of one person."""
        worker, next_at = self.worker, self.worker.queue.next_turn_at
        had_room = worker.has_room
        claimed = await worker.claim((), who, told=True)
        if claimed is None:
            # Nothing more, or a worker without a job is answering her: one that was taken for dead.
            again = await asyncio.to_thread(next_at, who)
            again = again and max(again, worker.clock() + await self._pause(who, had_room=had_room))
        else:
            again = await worker.answer_safely(claimed)
            if again is None and claimed.others.count:
                again = await asyncio.to_thread(next_at, who)
        if again is not None:
            await self._later(ANSWER, who, again)

    async def _answer_first(self, who: str) -> None:
        """What cannot wait; before it what she wrote before."""
        await self._answer(who)
        while await asyncio.to_thread(self.worker.queue.has_urgent, who):
            claimed = await self.worker.claim((), who, told=True)
            if claimed is None or await self.worker.answer_safely(claimed) is not None:
                break

    async def _pause(self, who: str, *, had_room: bool) -> timedelta:
        """A thousand that wait for Rasa must not ask every other second whether there is room."""
        if had_room or await asyncio.to_thread(self.worker.queue.has_new, who):
            return timedelta(seconds=BEAT_S)
        return timedelta(seconds=random.uniform(FIRST_S, NO_ROOM_S))  # noqa: S311

    async def _send(self, who: str) -> None:
        """Everything that may leave now for one person."""
        worker = self.worker
        if not await worker.send_all(who):
            return
        # Who is not sure of what it holds has sent nothing, and looks again a little later.
        again = await asyncio.to_thread(worker.queue.next_send_at, who)
        if again is not None and not worker.is_sure():
            again = max(again, worker.clock() + timedelta(seconds=BEAT_S))
        if again is not None:
            await self._later(SEND, who, again)

    async def _later(self, task: str, who: str, at: datetime) -> None:
        await asyncio.to_thread(later, self.worker.queue.engine, task, who, at)

    async def _tidy(self, app: procrastinate.App) -> None:
        """Jobs of dead workers are taken up again; a message without a job gets one."""
        beats = 0
        while True:
            try:
                jobs = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=LEASE_S)
                for job in jobs:
                    await app.job_manager.retry_job(job)
                if beats % 15 == 0:
                    await asyncio.to_thread(self._announce_forgotten)
            except Exception as error:
                log.error("tidying failed: %s", type(error).__name__)
            beats += 1
            await asyncio.sleep(BEAT_S)

    def _announce_forgotten(self) -> None:
        for task, waiting in _WITHOUT_JOB.items():
            with self.worker.queue.engine.begin() as connection:
                query = f"{waiting} AND pseudonym NOT IN ({_HAVE_JOB}'{task}' AND lock IS NOT NULL)"
                announce(connection, list(connection.scalars(text(query))), task)
