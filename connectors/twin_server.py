"""What the vendors' rehearsal servers have in common: they write, repeat, mix up, refuse and lose.

A twin is a server on loopback that behaves as the vendor does: it signs what people say and posts
it to our webhook until we take it, and it takes our messages by the vendor's own API. It is for
tests and for rehearsing without an account; nothing here leaves the machine.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.contract import Request
from connectors.twin import Said

WINDOW_S = 24 * 3_600  # WhatsApp: free text only so long after her last message
Clock = Callable[[], float]


@dataclass(frozen=True)
class Mischief:
    """How badly the vendor and the network behave; shares are between 0 and 1."""

    duplicates: float = 0.0  # of what people say: posted twice
    disorder_s: float = 0.0  # each post is held up by something between 0 and this
    throttled: float = 0.0  # of our messages: "too many", with a wish to wait
    retry_after_s: float = 1.0
    lost_answers: float = 0.0  # of our messages: taken, but the answer is an error
    reports: tuple[str, ...] = ("sent", "delivered", "read")  # on each message of ours
    pause_s: float = 0.2  # before a post is repeated that we did not take; doubles up to 2 s
    patience_s: float = 120.0  # after that the vendor gives up


PEACE = Mischief()


@dataclass(frozen=True)
class Taken:
    """A message of ours that the vendor has taken, as she sees it."""

    vendor_id: str
    address: str
    text: str
    key: str = ""
    options: tuple[str, ...] = ()
    at: float = 0.0


@dataclass
class Twin:
    """One vendor. `sign` turns what somebody says into the request that the vendor would post."""

    name: str
    sign: Callable[[str, Said], Request]
    client: httpx.AsyncClient
    mischief: Mischief = PEACE
    random: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311
    clock: Clock = time.time
    taken: list[Taken] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    gave_up: int = 0  # posts that we never took
    # By the vendor's id of what was said: when it was first posted, and when we first took it.
    posted: dict[str, float] = field(default_factory=dict)
    acknowledged: dict[str, float] = field(default_factory=dict)
    answer_times: list[float] = field(default_factory=list)  # seconds, of posts that we took
    last_said: dict[str, float] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    # What an operator has set up, by the vendor's own names; and how often that was changed.
    registered: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: int = 0
    # Also after a restart: what the vendor numbers must not come a second time.
    # As Telegram's max_connections: a vendor does not fall upon us with all it has kept.
    _connections: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(40))
    _number: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    # -- people

    def say(self, address: str, said: Said | str) -> asyncio.Task[None]:
        """Somebody writes; the task ends when we have taken it (or the vendor has given up)."""
        self._number += 1
        if isinstance(said, str):
            said = Said("", text=said)
        said = replace(
            said, message_id=said.message_id or f"SM{self._number:032x}",
            number=said.number or self._number, sent_at=int(self.clock()),
        )  # fmt: skip
        self.last_said[address] = self.clock()
        return self.post(self.sign(address, said), said.message_id)

    def post(self, request: Request, message_id: str = "") -> asyncio.Task[None]:
        """To our webhook, with the vendor's repetitions and delays."""
        if self.random.random() < self.mischief.duplicates:
            self._begin(request, message_id)
        return self._begin(request, message_id)

    def _begin(self, request: Request, message_id: str) -> asyncio.Task[None]:
        task = asyncio.create_task(self._deliver(request, message_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(self, request: Request, message_id: str) -> None:
        await asyncio.sleep(self.random.uniform(0, self.mischief.disorder_s))
        pause_s, end = self.mischief.pause_s, time.monotonic() + self.mischief.patience_s
        while time.monotonic() < end:
            async with self._connections:
                began = time.monotonic()
                self.posted.setdefault(message_id, began)
                is_taken = await self.is_taken(request)
            if is_taken:
                self.acknowledged.setdefault(message_id, time.monotonic())
                self.answer_times.append(time.monotonic() - began)
                return
            await asyncio.sleep(pause_s)
            pause_s = min(2.0, 2 * pause_s)
        self.gave_up += 1

    async def is_taken(self, request: Request) -> bool:
        """Whether our webhook answers 2xx within the vendor's 15 seconds."""
        try:
            response = await self.client.request(
                request.method, request.url, headers=request.headers, content=request.body,
                timeout=15,
            )  # fmt: skip
        except httpx.HTTPError:
            return False
        return response.is_success

    async def settled(self) -> None:
        """Everything said has been delivered."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def close(self) -> None:
        """Nothing is posted any more."""
        for task in self._tasks:
            task.cancel()

    def register(self, name: str, values: Mapping[str, Any]) -> None:
        """Somebody has set something up; what is the same is no change."""
        before = self.registered.get(name, {})
        if before != {**before, **values}:
            self.registered[name] = {**before, **values}
            self.changes += 1

    # -- our messages

    def is_throttled(self) -> bool:
        """Whether this call is one too many."""
        return self.random.random() < self.mischief.throttled

    def take(self, taken: Taken) -> bool:
        """She gets it; False where our side shall not learn of it."""
        self.taken.append(replace(taken, at=self.clock()))
        return self.random.random() >= self.mischief.lost_answers

    def is_open(self, address: str) -> bool:
        """Whether she has written within 24 hours."""
        last = self.last_said.get(address)
        return last is not None and self.clock() - last < WINDOW_S

    def to(self, address: str) -> list[str]:
        """What she sees, in order."""
        return [each.text for each in self.taken if each.address == address]


def rehearsal_routes(twin: Twin) -> list[Route]:
    """`POST /say` {"from": …, "text" | "choice" | "location" | "media": …}, `GET /seen?by=…`."""

    async def say(request: HttpRequest) -> Response:
        value: Mapping[str, Any] = await request.json()
        place, choice = value.get("location"), value.get("choice")
        said = Said(
            "", text=value.get("text"), media=value.get("media"),
            choice=(str(choice), str(choice)) if choice else None,
            location=(float(place[0]), float(place[1])) if place else None,
        )  # fmt: skip
        twin.say(str(value["from"]), said)
        return JSONResponse({"posted": True}, 202)

    async def seen(request: HttpRequest) -> Response:
        whom = request.query_params.get("by")
        return JSONResponse([
            {"text": each.text, "options": each.options, "to": each.address}
            for each in twin.taken if whom in (None, each.address)
        ])  # fmt: skip

    return [Route("/say", say, methods=["POST"]), Route("/seen", seen)]


def application(twin: Twin, routes: list[Route]) -> Starlette:
    """The vendor's API beside the rehearsal's own two addresses."""
    return Starlette(routes=[*rehearsal_routes(twin), *routes])
