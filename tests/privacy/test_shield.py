"""What the internet may do to the gateway, and what it learns from its refusals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.privacy.shield import HEADERS, MAX_BODY, MAX_URL, Limits, Shield, client

ELSEWHERE = {"x-forwarded-for": "203.0.113.7"}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def _any(request: Request) -> Response:
    body = await request.body()
    return PlainTextResponse(f"{len(body)}", headers={"Cache-Control": "max-age=60"})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def calls(clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[Route("/{path:path}", _any, methods=["GET", "POST"])])
    shield = Shield(app, https=True, limits=Limits(calls=5, posts=2), clock=clock)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(shield)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as made:
        yield made


async def test_every_answer_has_the_headers_and_none_names_the_server(
    calls: httpx.AsyncClient,
) -> None:
    for path in ("/", "/webhooks/x", "/metrics"):
        answer = await calls.get(path, headers=ELSEWHERE)
        for name in set(HEADERS) - {b"cache-control"}:
            assert name.decode() in answer.headers
        assert "max-age" in answer.headers["strict-transport-security"]
        assert "server" not in answer.headers


async def test_a_page_keeps_its_own_headers(calls: httpx.AsyncClient) -> None:
    assert (await calls.get("/")).headers["cache-control"] == "max-age=60"


async def test_one_client_is_slowed_down_and_another_is_not(
    calls: httpx.AsyncClient, clock: Clock
) -> None:
    first = [(await calls.get("/api", headers=ELSEWHERE)).status_code for _ in range(6)]
    other = await calls.get("/api", headers={"x-forwarded-for": "203.0.113.8"})
    clock.now = 61
    later = await calls.get("/api", headers=ELSEWHERE)

    assert first == [200] * 5 + [429]
    assert (other.status_code, later.status_code) == (200, 200)


async def test_a_forged_first_hop_does_not_help(calls: httpx.AsyncClient) -> None:
    statuses = [
        (await calls.post("/x", headers={"x-forwarded-for": f"10.0.{n}, 203.0.113.7"})).status_code
        for n in range(3)
    ]

    assert statuses == [200, 200, 429]


async def test_a_household_with_many_ipv6_addresses_counts_once(calls: httpx.AsyncClient) -> None:
    statuses = [
        (await calls.post("/x", headers={"x-forwarded-for": f"2001:db8::{n}"})).status_code
        for n in range(3)
    ]

    assert statuses == [200, 200, 429]


async def test_webhooks_are_never_slowed_down(calls: httpx.AsyncClient) -> None:
    answers = [await calls.post("/webhooks/twilio", headers=ELSEWHERE) for _ in range(40)]

    assert {each.status_code for each in answers} == {200}


async def test_counters_and_states_are_for_this_machine_alone(calls: httpx.AsyncClient) -> None:
    for path in ("/metrics", "/readyz"):
        assert (await calls.get(path)).status_code == 200
        assert (await calls.get(path, headers=ELSEWHERE)).status_code == 404


@pytest.mark.parametrize(("request_", "status"), [
    ({"url": "/" + "a" * MAX_URL}, 414), ({"url": "/", "params": {"q": "a" * MAX_URL}}, 414),
    ({"url": "/", "headers": {"x": "a" * 20_000}}, 431),
    ({"url": "/", "headers": {"content-length": str(MAX_BODY + 1)}}, 413),
    ({"url": "/", "headers": {"content-length": "-1"}}, 413),
])  # fmt: skip
async def test_what_is_too_large_is_refused_before_it_is_read(
    calls: httpx.AsyncClient, request_: dict[str, Any], status: int
) -> None:
    answer = await calls.post(**request_)

    assert answer.status_code == status
    assert "aaaa" not in answer.text


async def test_a_body_without_length_is_cut_off(calls: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"a" * 100_000

    from starlette.requests import ClientDisconnect

    with pytest.raises(ClientDisconnect):
        await calls.post("/", content=endless())


def test_the_header_is_not_believed_from_elsewhere() -> None:
    scope = {"client": ("198.51.100.9", 1), "headers": [(b"x-forwarded-for", b"127.0.0.1")]}

    assert client(scope) == ("198.51.100.9", False)
