"""The real gateway, worker and actions, the vendors' twins, a Rasa that only lacks the model.

Beside them what looks on: the figures' recorder, traces, and the log in both its forms.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from actions.registry import executor
from bench.ports import three_free_ports
from bot.analytics.counted import Counted
from bot.analytics.publish import Rule
from bot.analytics.recorder import Recorder
from bot.paths import ROOT
from bot.rasa_client import RasaAnswer, RasaClient
from bot.serve import actions, gateway, program
from bot.serve.parts import Parts, assemble
from bot.serve.supervisor import free_port
from bot.settings import read_settings
from bot.telemetry import tracing
from bot.telemetry.logs import JsonLines
from bot.unanswered.recorder import Unanswerer
from connectors import jobs
from connectors import twins as twins_module
from connectors.models import Inbox, Outbox
from connectors.sending import utc_now
from connectors.twin import Said
from connectors.twin_server import Mischief
from connectors.twins import Twins, environment, served
from tests.privacy.canaries import Canary

SLOTS_KEPT_S = 12
TOKEN = "action-token-of-the-sweep"  # noqa: S105
RASA = ROOT / ".venv-rasa" / "bin" / "python"


class Boom(RuntimeError):
    """A turn of ours breaks, and the error's text is what she wrote."""


class Breaking(RasaClient):
    """The real client; breaks once for each message with the word for it."""

    broken: set[str]

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        if "{boom}" in message and message not in self.broken:
            self.broken.add(message)
            raise Boom(message)
        return await super().ask(pseudonym, message, metadata)


@dataclass
class Clock:
    """Real time, and more."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class Stage:
    """Everything that runs."""

    folder: Path
    url: str
    parts: Parts
    twins: Twins
    clock: Clock
    rasa: subprocess.Popen[bytes]
    rasa_again: Callable[[], subprocess.Popen[bytes]]
    client: httpx.AsyncClient
    slots: str  # where Rasa remembers: a file, or a redis:// address
    traced: Callable[[], list[bytes]]  # every span so far
    heard: list[bytes] = field(default_factory=list)  # every answer of the gateway to us

    def remembered(self) -> int:
        """Of how many people Rasa has slots; a Redis writes down what it holds, for the search."""
        if not self.slots.startswith("redis:"):
            with sqlite3.connect(self.slots) as connection:
                return int(connection.execute("SELECT count(*) FROM slots").fetchone()[0])
        with socket.create_connection(("127.0.0.1", urlsplit(self.slots).port or 0), 5) as redis:
            redis.sendall(b"SAVE\r\nDBSIZE\r\n")
            said = redis.makefile("rb")
            assert said.readline() == b"+OK\r\n"
            return int(said.readline().strip(b":\r\n"))

    async def restart_rasa(self) -> None:
        """It was killed, and is there again."""
        self.rasa = self.rasa_again()
        await _until_up(self.client, self.parts.settings.rasa_url, self.rasa)

    async def call(self, method: str, path: str, **request: Any) -> None:
        """Somebody calls the gateway; the answer is kept for the search."""
        try:
            response = await self.client.request(method, f"{self.url}{path}", timeout=20, **request)
        except httpx.ReadError:  # the gateway has refused and closed before it had read all
            return
        head = "\n".join(f"{k}: {v}" for k, v in response.headers.items())
        self.heard.append(head.encode() + b"\n\n" + response.content)

    async def says(self, who: Canary, path: str = "greet", text: str | None = None) -> None:
        """She does something of the kind `path`."""
        number = time.time_ns() // 1_000
        message_id = f"SM{number:032x}"
        who.ids.append(str(number) if who.channel == "telegram" else message_id)
        words = who.words(path) if text is None else text
        content: dict[str, Any] = {"text": words}
        if text is None and path == "location":
            content = {"location": who.location}
        elif text is None and path == "voice":
            content = {"media": "voice"}
        elif text is None and path == "tap":
            content = {"choice": (f'/inform_location{{"city":"{who.place}"}}', who.name)}
        if who.channel == "web":
            await self._web(who, message_id, content)
            return
        said = Said(message_id, number=number, **content)
        await self.twins.of(who.folder).say(who.address, said)

    async def _web(self, who: Canary, message_id: str, content: dict[str, Any]) -> None:
        if "choice" in content:
            content = {"choice": content["choice"][0]}
        body = {"session": who.address, "style": "web", "id": message_id, **content}
        await self.call("POST", "/simulator/message", json=body)

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """The worker that the database allows runs meanwhile."""
        task = asyncio.create_task(program.runner(self.parts).run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait_for(
                    asyncio.shield(asyncio.gather(task, return_exceptions=True)), 12
                )

    async def quiet(self, timeout_s: float = 240) -> None:
        """Everything that was said is answered and delivered."""
        await self.twins.settled()
        end = time.monotonic() + timeout_s
        while await asyncio.to_thread(self._waiting):
            assert time.monotonic() < end, f"{self._waiting()} rows still wait"
            await asyncio.sleep(0.1)
        await self.twins.settled()  # reports on what has just been sent

    async def held(self, timeout_s: float = 60) -> None:
        """Everything that was said waits for Rasa, and she has been told so."""
        await self.twins.settled()
        end = time.monotonic() + timeout_s
        while await asyncio.to_thread(self._is_new) or not await asyncio.to_thread(self._waiting):
            assert time.monotonic() < end, "nothing waits for Rasa"
            await asyncio.sleep(0.1)

    def _is_new(self) -> bool:
        with Session(self.parts.engine) as session:
            out = select(Outbox.id).where(Outbox.state.in_(("new", "sending", "unsure")))
            came = select(Inbox.id).where(Inbox.state == "new")
            return bool(session.scalars(came).all() or session.scalars(out).all())

    def _waiting(self) -> int:
        with Session(self.parts.engine) as session:
            came = select(Inbox.id).where(Inbox.state != "done")
            out = select(Outbox.id).where(Outbox.state.in_(("new", "sending", "unsure")))
            return len(session.scalars(came).all()) + len(session.scalars(out).all())

    def vendor_ids(self) -> list[str]:
        """Of what was sent to anybody."""
        return [each.vendor_id for twin in self.twins.all() for each in twin.taken]


@contextlib.asynccontextmanager
async def stage(
    folder: Path, filled: str, rasa_timeout_s: float = 1.0, slots: str = "",
    slots_kept_s: int | None = None,
) -> AsyncIterator[Stage]:  # fmt: skip
    """Everything started, nothing said; `folder` is the instance's, `filled` the URL of a database
    with all content, which becomes the instance's; `slots`: where Rasa remembers, and how long."""
    slots, kept_s = slots or str(folder / "slots.db"), slots_kept_s or SLOTS_KEPT_S
    port, first, rasa_port, actions_port = free_port(), three_free_ports(), free_port(), free_port()
    url, clock = f"http://127.0.0.1:{port}", Clock()
    is_embedded = make_url(filled).get_backend_name() == "sqlite"
    settings = read_settings({
        **environment(first), "COMADRE_PUBLIC_URL": url, "COMADRE_RASA_TOKEN": TOKEN,
        "COMADRE_RASA_URL": f"http://127.0.0.1:{rasa_port}",
        "COMADRE_UNANSWERED": "on",
        "COMADRE_RASA_TIMEOUT_S": str(rasa_timeout_s),
        "COMADRE_RASA_URGENT_TIMEOUT_S": str(rasa_timeout_s),
        **({} if is_embedded else {"COMADRE_DATABASE_URL": filled}),
    }, folder)  # fmt: skip
    if is_embedded:
        shutil.copy(str(make_url(filled).database), folder / "comadre.db")
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(logged(folder / "log" / "application.log"))
        client = await stack.enter_async_context(httpx.AsyncClient())
        parts = assemble(settings, client, clock=clock)
        unanswerer = Unanswerer(parts.engine, parts.keys, clock)
        stack.callback(unanswerer.stop)

        recorder = Recorder(Counted(parts.engine, parts.keys), flush_s=0.5, clock=clock,
                            rule=Rule(settings.figures_threshold))  # fmt: skip
        stack.callback(recorder.stop)
        parts.worker.on_turn = program._counting(recorder, unanswerer)
        parts.worker.on_sent = recorder.on_sent
        recorder.start()
        traced = stack.enter_context(spans())
        stack.callback(parts.engine.dispose)
        breaking = Breaking(settings, client)
        breaking.broken = set()
        parts.worker.assistant = breaking
        if program.uses_jobs(settings, parts):
            jobs.prepare(parts.engine)
            parts.store = program.replace(parts.store, announce=jobs.announce)

        def start_rasa() -> subprocess.Popen[bytes]:
            return stack.enter_context(_rasa(folder, rasa_port, actions_port, slots, kept_s))  # type: ignore[no-any-return]

        rasa = start_rasa()
        await asyncio.to_thread(program._warm_up, unanswered=True)  # as before anybody writes
        app = gateway.application(parts, program.pages(parts))
        await stack.enter_async_context(served(app, port))
        acting = actions.application(executor(parts.world), TOKEN)
        await stack.enter_async_context(served(acting, actions_port))
        mischief = Mischief(duplicates=0.1, disorder_s=0.05, reports=("delivered",))
        twins = await stack.enter_async_context(twins_module.running(url, first, mischief))
        await _until_up(client, settings.rasa_url, rasa)
        yield Stage(folder, url, parts, twins, clock, rasa, start_rasa, client, slots, traced)


@contextlib.contextmanager
def spans() -> Iterator[Callable[[], list[bytes]]]:
    """Traces are kept instead of sent."""
    kept = InMemorySpanExporter()
    provider = tracing.start("http://127.0.0.1:1", kept, role="worker")

    def so_far() -> list[bytes]:
        provider.force_flush()
        return [each.to_json().encode() for each in kept.get_finished_spans()]

    try:
        yield so_far
    finally:
        tracing.stop()
        provider.shutdown()


@contextlib.contextmanager
def logged(path: Path):  # type: ignore[no-untyped-def]
    """More than the program itself logs: from INFO on, with tracebacks; beside it its JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    root, level = logging.getLogger(), logging.getLogger().level
    words = logging.Formatter("%(name)s %(levelname)s %(message)s")
    handlers = []
    for at, form in ((path, words), (path.with_suffix(".json"), JsonLines())):
        handler = logging.FileHandler(at)
        handler.setFormatter(form)
        root.addHandler(handler)
        handlers.append(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.setLevel(level)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


@contextlib.contextmanager
def _rasa(folder: Path, port: int, actions_port: int, slots: str, kept_s: int):  # type: ignore[no-untyped-def]
    url = f"http://127.0.0.1:{actions_port}/webhook"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COMADRE_RETENTION_S": str(kept_s),
           "COMADRE_RETENTION_SENSITIVE_S": str(kept_s // 2), "PYTHONWARNINGS": "ignore",
           "COMADRE_RASA_TOKEN": TOKEN,
           "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}  # fmt: skip
    with (folder / "log" / "rasa.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  # our own command
            [RASA, "-m", "tests.privacy.rasa_stand_in", str(port), url, slots],
            cwd=ROOT, env=env, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()


async def _until_up(client: httpx.AsyncClient, url: str, rasa: subprocess.Popen[bytes]) -> None:
    for _ in range(1_200):
        assert rasa.poll() is None, "the stand-in for Rasa has ended"
        with contextlib.suppress(httpx.HTTPError):
            await client.get(url)
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the stand-in for Rasa did not start")


def json_body(value: Any) -> bytes:
    """As a vendor writes it."""
    return json.dumps(value).encode()
