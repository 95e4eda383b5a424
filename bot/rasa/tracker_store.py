"""Rasa's memory of a conversation: the slots, and nothing that anyone wrote.

Rasa's own stores keep every event with its text. This one keeps one small row per conversation, the
slots' values under the pseudonym, and forgets it after the retention time.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.privacy.quiet import quiet

RETENTION_S = int(os.environ.get("COMADRE_RETENTION_S", "86400"))
SWEEP_S = 60.0
RETENTION_SENSITIVE_S = int(os.environ.get("COMADRE_RETENTION_SENSITIVE_S", "7200"))


class Shelf(Protocol):
    """Where rows of JSON lie for a time."""

    def put(self, key: str, value: str, seconds: int) -> None:
        """Keep `value` for `seconds`."""

    def get(self, key: str) -> str | None:
        """The value, unless its time is over."""

    def drop(self, key: str) -> None:
        """Forget it now."""


class SqliteShelf:
    """One file. A truncated journal and overwritten pages leave no trace of what was dropped."""

    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Ours alone from the first instant: its rows say of what was spoken.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        os.chmod(path, 0o600)
        self._path = path
        self._connection = self._connect()
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS slots (key TEXT PRIMARY KEY, value TEXT, until REAL)"
        )

        threading.Thread(target=self._sweep_for_ever, name="sweep", daemon=True).start()

    def _connect(self) -> sqlite3.Connection:
        made = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        # The file is worth nothing after a crash of the machine, so it need not survive one.
        for pragma in ("journal_mode=TRUNCATE", "synchronous=OFF", "secure_delete=ON"):
            made.execute(f"PRAGMA {pragma}")
        return made

    def _sweep_for_ever(self) -> None:
        """What is over goes at its time, also when nobody writes any more."""
        connection = self._connect()
        while True:
            time.sleep(SWEEP_S)
            with contextlib.suppress(sqlite3.Error):  # busy: the next time
                connection.execute("DELETE FROM slots WHERE until < ?", (time.time(),))

    def put(self, key: str, value: str, seconds: int) -> None:
        """Keep `value` for `seconds`."""
        self._connection.execute(
            "INSERT OR REPLACE INTO slots VALUES (?, ?, ?)", (key, value, time.time() + seconds)
        )

    def get(self, key: str) -> str | None:
        """The value, unless its time is over."""
        row = self._connection.execute(
            "SELECT value FROM slots WHERE key = ? AND until >= ?", (key, time.time())
        ).fetchone()
        return str(row[0]) if row else None

    def drop(self, key: str) -> None:
        """Forget it now."""
        self._connection.execute("DELETE FROM slots WHERE key = ?", (key,))


class RedisShelf:
    """For several Rasa processes."""

    def __init__(self, url: str) -> None:
        import redis

        self._redis = redis.Redis.from_url(url, decode_responses=True)

    def put(self, key: str, value: str, seconds: int) -> None:
        """Keep `value` for `seconds`."""
        self._redis.set(f"comadre:slots:{key}", value, ex=seconds)

    def get(self, key: str) -> str | None:
        """The value, unless its time is over."""
        return self._redis.get(f"comadre:slots:{key}")

    def drop(self, key: str) -> None:
        """Forget it now."""
        self._redis.delete(f"comadre:slots:{key}")


class SlotStore(TrackerStore):
    """Named in endpoints.yml; `url` is a file's path or a redis:// address."""

    def __init__(self, domain: Domain, host: EndpointConfig | str | None = None,
                 event_broker: EventBroker | None = None, url: str | None = None,
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(domain, event_broker, **kwargs)
        # Rasa logs the text of every message that fails or takes too long.
        quiet()
        where = url or (host.url if isinstance(host, EndpointConfig) else host) or "var/slots.db"
        self._shelf: Shelf = RedisShelf(where) if where.startswith("redis") else SqliteShelf(where)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the slots that differ from their defaults; none left: forgets the conversation."""
        slots = {
            name: slot.value
            for name, slot in tracker.slots.items()
            if slot.value is not None and slot.value != slot.initial_value
        }
        if not slots:
            self._shelf.drop(tracker.sender_id)
            return
        seconds = RETENTION_SENSITIVE_S if slots.get("sensitive") else RETENTION_S
        self._shelf.put(tracker.sender_id, json.dumps(slots), seconds)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """A tracker with the slots set and no history; None where nothing is known."""
        stored = self._shelf.get(sender_id)
        if stored is None:
            return None
        events: list[Any] = [SlotSet(name, value) for name, value in json.loads(stored).items()]
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
        return DialogueStateTracker.from_events(
            sender_id, events, self.domain.slots, domain=self.domain
        )

    async def keys(self) -> Iterable[str]:
        """Nobody may list conversations."""
        return []
