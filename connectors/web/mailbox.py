"""Where replies for open chat pages lie until fetched. In memory, small, short, of one process;
what another process has made is brought here by fetching.py.

What a page has, it has: asking for the messages after number 7 throws away those up to 7. What is
never fetched goes after `KEPT_S`.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from connectors.contract import Outgoing

MAX_SESSIONS, MAX_MESSAGES = 1_000, 50
KEPT_S = 900.0


@dataclass
class _Box:
    next_number: int = 1
    messages: list[tuple[int, float, Outgoing]] = field(default_factory=list, repr=False)
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Mailbox:
    """Replies by session. The oldest session gives way where there are too many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._boxes: OrderedDict[str, _Box] = OrderedDict()
        self._clock = clock
        self._tidied = clock()

    def deliver(self, session: str, outgoing: Outgoing) -> int:
        """Puts a message in; returns its number in the session (1, 2, …)."""
        box = self._box(session)
        number, box.next_number = box.next_number, box.next_number + 1
        box.messages = [*box.messages, (number, self._clock(), outgoing)][-MAX_MESSAGES:]
        box.news.set()
        return number

    async def wait(self, session: str, after: int, timeout_s: float) -> list[dict[str, Any]]:
        """Messages with a number `n` above `after`; waits for the first, at most `timeout_s`."""
        box = self._box(session)
        box.messages = [each for each in box.messages if each[0] > after]
        if not box.messages:
            box.news.clear()
            try:
                await asyncio.wait_for(box.news.wait(), timeout_s)
            except TimeoutError:
                return []
        return [{"n": n, **asdict(message)} for n, _, message in box.messages if n > after]

    def forget(self, session: str) -> None:
        """Empties the session; its numbers go on."""
        self._box(session).messages = []

    def _box(self, session: str) -> _Box:
        self._tidy()
        box = self._boxes.setdefault(session, _Box())
        self._boxes.move_to_end(session)
        while len(self._boxes) > MAX_SESSIONS:
            self._boxes.popitem(last=False)
        return box

    def _tidy(self) -> None:
        """Every few seconds; an open page asks every two."""
        now = self._clock()
        if now - self._tidied < KEPT_S / 60:
            return
        self._tidied = now
        for box in self._boxes.values():
            box.messages = [each for each in box.messages if now - each[1] < KEPT_S]
