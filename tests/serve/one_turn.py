"""One woman's message on its whole way, in one process: Telegram's post, inbox, worker, a stand-in
for Rasa that calls the real action endpoint, and a Telegram that takes or refuses the reply."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine

from bot.serve import actions, gateway
from bot.serve.parts import Parts, assemble
from bot.settings import read_settings
from connectors.contract import Reply

SECRET, TOKEN = "a-webhook-secret", "a-token"  # invented
CHAT = 5512349876
Answer = Callable[[httpx.Request], httpx.Response]


def telegram_takes(_: httpx.Request) -> httpx.Response:
    """As on a good day."""
    return httpx.Response(200, json={"ok": True, "result": {"message_id": 77}})


class Acts:
    """In the place of Rasa's action executor."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None

    async def run(self, call: dict[str, Any]) -> None:
        """Nothing, or the trouble."""
        if self.trouble:
            raise self.trouble


@dataclass
class Turns:
    """Everything that is needed to let her say something."""

    parts: Parts
    app: httpx.AsyncClient
    acts: Acts
    telegram: Answer = telegram_takes
    rasa: Answer | None = None  # None: it answers
    outcome: str = "answered"
    acted_on: str = "greet"
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def says(self, text: str, update: int = 1) -> int:
        """The HTTP status of the post."""
        message = {"message_id": update, "date": 1_790_000_000, "text": text,
                   "chat": {"id": CHAT, "type": "private"}, "from": {"id": CHAT, "is_bot": False,
                   "first_name": "Xochiltepecana"}}  # fmt: skip
        header = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        answer = await self.app.post("/webhooks/telegram", headers=header,
                                     json={"update_id": update, "message": message})  # fmt: skip
        return answer.status_code

    async def work(self) -> None:
        """Whatever waits is answered and sent."""
        worker = self.parts.worker
        while claimed := await asyncio.to_thread(worker.queue.claim, worker.clock(), ()):
            await worker.answer_safely(claimed)
            await worker.send_all(claimed.pseudonym)

    async def metrics(self) -> str:
        """The page."""
        return (await self.app.get("/metrics")).text

    async def outside(self, request: httpx.Request) -> httpx.Response:
        """Whom the program calls: Rasa, or Telegram."""
        if request.url.port != 5005:
            return self.telegram(request)
        if self.rasa is not None:
            return self.rasa(request)
        told = json.loads(request.content)
        self.asked.append(told)
        call = {"next_action": "action_say", "tracker": {"latest_message": told}}
        acting = httpx.ASGITransport(actions.application(self.acts, TOKEN))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=acting, base_url="http://actions") as client:
            done = await client.post(
                "/webhook", headers={"Authorization": f"Bearer {TOKEN}"}, json=call
            )
        if done.is_error:
            return httpx.Response(200, json=[])
        custom = {"replies": [Reply("Aquí estoy.").as_dict()], "acted_on": self.acted_on,
                  "slots": {"language": "es"}, "outcome": self.outcome}  # fmt: skip
        return httpx.Response(200, json=[{"custom": custom}])


@contextlib.asynccontextmanager
async def turns(engine: Engine, folder: Path) -> AsyncIterator[Turns]:
    """On the tables of `engine`; nothing runs by itself."""
    settings = read_settings({
        "COMADRE_SECRET_KEY": "k" * 32, "TELEGRAM_BOT_TOKEN": "1:invented",
        "TELEGRAM_WEBHOOK_SECRET": SECRET, "TELEGRAM_API_BASE": "http://telegram.example",
    }, folder)  # fmt: skip

    async def outside(request: httpx.Request) -> httpx.Response:
        return await made.outside(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(outside)) as client:
        parts = assemble(settings, client, engine=engine)
        parts.running.update(("gateway", "worker"))
        served = httpx.ASGITransport(gateway.application(parts, []))
        async with httpx.AsyncClient(transport=served, base_url="http://gateway") as app:
            made = Turns(parts, app, Acts())
            yield made
