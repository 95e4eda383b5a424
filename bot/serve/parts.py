"""The one place where the program's parts are put together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import httpx
from sqlalchemy import Engine

from bot.analytics.alerts.watch import Watch
from bot.conversation.world import World
from bot.database import open_engine
from bot.directory.reports import Rule
from bot.directory.towns import nearest_town
from bot.privacy.keys import Keys
from bot.privacy.scrub import Nightly
from bot.rasa_client import RasaClient
from bot.serve.alerts import count_alerts, watching
from bot.serve.forgetting import forget_old
from bot.serve.probes import Probe, database_trouble, disk_trouble
from bot.settings import Settings
from bot.telemetry import metrics
from connectors.claimed import Claimed
from connectors.contract import Outgoing
from connectors.inbox import Store
from connectors.queue import Queue
from connectors.registry import InChannel, channels
from connectors.sending import utc_now
from connectors.turns import Outcome
from connectors.worker import Worker


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

    def wake(self, new: int = 1) -> None:
        """There is something in the inbox."""
        self.worker.came(new)

    async def state(self) -> dict[str, Any]:
        """Each part's state, for /readyz."""
        names = ["database", "disk"]
        if "worker" in self.running or not self.running:
            names.append("rasa")  # a gateway alone may not even reach it, and need not
        found = await asyncio.gather(*(self.probes[name].state() for name in names))
        parts = dict(zip(names, found, strict=True))
        for name in sorted(self.running):
            parts[name] = {"ok": True}
        if "worker" in self.running and not self.worker.is_sure():
            parts["worker"] = {"ok": False, "why": "it cannot write that it is alive"}
        return {
            "parts": parts,
            "channels": {name: "on" for name in self.channels} | dict.fromkeys(self.off, "off"),
        }

    @cached_property
    def probes(self) -> dict[str, Probe]:
        """What is looked at from outside, each once at a time."""
        rasa = RasaClient(self.settings, self.client)
        return {
            "database": Probe(lambda: asyncio.to_thread(database_trouble, self.engine)),
            "disk": Probe(lambda: asyncio.to_thread(disk_trouble, self.settings.folder)),
            "rasa": Probe(rasa.why_silent),
            "alerts": Probe(lambda: asyncio.to_thread(count_alerts, self.watch)),
        }

    @cached_property
    def watch(self) -> Watch:
        """What is looked for on the page of figures and counted for Prometheus, once for both."""
        return watching(self.settings, self.engine, self.clock)


def count_turn(claimed: Claimed, outcome: Outcome, outgoing: list[Outgoing]) -> None:
    """Into the process's own counters: nothing that could be traced to a person."""
    if claimed.held is None:  # else it was counted when Rasa did not answer it
        seconds = (utc_now() - claimed.received_at).total_seconds()
        metrics.count_turn(claimed.channel, claimed.style, outcome, seconds)


def assemble(settings: Settings, client: httpx.AsyncClient, *, engine: Engine | None = None,
             on_turn: Callable[..., None] = count_turn,
             clock: Callable[[], datetime] = utc_now) -> Parts:  # fmt: skip
    """All parts, wired to `settings`; `clock` only differs in rehearsals."""
    engine = engine or open_engine(settings.database_url)
    keys = Keys(settings.secret_key)
    found, off = channels(settings, client)
    rule = Rule(settings.report_people, settings.report_days)
    worker = Worker(
        queue=Queue(engine, keys), assistant=RasaClient(settings, client), channels=found,
        nearest=nearest_town, settings=settings, clock=clock, on_turn=on_turn,
        also_forget=partial(forget_old, engine, rule, unanswered=settings.unanswered,
                            nightly=Nightly(engine)),
    )  # fmt: skip
    store = Store(engine, keys, settings.retention_s)
    world = World(engine, rule, settings.unanswered)
    return Parts(settings, engine, client, keys, store, found, off, worker, world, clock)
