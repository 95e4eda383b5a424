"""The in-process runner: one loop that takes from inbox and outbox what is there.

It needs nothing but the database, so it is what runs on SQLite. On PostgreSQL several of them can
run side by side as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.claimed import Claimed
from connectors.crowd import PLACES
from connectors.due import Due
from connectors.leases import ANSWER, ANSWER_FIRST, Heartbeat
from connectors.worker import Worker

log = logging.getLogger(__name__)
PARALLEL = 8
POLL_S = 0.5  # a message that another process has put in is seen after this at the latest
FORGET_EVERY_S = 60.0
SETTLE_EVERY_S = 5.0
LAST_WORK_S = 4.0  # when stopping


@dataclass
class Loop:
    """Answers and sends for many people at once, each in order."""

    worker: Worker
    _answering: set[str] = field(default_factory=set)
    _sending: set[str] = field(default_factory=set)
    _more: set[str] = field(default_factory=set)  # of those: replies came meanwhile
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _looks_at: float = 0.0  # when everything is looked at, though nobody has told of anything

    async def run(self) -> None:
        """Until cancelled; then what has begun is ended."""
        loop = asyncio.get_running_loop()

        def announced(_: object, people: Sequence[str], task: str) -> None:
            # Before it is committed: what is found too early is found when the turn has ended.
            if task in (ANSWER, ANSWER_FIRST) and people:
                with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                    loop.call_soon_threadsafe(self.worker.came, len(people))

        self.worker.queue.announce = announced
        async with alive(self.worker, self._look_at_everything):
            forgetting = asyncio.create_task(forget_for_ever(self.worker))
            settling = asyncio.create_task(settle_for_ever(self.worker))
            try:
                while True:
                    await self._once()
            finally:
                forgetting.cancel()
                settling.cancel()
                if self._tasks:
                    await asyncio.wait(self._tasks, timeout=LAST_WORK_S)

    async def _once(self) -> None:
        wake = self.worker.wake
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), self._looks_at - time.monotonic())
        wake.clear()  # before looking: what comes while we look wakes us again
        everything = not self.worker.news or time.monotonic() >= self._looks_at
        if everything:
            self._looks_at = time.monotonic() + POLL_S
        try:
            await self._answer_some(everything)
            if everything:
                await self._send_some()
        except Exception as error:  # the database is away: the loop must outlive that
            log.error("nothing can be taken: %s", type(error).__name__)

    async def _answer_some(self, everything: bool) -> None:
        """Begin as many turns as there is room for: of the messages that we were told of, or of
        whatever is there."""
        worker = self.worker
        while len(self._answering) < PARALLEL and (everything or worker.news):
            claimed = await worker.claim(self._answering, told=not everything)
            if claimed is None:
                if self._answering:  # it may be of those who are being answered
                    break
                if everything:
                    worker.news = 0
                else:  # another worker has it, or had her locked
                    self._look_at_everything()
                break
            if not claimed.again:
                worker.news = max(0, worker.news - len(claimed.ids))
            self._begin(self._answering, claimed.pseudonym, self._answer(claimed))
        await self._answer_urgent()

    async def _answer_urgent(self) -> None:
        """However many are being answered: what cannot wait has places of its own."""
        while PARALLEL <= len(self._answering) < PARALLEL + PLACES:
            claimed = await self.worker.claim(self._answering, urgent=True)
            if claimed is None:
                break
            self.worker.news = max(0, self.worker.news - len(claimed.ids))
            self._begin(self._answering, claimed.pseudonym, self._answer(claimed))

    async def _send_some(self) -> None:
        """What has waited for its moment, or was left over by another worker."""
        worker = self.worker
        while len(self._sending) < PARALLEL and worker.is_sure():
            due = await asyncio.to_thread(worker.queue.due, worker.clock(), self._sending)
            if due is None:
                break
            self._begin(self._sending, due.pseudonym, self._send(due))

    async def _answer(self, claimed: Claimed) -> None:
        """One turn; its replies leave at once, not with the next look at the outbox."""
        who = claimed.pseudonym
        await self.worker.answer_safely(claimed)
        if who in self._sending:
            self._more.add(who)
        else:
            self._begin(self._sending, who, self._send_all(who))

    async def _send(self, due: Due) -> None:
        who = due.pseudonym
        if await self.worker.send(due) or who in self._more:
            await self._send_all(who)

    async def _send_all(self, who: str) -> None:
        self._more.add(who)
        while who in self._more:
            self._more.discard(who)
            await self.worker.send_all(who)

    def _begin(self, busy: set[str], who: str, work: Coroutine[Any, Any, object]) -> None:
        busy.add(who)

        async def run() -> None:
            try:
                await work
            except Exception as error:  # what it held comes back when the lease is over
                log.error("work failed: %s", type(error).__name__)
            finally:
                self._end(busy, who)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _end(self, busy: set[str], who: str) -> None:
        """Looks again where something may have waited for this: a place, or her next message."""
        was_full, news = len(busy) >= PARALLEL, self.worker.news
        busy.discard(who)
        if was_full and not (news and busy is self._answering):
            self._look_at_everything()
        elif news:
            self.worker.wake.set()

    def _look_at_everything(self) -> None:
        self._looks_at = 0.0
        self.worker.wake.set()


@contextlib.asynccontextmanager
async def alive(worker: Worker, on_recovered: Callable[[], None] | None = None):  # type: ignore[no-untyped-def]
    """While this holds, others see that the worker lives; afterwards, that it has gone."""
    loop = asyncio.get_running_loop()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(on_recovered or worker.wake.set)

    heart = Heartbeat(worker.queue, wake)
    await asyncio.to_thread(heart.start)
    worker.is_sure = heart.is_sure
    try:
        yield heart
    finally:
        await asyncio.to_thread(heart.stop)


async def forget_for_ever(worker: Worker) -> None:
    """Every minute: whoever's time is over is forgotten."""
    await _again(worker.forget, FORGET_EVERY_S, "forgetting")


async def settle_for_ever(worker: Worker) -> None:
    """Every few seconds: whoever left while Rasa was silent is forgotten there as soon as it
    answers; beside it, for it may take long, what vendors have to delete still is asked for."""
    await asyncio.gather(
        _again(worker.settle_owed, SETTLE_EVERY_S, "a forgetting that is owed"),
        _again(worker.delete_owed, SETTLE_EVERY_S, "a deletion that is owed"),
    )


async def _again(work: Callable[[], Awaitable[object]], every_s: float, what: str) -> None:
    while True:
        try:
            await work()
        except Exception as error:
            log.error("%s failed: %s", what, type(error).__name__)
        await asyncio.sleep(every_s)
