"""`python -m bench fuzz --inputs N`: every webhook, in process, under junk and forgeries.

Nothing may end in a 5xx; nothing without its vendor's proof may be accepted; each message of what
was accepted lies in the inbox once, also where it was posted twice, and nothing else does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bench.mutations import Input, make, targets
from bot.database import migrate, transaction
from bot.paths import ROOT
from bot.serve import gateway, simulator
from bot.serve.parts import Parts, assemble
from bot.settings import read_settings
from connectors.contract import Request, UnknownPayload
from connectors.models import Inbox, OptOut, Outbox, Person
from connectors.twins import environment

RESULTS = ROOT / "bench" / "results"
URL = "https://comadre.example"
ENVIRONMENT = {
    **environment(), "COMADRE_PUBLIC_URL": URL, "COMADRE_SECRET_KEY": "fuzz" * 16,
    "COMADRE_MOST_BY_SENDER": "0",
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",  # of the recorded payloads
}  # fmt: skip
TOGETHER = 16  # posts at a time
LOOK_EVERY = 4_000  # posts between two looks into the inbox
EXAMPLES = 20
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # a folder of its own


@dataclass
class Fuzz:
    """A gateway under fire, and what has come of it."""

    parts: Parts
    app: Starlette
    seed: int = 1
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    expected: set[str] = field(default_factory=set)  # marks of what must lie in the inbox
    nameless: int = 0  # the page need not give an id: then each post is a message of its own
    slowest_ms: float = 0.0

    async def run(self, inputs: int, first: int = 0, at_most_s: float = 1e9) -> dict[str, Any]:
        """The figures of `inputs` posts, counted from `first`; of fewer where the time is over."""
        began, where = time.monotonic(), targets(ENVIRONMENT)
        for number in range(first, first + inputs, TOGETHER):
            if time.monotonic() - began > at_most_s:
                inputs = number - first
                self._look(number)
                break
            numbers = range(number, min(number + TOGETHER, first + inputs))
            made = [make(where, self.seed, each) for each in numbers]
            await asyncio.gather(*map(self._try, made))
            if number % LOOK_EVERY < TOGETHER or numbers.stop == first + inputs:
                self._look(number)
        seconds = time.monotonic() - began
        return {"inputs": inputs, "seed": self.seed, "first": first, "seconds": round(seconds),
                "a_second": round(inputs / seconds), "slowest_ms": round(self.slowest_ms),
                "server_errors": self.faults["5xx"], "forged_accepted": self.faults["forged"],
                "not_in_inbox": self.faults["lost"], "strange_in_inbox": self.faults["strange"],
                **dict(sorted(self.counts.items())), "examples": self.examples}  # fmt: skip

    async def _try(self, given: Input) -> None:
        again = given.number % 10 == 0  # a vendor repeats itself, also at the same instant
        tries = [post(self.app, given.request, given.target.path) for _ in range(1 + again)]
        kind = "proven" if given.is_proven else "forged"
        self.counts[f"{given.target.name} {kind}"] += 1
        for status, error, took_ms in await asyncio.gather(*tries):
            self.counts[f"answered {status}"] += 1
            self.slowest_ms = max(self.slowest_ms, took_ms)
            if status >= 500 or error:
                self._fault("5xx", given, error)
            if status < 300 and not given.is_proven:
                self._fault("forged", given)
            if status < 300 and given.is_proven:
                marks = self._marks(given)
                if given.target.name != "web" or marks == self._marks(given):
                    self.expected |= marks
                else:
                    self.nameless += 1

    def _marks(self, given: Input) -> set[str]:
        """Of the messages in an accepted post; none in a delivery report."""
        channel = self.parts.channels[given.target.name]
        if given.target.path == channel.status_path:
            return set()
        try:
            messages = channel.parse(given.request)
        except UnknownPayload:
            return set()
        return {self.parts.keys.message_mark(m.channel, m.message_id) for m in messages}

    def _look(self, number: int) -> None:
        """Whether the inbox holds what it must; then it is emptied."""
        with Session(self.parts.engine) as session:
            there = Counter(session.scalars(select(Inbox.mark)))
        self.counts["messages in the inbox"] += len(there)
        others = len(set(there) - self.expected)
        wrong = {"lost": len(self.expected - set(there)) + max(0, self.nameless - others),
                 "strange": max(0, others - self.nameless)}  # fmt: skip
        for name, how_many in wrong.items():
            if how_many:
                self.faults[name] += how_many
                self.examples.append(f"{name}: {how_many} before {number}")
        self.expected.clear()
        self.nameless = 0
        with transaction(self.parts.engine) as session:
            for table in (Outbox, Inbox, Person, OptOut):
                session.execute(delete(table))

    def _fault(self, name: str, given: Input, error: str = "") -> None:
        self.faults[name] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{name}: {given.target.path} {self.seed}:{given.number} {error}")


async def post(app: Starlette, request: Request, path: str) -> tuple[int, str, float]:
    """Status, error and milliseconds of one call, without a network."""
    status, began = 0, time.perf_counter()
    headers = [(k.encode(), v.encode("utf-8", "replace")) for k, v in request.headers.items()]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "https",
             "method": request.method, "path": path, "raw_path": path.encode(), "root_path": "",
             "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1),
             "server": ("127.0.0.1", 80)}  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    try:
        await app(scope, receive, send)
    except Exception as error:  # the server would answer 500
        return 500, type(error).__name__, 1_000 * (time.perf_counter() - began)
    return status, "", 1_000 * (time.perf_counter() - began)


@contextmanager
def under_fire(folder: Path, seed: int = 1) -> Iterator[Fuzz]:
    """A gateway with every channel on, on an empty database in `folder`."""
    settings = read_settings(ENVIRONMENT, folder)
    migrate(settings.database_url)
    parts = assemble(settings, httpx.AsyncClient())  # nothing is sent: no worker runs
    app = gateway.application(parts, simulator.routes(parts))
    logging.disable(logging.CRITICAL)  # each refusal is one line
    try:
        yield Fuzz(parts, app, seed)
    finally:
        logging.disable(logging.NOTSET)
        parts.engine.dispose()


def main(arguments: list[str]) -> int:
    """By command; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e6, help="no longer than that")
    asked = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="comadre-fuzz-", dir=IN_MEMORY) as name,
        under_fire(Path(name), asked.seed) as fuzz,
    ):
        figures = asyncio.run(fuzz.run(asked.inputs, asked.first, 60 * asked.minutes))
    figures["machine"] = f"{os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}"
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"fuzz-{asked.seed}.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    return int(bool(fuzz.faults))
