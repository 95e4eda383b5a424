"""Around everything that the internet can call: headers, sizes, rates, and no inside pages.

Vendors' webhooks are never slowed down: what they bring may be a cry for help, and they are known
by their signature. Nothing of a client is kept but a count under its address, in memory, for a
minute.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_URL, MAX_HEADERS, MAX_BODY = 4_096, 16_384, 2 * 1024 * 1024
MOST_SHEET = 50_000_000  # what is above bot/portal/guard.py's number its own page refuses in words
MOST_POST = 4 * 1024 * 1024  # what a channel takes at most (its handler's max_body)
HEADERS = {  # of every answer; a page states what it has of its own, its policy above all
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), browsing-topics=()",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    b"cache-control": b"no-store",
}
HSTS = b"max-age=31536000"


@dataclass(frozen=True)
class Limits:
    """Of one client, a minute."""

    calls: int = 300
    posts: int = 60
    clients: int = 20_000  # counted at once
    free: tuple[str, ...] = ("/webhooks/", "/healthz")
    inside: tuple[str, ...] = ("/metrics", "/readyz")  # for this machine alone
    large: tuple[tuple[str, int], ...] = (  # more than MAX_BODY
        ("/portal/sheets", MOST_SHEET), ("/webhooks/", MOST_POST),
    )  # fmt: skip

    def body(self, path: str) -> int:
        """How much may be sent there."""
        return next((most for start, most in self.large if path.startswith(start)), MAX_BODY)


@dataclass
class Shield:
    """An ASGI application around another."""

    app: App
    https: bool = False
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic
    _counts: OrderedDict[tuple[str, int], list[int]] = field(default_factory=OrderedDict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        send = self._with_headers(send)
        status, message = self._refused(scope)
        if status:
            return await _answer(send, status, message)
        await self.app(scope, _limited(receive, self.limits.body(str(scope["path"]))), send)

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = [(k.lower(), v) for k, v in message.get("headers", [])]
                names = {name for name, _ in given}
                given += [(k, v) for k, v in HEADERS.items() if k not in names]
                if self.https:
                    given.append((b"strict-transport-security", HSTS))
                message["headers"] = [(k, v) for k, v in given if k != b"server"]
            await send(message)

        return sending

    def _refused(self, scope: Scope) -> tuple[int, str]:
        path, headers = str(scope["path"]), dict(scope["headers"])
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_URL:
            return 414, "the address is too long"
        if sum(len(k) + len(v) for k, v in scope["headers"]) > MAX_HEADERS:
            return 431, "the headers are too long"
        length = headers.get(b"content-length", b"0")
        most = self.limits.body(path)
        if not length.isdigit() or len(length) > 12 or int(length) > most:
            return 413, f"expected at most {most} bytes"
        who, is_here = client(scope)
        if path.startswith(self.limits.inside) and not is_here:
            return 404, "there is nothing at this address"
        if is_here or path.startswith(self.limits.free):
            return 0, ""
        return self._counted(who, scope["method"])

    def _counted(self, who: str, method: str) -> tuple[int, str]:
        minute = int(self.clock() // 60)
        count = self._counts.setdefault((who, minute), [0, 0])
        count[0] += 1
        count[1] += method not in ("GET", "HEAD")
        while self._counts and (
            len(self._counts) > self.limits.clients or next(iter(self._counts))[1] < minute
        ):
            self._counts.popitem(last=False)
        if count[0] > self.limits.calls or count[1] > self.limits.posts:
            return 429, "too many requests; please wait a minute"
        return 0, ""


def client(scope: Scope) -> tuple[str, bool]:
    """Whose request it is, and whether it comes from this machine itself.

    A proxy on this machine adds the last address in X-Forwarded-For; what stands before that was
    written by the client, and from elsewhere the header is not believed at all. Uvicorn has mostly
    put that address in the peer's place already (bot/serve/program.py); here is for what it leaves:
    a header of this machine's own addresses alone, or of a kind that it does not read.
    """
    peer = (scope.get("client") or ("", 0))[0]
    headers = dict(scope["headers"])
    forwarded = headers.get(b"x-forwarded-for", headers.get(b"forwarded", b"")).decode("latin-1")
    if not _is_loopback(peer):
        return _network(peer), False
    if not forwarded:
        return peer, True
    return _network(forwarded.rpartition(",")[2].strip()), False


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address in ("", "testclient")  # a unix socket


def _network(address: str) -> str:
    """With IPv6 a household has 2^64 addresses: they count as one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    return address if parsed.version == 4 else ":".join(parsed.exploded.split(":")[:4])


def _limited(receive: Receive, most: int) -> Receive:
    """Ends the request as if the client had gone, once it has sent too much."""
    seen = 0

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= most else {"type": "http.disconnect"}

    return receiving


async def _answer(send: Send, status: int, message: str) -> None:
    body = json.dumps({"error": message}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if status == 429:
        headers.append((b"retry-after", b"60"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
