"""Answers the inbox and sends the outbox: many people at once, each in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from bot.conversation.wording import say
from bot.settings import Settings
from connectors.contract import (
    MAX_TEXT,
    ChannelError,
    Outgoing,
    Reply,
    SendRefused,
    SendThrottled,
)
from connectors.intro import introduce
from connectors.memory import Memory
from connectors.queue import Claimed, Due, Queue
from connectors.turns import Assistant, Message, Nearest, Outcome, take_turn

log = logging.getLogger(__name__)
MAX_SENDS = 6
PARALLEL = 8
FORGET_EVERY_S = 60.0
MAX_REFS = 90  # Telegram deletes at most a hundred messages at once


class Channel(Protocol):
    """What the worker needs of a channel."""

    def render(self, reply: Reply, style: str) -> tuple[list[Outgoing], tuple[str, ...]]:
        """The messages to send now, and the parts kept for "more"."""

    async def send(self, address: str, outgoing: Outgoing, key: str) -> str | None:
        """The vendor's id; raises ChannelError."""

    async def delete(self, address: str, refs: Sequence[str]) -> bool:
        """Whether the messages are gone on the vendor's side; raises ChannelError."""

    def prefix_country(self, address: str) -> str | None:
        """The country of the number's prefix, where there is a number."""


def utc_now() -> datetime:
    """The moment, aware."""
    return datetime.now(UTC)


@dataclass
class Worker:
    """One process's worker."""

    queue: Queue
    assistant: Assistant
    channels: Mapping[str, Channel]
    nearest: Nearest
    settings: Settings
    clock: Callable[[], datetime] = utc_now
    on_turn: Callable[[Claimed, Outcome, list[Outgoing]], None] = lambda *_: None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _answering: set[str] = field(default_factory=set)
    _sending: set[str] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """For ever. A failing turn is given back; it never ends the loop."""
        await asyncio.to_thread(self.queue.recover)
        next_forget = 0.0
        loop = asyncio.get_running_loop()
        while True:
            if loop.time() >= next_forget:
                next_forget = loop.time() + FORGET_EVERY_S
                await asyncio.to_thread(self.queue.forget, self.clock())
            started = await self._start_some()
            if not started:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.wake.wait(), 0.5)
                self.wake.clear()

    async def _start_some(self) -> bool:
        """Begin as many turns and sends as there is room for."""
        started = False
        while len(self._answering) < PARALLEL:
            claimed = await asyncio.to_thread(self.queue.claim, self.clock(), self._answering)
            if claimed is None:
                break
            self._begin(self._answering, claimed.pseudonym, self._answer_safely(claimed))
            started = True
        while len(self._sending) < PARALLEL:
            due = await asyncio.to_thread(self.queue.due, self.clock(), self._sending)
            if due is None:
                break
            self._begin(self._sending, due.pseudonym, self.send(due))
            started = True
        return started

    def _begin(self, busy: set[str], who: str, work: Coroutine[Any, Any, None]) -> None:
        busy.add(who)

        async def run() -> None:
            try:
                await work
            finally:
                busy.discard(who)
                self.wake.set()

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer_safely(self, claimed: Claimed) -> None:
        try:
            await self.answer(claimed)
        except Exception as error:  # the message must not be lost, whatever went wrong
            # The error's text may hold what she wrote: only its kind is logged.
            log.error("turn %s failed: %s", claimed.id, type(error).__name__)
            again = self.clock() + timedelta(seconds=min(60, 2**claimed.attempts))
            await asyncio.to_thread(self.queue.give_back, claimed.id, again)

    async def answer(self, claimed: Claimed) -> Outcome:
        """Take the turn and put its replies into the outbox."""
        channel = self.channels[claimed.channel]
        message = _message(claimed, channel)
        memory = claimed.memory
        if _forgotten(message, memory, self.settings):
            memory = Memory(introduced=True, language=memory.language)
        outcome = await take_turn(self.assistant, self.nearest, claimed.pseudonym, message, memory)
        replies = outcome.replies
        if claimed.opted_out and outcome.stop is not False and not _is_urgent(outcome):
            replies = ()
        elif not claimed.memory.introduced:
            replies = introduce(replies, outcome, message)
        elif len(message.text) > MAX_TEXT and replies:
            replies = (Reply(say("too_long", outcome.memory.language)), *replies)
        outgoing, memory = self._render(channel, claimed.style, replies, outcome.memory)
        memory = memory.but(her_refs=_refs(memory, claimed))
        if any(reply.kind == "delete" for reply in replies):
            await self._delete(channel, claimed, memory)
            memory = memory.but(her_refs=())
        retention = (
            self.settings.retention_sensitive_s if memory.sensitive else self.settings.retention_s
        )
        await asyncio.to_thread(
            lambda: self.queue.finish(
                claimed, outgoing, memory, self.clock(),
                claimed.received_at + timedelta(seconds=retention),
                stop=outcome.stop, erase=outcome.erase,
            )
        )  # fmt: skip
        self.on_turn(claimed, outcome, outgoing)
        return outcome

    @staticmethod
    def _render(channel: Channel, style: str, replies: tuple[Reply, ...],
                memory: Memory) -> tuple[list[Outgoing], Memory]:  # fmt: skip
        outgoing: list[Outgoing] = []
        rest: tuple[str, ...] = ()
        for reply in replies:
            messages, more = channel.render(reply, style)
            outgoing += messages
            rest = (*rest, *more)
        # As rendered: a channel may have added "more" to the choices.
        offered = tuple(o.payload for o in outgoing[-1].options) if outgoing else memory.offered
        return outgoing, memory.but(more=rest, offered=offered)

    async def _delete(self, channel: Channel, claimed: Claimed, memory: Memory) -> None:
        """Both sides' messages, where the vendor can; a failure must not delay the neutral line."""
        ours = await asyncio.to_thread(self.queue.sent_ids, claimed.pseudonym)
        try:
            await channel.delete(claimed.address, (*memory.her_refs, *ours))
        except ChannelError as error:
            log.warning("deleting at the vendor failed: %s", type(error).__name__)

    async def send(self, due: Due) -> None:
        """One message to its vendor, by the kind of error again later or never."""
        try:
            vendor_id = await self.channels[due.channel].send(
                due.address, due.outgoing, f"comadre-{due.id}"
            )
        except SendRefused as error:
            await asyncio.to_thread(self.queue.not_sent, due, error.code, None)
            if error.opted_out:
                await asyncio.to_thread(self.queue.opt_out, due.pseudonym, self.clock())
        except SendThrottled as error:
            await self._later(due, error.code, error.retry_after_s)
        except ChannelError as error:
            await self._later(due, type(error).__name__, 2.0**due.attempts)
        else:
            await asyncio.to_thread(self.queue.sent, due, vendor_id)

    async def _later(self, due: Due, code: str, wait_s: float) -> None:
        # Jitter keeps a thousand waiting messages from coming back at the same instant.
        wait = timedelta(seconds=wait_s * random.uniform(1.0, 1.3))  # noqa: S311
        retry = None if due.attempts >= MAX_SENDS else self.clock() + wait
        await asyncio.to_thread(self.queue.not_sent, due, code, retry)


def _message(claimed: Claimed, channel: Channel) -> Message:
    body = claimed.body
    location = body.get("location")
    return Message(
        kind=str(body["kind"]),
        text=str(body.get("text") or ""),
        choice=body.get("choice"),
        location=(float(location[0]), float(location[1])) if location else None,
        style=claimed.style,
        received_at=claimed.received_at,
        idle_s=claimed.idle_s,
        prefix_country=channel.prefix_country(claimed.address),
    )


def _refs(memory: Memory, claimed: Claimed) -> tuple[str, ...]:
    """Ids of her latest messages, by which the vendor could delete them."""
    ref = claimed.body.get("vendor_ref")
    return (*memory.her_refs, str(ref))[-MAX_REFS:] if ref else memory.her_refs


def _forgotten(message: Message, memory: Memory, settings: Settings) -> bool:
    """Whether her last message is so long ago that we must not remember it any more."""
    limit = settings.retention_sensitive_s if memory.sensitive else settings.retention_s
    return message.idle_s is not None and message.idle_s > limit


def _is_urgent(outcome: Outcome) -> bool:
    """An emergency is answered even to someone who had said STOP."""
    return outcome.acted_on in ("report_immediate_danger", "express_suicidal_distress")
