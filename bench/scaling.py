"""`python -m bench scaling`: 1, 2, 4 workers, each with actions and Rasa, on PostgreSQL and Redis.

As in deploy/kubernetes: one gateway, and pods of a worker, its actions and its Rasa, here all on
one machine. Sixteen women at once are answered through Twilio on loopback. Where all cores are busy
more pods bring no more turns; what tells is the processor time of a turn: while it stays the same,
twice the cores and pods answer twice as many.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from bench import redis_server, soak_rasa
from bench.pace import MANY, WARM_S, Pacer
from bench.record import Record, command_line, numbers
from bench.soak_process import Process
from bench.trees import memory_mb, processor_s
from bench.turns import texts
from bench.vendor import Vendor, vendor
from bot.commands.model import ensure_model
from bot.database import migrate, open_engine
from bot.knowledge.load import load_all
from bot.paths import ROOT
from bot.serve.supervisor import free_port, new_token, say
from tests.throwaway_postgresql import running as running_postgresql

READY_S = 400


def _postmaster(url: str) -> int:
    home = Path(parse_qs(urlsplit(url).query)["host"][0])
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


class Pods:
    """One gateway and so many pods; every part in a process of its own."""

    def __init__(self, pods: int, url: str, memory: str, folder: Path, twilio: Vendor,
                 queue: str) -> None:  # fmt: skip
        port, token = free_port(), new_token()
        self.base = f"http://127.0.0.1:{port}"
        twilio.hook = f"{self.base}/webhooks/twilio"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("COMADRE_")}
        self._common = {
            **kept, **twilio.environment, "PYTHONPATH": str(ROOT), "COMADRE_DATABASE_URL": url,
            "COMADRE_REDIS_URL": memory, "COMADRE_SECRET_KEY": "bench" * 16,
            "COMADRE_PORT": str(port), "COMADRE_PUBLIC_URL": self.base, "COMADRE_QUEUE": queue,
            "COMADRE_RASA_TOKEN": token, "COMADRE_RASA_TIMEOUT_S": "60",
            "COMADRE_RASA_URGENT_TIMEOUT_S": "60", "COMADRE_MOST_BY_SENDER": "0",
        }  # fmt: skip
        self.parts: dict[str, list[Process]] = {"gateway": [], "worker": [], "actions": [],
                                                "rasa": []}  # fmt: skip
        self.asked = [f"{self.base}/readyz/intake"]
        self._add("gateway", folder)
        for number in range(pods):
            self._pod(folder / f"pod-{number}", token, memory)

    def _add(self, role: str, folder: Path, command: Sequence[str] = (), **more: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        environment = {**self._common, "COMADRE_VAR": str(folder), **more}
        self.parts[role].append(Process(role, environment, folder / f"{role}.log", command))

    def _pod(self, folder: Path, token: str, memory: str) -> None:
        rasa, actions, metrics = free_port(), free_port(), free_port()
        where = {"COMADRE_RASA_URL": f"http://127.0.0.1:{rasa}",
                 "COMADRE_ACTIONS_PORT": str(actions)}  # fmt: skip
        self._add("worker", folder, COMADRE_METRICS_PORT=str(metrics), **where)
        self._add("actions", folder, **where)
        command, environment = soak_rasa.rasa(rasa, actions, token, folder)
        environment["COMADRE_TRACKER_URL"] = memory
        self.parts["rasa"].append(Process("rasa", environment, folder / "rasa.log", command))
        self.asked.append(f"http://127.0.0.1:{metrics}/readyz")

    def start(self) -> float:
        """Seconds until all are ready."""
        started = time.monotonic()
        for some in self.parts.values():
            for each in some:
                each.start()
        for url in self.asked:
            while not self._is_ready(url):
                if time.monotonic() - started > READY_S:
                    raise SystemExit(f"{url} was not ready after {READY_S} s")
                time.sleep(0.3)
        return time.monotonic() - started

    @staticmethod
    def _is_ready(url: str) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(url, timeout=30).status_code == 200
        return False

    def pids(self) -> dict[str, list[int]]:
        """By role."""
        return {role: [each.process.pid for each in some if each.process]
                for role, some in self.parts.items()}  # fmt: skip

    def stop(self) -> None:
        """All of them."""
        for some in reversed(self.parts.values()):
            for each in some:
                each.stop()


@contextlib.contextmanager
def _database() -> Iterator[str]:
    with running_postgresql() as server:
        url = server.format(name="postgres")
        migrate(url)
        engine = open_engine(url)
        load_all(engine)
        engine.dispose()
        yield url


async def measured(pods: int, said: Sequence[str], for_s: float, queue: str) -> dict[str, Any]:
    """With so many pods."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="comadre-pods-")))
        url = stack.enter_context(_database())
        memory, redis_pid = stack.enter_context(redis_server.running())
        async with vendor(said) as twilio:
            system = Pods(pods, url, memory, folder, twilio, queue)
            stack.callback(system.stop)
            start_s = await asyncio.to_thread(system.start)
            pids = {**system.pids(), "postgresql": [_postmaster(url)], "redis": [redis_pid]}
            pacer = Pacer.of(twilio.turn, partial(processor_s, pids))
            await pacer.waiting(MANY, WARM_S)
            found = await pacer.costs(pacer.waiting(MANY, for_s))
            return {"pods": pods, "start_s": round(start_s, 1), "memory_mb": memory_mb(pids),
                    **found}  # fmt: skip


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    parser = command_line("scaling", __doc__)
    parser.add_argument("--pods", type=numbers, default=[1, 2, 4])
    parser.add_argument("--seconds", type=float, default=20.0, help="with each number of pods")
    parser.add_argument("--queue", choices=("jobs", "rows"), default="jobs")
    given = parser.parse_args(arguments)
    ensure_model()
    record, said, found = Record("scaling", given.to, changed=given.changed), texts(), []
    for pods in given.pods:
        say(f"Measuring {pods} × worker, actions and Rasa …")
        found.append(asyncio.run(measured(pods, said, given.seconds, given.queue)))
    record.write({"seconds": given.seconds, "queue": given.queue, "at_once": MANY,
                  "sizes": found})  # fmt: skip
