"""Turns without an answer are kept, in a thread of their own: no woman waits for it, and whatever
goes wrong here stays here. Her own words live in memory until they are redacted, and nowhere else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.answered import Came
from bot.database import transaction
from bot.knowledge.schema import COUNTRY_CODES
from bot.privacy.keys import Keys
from bot.privacy.redact import redact
from bot.unanswered.eligible import Remembered, had_no_answer, is_quiet
from bot.unanswered.similar import content_words
from bot.unanswered.store import NOWHERE, keep, take_back

log = logging.getLogger(__name__)
LEAST_WORDS = 1  # of content, after redaction: nothing is nobody's question
MOST_WAITING = 1_000  # to be kept; what is taken back always has room
LONGEST_WAIT_S = 2.0
ONE_TALK = timedelta(days=1)  # so far back at most a conversation goes


class Answered(Protocol):
    """connectors.queue.Claimed."""

    @property
    def pseudonym(self) -> str: ...
    @property
    def style(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    @property
    def memory(self) -> Remembered: ...


class Ended(Came, Protocol):
    """connectors.outcome.Outcome."""

    @property
    def memory(self) -> Remembered: ...


class Unanswerer:
    """One process's. `on_turn` is the worker's hook, beside the figures' one."""

    def __init__(self, engine: Engine, keys: Keys,
                 clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:  # fmt: skip
        self._engine, self._keys, self._clock = engine, keys, clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="unanswered")
        self._room = threading.BoundedSemaphore(MOST_WAITING)
        self._stopping = threading.Event()

    def on_turn(self, claimed: Answered, came: Ended, outgoing: object = None) -> None:
        """Keep it, take back, or neither; returns at once."""
        may_stay = claimed.body.get("kind") == "text" and had_no_answer(came)
        has_room = may_stay and self._room.acquire(blocking=False)  # else the database is away
        done = self._thread.submit(self._safely, claimed, came, may_stay=has_room)
        if has_room:
            done.add_done_callback(lambda _: self._room.release())

    def stop(self) -> None:
        """What waits is still done; what the database refuses is tried once more, and no longer."""
        self._stopping.set()
        self._thread.shutdown(wait=True)

    def _safely(self, claimed: Answered, came: Ended, *, may_stay: bool) -> None:
        try:
            self._take(claimed, came, may_stay=may_stay)
        except Exception as error:  # its text may hold what she wrote
            log.error("an unanswered question was not kept: %s", type(error).__name__)

    def _take(self, claimed: Answered, came: Ended, *, may_stay: bool) -> None:
        text = str(claimed.body.get("text") or "")
        if came.erase:
            self._take_back(claimed.pseudonym, None)
        elif is_quiet(text, claimed.style, came, claimed.memory, came.memory):
            self._take_back(claimed.pseudonym, (self._clock() - ONE_TALK).date())
        elif may_stay:
            self._keep(claimed.pseudonym, text, came.slots or {}, self._clock().date())

    def _take_back(self, pseudonym: str, since: date | None) -> None:
        """However long the database is away: what she takes back must not stay."""
        wait_s = 0.1
        while True:
            is_last = self._stopping.is_set()
            try:
                with transaction(self._engine) as session:
                    return take_back(session, self._keys, pseudonym, since)
            except (OperationalError, InterfaceError) as error:  # any other would fail for ever
                if is_last:
                    raise
                log.error("not taken back yet: %s", type(error).__name__)
            self._stopping.wait(wait_s)
            wait_s = min(LONGEST_WAIT_S, 2 * wait_s)

    def _keep(self, pseudonym: str, text: str, slots: Mapping[str, Any], today: date) -> None:
        language = "en" if slots.get("language") == "en" else "es"
        country = slots.get("country") or slots.get("here")
        redacted = redact(text, language).text
        if len(content_words(redacted, language)) < LEAST_WORDS:
            return
        with transaction(self._engine) as session:
            keep(session, self._keys, pseudonym, today, language,
                 country if country in COUNTRY_CODES else NOWHERE, redacted)  # fmt: skip
