"""What vendors keep of a conversation, and having it deleted there.

Of her telephone: at once, and again for a few minutes. Of a vendor's records: owed_copies.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from connectors.contract import ChannelError, SendRefused

log = logging.getLogger(__name__)
# Whose deletion takes messages out of the vendor's records only.
KEEP_RECORDS = ("twilio",)
# Whose deletion takes them out of her telephone too: done when she asks for it. Of violence also
# when its time is over: with her row go the ids, and no SALIR could take it back any more.
ON_HER_PHONE = ("telegram",)
MOST_RECORDS = 50  # people at a time
AGAIN_S = (5.0, 60.0, 600.0)  # a message on its way cannot be deleted yet
ANSWERS_AFTER_S = 3.0  # she waits no longer for her answer, however long her chat is


@dataclass(frozen=True)
class Record:
    """One person's messages at a vendor."""

    channel: str
    address: str = field(repr=False)
    refs: tuple[str, ...] = field(repr=False)


class Deletes(Protocol):
    """What is needed of a channel."""

    async def delete(self, address: str, refs: Sequence[str]) -> bool:
        """Whether the messages are gone on the vendor's side; raises ChannelError."""


@dataclass
class VendorCopies:
    """Deletes at vendors; what fails is tried again in the background, in memory only."""

    again_s: tuple[float, ...] = AGAIN_S
    answers_after_s: float = ANSWERS_AFTER_S
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def delete(self, channel: Deletes, address: str, refs: Sequence[str]) -> None:
        """Tries now; never raises, and neither a failure nor many messages delay her answer."""
        if not refs:
            return
        first = asyncio.create_task(is_deleted(channel, address, refs, refusal_ends=True))
        await asyncio.wait({first}, timeout=self.answers_after_s)
        if not first.done() or not first.result():
            task = asyncio.create_task(self._later(first, channel, address, refs))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _later(
        self, first: asyncio.Task[bool], channel: Deletes, address: str, refs: Sequence[str]
    ) -> None:
        if await first:
            return
        for wait_s in self.again_s:
            await asyncio.sleep(wait_s)
            if await is_deleted(channel, address, refs, refusal_ends=True):
                return
        log.warning("messages stay at the vendor: it deleted them in none of the tries")


async def is_deleted(
    channel: Deletes, address: str, refs: Sequence[str], *, refusal_ends: bool = False
) -> bool:
    """Whether nothing is left to be done. `refusal_ends`: also where the vendor refuses, as
    Telegram does for whoever has blocked us: no other try would help."""
    try:
        await channel.delete(address, refs)
    except SendRefused as error:
        log.warning("the vendor refuses to delete: %s", error.code)
        return refusal_ends
    except ChannelError as error:
        log.warning("deleting at the vendor failed: %s", type(error).__name__)
        return False
    return True
