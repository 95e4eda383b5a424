"""`make converse`: whole conversations through the real path, without any network but loopback.

Each line becomes a signed vendor request to the real gateway, lies in the real inbox, is answered
by the worker through a real Rasa server and the real actions, and comes out as the channel renders
it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import httpx
import uvicorn

from actions.registry import executor
from bot.commands.load import load
from bot.commands.meanings import ensure_meanings
from bot.commands.model import TrainingFailed, ensure_model
from bot.commands.rehearsal import ENVIRONMENT, BadLine, Line, read_line, vendor_request
from bot.paths import ROOT
from bot.rasa_client import RasaClient
from bot.serve import actions, gateway, loop, simulator
from bot.serve.parts import Parts, assemble
from bot.serve.supervisor import free_port, new_token, rasa_environment, rasa_part, say
from bot.settings import Settings, read_settings
from connectors.claimed import Claimed
from connectors.contract import Option, Outgoing
from connectors.turns import Outcome

STARTED_S = 180.0  # from here on Rasa is taken for broken
PARALLEL = 6
_now: ContextVar[datetime] = ContextVar("now")


@dataclass
class Talk:
    """One conversation of the rehearsal."""

    now: datetime
    options: tuple[Option, ...] = ()
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class Stage:
    """The running parts and the conversations on it."""

    parts: Parts
    http: httpx.AsyncClient
    talks: dict[str, Talk] = field(default_factory=dict)
    outgoing: dict[int, list[Outgoing]] = field(default_factory=dict)

    def record(self, claimed: Claimed, _: Outcome, outgoing: list[Outgoing]) -> None:
        """Called by the worker after each turn."""
        self.outgoing[claimed.id] = outgoing

    async def play(self, number: int, line: Line) -> dict[str, Any]:
        """What came back for one line."""
        talk = self.talks.setdefault(line.conversation, Talk(datetime.now(UTC)))
        talk.now += timedelta(seconds=line.after if line.after is not None else 5)
        _now.set(talk.now)
        request, pseudonym_of = vendor_request(number, line, talk.options)
        response = await self.http.request(
            request.method, request.url, content=request.body, headers=request.headers
        )
        if response.status_code >= 300:
            raise BadLine(f"the gateway answered {response.status_code}: {response.text[:200]}")
        pseudonym = self.parts.keys.pseudonym(*pseudonym_of)
        queue = self.parts.worker.queue
        claimed = await asyncio.to_thread(queue.claim, talk.now, (), pseudonym)
        if claimed is None:
            return {"conversation": line.conversation, "in": number, "replies": [],
                    "acted_on": "silent", "slots": {}}  # fmt: skip
        outcome = await self.parts.worker.answer(claimed)
        sent = self.outgoing.pop(claimed.id)
        if sent:
            talk.options = sent[-1].options
        return {
            "conversation": line.conversation,
            "in": number,
            "replies": [_reply(message) for message in sent],
            "acted_on": outcome.acted_on,
            "slots": {k: v for k, v in outcome.slots.items() if k != "offered"},
        }


def _reply(message: Outgoing) -> dict[str, Any]:
    return {
        "text": message.text,
        "options": [option.title for option in message.options],
        "kind": message.kind,
        "segments": message.segments,
    }


@contextlib.asynccontextmanager
async def stage(model: Path) -> AsyncIterator[Stage]:
    """Everything that a conversation needs, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="comadre-") as name:
        folder = Path(name)
        rasa_port, actions_port, token = free_port(), free_port(), new_token()
        settings = read_settings(
            {**ENVIRONMENT, "COMADRE_RASA_URL": f"http://127.0.0.1:{rasa_port}",
             "COMADRE_RASA_TOKEN": token, "COMADRE_ACTIONS_PORT": str(actions_port),
             "COMADRE_RASA_TIMEOUT_S": "120",  # nobody waits: a busy machine answers late
             "COMADRE_RASA_URGENT_TIMEOUT_S": "120"}, folder,
        )  # fmt: skip
        load(settings)
        environment = rasa_environment(ROOT, rasa_port, actions_port, token, f"{folder}/slots.db")
        rasa = rasa_part(ROOT, model, rasa_port, environment, folder / "rasa.log")
        rasa.start()
        try:
            async with _application(settings) as on_stage:
                await _wait_for(settings, rasa)
                yield on_stage
        finally:
            rasa.stop()


@contextlib.asynccontextmanager
async def _application(settings: Settings) -> AsyncIterator[Stage]:
    async with httpx.AsyncClient() as client:
        parts = assemble(settings, client, clock=lambda: _now.get())
        app = gateway.application(parts, simulator.routes(parts))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as http:
            on_stage = Stage(parts, http)
            parts.worker.on_turn = on_stage.record
            config = uvicorn.Config(
                actions.application(executor(parts.world), settings.rasa_token),
                port=settings.actions_port, log_level="warning", access_log=False,
            )  # fmt: skip
            server = uvicorn.Server(config)
            task = asyncio.create_task(server.serve())
            try:
                yield on_stage
            finally:
                server.should_exit = True
                await task
                parts.engine.dispose()


async def _wait_for(settings: Settings, rasa: Any) -> None:
    say("Starting Rasa …")
    why: str | None = "its port is closed"
    end = time.monotonic() + STARTED_S
    async with httpx.AsyncClient() as client:
        while time.monotonic() < end:
            if rasa.ended is not None:
                raise TrainingFailed("Rasa ended:\n" + "\n".join(rasa.lines))
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(settings.rasa_url, timeout=2)).status_code == 200:
                    # Its first answer takes the longest, and is nobody's.
                    why = await RasaClient(settings, client).why_silent()
                    if why is None:
                        return
            await asyncio.sleep(0.2)
    raise TrainingFailed(f"Rasa does not answer within {STARTED_S:g} s: {why}")


async def rehearse(model: Path, lines: list[str], out: TextIO) -> None:
    """Many conversations at once, each in order; answers come out in the order of the lines."""
    async with stage(model) as on_stage:
        room = asyncio.Semaphore(PARALLEL)
        turns: dict[str, asyncio.Task[Any]] = {}
        tasks = []
        for number, text in enumerate(lines):
            try:
                line = read_line(text)
            except BadLine as error:
                tasks.append(asyncio.create_task(_failed(number, str(error))))
                continue
            before = turns.get(line.conversation)
            task = asyncio.create_task(_play_after(before, room, on_stage, number, line))
            turns[line.conversation] = task
            tasks.append(task)
        for task in tasks:
            out.write(json.dumps(await task, ensure_ascii=False) + "\n")
            out.flush()


async def _play_after(before: asyncio.Task[Any] | None, room: asyncio.Semaphore, on_stage: Stage,
                      number: int, line: Line) -> dict[str, Any]:  # fmt: skip
    if before is not None:
        await asyncio.wait([before])
    async with room:
        try:
            return await on_stage.play(number, line)
        except BadLine as error:
            return await _failed(number, str(error), line.conversation)


async def _failed(number: int, why: str, conversation: str | None = None) -> dict[str, Any]:
    return {"conversation": conversation, "in": number, "replies": [], "acted_on": "error",
            "slots": {}, "error": why}  # fmt: skip


def converse() -> int:
    """The exit code."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        model = ensure_model()
        ensure_meanings()
        lines = [line for line in sys.stdin if line.strip()]
        loop.run(rehearse(model, lines, sys.stdout))
    except TrainingFailed as error:
        say(str(error))
        return 1
    return 0
