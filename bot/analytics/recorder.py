"""Turns become counts: in memory first, then in batches, in transactions of their own.

Counting never delays a turn (a batch is written by a thread of its own) and never breaks one. A
crash loses what was not written yet: at most one batch of `flush_s` seconds, and how the
conversations of that moment ended.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.analytics.counted import Cell, Counted
from bot.analytics.memory import LOCAL, Conversations, Step, local_day
from bot.analytics.publish import Rule, forget_counts, publish_due
from bot.analytics.vocabulary import UNKNOWN, WORKERS, arrival, month_of, read_turn, style
from bot.answered import Came

log = logging.getLogger(__name__)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MAX_EARLY = 1_000
MAX_WAITING = 100_000  # cells that wait for a database that is away; then the newest are let go


class Answered(Protocol):
    """The message of a turn: connectors.queue.Claimed."""

    @property
    def pseudonym(self) -> str: ...
    @property
    def style(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def idle_s(self) -> float | None: ...


class Recorder:
    """One process's counts. `on_turn` is the worker's hook; with a `rule`, months are published.
    `on_crisis` is told once of each conversation that the figures count as a crisis, at once."""

    def __init__(self, counted: Counted, *, flush_s: float = 5.0, rule: Rule | None = None,
                 clock: Callable[[], datetime] = lambda: datetime.now(UTC),
                 processes: Callable[[], int] = lambda: 1,
                 on_crisis: Callable[[], None] = lambda: None) -> None:  # fmt: skip
        self._counted, self._flush_s, self._clock = counted, flush_s, clock
        self._rule, self._published_at = rule, datetime.min.replace(tzinfo=UTC)
        self._processes, self._looked_at = processes, self._published_at
        self._talks = Conversations(on_crisis=on_crisis)
        self._early: list[tuple[str, str, str]] = []
        self._waiting: dict[Cell, list[int]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def on_turn(self, claimed: Answered, outcome: Came, outgoing: object = None) -> None:
        """Count the turn; whatever goes wrong here stays here."""
        self._surely("counted of a turn", lambda: self._count(claimed, outcome))

    def _count(self, claimed: Answered, outcome: Came) -> None:
        now = self._clock()
        if outcome.acted_on in ("blocked", "unblocked"):
            return
        seconds = max(0.0, (now - claimed.received_at).total_seconds())
        slots = outcome.slots or {}
        turn = read_turn(claimed.style, outcome.acted_on, outcome.outcome, slots, seconds,
                         (claimed.received_at + LOCAL).hour)  # fmt: skip
        over = outcome.acted_on == "deny" and not slots.get("crisis")
        with self._lock:
            again = claimed.idle_s is not None
            self._add(self._talks.take(claimed.pseudonym, turn, now, again=again, over=over))
            if outcome.erase:
                self._talks.forget(claimed.pseudonym)

    def on_sent(self, pseudonym: str, channel: str, waited_s: float | None) -> None:
        """Count how long an answer took to leave; None: it never will. Raises nothing either."""
        self._surely("counted of an answer", lambda: self._take_sent(pseudonym, channel, waited_s))

    def _take_sent(self, pseudonym: str, channel: str, waited_s: float | None) -> None:
        sent = (pseudonym, arrival(waited_s), style(channel))
        with self._lock:
            steps = self._talks.sent(*sent)
            if steps is not None:
                self._add(steps)
            elif len(self._early) < MAX_EARLY:
                self._early.append(sent)

    def _count_early(self) -> None:
        """Answers that left before their turn was counted. Who is not remembered then was answered
        by another process, or asked to be erased: nothing of her is kept."""
        early, self._early = self._early, []
        for sent in early:
            self._add(self._talks.sent(*sent) or [])

    def look_around(self) -> None:
        """Once a minute: how many processes answer now, where there are several. A conversation may
        be counted by each of them (bot/analytics/publish.py)."""
        now = self._clock()
        if now - self._looked_at < MINUTE:
            return
        self._looked_at = now
        if (many := self._processes()) > 1:
            with self._lock:
                day = local_day(now)
                self._add([Step(Cell(month_of(day), WORKERS, f"{day}:{many}", UNKNOWN), 1, 0)])

    def _add(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if step.cell not in self._waiting and len(self._waiting) >= MAX_WAITING:
                continue
            numbers = self._waiting.setdefault(step.cell, [0, 0])
            for place, more in enumerate((step.conversations, step.firsts)):
                numbers[place] += more

    def flush(self) -> int:
        """Write what waits, in one transaction; returns how many cells. A failure keeps it."""
        with self._lock:
            self._count_early()
            self._add(self._talks.ended(self._clock()))
            batch, self._waiting = self._waiting, {}
        if not batch:
            return 0
        try:
            self._counted.add(batch)
        except SQLAlchemyError as error:
            log.error("figures not written yet: %s", type(error).__name__)
            with self._lock:
                self._add(Step(cell, *numbers) for cell, numbers in batch.items())
            return 0
        return len(batch)

    def start(self) -> None:
        """Write every `flush_s` seconds, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="figures", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._surely("sealed", self._counted.adopt)
        while not self._stop.wait(self._flush_s):
            self._surely("compared", self.look_around)
            self.flush()
            self.publish()

    def publish(self) -> None:
        """Once an hour: months that have ended are published, old counts deleted."""
        now = self._clock()
        if now - self._published_at < HOUR:
            return
        self._published_at = now
        self._surely("sealed", self._counted.adopt)
        if (rule := self._rule) is not None:
            self._surely("published", lambda: publish_due(self._counted, now, rule))
        self._surely("deleted", lambda: forget_counts(self._counted, now))

    @staticmethod
    def _surely(what: str, do: Callable[[], object]) -> None:
        try:
            do()
        except Exception as error:  # no figure is worth an answer, and the thread must go on
            log.error("figures not %s: %s", what, type(error).__name__)

    def stop(self) -> None:
        """End all conversations, write the last batch."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        with self._lock:
            self._add(self._talks.close())
        self.flush()
