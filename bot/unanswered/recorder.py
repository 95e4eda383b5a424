"""Turns without an answer are kept, in a thread of their own: no woman waits for it, and whatever
goes wrong here stays here. Her own words live in memory until they are redacted, and nowhere else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Engine

from bot.database import transaction
from bot.knowledge.schema import COUNTRY_CODES
from bot.privacy.keys import Keys
from bot.privacy.redact import redact
from bot.unanswered.eligible import Came, Remembered, had_no_answer, is_quiet
from bot.unanswered.similar import content_words
from bot.unanswered.store import NOWHERE, keep, take_back

log = logging.getLogger(__name__)
LEAST_WORDS = 1  # of content, after redaction: nothing is nobody's question
MOST_WAITING = 1_000
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

    def on_turn(self, claimed: Answered, came: Ended, outgoing: object = None) -> None:
        """Keep it, take back, or neither; returns at once."""
        if came.erase:
            self._thread.submit(self._surely, claimed, came)
        elif self._room.acquire(blocking=False):  # else the database is away: nothing is kept
            done = self._thread.submit(self._surely, claimed, came)
            done.add_done_callback(lambda _: self._room.release())

    def stop(self) -> None:
        """What waits is still done."""
        self._thread.shutdown(wait=True)

    def _surely(self, claimed: Answered, came: Ended) -> None:
        try:
            self._take(claimed, came)
        except Exception as error:  # its text may hold what she wrote
            log.error("an unanswered question was not kept: %s", type(error).__name__)

    def _take(self, claimed: Answered, came: Ended) -> None:
        today = self._clock().date()
        text = str(claimed.body.get("text") or "")
        if came.erase:
            with transaction(self._engine) as session:
                take_back(session, self._keys, claimed.pseudonym)
        elif is_quiet(text, claimed.style, came, claimed.memory, came.memory):
            with transaction(self._engine) as session:
                since = (self._clock() - ONE_TALK).date()
                take_back(session, self._keys, claimed.pseudonym, since)
        elif claimed.body.get("kind") == "text" and had_no_answer(came):
            self._keep(claimed.pseudonym, text, came.slots or {}, today)

    def _keep(self, pseudonym: str, text: str, slots: Mapping[str, Any], today: Any) -> None:
        language = "en" if slots.get("language") == "en" else "es"
        country = slots.get("country") or slots.get("here")
        redacted = redact(text, language).text
        if len(content_words(redacted, language)) < LEAST_WORDS:
            return
        with transaction(self._engine) as session:
            keep(session, self._keys, pseudonym, today, language,
                 country if country in COUNTRY_CODES else NOWHERE, redacted)  # fmt: skip
