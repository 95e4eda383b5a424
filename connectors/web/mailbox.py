"""Where replies for open chat pages lie until fetched. In memory, small, of one process."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from typing import Any

from connectors.contract import Outgoing

MAX_SESSIONS, MAX_MESSAGES = 1_000, 50


@dataclass
class _Box:
    next_number: int = 1
    messages: list[tuple[int, Outgoing]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Mailbox:
    """Replies by session. The oldest session gives way where there are too many."""

    def __init__(self) -> None:
        self._boxes: OrderedDict[str, _Box] = OrderedDict()

    def deliver(self, session: str, outgoing: Outgoing) -> int:
        """Puts a message in; returns its number in the session (1, 2, …)."""
        box = self._box(session)
        number, box.next_number = box.next_number, box.next_number + 1
        box.messages = [*box.messages, (number, outgoing)][-MAX_MESSAGES:]
        box.news.set()
        return number

    async def wait(self, session: str, after: int, timeout_s: float) -> list[dict[str, Any]]:
        """Messages with a number `n` above `after`; waits for the first, at most `timeout_s`."""
        box = self._box(session)
        if not self._after(box, after):
            box.news.clear()
            try:
                await asyncio.wait_for(box.news.wait(), timeout_s)
            except TimeoutError:
                return []
        return self._after(box, after)

    def forget(self, session: str) -> None:
        """Empties the session; its numbers go on."""
        self._box(session).messages = []

    def _box(self, session: str) -> _Box:
        box = self._boxes.setdefault(session, _Box())
        self._boxes.move_to_end(session)
        while len(self._boxes) > MAX_SESSIONS:
            self._boxes.popitem(last=False)
        return box

    @staticmethod
    def _after(box: _Box, after: int) -> list[dict[str, Any]]:
        return [{"n": n, **asdict(message)} for n, message in box.messages if n > after]
