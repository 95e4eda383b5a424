"""Meta's Cloud API as far as we use it: messages, and reports on them; see README.md."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.twin_server import Taken, Twin, application
from connectors.whatsapp.handler import WhatsAppSettings
from connectors.whatsapp.twin import post
from connectors.whatsapp.twin_setup import Books, routes

MAX_TEXT, MAX_BODY, MAX_BUTTONS, MAX_ROWS = 4_096, 1_024, 3, 10
MAX_BUTTON_TITLE, MAX_ROW_TITLE = 20, 24


@dataclass
class Number:
    """One business number. `webhook`: where reports go."""

    twin: Twin
    settings: WhatsAppSettings
    webhook: str

    async def send(self, request: HttpRequest) -> Response:
        """POST /<number id>/messages."""
        given = request.headers.get("authorization", "")
        if not secrets.compare_digest(given, f"Bearer {self.settings.access_token}"):
            return _no(401, 190)
        if self.twin.is_throttled():
            return _no(400, 130429)
        value = await request.json()
        address = str(value.get("to") or value.get("recipient") or "")
        text, titles = _words(value)
        if not address or not text or not _fits(value, text, titles):
            return _no(400, 131009)
        wamid = made_id(address)
        key = str(value.get("biz_opaque_callback_data", ""))
        if address in self.twin.blocked:
            self.report(address, wamid, key, ("failed",), 131050)
        elif not self.twin.is_open(address):
            self.report(address, wamid, key, ("failed",), 131047)
        else:
            learnt = self.twin.take(Taken(wamid, address, text, key, titles))
            self.report(address, wamid, key, self.twin.mischief.reports)
            if not learnt:
                return _no(500, 131000)
        return JSONResponse({"messaging_product": "whatsapp", "messages": [{"id": wamid}]})

    def report(
        self, address: str, wamid: str, key: str, states: Sequence[str], code: int = 0
    ) -> None:
        """What became of a message; each state in a post of its own, in any order."""
        for state in states:
            status: dict[str, Any] = {"id": wamid, "status": state, "recipient_id": address,
                                      "biz_opaque_callback_data": key}  # fmt: skip
            if code:
                status["errors"] = [{"code": code}]
            change = {"field": "messages", "value": {"statuses": [status]}}
            whole = {"object": "whatsapp_business_account",
                     "entry": [{"id": "0", "changes": [change]}]}  # fmt: skip
            self.twin.post(post(json.dumps(whole).encode(), self.settings, self.webhook))


def made_id(address: str) -> str:
    """As Meta's own ids are made: whom the message is for can be read in it."""
    inside = b"\x1d" + bytes([len(address)]) + address.encode() + secrets.token_bytes(9)
    return f"wamid.{base64.b64encode(inside).decode()}"


def _words(value: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    if value.get("type") == "text":
        return str(value["text"]["body"]), ()
    interactive = value.get("interactive") or {}
    action = interactive.get("action") or {}
    titles = [each["reply"]["title"] for each in action.get("buttons") or []]
    for section in action.get("sections") or []:
        titles += [row["title"] for row in section["rows"]]
    return str((interactive.get("body") or {}).get("text") or ""), tuple(map(str, titles))


def _fits(value: Mapping[str, Any], text: str, titles: Sequence[str]) -> bool:
    if value.get("type") == "text":
        return len(text) <= MAX_TEXT
    is_list = value["interactive"]["type"] == "list"
    longest, most = (MAX_ROW_TITLE, MAX_ROWS) if is_list else (MAX_BUTTON_TITLE, MAX_BUTTONS)
    short = all(0 < len(title) <= longest for title in titles)
    return len(text) <= MAX_BODY and len(titles) <= most and short


def _no(status: int, code: int) -> Response:
    return JSONResponse({"error": {"code": code, "type": "OAuthException"}}, status)


def server(twin: Twin, settings: WhatsAppSettings, webhook: str, books: Books) -> Starlette:
    """The API."""
    number = Number(twin, settings, webhook)
    send = Route(f"/{settings.phone_number_id}/messages", number.send, methods=["POST"])
    return application(twin, [send, *routes(twin, settings, books)])
