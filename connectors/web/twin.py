"""The chat page without a browser."""

from __future__ import annotations

import hashlib
import json

import httpx

from connectors.contract import Request, Style
from connectors.twin import Said
from connectors.web.handler import WebSettings

URL = "https://comadre.example/simulator/message"


def post(body: bytes, settings: WebSettings, url: str = URL) -> Request:
    """As the page posts."""
    headers = {"content-type": "application/json", "sec-fetch-site": "same-origin"}
    return Request("POST", url, headers, {}, body)


def session(address: str) -> str:
    """A session for any name."""
    return hashlib.sha256(address.encode()).hexdigest()[:32]


def request(
    settings: WebSettings, address: str, said: Said, url: str = URL, style: Style = "web"
) -> Request:
    """`address`: any name; the session is made from it."""
    message: dict[str, object] = {
        "session": session(address), "style": style, "id": said.message_id,
    }  # fmt: skip
    if said.choice:
        message["choose"] = said.choice[0]
    elif said.location:
        message["location"] = list(said.location)
    elif said.media:
        message["media"] = said.media
    else:
        message["text"] = said.text or ""
    return post(json.dumps(message).encode(), settings, url)


def answer(request: httpx.Request) -> httpx.Response:
    """The page is not called."""
    return httpx.Response(404)
