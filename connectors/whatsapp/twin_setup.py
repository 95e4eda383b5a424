"""What can be set up at Meta's twin: the app's webhook, and which app the account sends to."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.twin_server import Twin
from connectors.whatsapp.handler import WhatsAppSettings

_FIELDS = ("account_update", "messages", "phone_number_name_update")


@dataclass(frozen=True)
class Books:
    """The account and the app, by their ids."""

    account: str
    app: str


def refused(status: int, code: int, message: str = "refused") -> Response:
    """As Meta words an error."""
    return JSONResponse({"error": {"message": message, "type": "OAuthException", "code": code}},
                        status)  # fmt: skip


def routes(twin: Twin, settings: WhatsAppSettings, books: Books) -> list[Route]:
    """Beside that for messages."""

    def opens(request: HttpRequest, token: str) -> bool:
        given = request.headers.get("authorization", "")
        return secrets.compare_digest(given, f"Bearer {token}")

    def refused_token(request: HttpRequest, status: int) -> Response:
        """Meta's words may say the token again."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return refused(status, 190, f"Malformed access token {given}")

    async def numbers(request: HttpRequest) -> Response:
        if not opens(request, settings.access_token):
            return refused_token(request, 401)
        return JSONResponse({"data": [{"id": settings.phone_number_id}]})

    async def subscriptions(request: HttpRequest) -> Response:
        if not opens(request, f"{books.app}|{settings.app_secret}"):
            return refused_token(request, 400)
        if request.method == "POST":
            form = dict(parse_qsl((await request.body()).decode()))
            fault = await _fault(twin.client, form)
            if fault:
                return fault
            fields = [{"name": name, "version": "v25.0"} for name in form["fields"].split(",")]
            twin.register("subscription", {
                "object": form["object"], "callback_url": form["callback_url"],
                "active": True, "fields": fields,
            })  # fmt: skip
            return JSONResponse({"success": True})
        found = twin.registered.get("subscription")
        return JSONResponse({"data": [found] if found else []})

    async def subscribed(request: HttpRequest) -> Response:
        if not opens(request, settings.access_token):
            return refused_token(request, 401)
        if request.method == "POST":
            app = {"id": books.app, "name": "Comadre", "link": "https://www.facebook.com/games/"}
            twin.register("subscribed", {"whatsapp_business_api_data": app})
            twin.registered["subscribed"].pop("override_callback_uri", None)
            return JSONResponse({"success": True})
        entry = twin.registered.get("subscribed")
        return JSONResponse({"data": [entry] if entry else []})

    return [
        Route(f"/{books.account}/phone_numbers", numbers),
        Route(f"/{books.app}/subscriptions", subscriptions, methods=["GET", "POST"]),
        Route(f"/{books.account}/subscribed_apps", subscribed, methods=["GET", "POST"]),
    ]


async def _fault(client: httpx.AsyncClient, form: Mapping[str, str]) -> Response | None:
    """Meta asks the address whether it is ours before it takes it."""
    if not set(form.get("fields", "").split(",")) <= set(_FIELDS):
        return refused(400, 100, "(#100) fields must be one of the known ones")
    challenge = secrets.token_hex(8)
    query: dict[str, Any] = {"hub.mode": "subscribe", "hub.challenge": challenge,
                             "hub.verify_token": form["verify_token"]}  # fmt: skip
    try:
        answer = await client.get(form["callback_url"], params=query, timeout=5)
    except httpx.HTTPError:
        return refused(400, 2200, "(#2200) Callback verification failed: no connection")
    if answer.status_code != 200 or answer.text != challenge:
        return refused(400, 2200, f"(#2200) Callback verification failed: {answer.status_code}")
    return None
