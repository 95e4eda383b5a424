"""Telegram's Bot API as far as we use it (core.telegram.org/bots/api); see README.md."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.telegram.handler import TelegramSettings
from connectors.twin_server import Taken, Twin, application

MAX_TEXT, MAX_DATA = 4_096, 64
MAX_DELETE = 100


@dataclass
class Bot:
    """The bot's side of the API."""

    twin: Twin
    settings: TelegramSettings
    last_id: int = 0

    async def call(self, request: HttpRequest) -> Response:
        """POST /bot<token>/<method>."""
        if not secrets.compare_digest(request.path_params["token"], self.settings.bot_token):
            return _no(401, "Unauthorized")
        method = request.path_params["method"]
        value = await _values(request)
        if method == "sendMessage":
            return self._send(value)
        if method == "deleteMessages":
            return self._delete(value)
        if method == "setWebhook":
            return self._set_webhook(value)
        if method == "getWebhookInfo":
            webhook = {k: v for k, v in self._webhook.items() if k != "secret_token"}
            return _yes({"url": "", "has_custom_certificate": False, "pending_update_count": 0,
                         **webhook})  # fmt: skip
        if method in ("answerCallbackQuery", "getMe"):
            return _yes({"id": 1, "is_bot": True, "first_name": "Comadre",
                         "username": "comadre_bot"})  # fmt: skip
        return _no(404, "Not Found")

    @property
    def _webhook(self) -> Mapping[str, Any]:
        return self.twin.registered.get("webhook", {})

    def _set_webhook(self, value: Mapping[str, Any]) -> Response:
        """As Telegram, but for plain HTTP to this machine; the secret is never shown again."""
        url, secret = urlsplit(str(value.get("url", ""))), str(value.get("secret_token", ""))
        if url.scheme != "https" and url.hostname != "127.0.0.1":
            return _no(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            return _no(400, "Bad Request: secret token contains unallowed characters")
        self.twin.register("webhook", {"max_connections": 40, "secret_token": "", **value})
        return _yes(True)

    def _send(self, value: Mapping[str, Any]) -> Response:
        address, text = str(value.get("chat_id", "")), str(value.get("text") or "")
        if self.twin.is_throttled():
            wait_s = self.twin.mischief.retry_after_s
            return _no(429, f"Too Many Requests: retry after {wait_s}", retry_after=wait_s)
        trouble = self._trouble(address, text, value)
        if trouble:
            return trouble
        self.last_id += 1
        taken = Taken(str(self.last_id), address, text, options=_titles(value))
        if not self.twin.take(taken):
            return Response("<html>bad gateway</html>", 502)
        return _yes({"message_id": self.last_id, "chat": {"id": int(address)}, "text": text})

    def _trouble(self, address: str, text: str, value: Mapping[str, Any]) -> Response | None:
        if address in self.twin.blocked:
            return _no(403, "Forbidden: bot was blocked by the user")
        if address not in self.twin.last_said:
            return _no(403, "Forbidden: bot can't initiate conversation with a user")
        if not text:
            return _no(400, "Bad Request: message text is empty")
        if len(text) > MAX_TEXT:
            return _no(400, "Bad Request: message is too long")
        if any(len(each.encode()) > MAX_DATA for each in _data(value)):
            return _no(400, "Bad Request: BUTTON_DATA_INVALID")
        return None

    def _delete(self, value: Mapping[str, Any]) -> Response:
        ids = value.get("message_ids") or []
        if not 1 <= len(ids) <= MAX_DELETE:
            return _no(400, "Bad Request: message identifiers are not specified")
        self.twin.deleted |= {str(each) for each in ids}
        return _yes(True)


async def _values(request: HttpRequest) -> dict[str, Any]:
    """JSON as our sender writes it, or a form with JSON in its fields as libraries do."""
    if not await request.body():
        return {}
    if request.headers.get("content-type", "").startswith("application/json"):
        value: dict[str, Any] = await request.json()
        return value
    form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    return {key: _unpacked(text) for key, text in form.items()}


def _unpacked(text: str) -> Any:
    return json.loads(text) if text[:1] in ("[", "{") or text.isdigit() else text


def _buttons(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = (value.get("reply_markup") or {}).get("inline_keyboard") or []
    return [button for row in rows for button in row]


def _titles(value: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(button["text"]) for button in _buttons(value))


def _data(value: Mapping[str, Any]) -> list[str]:
    return [str(button.get("callback_data", "")) for button in _buttons(value)]


def _yes(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _no(status: int, description: str, **parameters: float) -> Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return JSONResponse(body | ({"parameters": parameters} if parameters else {}), status)


def server(twin: Twin, settings: TelegramSettings) -> Starlette:
    """The API."""
    bot = Bot(twin, settings)
    return application(twin, [Route("/bot{token}/{method}", bot.call, methods=["GET", "POST"])])
