"""`python -m bench.soak`: thousands of messages while processes are killed; what is lost, doubled.

The gateway and the workers are the program's own processes (`python -m bot serve …`) on a database
of their own; Twilio, Telegram and Meta are their twins. With `--assistant echo` a stand-in for
Rasa, in this process, repeats what it is told: each message is a question with a number of its own,
so that every reply says what it answers. With `--assistant rasa` Rasa and its actions run as well,
are killed in their turn, and are asked what people ask (soak_rasa.py). Nothing leaves the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import socket
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench import soak_rasa
from bench.ports import three_free_ports
from bench.soak_ledger import TOKEN, Ledger
from bench.soak_process import Process
from bot.database import migrate, open_engine
from bot.knowledge.load import load_all
from bot.paths import ROOT
from bot.privacy.keys import Keys
from bot.serve.supervisor import free_port, new_token
from bot.settings import read_settings
from connectors.contract import Reply
from connectors.leases import BEAT_S
from connectors.models import WorkerProcess
from connectors.twin_server import Mischief
from connectors.twins import environment, running, served

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
    assistant: str = "echo"  # or "rasa"
    kill_every_s: float = 4.0  # on average; 0: nobody is killed
    duplicates: float = 0.1
    disorder_s: float = 0.3
    throttled: float = 0.05
    lost_answers: float = 0.0
    patience_s: float = 240.0  # after the last message
    vendor_patience_s: float = 600.0  # a vendor repeats a post that we did not take; 0: never
    seed: int = 1


@dataclass
class Soak:
    """A running soak."""

    plan: Plan
    ledger: Ledger
    processes: list[Process]
    url: str
    engine: Engine
    keys: Keys
    ports: tuple[int, ...] = ()  # where else somebody must listen

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
            self.ledger.say(person, written[person])
            written[person] += 1
        spoken_s = time.monotonic() - began
        killing.cancel()  # on a busy machine a start takes a minute: what waits would wait on
        await self._until_answered()
        await self._until_quiet()
        await asyncio.to_thread(self._link)
        return {**asdict(self.plan), "spoken_s": round(spoken_s, 1),
                "all_s": round(time.monotonic() - began, 1),
                "kills": {f"{p.role} {n}": p.kills for n, p in enumerate(self.processes)},
                **({"from_disk": soak_rasa.from_disk(self.ledger)} if self.ledger.texts else {}),
                **self.ledger.count(self.plan.people)}  # fmt: skip

    async def _wait_ready(self) -> None:
        """Every process listens or beats."""
        ports = (int(self.url.rpartition(":")[2]), *self.ports)
        for _ in range(2_400):
            with contextlib.suppress(OSError):
                for port in ports:
                    address = ("127.0.0.1", port)
                    (await asyncio.to_thread(socket.create_connection, address, 1)).close()
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

    async def _until_answered(self) -> None:
        end = time.monotonic() + self.plan.patience_s
        while time.monotonic() < end and len(self.ledger.answered()) < self._to_answer():
            await asyncio.sleep(2)
            await asyncio.to_thread(self._link)

    def _to_answer(self) -> int:
        """All but those whose vendor has given up."""
        gave_up = sum(twin.gave_up for twin in self.ledger.twins.all())
        return len(self.ledger.said) - gave_up

    def _link(self) -> None:
        if self.ledger.texts:
            soak_rasa.link(self.ledger, self.engine, self.keys)

    async def _until_quiet(self) -> None:
        """What would be sent twice comes within a lease and a wait for reports."""
        count, quiet_s = -1, 0.0
        while quiet_s < 16:
            now = self.ledger.taken()
            count, quiet_s = now, 0.0 if now != count else quiet_s + 0.5
            await asyncio.sleep(0.5)


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


@contextlib.asynccontextmanager
async def system(plan: Plan, database_url: str, folder: Path) -> AsyncIterator[Soak]:
    """Everything started, nothing said."""
    migrate(database_url)
    engine = open_engine(database_url)
    port, assistant, first = free_port(), free_port(), three_free_ports()
    url = f"http://127.0.0.1:{port}"
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("COMADRE_")},
        **environment(first), "PYTHONPATH": str(ROOT),
        "COMADRE_DATABASE_URL": database_url, "COMADRE_VAR": str(folder),
        "COMADRE_SECRET_KEY": "soak" * 16, "COMADRE_PORT": str(port),
        "COMADRE_PUBLIC_URL": url, "COMADRE_RASA_URL": f"http://127.0.0.1:{assistant}",
        "COMADRE_RASA_TIMEOUT_S": "60", "COMADRE_RASA_URGENT_TIMEOUT_S": "60",
        "COMADRE_QUEUE": plan.queue, "COMADRE_ACTIONS_PORT": str(free_port()),
        "COMADRE_RASA_TOKEN": new_token(), "COMADRE_MOST_BY_SENDER": "0",
    }  # fmt: skip
    settings = read_settings(env, folder)
    processes = [Process("gateway", env, folder / "gateway.log")]
    processes += [Process("worker", env, folder / f"worker-{n}.log") for n in range(plan.workers)]
    mischief = Mischief(
        duplicates=plan.duplicates, disorder_s=plan.disorder_s, throttled=plan.throttled,
        lost_answers=plan.lost_answers, retry_after_s=0.5, reports=("delivered",),
        patience_s=max(0.01, plan.vendor_patience_s),
    )  # fmt: skip
    asked: Counter[str] = Counter()
    texts: tuple[str, ...] = ()
    async with contextlib.AsyncExitStack() as stack:
        if plan.assistant == "rasa":
            texts = soak_rasa.texts()
            load_all(engine)
            command, environment_ = soak_rasa.rasa(
                assistant, settings.actions_port, settings.rasa_token, folder
            )
            processes.append(Process("actions", env, folder / "actions.log"))
            processes.append(Process("rasa", environment_, folder / "rasa.log", command))
        else:
            await stack.enter_async_context(served(_stand_in(asked), assistant))
        twins = await stack.enter_async_context(running(url, first, mischief))
        ledger = Ledger(
            twins, asked, texts, is_promise=soak_rasa.is_promise, is_alarm=soak_rasa.is_alarm,
        )  # fmt: skip
        ports = (assistant, settings.actions_port) if texts else ()
        try:
            yield Soak(plan, ledger, processes, url, engine, Keys(settings.secret_key), ports)
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
    with_rasa = "-rasa" if plan.assistant == "rasa" else ""
    path = RESULTS / f"soak-{plan.database}-{plan.queue}-{plan.messages}{with_rasa}.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
