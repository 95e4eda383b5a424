"""What a worker does so that people are forgotten: here, in Rasa's memory, and at the vendors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.rasa_client import RasaUnavailable
from bot.telemetry import metrics
from connectors.claimed import Claimed
from connectors.sending import Sender
from connectors.turns import Assistant
from connectors.vendor_copies import (
    MOST_RECORDS,
    ON_HER_PHONE,
    Record,
    VendorCopies,
    is_deleted,
)

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Forgetter(Sender):
    """The part of a worker that owes and pays deletions."""

    assistant: Assistant
    copies: VendorCopies = field(default_factory=VendorCopies)
    also_forget: Callable[[datetime], object] = lambda _: None  # what is not kept by the queue

    async def let_go_on_phone(self, claimed: Claimed) -> None:
        """Violence of before goes from her chat too, where she writes before the sweep has come."""
        memory = claimed.memory
        if memory.sensitive and claimed.channel in ON_HER_PHONE:
            ours = await asyncio.to_thread(self.queue.sent_ids, claimed.pseudonym)
            refs = (*memory.her_refs, *ours)
            await self.owe_deletion(Record(claimed.channel, claimed.address, refs))

    async def settle(self, pseudonym: str, since: datetime | None = None) -> None:
        """Rasa has forgotten her; see OwedRows.settle."""
        await asyncio.to_thread(self.queue.settle, pseudonym, since)

    async def settle_owed(self) -> int:
        """Rasa is told of those whom it could not be told to forget; how many it has forgotten.
        The first that it does not answer ends it: the next time begins with another."""
        count = 0
        while owed := await asyncio.to_thread(self.queue.next_owed, self.clock()):
            wish, told = owed.asked()
            try:
                await self.assistant.ask(owed.pseudonym, wish, told)
            except RasaUnavailable:
                break
            await self.settle(owed.pseudonym, owed.since)
            count += 1
        return count

    async def owe_deletion(self, record: Record) -> None:
        """Written down until the vendor has done it; nothing where there is nothing of hers."""
        if record.refs:
            await asyncio.to_thread(self.queue.owe_deletion, record, self.clock())

    async def delete_owed(self) -> int:
        """Vendors are asked for what they have to delete still; how much of it is gone. The first
        that fails ends it: the next time begins with another."""
        count = 0
        while found := await asyncio.to_thread(self.queue.next_deletion, self.clock()):
            row, record, is_last = found
            channel = self.channels.get(record.channel) if record else None
            is_gone = record is not None and channel is not None and await is_deleted(
                channel, record.address, record.refs,
                refusal_ends=record.channel in ON_HER_PHONE)  # fmt: skip
            if is_last and not is_gone:
                log.error("messages stay at the vendor: it deleted them in none of the tries")
            if is_gone or is_last:
                await asyncio.to_thread(self.queue.deleted, row)
            if not is_gone:
                break
            count += 1
        return count

    async def forget(self) -> int:
        """Whoever's or whatever's time is over, here and with vendors that keep records."""
        now, forgotten = self.clock(), 0
        await asyncio.to_thread(self.also_forget, now)
        while True:
            records = await asyncio.to_thread(self.queue.records_of_expired, now)
            for record in records:
                await self.owe_deletion(record)
            gone = await asyncio.to_thread(self.queue.forget, now)
            forgotten += gone
            if gone < MOST_RECORDS:
                metrics.SWEPT.is_now()
                return forgotten
