"""The chat simulator at `/`: a page that looks like a phone and talks through the real inbox."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.serve.gateway import refusal, webhook
from bot.serve.parts import Parts
from connectors.web.fetching import fetching

STATIC = Path(__file__).with_name("static")
FILES = {
    "simulator.css": "text/css",
    "simulator.js": "text/javascript",
    "words.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
# Shorter than the program's patience when it stops: a waiting page must not delay that.
WAIT_S = 2.0
SESSION = re.compile(r"[A-Za-z0-9_-]{16,64}")
NUMBER = re.compile(r"[0-9]{1,9}")
HEADERS = {  # beside those of everything (bot/privacy/shield.py)
    # Nothing from anywhere else, nothing inline: the page shows what she would see, and no more.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
}


def routes(parts: Parts) -> list[BaseRoute]:
    """The page, its files, and the two calls that it makes."""
    channel = parts.channels["web"]
    has_worker = "worker" in parts.running or not parts.running
    mailbox = fetching(channel.mailbox, parts.worker.queue, has_worker=has_worker)
    # The mailbox's numbers begin anew with every start: an open page must notice.
    life = secrets.token_hex(4)

    async def page(_: HttpRequest) -> Response:
        return FileResponse(STATIC / "simulator.html", media_type="text/html", headers=HEADERS)

    async def file(request: HttpRequest) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            return refusal(404, "there is nothing at this address")
        return FileResponse(STATIC / name, media_type=FILES[name], headers=HEADERS)

    async def replies(request: HttpRequest) -> Response:
        # The page says it in a header, as addresses are written down by proxies; a script on this
        # machine may say it in the address.
        session = request.headers.get("x-session") or request.query_params.get("session", "")
        after = request.query_params.get("after", "0")
        if not SESSION.fullmatch(session):
            return refusal(400, "session: expected 16 to 64 letters or digits")
        if not NUMBER.fullmatch(after):
            return refusal(400, "after: expected a number")
        found = await mailbox.wait(session, int(after), WAIT_S)
        return JSONResponse(
            {"messages": found, "life": life}, headers={"Cache-Control": "no-store"}
        )

    return [
        Route("/", page),
        Route("/static/{name}", file),
        Route("/simulator/message", webhook(parts, channel), methods=["POST"]),
        Route("/simulator/replies", replies),
    ]
