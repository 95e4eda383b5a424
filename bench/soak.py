"""`python -m bench.soak`: thousands of messages while processes are killed; what is lost, doubled.

The gateway and the workers are the program's own processes (`python -m bot serve …`) on a database
of their own; Twilio, Telegram and Meta are their twins; a stand-in for Rasa, in this process,
repeats what it is told. Each message is a question with a number of its own, so that every reply
says what it answers. Nothing leaves the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.database import migrate, open_engine
from bot.paths import ROOT
from bot.processes import die_with_parent
from bot.serve.supervisor import free_port
from connectors.contract import Reply
from connectors.leases import BEAT_S
from connectors.models import WorkerProcess
from connectors.twin import Said
from connectors.twin_server import Mischief
from connectors.twins import Twins, environment, running, served

TOKEN = re.compile(r"q(\d+)x(\d+)")
RESULTS = ROOT / "bench" / "results"


@dataclass(frozen=True)
class Plan:
    """What is done to the system."""

    database: str = "postgresql"  # or "sqlite"
    queue: str = "jobs"  # Procrastinate; or "rows", the loop
    messages: int = 10_000
    per_s: float = 50.0
    people: int = 400
    workers: int = 2
    kill_every_s: float = 4.0  # on average; 0: nobody is killed
    duplicates: float = 0.1
    disorder_s: float = 0.3
    throttled: float = 0.05
    lost_answers: float = 0.0
    patience_s: float = 240.0  # after the last message
    seed: int = 1


@dataclass
class Process:
    """One of the program's processes, started again whenever it is killed."""

    role: str
    environment: dict[str, str]
    log: Path
    kills: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own command
                [sys.executable, "-m", "bot", "serve", self.role], cwd=ROOT,
                env=self.environment, stdout=log, stderr=log, preexec_fn=die_with_parent,
            )  # fmt: skip

    def kill(self) -> None:
        """At this very instant."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1
        self.start()

    def stop(self) -> None:
        """As when the machine is shut down."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
            self.process.wait()


@dataclass
class Soak:
    """A running soak."""

    plan: Plan
    twins: Twins
    processes: list[Process]
    url: str
    engine: Engine
    said: dict[str, tuple[str, str]] = field(default_factory=dict)  # token: (channel, message id)
    asked: Counter[str] = field(default_factory=Counter)

    async def run(self) -> dict[str, Any]:
        for process in self.processes:
            process.start()
        await self._wait_ready()
        chance = random.Random(self.plan.seed)  # noqa: S311  # repeatable
        killing = asyncio.create_task(self._kill(chance))
        began = time.monotonic()
        written: Counter[int] = Counter()
        for number in range(self.plan.messages):
            due = began + number / self.plan.per_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            person = chance.randrange(self.plan.people)
            self._say(person, written[person])
            written[person] += 1
        spoken_s = time.monotonic() - began
        await self._until_answered()
        killing.cancel()
        await self._until_quiet()
        return {**asdict(self.plan), "spoken_s": round(spoken_s, 1),
                "all_s": round(time.monotonic() - began, 1), **self._count()}  # fmt: skip

    def _say(self, person: int, number: int) -> None:
        channel, address = _address(person)
        message_id = f"SM{person:016x}{number:016x}"
        token = f"q{person}x{number}"
        self.said[token] = (channel, message_id)
        self.twins.of(channel).say(address, Said(message_id, text=f"¿{token}?"))

    async def _wait_ready(self) -> None:
        """Every process listens or beats."""
        host, port = self.url.removeprefix("http://").split(":")
        for _ in range(1_200):
            with contextlib.suppress(OSError):
                (await asyncio.to_thread(socket.create_connection, (host, int(port)), 1)).close()
                if await asyncio.to_thread(self._workers_alive) >= self.plan.workers:
                    return
            await asyncio.sleep(0.1)
        raise RuntimeError(f"a part did not start; see {self.processes[0].log.parent}")

    def _workers_alive(self) -> int:
        # One that was killed is still there for a moment.
        since = datetime.now(UTC) - timedelta(seconds=2 * BEAT_S)
        with Session(self.engine) as session:
            alive = select(WorkerProcess.name).where(WorkerProcess.seen_at > since)
            return len(session.scalars(alive).all())

    async def _kill(self, chance: random.Random) -> None:
        """Processes in turn, at random moments; the next when all are there again."""
        turn = 0
        while self.plan.kill_every_s:
            await asyncio.sleep(chance.uniform(0.2, 1.8) * self.plan.kill_every_s)
            await asyncio.to_thread(self.processes[turn % len(self.processes)].kill)
            turn += 1
            await asyncio.sleep(2 * BEAT_S)
            await self._wait_ready()

    def _answered(self) -> set[str]:
        return {match[0] for twin in self.twins.all() for each in twin.taken
                for match in TOKEN.finditer(each.text)}  # fmt: skip

    async def _until_answered(self) -> None:
        end = time.monotonic() + self.plan.patience_s
        while time.monotonic() < end and len(self._answered()) < len(self.said):
            await asyncio.sleep(0.5)

    async def _until_quiet(self) -> None:
        """What would be sent twice comes within a lease and a wait for reports."""
        count, quiet_s = -1, 0.0
        while quiet_s < 16:
            now = sum(len(twin.taken) for twin in self.twins.all())
            count, quiet_s = now, 0.0 if now != count else quiet_s + 0.5
            await asyncio.sleep(0.5)

    def _count(self) -> dict[str, Any]:
        answered, times = self._answered(), []
        doubled: Counter[str] = Counter()
        for twin in self.twins.all():
            copies = Counter((each.address, each.text) for each in twin.taken)
            doubled[twin.name] += sum(n - 1 for n in copies.values())
            times += twin.answer_times
        waits = self._waits()
        return {
            "kills": {f"{p.role} {n}": p.kills for n, p in enumerate(self.processes)},
            "accepted": sum(self._is_acknowledged(token) for token in self.said),
            "lost": sum(self._is_acknowledged(t) for t in self.said if t not in answered),
            "never_accepted": sum(not self._is_acknowledged(token) for token in self.said),
            "sent_twice": dict(doubled),
            "asked_twice": sum(n - 1 for n in self.asked.values()),
            "out_of_order": sum(map(self._out_of_order, range(self.plan.people))),
            "acknowledge_ms": _spread(times), "answer_ms": _spread(waits),
        }  # fmt: skip

    def _is_acknowledged(self, token: str) -> bool:
        channel, message_id = self.said[token]
        return message_id in self.twins.of(channel).acknowledged

    def _waits(self) -> list[float]:
        found = []
        for twin in self.twins.all():
            offset = time.time() - time.monotonic()
            for each in twin.taken:
                for match in TOKEN.finditer(each.text):
                    message_id = self.said[match[0]][1]
                    if message_id in twin.acknowledged:
                        found.append(each.at - offset - twin.acknowledged[message_id])
        return found

    def _out_of_order(self, person: int) -> int:
        """Pairs that were answered in the other order than that in which she wrote them.

        Counted only where we had taken the one in before the other was posted at all: the twins mix
        up the rest on purpose, and no vendor but Telegram says which came first.
        """
        channel, address = _address(person)
        twin = self.twins.of(channel)
        order = [m[0] for each in twin.taken if each.address == address
                 for m in TOKEN.finditer(each.text)]  # fmt: skip
        first = list(dict.fromkeys(order))
        wrong = 0
        for place, late in enumerate(first):
            posted = twin.posted[self.said[late][1]]
            for early in first[place + 1 :]:
                taken = twin.acknowledged.get(self.said[early][1])
                is_earlier = int(early.split("x")[1]) < int(late.split("x")[1])
                wrong += is_earlier and taken is not None and taken < posted
        return wrong


def _address(person: int) -> tuple[str, str]:
    number = f"5037{person:07}"
    return (
        ("telegram", number), ("whatsapp", number), ("twilio", f"+{number}"),
        ("twilio", f"whatsapp:+{number}"),
    )[person % 4]  # fmt: skip


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {}
    parts = quantiles([1_000 * s for s in seconds], n=100)
    return {"p50": round(parts[49], 1), "p99": round(parts[98], 1)}


def _stand_in(asked: Counter[str]) -> Starlette:
    """For Rasa: repeats what it is told."""

    async def webhook(request: Request) -> Response:
        value = await request.json()
        text = str(value["message"])
        asked.update(match[0] for match in TOKEN.finditer(text))
        custom = {"replies": [Reply(text).as_dict()], "acted_on": "greet", "outcome": "answered",
                  "slots": {"language": "es"}}  # fmt: skip
        return JSONResponse([{"recipient_id": value["sender"], "custom": custom}])

    async def state(_: Request) -> Response:
        return JSONResponse({"ok": True})

    return Starlette(routes=[
        Route("/webhooks/rest/webhook", webhook, methods=["POST"]), Route("/", state),
    ])  # fmt: skip


def _ports() -> int:
    """The first of three free ports in a row."""
    while True:
        first = free_port()
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for number in range(3):
                probe = stack.enter_context(socket.socket())
                probe.bind(("127.0.0.1", first + number))
            return first


@contextlib.asynccontextmanager
async def system(plan: Plan, database_url: str, folder: Path) -> AsyncIterator[Soak]:
    """Everything started, nothing said."""
    migrate(database_url)
    engine = open_engine(database_url)
    port, assistant, first = free_port(), free_port(), _ports()
    url = f"http://127.0.0.1:{port}"
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("COMADRE_")},
        **environment(first), "PYTHONPATH": str(ROOT),
        "COMADRE_DATABASE_URL": database_url, "COMADRE_VAR": str(folder),
        "COMADRE_SECRET_KEY": "soak" * 16, "COMADRE_PORT": str(port),
        "COMADRE_PUBLIC_URL": url, "COMADRE_RASA_URL": f"http://127.0.0.1:{assistant}",
        "COMADRE_RASA_TIMEOUT_S": "60", "COMADRE_RASA_URGENT_TIMEOUT_S": "60",
        "COMADRE_QUEUE": plan.queue,
    }  # fmt: skip
    processes = [Process("gateway", env, folder / "gateway.log")]
    processes += [Process("worker", env, folder / f"worker-{n}.log") for n in range(plan.workers)]
    mischief = Mischief(
        duplicates=plan.duplicates, disorder_s=plan.disorder_s, throttled=plan.throttled,
        lost_answers=plan.lost_answers, retry_after_s=0.5, patience_s=600, reports=("delivered",),
    )  # fmt: skip
    asked: Counter[str] = Counter()
    async with served(_stand_in(asked), assistant), running(url, first, mischief) as twins:
        try:
            yield Soak(plan, twins, processes, url, engine, asked=asked)
        finally:
            engine.dispose()
            for process in processes:
                process.stop()


async def soak(plan: Plan, database_url: str, folder: Path) -> dict[str, Any]:
    """The figures of one soak."""
    async with system(plan, database_url, folder) as running_system:
        return await running_system.run()


def main() -> None:
    """By command: on a database of its own, made for this."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    for name, default in asdict(Plan()).items():
        flag = f"--{name.replace('_', '-')}"
        parser.add_argument(flag, type=type(default), default=default)
    plan = Plan(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory(prefix="comadre-soak-") as name, contextlib.ExitStack() as st:
        folder = Path(name)
        if plan.database == "postgresql":
            from tests.throwaway_postgresql import running as running_postgresql

            url = st.enter_context(running_postgresql()).format(name="postgres")
        else:
            url = f"sqlite:///{folder / 'soak.db'}"
        figures = asyncio.run(soak(plan, url, folder))
    figures["machine"] = f"{os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}"
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"soak-{plan.database}-{plan.queue}-{plan.messages}.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
