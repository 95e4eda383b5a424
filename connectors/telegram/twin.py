"""Telegram without Telegram: updates with the secret header, and the Bot API's answers."""

from __future__ import annotations

import json
import zlib
from typing import Any

import httpx

from connectors.contract import Request
from connectors.telegram.handler import TelegramSettings
from connectors.twin import Said

URL = "https://comadre.example/webhooks/telegram"


def post(body: bytes, settings: TelegramSettings, url: str = URL) -> Request:
    """A request with the secret."""
    headers = {
        "content-type": "application/json",
        "x-telegram-bot-api-secret-token": settings.webhook_secret,
    }
    return Request("POST", url, headers, {}, body)


def request(settings: TelegramSettings, address: str, said: Said, url: str = URL) -> Request:
    """`address`: a chat id ("70000001"). The update's number is `said.number`."""
    person = {"id": int(address), "is_bot": False, "first_name": "Persona"}
    chat = {"id": int(address), "type": "private", "first_name": "Persona"}
    message: dict[str, Any] = {
        "message_id": said.number, "date": said.sent_at, "chat": chat, "from": person,
    }  # fmt: skip
    update: dict[str, Any] = {"update_id": said.number}
    if said.choice:
        tap = {"id": said.message_id, "from": person, "message": message, "data": said.choice[0]}
        update["callback_query"] = tap
    else:
        update["message"] = {**message, **_content(said)}
    return post(json.dumps(update).encode(), settings, url)


def _content(said: Said) -> dict[str, Any]:
    if said.location:
        return {"location": {"latitude": said.location[0], "longitude": said.location[1]}}
    if said.media:
        file = {"file_id": "file", "file_unique_id": "file"}
        return {said.media: [file] if said.media == "photo" else file}
    return {"text": said.text or ""}


def answer(request: httpx.Request) -> httpx.Response:
    """As the Bot API answers."""
    if request.url.path.endswith("/deleteMessages"):
        return httpx.Response(200, json={"ok": True, "result": True})
    number = zlib.crc32(request.content) % 1_000_000
    return httpx.Response(200, json={"ok": True, "result": {"message_id": number}})
