"""Workers with an assistant that echoes and a channel that notes what it is given."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Engine

from bot.privacy.keys import Keys
from bot.rasa_client import RasaAnswer
from bot.settings import Settings
from connectors import jobs
from connectors.channel import Sent
from connectors.contract import IncomingMessage, Outgoing, Reply
from connectors.inbox import Store, receive
from connectors.loop import Loop
from connectors.queue import Queue
from connectors.worker import Worker
from tests.conftest import Copied, nothing, opened

RunnerKind = Literal["loop", "jobs"]
KEYS = Keys(b"a root secret of thirty-two bytes")


class Echo:
    """Says what it was told. `trouble` is called with the words before that, and may raise."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.busy: dict[str, int] = {}
        self.most_at_once = 0
        self.trouble: Callable[[str], None] = lambda words: None
        self.takes_s = 0.01
        self.acted_on = "greet"

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        self.trouble(message)
        self.heard.append(message)
        self.busy[pseudonym] = self.busy.get(pseudonym, 0) + 1
        assert self.busy[pseudonym] == 1, "two workers answer the same person"
        self.most_at_once = max(self.most_at_once, sum(self.busy.values()))
        try:
            await asyncio.sleep(self.takes_s)
        finally:
            self.busy[pseudonym] -= 1
        return RasaAnswer((Reply(message).as_dict(),), self.acted_on, {"language": "es"})


@dataclass
class Notebook:
    """A channel whose vendor is this list of (address, text)."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    asked: list[Sent] = field(default_factory=list)
    taken: str | None = None  # what `find` finds
    trouble: Callable[[str, str], None] = lambda address, words: None

    def render(self, reply: Reply, style: str) -> tuple[list[Outgoing], tuple[str, ...]]:
        is_introduction = "comadre" in reply.text.lower()
        return ([] if is_introduction else [Outgoing(reply.text)]), ()

    async def send(self, address: str, outgoing: Outgoing, key: str) -> str | None:
        self.trouble(address, outgoing.text)
        self.sent.append((address, outgoing.text))
        return f"SM{len(self.sent)}"

    async def find(self, address: str, outgoing: Outgoing, sent: Sent) -> str | None:
        self.asked.append(sent)
        return self.taken

    async def delete(self, address: str, refs: Sequence[str]) -> bool:
        return True

    def prefix_country(self, address: str) -> str | None:
        return None

    def to(self, address: str) -> list[str]:
        """What she has been sent."""
        return [text for whom, text in self.sent if whom == address]


@dataclass
class Stage:
    """One database, one vendor, as many workers as wanted."""

    engine: Engine
    url: str
    kind: RunnerKind
    echo: Echo = field(default_factory=Echo)
    notebook: Notebook = field(default_factory=Notebook)
    waits: list[tuple[str, str, float | None]] = field(default_factory=list)  # told for figures

    def __post_init__(self) -> None:
        self.settings = Settings(self.url, b"x" * 32)
        if self.kind == "jobs":
            jobs.prepare(self.engine)
        announce = jobs.announce if self.kind == "jobs" else Store.announce
        self.store = Store(self.engine, KEYS, 86_400, announce)

    def queue(self, name: str) -> Queue:
        """Rows as the worker `name` holds them."""
        return Queue(self.engine, KEYS, name)

    def worker(self, name: str) -> Worker:
        """A worker."""
        return Worker(queue=self.queue(name), assistant=self.echo,
                      channels={"twilio": self.notebook}, nearest=lambda _: (None, None),
                      settings=self.settings,
                      on_sent=lambda *each: self.waits.append(each))  # fmt: skip

    @contextlib.asynccontextmanager
    async def workers(self, count: int = 1) -> AsyncIterator[None]:
        """`count` workers run meanwhile; at the end they stop as when the program stops."""
        workers = [self.worker(f"worker-{n}") for n in range(count)]
        runners = [
            jobs.JobRunner(each, self.url) if self.kind == "jobs" else Loop(each)
            for each in workers
        ]
        tasks = [asyncio.create_task(runner.run()) for runner in runners]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=8)
            for task in tasks:
                if not task.cancelled() and task.exception():
                    raise task.exception()  # type: ignore[misc]

    def says(self, who: str, text: str, message_id: str | None = None, **more: Any) -> int:
        """A person writes; how many messages of hers were new."""
        message = IncomingMessage(
            "twilio", "sms", who, message_id or f"{who}:{text}", text=text, **more
        )
        return receive(self.store, [message], datetime.now(UTC))


async def until(what: Callable[[], bool], timeout_s: float = 15) -> None:
    """Returns as soon as `what` holds; fails when that takes too long."""
    end = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < end, f"not within {timeout_s} s"
        await asyncio.sleep(0.02)


@contextlib.contextmanager
def staged(copied: Copied, database: str, kind: RunnerKind) -> Iterator[Stage]:
    """A stage on an empty database of that kind."""
    url = copied(database, jobs.prepare if kind == "jobs" else nothing)
    with contextlib.contextmanager(opened)(url) as engine:
        yield Stage(engine, url, kind)
