"""What a worker does with one message of the outbox."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError

from bot.telemetry import metrics, tracing
from connectors.channel import Sent
from connectors.contract import (
    ChannelError,
    Outgoing,
    Reply,
    SendRefused,
    SendThrottled,
    SendUncertain,
)
from connectors.due import Due
from connectors.keeping_back import TurnUnderWay
from connectors.late import LATE
from connectors.leases import BEAT_S, LeaseLost
from connectors.leaving_late import with_lead
from connectors.outbox import OURS
from connectors.queue import Queue
from connectors.render import Rendered

log = logging.getLogger(__name__)
MAX_SENDS = 6
Written = TypeVar("Written")


class Channel(Protocol):
    """What the worker needs of a channel."""

    def render(self, reply: Reply, style: str) -> tuple[list[Outgoing], tuple[str, ...]]:
        """The messages to send now, and the parts kept for "more"."""

    async def send(self, address: str, outgoing: Outgoing, key: str) -> str | None:
        """The vendor's id; raises ChannelError."""

    async def find(self, address: str, outgoing: Outgoing, sent: Sent) -> str | None:
        """The vendor's id of a message that it may have taken; raises ChannelError."""

    async def delete(self, address: str, refs: Sequence[str]) -> bool:
        """Whether the messages are gone on the vendor's side; raises ChannelError."""

    def prefix_country(self, address: str) -> str | None:
        """The country of the number's prefix, where there is a number."""


def utc_now() -> datetime:
    """The moment, aware."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Sender:
    """Takes from the outbox, gives to the vendors."""

    queue: Queue
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime] = utc_now
    is_sure: Callable[[], bool] = lambda: True  # that what it holds is still its own
    # Of an answer: to whom, by which style of channel, after how many seconds; None: it never left.
    on_sent: Callable[[str, str, float | None], None] = lambda *_: None
    lays: frozenset[str] = frozenset()  # channels whose pages fetch from the rows (laid.py)

    async def send_all(self, who: str) -> bool:
        """Everything that may leave now for one person; nothing while it is not sure of its own.
        False where nothing more waits for her."""
        queue, clock = self.queue, self.clock
        while self.is_sure():
            due = await asyncio.to_thread(queue.due, clock(), (), who)
            if due is None:  # or its moment has not come
                return True
            if not await self.send(due):
                return False
        return True

    async def send(self, due: Due) -> bool:
        """One message to its vendor, by the kind of error again later or never. False where
        nothing more waits for the same person."""
        with tracing.span("send", due.trace, channel=due.channel):
            return await self._send(due)

    async def _send(self, due: Due) -> bool:
        try:
            channel = self.channels[due.channel]
            vendor_id = await self._found(channel, due)
            if vendor_id is None:
                outgoing = await self._as_late(channel, due)
                if outgoing is None:
                    return True
                if not self.is_sure():  # nothing has been sent: whoever holds it now will
                    await self._later(due, "late", BEAT_S, counts=False)
                    return True
                if due.channel in self.lays and outgoing.kind != "silent":
                    await surely(self.queue.lay, due, self.clock())
                    self._count(due)
                    return True
                vendor_id = await channel.send(due.address, outgoing, due.key)
        except TurnUnderWay:
            await self._later(due, "late", 1.0, counts=False)
        except LeaseLost:  # or she has left meanwhile: then it ends
            log.warning("message %s: it is no longer ours", due.id)
            await surely(self.queue.not_sent, due, OURS, None)
        except SendRefused as error:
            if not error.opted_out:  # what she decides is no error
                _failed(due, "refused")
                self._tell(due, None)
            if error.alert:  # it is not about her, but about us: a token, a template, a budget
                log.error("%s refuses our messages: code %s", due.channel, error.code)
            await surely(self.queue.not_sent, due, error.code, None)
            if error.opted_out:
                await surely(self.queue.opt_out, due.pseudonym, self.clock())
        except SendThrottled as error:
            _failed(due, "throttled")
            # Not a try: however long the vendor is away or busy, the reply waits for it.
            await self._later(due, error.code, error.retry_after_s, counts=False)
        except SendUncertain:
            _failed(due, "uncertain")
            await self._later(due, "uncertain", 2.0**due.attempts, unsure=True)
        except ChannelError as error:
            _failed(due, "failed")
            await self._later(due, type(error).__name__, 2.0**due.attempts)
        except Exception as error:  # ours: it must neither stay "sending" nor stop the others
            _failed(due, "failed")
            log.error("send %s failed: %s", due.id, type(error).__name__)
            await self._later(due, type(error).__name__, 2.0**due.attempts, unsure=True)
        else:
            self._count(due)
            return await surely(self.queue.sent, due, vendor_id)
        return True

    def _count(self, due: Due) -> None:
        metrics.SENT.labels(due.channel).inc()
        if due.received_at is not None:
            waited_s = (self.clock() - due.received_at).total_seconds()
            metrics.REPLY_SECONDS.labels(due.channel).observe(max(0.0, waited_s))
            self._tell(due, waited_s)

    def _tell(self, due: Due, waited_s: float | None) -> None:
        """The figures, once an answer: of its first part, whether that leaves or not."""
        if due.received_at is not None:
            self.on_sent(due.pseudonym, due.style, waited_s)

    async def _as_late(self, channel: Channel, due: Due) -> Outgoing | None:
        """What leaves now: an answer that has become late says so; sensitive and very late, it is
        kept until she asks for it. None: nothing leaves. Raises TurnUnderWay, LeaseLost."""
        late, now = due.late, self.clock()
        if late is None or due.came_at is None:
            return due.outgoing
        waited = now - due.came_at

        def render(reply: Reply) -> Rendered:
            return channel.render(reply, due.style)

        if late.is_kept_back(waited):
            return await surely(self.queue.keep_back, due, late, now, render)
        # What an earlier try may have brought to the vendor keeps its words: it is found by them.
        if waited < LATE or not late.lead or due.unsure_since is not None:
            return due.outgoing
        outgoing = with_lead(due.outgoing, late, render)
        if outgoing is None:
            return due.outgoing
        await surely(self.queue.reword, due, outgoing, replace(late, lead=False))
        return outgoing

    async def _found(self, channel: Channel, due: Due) -> str | None:
        """The vendor's id, where an earlier try has reached it after all."""
        if due.unsure_since is None:
            return None
        known = await asyncio.to_thread(self.queue.sent_ids, due.pseudonym)
        age_s = (self.clock() - due.unsure_since).total_seconds()
        return await channel.find(due.address, due.outgoing, Sent(due.unsure_since, age_s, known))

    async def _later(self, due: Due, code: str, wait_s: float, *, unsure: bool = False,
                     counts: bool = True) -> None:  # fmt: skip
        # Jitter keeps a thousand waiting messages from coming back at the same instant.
        wait = timedelta(seconds=wait_s * random.uniform(1.0, 1.3))  # noqa: S311
        retry = None if counts and due.attempts >= MAX_SENDS else self.clock() + wait
        if retry is None:
            metrics.GIVEN_UP.labels(due.channel).inc()
            self._tell(due, None)
            log.error("message %s is given up: %s", due.id, code)
        unsure = unsure or due.unsure_since is not None
        await surely(lambda: self.queue.not_sent(due, code, retry, unsure=unsure, counts=counts))


def _failed(due: Due, kind: str) -> None:
    metrics.SEND.labels(due.channel, kind).inc()
    tracing.note(error=kind)


# A pool of their own: what has been sent is written down at once, whatever else is waiting.
_LEDGER = ThreadPoolExecutor(2, thread_name_prefix="ledger")


async def surely(write: Callable[..., Written], *values: object) -> Written:
    """Written, however long the database is away: what has been sent must not be forgotten."""
    wait_s = 0.1
    while True:
        try:
            return await asyncio.get_running_loop().run_in_executor(_LEDGER, write, *values)
        except (OperationalError, InterfaceError) as error:  # any other would fail for ever
            log.error("not written yet: %s", type(error).__name__)
            await asyncio.sleep(wait_s)
            wait_s = min(2.0, 2 * wait_s)
