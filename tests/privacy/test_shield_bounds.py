"""Exactly how much of what the internet sends is let in, and in which words the rest is refused."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.privacy.shield import (
    MAX_BODY,
    MAX_HEADERS,
    MAX_URL,
    MOST_POST,
    MOST_SHEET,
    Limits,
    Shield,
    client,
)

FAR = "203.0.113.7"
Headers = list[tuple[bytes, bytes]]


@dataclass
class App:
    """Reads the whole body and answers; notes what it was given."""

    got: list[bytes] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    answer: Headers = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.kinds.append(scope["type"])
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.got.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": self.answer})
        await send({"type": "http.response.body", "body": b"ok"})


@dataclass
class Answer:
    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def error(self) -> str:
        return str(json.loads(self.body)["error"])


async def ask(shield: Shield, path: str = "/", *, method: str = "GET", peer: str | None = FAR,
              query: bytes = b"", headers: Headers | None = None,
              parts: tuple[bytes, ...] = (b"",)) -> Answer | None:  # fmt: skip
    """One request; None: nothing was answered."""
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(),
             "query_string": query, "headers": headers or [],
             "client": (peer, 1) if peer is not None else None}  # fmt: skip
    waiting = [{"type": "http.request", "body": part, "more_body": number + 1 < len(parts)}
               for number, part in enumerate(parts)]  # fmt: skip
    said: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return waiting.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    await shield(scope, receive, send)
    if not said:
        return None
    return Answer(said[0]["status"], dict(said[0]["headers"]), said[1]["body"])


async def status(shield: Shield, path: str = "/", **given: Any) -> int:
    answer = await ask(shield, path, **given)
    assert answer is not None
    return answer.status


async def test_an_address_may_be_so_long_and_not_one_letter_longer() -> None:
    shield = Shield(App())
    path = "/" + "a" * (MAX_URL - 11)

    assert await status(shield, path, query=b"q" * 10) == 200
    longer = await ask(shield, path, query=b"q" * 11)
    assert longer is not None
    assert (longer.status, longer.error) == (414, "the address is too long")


async def test_headers_may_be_so_long_and_not_one_letter_longer() -> None:
    shield = Shield(App())

    assert await status(shield, headers=[(b"abcd", b"x" * (MAX_HEADERS - 5)), (b"y", b"")]) == 200
    longer = await ask(shield, headers=[(b"abcd", b"x" * (MAX_HEADERS - 5)), (b"y", b"z")])
    assert longer is not None
    assert (longer.status, longer.error) == (431, "the headers are too long")


@pytest.mark.parametrize(("path", "most"), [
    ("/", MAX_BODY), ("/portal", MAX_BODY), ("/portal/sheets/new", MOST_SHEET),
    ("/webhooks/twilio", MOST_POST),
])  # fmt: skip
async def test_each_place_takes_as_much_as_it_needs_and_no_more(path: str, most: int) -> None:
    shield = Shield(App())
    as_told = [(b"content-length", str(most).encode())]
    more = [(b"content-length", str(most + 1).encode())]

    assert await status(shield, path, method="POST", headers=as_told) == 200
    refused = await ask(shield, path, method="POST", headers=more)
    assert refused is not None
    assert (refused.status, refused.error) == (413, f"expected at most {most} bytes")


@pytest.mark.parametrize("length", [b"-1", b"many", b"1e3", b"9" * 5_000, b"0" * 13])
async def test_a_length_that_is_no_number_of_bytes_is_refused(length: bytes) -> None:
    assert await status(Shield(App()), headers=[(b"content-length", length)]) == 413
    assert await status(Shield(App()), headers=[(b"content-length", b"0" * 12)]) == 200


async def test_what_comes_in_pieces_is_counted_together() -> None:
    app = App()
    whole = (b"a" * (MAX_BODY - 3), b"bb", b"c")

    assert await status(Shield(app), parts=whole) == 200
    assert app.got == [b"".join(whole)]
    assert await ask(Shield(app), parts=(*whole, b"d")) is None, "as if the client had gone"
    assert len(app.got) == 1


async def test_what_is_no_request_goes_through_as_it_is() -> None:
    app = App()

    await Shield(app)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]

    assert app.kinds == ["lifespan"]


async def test_the_servers_name_goes_and_a_pages_own_header_stays() -> None:
    app = App(answer=[(b"Server", b"uvicorn"), (b"Cache-Control", b"max-age=60")])
    answer = await ask(Shield(app))
    plain = await ask(Shield(App(), https=True))

    assert answer is not None
    assert plain is not None
    assert b"server" not in answer.headers
    assert b"strict-transport-security" not in answer.headers
    assert answer.headers[b"cache-control"] == b"max-age=60"
    assert answer.headers[b"x-frame-options"] == b"DENY"
    assert plain.headers[b"strict-transport-security"] == b"max-age=31536000"
    assert plain.headers[b"cache-control"] == b"no-store"


async def test_a_refusal_has_the_headers_of_every_answer_and_says_when_to_come_again() -> None:
    shield = Shield(App(), limits=Limits(calls=1))
    await ask(shield)
    refused = await ask(shield)
    elsewhere = await ask(shield, "/metrics")

    assert refused is not None
    assert elsewhere is not None
    assert (refused.status, refused.error) == (429, "too many requests; please wait a minute")
    assert refused.headers[b"retry-after"] == b"60"
    assert refused.headers[b"content-type"] == b"application/json"
    assert refused.headers[b"x-frame-options"] == b"DENY"
    assert int(refused.headers[b"content-length"]) == len(refused.body)
    assert (elsewhere.status, elsewhere.error) == (404, "there is nothing at this address")
    assert b"retry-after" not in elsewhere.headers


async def test_reading_is_cheap_and_writing_is_counted_apart() -> None:
    shield = Shield(App(), limits=Limits(calls=9, posts=2))

    read = [await status(shield, method=method) for method in ("GET", "HEAD", "GET", "HEAD")]
    wrote = [await status(shield, method=method) for method in ("POST", "PUT", "DELETE")]

    assert read == [200] * 4
    assert wrote == [200, 200, 429]


async def test_this_machine_itself_and_the_vendors_are_not_counted() -> None:
    shield = Shield(App(), limits=Limits(calls=1, posts=0))

    for peer in ("127.0.0.1", "::1", "", "testclient", None):
        assert await status(shield, "/x", method="POST", peer=peer) == 200
    for path in ("/webhooks/x", "/healthz"):
        assert [await status(shield, path) for _ in range(3)] == [200] * 3


async def test_each_minute_begins_anew_and_the_one_before_is_forgotten() -> None:
    now = [0.0]
    shield = Shield(App(), limits=Limits(calls=1), clock=lambda: now[0])
    statuses = []
    for now[0] in (0.0, 59.9, 60.0, 119.9, 120.0):
        statuses.append(await status(shield))

    assert statuses == [200, 429, 200, 429, 200]
    assert len(shield._counts) == 1


async def test_so_many_clients_are_counted_at_once_and_the_first_is_let_go_for_the_next() -> None:
    shield = Shield(App(), limits=Limits(calls=1, clients=3), clock=lambda: 0.0)
    for number in range(3):
        assert await status(shield, peer=f"203.0.113.{number}") == 200
    assert await status(shield, peer="203.0.113.0") == 429, "three are remembered"

    for number in range(3, 9):
        await ask(shield, peer=f"203.0.113.{number}")

    assert len(shield._counts) == 3
    assert await status(shield, peer="203.0.113.0") == 200


@pytest.mark.parametrize(("peer", "headers", "who"), [
    ("198.51.100.9", [], ("198.51.100.9", False)),
    ("127.0.0.1", [], ("127.0.0.1", True)),
    ("127.0.0.1", [(b"x-forwarded-for", b"10.0.0.1,  198.51.100.9 ")], ("198.51.100.9", False)),
    ("127.0.0.1", [(b"forwarded", b"for=somebody")], ("unknown", False)),
    ("2001:db8:1:2:3:4:5:6", [], ("2001:0db8:0001:0002", False)),
    ("no address", [], ("unknown", False)),
])  # fmt: skip
def test_whose_request_it_is(peer: str, headers: Headers, who: tuple[str, bool]) -> None:
    assert client({"client": (peer, 1), "headers": headers}) == who
