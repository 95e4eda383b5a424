"""One worker by hand, with a clock that goes as it is told to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.rasa_client import RasaAnswer, RasaUnavailable
from connectors.contract import IncomingMessage, Reply
from connectors.inbox import receive
from connectors.models import Inbox, OptOut, Outbox, Person
from connectors.worker import Worker
from tests.conftest import Copied
from tests.delivery.stage import RunnerKind, Stage, staged

ANA = "+50370000001"


def inbox(stage: Stage) -> list[str]:
    """The states of her messages."""
    with Session(stage.engine) as session:
        return list(session.scalars(select(Inbox.state).order_by(Inbox.id)))


def outbox(stage: Stage) -> list[str]:
    """The states of ours to her."""
    with Session(stage.engine) as session:
        return list(session.scalars(select(Outbox.state).order_by(Outbox.id)))


@dataclass
class Rasa:
    """Answers `acted_on` with the slots `slots`, or is silent to what `away` says."""

    away: Callable[[str], bool] = lambda words: True
    acted_on: str = "ask_work_permit"
    intents: Mapping[str, str] = field(default_factory=dict)  # of some words, others
    sensitive: bool = False
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None  # what happens while it answers
    while_away: Callable[[], object] = lambda: None  # while it does not
    ready: asyncio.Event | None = None  # until then it says nothing

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        self.tried.append(message)
        if self.away(message):
            self.while_away()
            raise RasaUnavailable("away")
        self.meanwhile()
        if self.ready:
            await self.ready.wait()
        self.asked.append((message, metadata))
        reply = Reply(f"R {message}").as_dict()
        acted_on = self.intents.get(message, self.acted_on)
        return RasaAnswer((reply,), acted_on, {"language": "es", "sensitive": self.sensitive})


@dataclass
class Day:
    """One worker, one woman."""

    stage: Stage
    rasa: Rasa
    worker: Worker
    now: datetime

    async def says(self, text: str, **more: Any) -> None:
        """She writes, and what can be done is done."""
        self.post(text, **more)
        await self.work()

    def post(self, text: str, **more: Any) -> None:
        """She writes."""
        message = IncomingMessage("twilio", "sms", ANA, f"{text}{self.now}", text=text, **more)
        receive(self.stage.store, [message], self.now)

    async def work(self) -> None:
        while claimed := await self.worker.claim(()):
            await self.worker.answer_safely(claimed)
        for who in self.people():
            await self.worker.send_all(who)

    async def meets(self) -> None:
        """She has been greeted; then Rasa is away."""
        self.rasa.away = lambda _: False
        await self.says("hola")
        self.rasa.away = lambda _: True

    def people(self) -> list[str]:
        with Session(self.stage.engine) as session:
            return list(session.scalars(select(Person.pseudonym)))

    async def later(self, **time: float) -> list[str]:
        """So much time passes; what she was sent in it."""
        before = len(self.got)
        self.now += timedelta(**time)
        await self.work()
        return self.got[before:]

    @property
    def got(self) -> list[str]:
        """What she has been sent."""
        return self.stage.notebook.to(ANA)

    @property
    def is_stopped(self) -> bool:
        """Whether she wants no messages."""
        with Session(self.stage.engine) as session:
            return session.get(OptOut, self.people()[0]) is not None

    async def tries(self) -> asyncio.Task[datetime | None]:
        """A minute later what waits is asked about again, and Rasa answers if it may."""
        self.now += timedelta(minutes=1)
        claimed = await self.worker.claim(())
        assert claimed is not None
        assert claimed.again
        task = asyncio.create_task(self.worker.answer_safely(claimed))
        await asyncio.sleep(0.05)
        return task


@contextlib.contextmanager
def a_day(copied: Copied, database: str, kind: RunnerKind) -> Iterator[Day]:
    """It begins in five seconds."""
    with staged(copied, database, kind) as stage:
        rasa, worker = Rasa(), stage.worker("one")
        day = Day(stage, rasa, worker, datetime.now(UTC) + timedelta(seconds=5))
        worker.assistant, worker.clock = rasa, lambda: day.now
        yield day
