"""What a worker does with one message of the inbox, and with one of the outbox.

When it does so is up to `connectors/loop.py` (one process) or `connectors/jobs.py` (many).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy.exc import InterfaceError, OperationalError

from bot.settings import Settings
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
from connectors.flood import held_back
from connectors.from_disk import degraded
from connectors.held import AT_ONCE, Held
from connectors.in_order import InOrder, choice_in, is_told, tried, unless, wants_pulse
from connectors.late import LATE, READ, kept_back, said
from connectors.leases import BEAT_S, LeaseLost
from connectors.memory import Memory
from connectors.pulse import Noted, Pulse
from connectors.queue import Claimed, Due, Queue
from connectors.shown import rendered, spoken
from connectors.turns import Assistant, Message, Nearest, Outcome, take_turn
from connectors.vendor_copies import KEEP_RECORDS, MOST_RECORDS, VendorCopies

log = logging.getLogger(__name__)
MAX_SENDS = 6
MAX_TURNS = 5  # a message that no turn survives must not hold back those after it for ever
MAX_REFS = 90  # Telegram deletes at most a hundred messages at once


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
    is_sure: Callable[[], bool] = lambda: True  # that what it holds is still its own
    copies: VendorCopies = field(default_factory=VendorCopies)
    also_forget: Callable[[datetime], object] = lambda _: None  # what is not kept by the queue
    trying: int = 0  # messages that wait for Rasa and are asked again now
    pulse: Pulse = field(default_factory=Pulse)

    async def claim(self, busy: Collection[str], only: str | None = None) -> Claimed | None:
        """The next message; one that waits for Rasa while few of those are tried."""
        room = self.trying < AT_ONCE
        self.trying += room
        claimed = None
        try:
            claimed = await asyncio.to_thread(
                lambda: self.queue.claim(self.clock(), busy, only, held=room)
            )
        finally:
            if room and not (claimed and claimed.again):
                self.trying -= 1
        return claimed

    async def answer_safely(self, claimed: Claimed) -> datetime | None:
        """The turn, or the message waits until the moment that is returned."""
        try:
            return await self._answer_safely(claimed)
        finally:
            if claimed.again:
                self.trying = max(0, self.trying - 1)

    async def _answer_safely(self, claimed: Claimed) -> datetime | None:
        try:
            if (await self._traced(claimed)).waits:
                return await asyncio.to_thread(self.queue.next_turn_at, claimed.pseudonym)
        except LeaseLost:
            log.warning("turn %s: another worker has taken it over", claimed.id)
        except Exception as error:
            # The error's text may hold what she wrote: only its kind is logged.
            metrics.TURN_ERRORS.inc()
            log.error("turn %s failed: %s", claimed.id, type(error).__name__)
            again = self.clock() + timedelta(seconds=min(60, 2**claimed.failures))
            await surely(self.queue.give_back, claimed, again)
            return again
        return None

    async def _traced(self, claimed: Claimed) -> Outcome:
        came, channel = claimed.body.get("trace"), claimed.channel
        with tracing.span("inbox", came, since=claimed.received_at, channel=channel):
            pass
        with tracing.span("turn", came, channel=channel, style=claimed.style):
            outcome = await self.answer(claimed)
            tracing.note(outcome=metrics.outcome_of(outcome))
            return outcome

    async def answer(self, claimed: Claimed) -> Outcome:
        """Take the turn and put its replies into the outbox; or it waits for Rasa."""
        channel = self.channels[claimed.channel]
        message = _message(claimed, channel)
        memory = claimed.memory
        if claimed.held is None and _forgotten(message, memory, self.settings):
            memory = _rest_of(memory)
        before = memory
        rasa = Noted(self.assistant)
        outcome = await self._turn_unless_new(claimed, message, memory, rasa)
        if outcome is None:
            await asyncio.to_thread(self.queue.put_off, claimed)
            return _put_off(memory)
        answered = rasa.answered and outcome.outcome != "unavailable"
        if answered and not outcome.hush and not outcome.stop:  # a real question of hers
            self.pulse.answered_at = self.clock()
        if outcome.waits:
            held = tried(claimed, self.clock(), self.pulse.answered_at)
            if held:
                await self._hold(claimed, held, message, memory, outcome)
                return outcome
            log.error("turn %s: from disk, Rasa answers others", claimed.id)
            outcome = degraded("", message, outcome.memory.but(away=False))
        waited = self.clock() - claimed.received_at
        replies, unread = said(
            outcome, message, claimed.memory, waited, keeps=self.settings.unanswered
        )
        outgoing, memory = rendered(channel.render, claimed.style, replies, outcome.memory)
        memory = kept_back(memory, before, replies, unread)
        memory = memory.but(her_refs=_refs(memory, claimed))
        copies: tuple[str, ...] = ()
        if outcome.erase or any(reply.kind == "delete" for reply in outcome.replies):
            ours = await asyncio.to_thread(self.queue.sent_ids, claimed.pseudonym)
            copies, memory = (*memory.her_refs, *ours), memory.but(her_refs=())
            if claimed.channel not in KEEP_RECORDS:  # gone from her telephone before we answer
                await self.copies.delete(channel, claimed.address, copies)
        now, until = self.clock(), self._until(claimed, memory)
        if waited >= LATE:  # however late it comes, she can read it
            until = max(until, now + READ)
        done = await asyncio.to_thread(
            lambda: self.queue.finish(
                claimed, outgoing, memory, now, until, stop=outcome.stop, erase=outcome.erase,
                silent=outcome.hush, answered=answered,
            )
        )  # fmt: skip
        if not done:
            return _put_off(memory)
        if claimed.channel in KEEP_RECORDS:  # her telephone shows it all the same: no reply waits
            self.copies.delete_soon(channel, claimed.address, copies)
        self.on_turn(claimed, outcome, outgoing)
        return outcome

    def _until(self, claimed: Claimed, memory: Memory) -> datetime:
        """When she is forgotten."""
        its = self.settings
        kept = its.retention_sensitive_s if memory.sensitive else its.retention_s
        return claimed.last_at + timedelta(seconds=kept)

    async def _hold(self, claimed: Claimed, held: Held, message: Message, before: Memory,
                    outcome: Outcome) -> None:  # fmt: skip
        """It waits for Rasa; once in an outage she is told so, with the number."""
        outgoing: list[Outgoing] = []
        if is_told(claimed, message, before):
            replies = spoken(outcome, message, introduced=claimed.memory.introduced,
                             keeps=self.settings.unanswered)  # fmt: skip
            render = self.channels[claimed.channel].render
            outgoing, _ = rendered(render, claimed.style, replies, outcome.memory)
        # What was offered, and what is unread, stands above the plain line as before.
        memory = outcome.memory.but(
            away=before.away or bool(outgoing), offered=before.offered, more=before.more,
            her_refs=_refs(outcome.memory, claimed),
        )  # fmt: skip
        choice = choice_in(message, before)
        await asyncio.to_thread(
            lambda: self.queue.hold(
                claimed, held, outgoing, memory, self.clock(), self._until(claimed, memory),
                choice=choice, stop=None if claimed.held else outcome.stop,
                answered_at=self.pulse.answered_at,
            )
        )  # fmt: skip
        if wants_pulse(claimed, held):
            self.pulse.feel(self.assistant, self.clock)
        if claimed.held is None:
            self.on_turn(claimed, outcome, outgoing)

    async def _turn_unless_new(self, claimed: Claimed, message: Message, memory: Memory,
                               rasa: Assistant) -> Outcome | None:  # fmt: skip
        """None where it waited already, and she has written something that must not wait for it."""
        turn = self._turn(claimed, message, memory, rasa)
        if claimed.held is None:
            return await turn
        return await unless(lambda: asyncio.to_thread(self.queue.has_new, claimed.pseudonym), turn)

    async def _turn(self, claimed: Claimed, message: Message, memory: Memory,
                    rasa: Assistant) -> Outcome:  # fmt: skip
        if claimed.failures > MAX_TURNS:
            log.error("turn %s: from disk, after %s tries", claimed.id, claimed.failures - 1)
            return degraded("", message, memory)
        most = self.settings.most_by_sender
        if held := held_back(message, memory, claimed.lately, most, len(claimed.ids)):
            return held
        assistant = InOrder(rasa) if claimed.others.older else rasa
        return await take_turn(assistant, self.nearest, claimed.pseudonym, message, memory)

    async def forget(self) -> int:
        """Whoever's or whatever's time is over, here and with vendors that keep records."""
        now, forgotten = self.clock(), 0
        await asyncio.to_thread(self.also_forget, now)
        while True:
            records = await asyncio.to_thread(self.queue.records_of_expired, now)
            gone = await asyncio.to_thread(self.queue.forget, now)
            for record in records:
                if record.channel in self.channels:
                    channel = self.channels[record.channel]
                    self.copies.delete_soon(channel, record.address, record.refs)
            forgotten += gone
            if gone < MOST_RECORDS:
                metrics.SWEPT.is_now()
                return forgotten

    async def send_all(self, who: str) -> None:
        """Everything that may leave now for one person; nothing while it is not sure of its own."""
        queue, clock = self.queue, self.clock
        while self.is_sure() and (due := await asyncio.to_thread(queue.due, clock(), (), who)):
            await self.send(due)

    async def send(self, due: Due) -> None:
        """One message to its vendor, by the kind of error again later or never."""
        with tracing.span("send", due.trace, channel=due.channel):
            await self._send(due)

    async def _send(self, due: Due) -> None:
        try:
            channel = self.channels[due.channel]
            vendor_id = await self._found(channel, due)
            if vendor_id is None:
                if not self.is_sure():  # nothing has been sent: whoever holds it now will
                    return await self._later(due, "late", BEAT_S, counts=False)
                vendor_id = await channel.send(due.address, due.outgoing, due.key)
        except SendRefused as error:
            if not error.opted_out:  # what she decides is no error
                _failed(due, "refused")
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
            metrics.SENT.labels(due.channel).inc()
            if due.received_at is not None:
                waited_s = (self.clock() - due.received_at).total_seconds()
                metrics.REPLY_SECONDS.labels(due.channel).observe(max(0.0, waited_s))
            await surely(self.queue.sent, due, vendor_id)

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
            log.error("message %s is given up: %s", due.id, code)
        unsure = unsure or due.unsure_since is not None
        await surely(lambda: self.queue.not_sent(due, code, retry, unsure=unsure, counts=counts))


def _failed(due: Due, kind: str) -> None:
    metrics.SEND.labels(due.channel, kind).inc()
    tracing.note(error=kind)


# A pool of their own: what has been sent is written down at once, whatever else is waiting.
_LEDGER = ThreadPoolExecutor(2, thread_name_prefix="ledger")


async def surely(write: Callable[..., None], *values: object) -> None:
    """Written, however long the database is away: what has been sent must not be forgotten."""
    wait_s = 0.1
    while True:
        try:
            return await asyncio.get_running_loop().run_in_executor(_LEDGER, write, *values)
        except (OperationalError, InterfaceError) as error:  # any other would fail for ever
            log.error("not written yet: %s", type(error).__name__)
            await asyncio.sleep(wait_s)
            wait_s = min(2.0, 2 * wait_s)


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
        opted_out=claimed.opted_out,
        turn=str(claimed.id),
        waited=claimed.held is not None,
        stopped_after=claimed.stopped_after,
    )


def _put_off(memory: Memory) -> Outcome:
    """Of a try that was given up."""
    return Outcome((), memory, "unavailable", outcome="unavailable", waits=True)


def _refs(memory: Memory, claimed: Claimed) -> tuple[str, ...]:
    """Ids of her latest messages, by which the vendor could delete them."""
    return tuple(dict.fromkeys((*memory.her_refs, *claimed.refs)))[-MAX_REFS:]


def _rest_of(memory: Memory) -> Memory:
    """What is known after so long a time: how she speaks, and a late answer that is unread."""
    rest = Memory(introduced=True, language=memory.language, away=memory.away)
    if memory.unread:
        rest = rest.but(unread=memory.unread, offered=memory.offered, sensitive=memory.sensitive)
    return rest


def _forgotten(message: Message, memory: Memory, settings: Settings) -> bool:
    """Whether her last message is so long ago that we must not remember it any more."""
    limit = settings.retention_sensitive_s if memory.sensitive else settings.retention_s
    return message.idle_s is not None and message.idle_s > limit
