"""What a worker in another process has laid down (connectors/laid.py), brought to open pages."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import Any

from bot.privacy.scrub import scrub
from connectors.queue import Queue
from connectors.web.mailbox import Mailbox
from connectors.web.sender import put

LOOK_S = 0.25
BESIDE_S = 2.0  # where this process has a worker: its own replies are in the mailbox at once
log = logging.getLogger(__name__)


@dataclass
class Fetching:
    """The mailbox, and what lies in the database for those who wait at it. However many pages are
    open, the database is asked once in `look_s` whether there is anything."""

    mailbox: Mailbox
    queue: Queue
    look_s: float = LOOK_S
    _lies: set[str] = field(default_factory=set, repr=False)
    _looked: float = field(default=float("-inf"), repr=False)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)

    async def wait(self, session: str, after: int, timeout_s: float) -> list[dict[str, Any]]:
        """As `Mailbox.wait`."""
        watching = asyncio.create_task(self._watch(session))
        try:
            return await self.mailbox.wait(session, after, timeout_s)
        finally:
            watching.cancel()

    async def _watch(self, session: str) -> None:
        who = self.queue.keys.pseudonym("web", session)
        while True:
            try:
                if who in await self._for_whom():
                    self._lies.discard(who)
                    # What is fetched is gone from the database: it arrives though the page, which
                    # was waiting, has gone meanwhile.
                    task = asyncio.create_task(self._bring(session, who))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                    await asyncio.shield(task)
            except Exception as error:  # the database is away
                log.error("nothing can be fetched: %s", type(error).__name__)
            await asyncio.sleep(self.look_s)

    async def _for_whom(self) -> set[str]:
        async with self._looking:
            if time.monotonic() - self._looked >= self.look_s:
                # Before the look: while the database is away, too, it is one for all pages.
                self._looked, self._lies = time.monotonic(), set()
                self._lies = await asyncio.to_thread(self.queue.laid)
            return self._lies

    async def _bring(self, session: str, who: str) -> None:
        found = await asyncio.to_thread(self.queue.fetch, who)
        if found.is_leaving:  # she is told that everything is gone, and it is
            self.mailbox.forget(session)
        for message in found.messages:
            put(self.mailbox, session, message)
        if found.is_forgotten:  # the page has its answer, and waits for none of this
            await asyncio.to_thread(scrub, self.queue.engine)


def fetching(mailbox: Mailbox, queue: Queue, *, has_worker: bool) -> Fetching:
    """As a gateway needs it: beside a worker of its own there may be others."""
    return Fetching(mailbox, queue, BESIDE_S if has_worker else LOOK_S)
