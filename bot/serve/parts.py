"""The one place where the program's parts are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import httpx
from sqlalchemy import Engine, text

from bot.conversation.world import World
from bot.database import open_engine
from bot.directory.reports import Rule
from bot.directory.towns import nearest_town
from bot.privacy.keys import Keys
from bot.rasa_client import RasaClient, rasa_address
from bot.serve import metrics
from bot.serve.forgetting import forget_old
from bot.settings import Settings
from connectors.contract import Outgoing
from connectors.inbox import Store
from connectors.queue import Claimed, Queue
from connectors.registry import InChannel, channels
from connectors.turns import Outcome
from connectors.worker import Worker, utc_now


@dataclass
class Parts:
    """Everything that serves; made once per process by `assemble`."""

    settings: Settings
    engine: Engine
    client: httpx.AsyncClient
    keys: Keys
    store: Store
    channels: Mapping[str, InChannel]
    off: tuple[str, ...]  # channels without credentials
    worker: Worker
    world: World
    clock: Callable[[], datetime] = utc_now
    running: set[str] = field(default_factory=set)

    def wake(self) -> None:
        """There is something in the inbox."""
        self.worker.wake.set()

    async def state(self) -> dict[str, Any]:
        """Each part's state, for /readyz."""
        parts = {"database": self._database(), "rasa": await self._rasa()}
        named = {name: {"ok": True} for name in sorted(self.running)}
        return {
            "parts": {**parts, **named},
            "channels": {name: "on" for name in self.channels} | dict.fromkeys(self.off, "off"),
        }

    def _database(self) -> dict[str, Any]:
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception as error:  # any failure of any driver means the same here
            return {"ok": False, "why": type(error).__name__}
        return {"ok": True}

    async def _rasa(self) -> dict[str, Any]:
        try:
            response = await self.client.get(f"{rasa_address(self.settings)}/", timeout=2.0)
            response.raise_for_status()
        except httpx.HTTPError as error:
            return {"ok": False, "why": type(error).__name__}
        return {"ok": True}


def count_turn(claimed: Claimed, outcome: Outcome, outgoing: list[Outgoing]) -> None:
    """Into the process's own counters: nothing that could be traced to a person."""
    language = str(outcome.slots.get("language") or "es")
    metrics.TURNS.labels(claimed.style, language, outcome.outcome).inc()
    seconds = (utc_now() - claimed.received_at).total_seconds()
    metrics.TURN_SECONDS.observe(max(0.0, seconds))


def assemble(settings: Settings, client: httpx.AsyncClient, *, engine: Engine | None = None,
             on_turn: Callable[..., None] = count_turn,
             clock: Callable[[], datetime] = utc_now) -> Parts:  # fmt: skip
    """All parts, wired to `settings`; `clock` only differs in rehearsals."""
    engine = engine or open_engine(settings.database_url)
    keys = Keys(settings.secret_key)
    found, off = channels(settings, client)
    rule = Rule(settings.report_people, settings.report_days)
    worker = Worker(
        Queue(engine, keys), RasaClient(settings, client), found, nearest_town, settings,
        clock=clock, on_turn=on_turn,
        also_forget=partial(forget_old, engine, rule, unanswered=settings.unanswered),
    )  # fmt: skip
    store = Store(engine, keys, settings.retention_s)
    world = World(engine, rule)
    return Parts(settings, engine, client, keys, store, found, off, worker, world, clock)
