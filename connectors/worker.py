"""What a worker does with one message of the inbox; with one of the outbox: sending.py.

When it does so is up to `connectors/loop.py` (one process) or `connectors/jobs.py` (many).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.settings import Settings
from bot.telemetry import metrics, tracing
from connectors.claimed import Claimed
from connectors.contract import Outgoing
from connectors.crowd import Crowd, InCrowd
from connectors.flood import held_back
from connectors.forgetter import Forgetter
from connectors.from_disk import degraded
from connectors.held import AT_ONCE, Held
from connectors.in_order import (
    InOrder,
    choice_in,
    gets_line,
    still_told,
    tried,
    unless,
    wants_pulse,
)
from connectors.late import LATE, READ, kept_back, said
from connectors.leases import LeaseLost
from connectors.leaving_late import if_late
from connectors.memory import Memory
from connectors.owed import ForgetsFirst, Owed
from connectors.pulse import Noted, Pulse
from connectors.sending import Channel, surely
from connectors.shown import rendered, spoken
from connectors.turns import Assistant, Message, Nearest, Outcome, take_turn
from connectors.vendor_copies import KEEP_RECORDS, Record

log = logging.getLogger(__name__)
MAX_TURNS = 5  # a message that no turn survives must not hold back those after it for ever
MOST_REFS = 1_000  # of her latest messages


@dataclass(kw_only=True)
class Worker(Forgetter):
    """One process's worker."""

    nearest: Nearest
    settings: Settings
    on_turn: Callable[[Claimed, Outcome, list[Outgoing]], None] = lambda *_: None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    news: int = 0  # messages that it was told of and has not claimed yet
    trying: int = 0  # messages that wait for Rasa and are asked again now
    pulse: Pulse = field(default_factory=Pulse)
    crowd: Crowd = field(init=False)

    def __post_init__(self) -> None:
        self.crowd = Crowd(self.queue.waiting)

    def came(self, count: int) -> None:
        """So many messages have come in, or may be tried again."""
        self.news += count
        self.wake.set()

    @property
    def has_room(self) -> bool:
        """Whether one that waits for Rasa may be tried."""
        return self.trying < AT_ONCE and not self.crowd.is_too_large

    async def claim(
        self, busy: Collection[str], only: str | None = None, *, told: bool = False,
        urgent: bool = False,
    ) -> Claimed | None:  # fmt: skip
        """The next message; one that waits for Rasa where there is room for those. `told`: that
        there is one. `urgent`: only of somebody who has sent what cannot wait."""
        if self.crowd.is_old:  # most claims need no thread for it
            await asyncio.to_thread(self.crowd.look)
        room = self.has_room and not urgent
        self.trying += room
        claimed = None
        try:
            claimed = await asyncio.to_thread(
                lambda: self.queue.claim(
                    self.clock(), busy, only, held=room, told=told, urgent=urgent
                )
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
            await self.let_go_on_phone(claimed)
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
        late = [] if unread is not None else if_late(
            outcome, message, replies, outgoing, said=waited >= LATE
        )  # fmt: skip
        memory = kept_back(memory, before, replies, unread)
        if answered and unread is None and not (outcome.hush or outcome.stop):
            memory = still_told(claimed, memory, before)
        # Whoever erases is remembered no more, but what she wrote is still to be deleted.
        memory = memory.but(her_refs=_refs(before if outcome.erase else memory, claimed))
        if outcome.erase or any(reply.kind == "delete" for reply in outcome.replies):
            ours = await asyncio.to_thread(self.queue.sent_ids, claimed.pseudonym)
            copies, memory = (*memory.her_refs, *ours), memory.but(her_refs=())
            if claimed.channel in KEEP_RECORDS:  # her telephone shows it all the same
                await self.owe_deletion(Record(claimed.channel, claimed.address, copies))
            else:  # gone from her telephone before we answer, where that takes seconds only
                await self.copies.delete(channel, claimed.address, copies)
        now, until = self.clock(), self._until(claimed, memory)
        if waited >= LATE:  # however late it comes, she can read it
            until = max(until, now + READ)
        owes = Owed(outcome.owes, outcome.memory.language) if outcome.owes else None
        done = await asyncio.to_thread(
            lambda: self.queue.finish(
                claimed, outgoing, memory, now, until, stop=outcome.stop, erase=outcome.erase,
                silent=outcome.hush, answered=answered, late=late, owes=owes,
            )
        )  # fmt: skip
        if not done:
            return _put_off(memory)
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
        if gets_line(claimed, message, before):
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
        rasa = InCrowd(rasa, self.crowd)
        assistant: Assistant = ForgetsFirst(rasa, claimed.owed, self.settle)
        assistant = InOrder(assistant) if claimed.others.older else assistant
        return await take_turn(assistant, self.nearest, claimed.pseudonym, message, memory)


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
        channel=claimed.channel,
    )


def _put_off(memory: Memory) -> Outcome:
    """Of a try that was given up."""
    return Outcome((), memory, "unavailable", outcome="unavailable", waits=True)


def _refs(memory: Memory, claimed: Claimed) -> tuple[str, ...]:
    """Ids of her latest messages, by which the vendor could delete them."""
    return tuple(dict.fromkeys((*memory.her_refs, *claimed.refs)))[-MOST_REFS:]


def _rest_of(memory: Memory) -> Memory:
    """What is known after so long a time: how she speaks, a late answer that is unread, and by what
    her messages can still be deleted."""
    rest = Memory(introduced=True, language=memory.language, away=memory.away,
                  her_refs=memory.her_refs)  # fmt: skip
    if memory.unread:
        rest = rest.but(unread=memory.unread, offered=memory.offered, sensitive=memory.sensitive)
    return rest


def _forgotten(message: Message, memory: Memory, settings: Settings) -> bool:
    """Whether her last message is so long ago that we must not remember it any more."""
    limit = settings.retention_sensitive_s if memory.sensitive else settings.retention_s
    return message.idle_s is not None and message.idle_s > limit
