"""Twilio on loopback, whom ours and a stock Rasa are asked through alike.

A turn is the time from the post of her message to the instant at which Twilio takes the first
message of the answer; each is of another woman. Nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx

from bot.serve.supervisor import free_port
from connectors.contract import Request
from connectors.twilio import twin as twilio_twin
from connectors.twilio import twin_server
from connectors.twilio.handler import TwilioSettings
from connectors.twin import Said
from connectors.twin_server import Mischief, Taken, Twin
from connectors.twins import CREDENTIALS, served

PATIENCE_S, TAKES_S = 60.0, 15.0  # for an answer; what Twilio gives a webhook
NAMES = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_WHATSAPP_FROM")


class Arrivals(list[Taken]):
    """What Twilio has taken of ours; who waits for an address is told at once."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[str, asyncio.Future[float]] = {}

    def append(self, taken: Taken) -> None:
        """The first one to an address ends the waiting for it."""
        super().append(taken)
        future = self.waiting.pop(taken.address, None)
        if future is not None and not future.done():
            future.set_result(time.perf_counter())


@dataclass
class Vendor:
    """Its API at `api`; it posts to `hook` what women write."""

    twin: Twin
    arrivals: Arrivals
    settings: TwilioSettings
    api: str
    texts: Sequence[str]
    hook: str = ""
    posts: set[asyncio.Task[None]] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)  # numbers of posts that nobody took

    @property
    def environment(self) -> dict[str, str]:
        """What our program needs to find it."""
        return {**{name: CREDENTIALS[name] for name in NAMES}, "TWILIO_API_BASE": self.api}

    def request(self, address: str, said: Said) -> Request:
        """The signed post."""
        return twilio_twin.request(self.settings, address, said, self.hook)

    async def turn(self, number: int) -> float | None:
        """Seconds until she has the first message of the answer; None: it never came."""
        address = f"whatsapp:+5037{number:07}"
        said = Said(f"SM{number:032x}", number, text=self.texts[number % len(self.texts)])
        future = asyncio.get_running_loop().create_future()
        self.arrivals.waiting[address] = future
        self.twin.last_said[address] = self.twin.clock()
        request = self.request(address, said)
        started = time.perf_counter()
        post = asyncio.create_task(self._post(request, number))
        self.posts.add(post)
        post.add_done_callback(self.posts.discard)
        try:
            return await asyncio.wait_for(future, PATIENCE_S) - started
        except TimeoutError:
            return None
        finally:
            self.arrivals.waiting.pop(address, None)

    async def _post(self, request: Request, number: int) -> None:
        """Once: Twilio does not repeat it. Refused is whatever was not acknowledged, also a post
        under way when the process was killed; so it is counted of ours too (bench/soak.py)."""
        try:
            answer = await self.twin.client.request(
                request.method, request.url, headers=request.headers, content=request.body,
                timeout=TAKES_S)  # fmt: skip
        except httpx.HTTPError:
            self.refused.add(number)
        else:
            if not answer.is_success:
                self.refused.add(number)


@contextlib.asynccontextmanager
async def vendor(texts: Sequence[str]) -> AsyncIterator[Vendor]:
    """Running."""
    port = free_port()
    settings = TwilioSettings(*(CREDENTIALS[name] for name in NAMES))
    limits = httpx.Limits(max_connections=500, max_keepalive_connections=100)
    async with httpx.AsyncClient(limits=limits) as client:
        arrivals = Arrivals()
        found: Vendor
        twin = Twin("twilio", lambda who, said: found.request(who, said), client,
                    Mischief(reports=("delivered",)), taken=arrivals)  # fmt: skip
        found = Vendor(twin, arrivals, settings, f"http://127.0.0.1:{port}", texts)
        async with served(twin_server.server(twin, settings), port):
            yield found
            twin.close()
            for post in found.posts:
                post.cancel()
