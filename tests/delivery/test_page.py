"""The chat page, whose gateway is one process and whose workers are others."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from bot.conversation.wording import say
from connectors.contract import IncomingMessage, Outgoing
from connectors.forgetting import forget_leaving
from connectors.inbox import receive
from connectors.laid import LAID, Fetched
from connectors.leases import LEASE_S, LeaseLost
from connectors.models import Inbox, Outbox, Person
from connectors.web import fetching as bringing
from connectors.web.fetching import BESIDE_S, Fetching, fetching
from connectors.web.mailbox import Mailbox
from connectors.worker import Worker
from tests.conftest import Copied
from tests.delivery.stage import Stage, staged, until
from tests.delivery.test_workers import EVERY_WAY

MINE, HERS = "session-of-mine-0001", "session-of-hers-0002"


@dataclass
class Apart:
    """A gateway with pages, and workers that share nothing with it but the database."""

    stage: Stage
    mailbox: Mailbox = field(default_factory=Mailbox)

    def __post_init__(self) -> None:
        self.pages = Fetching(self.mailbox, self.stage.queue("gateway"), look_s=0.05)
        made = self.stage.worker
        self.stage.worker = lambda name: self.without_page(made(name))  # type: ignore[method-assign]

    def without_page(self, worker: Worker) -> Worker:
        """Its channel has no mailbox that any page looks into."""
        worker.channels, worker.lays = {"web": self.stage.notebook}, frozenset({"web"})
        return worker

    def says(self, session: str, words: str, **more: Any) -> None:
        """A visitor writes."""
        message = IncomingMessage("web", "web", session, f"{session}:{words}", text=words, **more)
        receive(self.stage.store, [message], datetime.now(UTC))

    async def sees(self, session: str, after: int = 0, timeout_s: float = 15) -> list[str]:
        """What her page gets next, without the introduction."""
        found = await self.pages.wait(session, after, timeout_s)
        return [each["text"] for each in found]

    async def answered(self) -> None:
        """A worker has done whatever there is to do."""
        worker = self.stage.worker("worker")
        while claimed := await worker.claim(()):
            await worker.answer_safely(claimed)
            await worker.send_all(claimed.pseudonym)

    def states(self) -> list[str]:
        with Session(self.stage.engine) as session:
            return list(session.scalars(select(Outbox.state).order_by(Outbox.id)))

    def words(self) -> set[bytes]:
        with Session(self.stage.engine) as session:
            return {each for each in session.scalars(select(Outbox.sealed)) if each}


@pytest.fixture(params=EVERY_WAY)
def apart(request: pytest.FixtureRequest, copied: Copied) -> Iterator[Apart]:
    with staged(copied, *request.param) as stage:
        yield Apart(stage)


@pytest.fixture(params=EVERY_WAY[:2])
def by_hand(request: pytest.FixtureRequest, copied: Copied) -> Iterator[Apart]:
    with staged(copied, *request.param) as stage:
        yield Apart(stage)


async def test_replies_reach_the_page_in_order_and_nobody_elses(apart: Apart) -> None:
    async with apart.stage.workers(2):
        apart.says(MINE, "¿uno?")
        apart.says(HERS, "¿otra?")
        first = await apart.sees(MINE)
        apart.says(MINE, "¿dos?")
        second = await apart.sees(MINE, after=1)
        hers = await apart.sees(HERS)

    assert (first, second, hers) == (["¿uno?"], ["¿dos?"], ["¿otra?"])


async def test_what_is_fetched_is_gone_from_the_database_at_once(by_hand: Apart) -> None:
    by_hand.says(MINE, "me llamo Canaria")
    await by_hand.answered()
    assert by_hand.states() == ["laid"]
    (sealed,) = by_hand.words()
    assert b"Canaria" not in sealed

    assert await by_hand.sees(MINE) == ["me llamo Canaria"]

    assert by_hand.states() == ["sent"]
    assert by_hand.words() == set()
    assert by_hand.stage.notebook.sent == []


async def test_what_no_page_fetches_is_gone_after_ten_minutes(by_hand: Apart) -> None:
    by_hand.says(MINE, "¿uno?")
    await by_hand.answered()
    queue, now = by_hand.stage.queue("worker"), datetime.now(UTC)

    queue.forget(now + LAID - timedelta(seconds=5))
    assert by_hand.states() == ["laid"]
    queue.forget(now + LAID + timedelta(seconds=5))

    assert by_hand.states() == ["sent"]
    assert by_hand.words() == set()
    assert await by_hand.sees(MINE, timeout_s=0.2) == []


async def test_after_leaving_the_page_gets_the_neutral_line_alone(by_hand: Apart) -> None:
    by_hand.says(MINE, "¿uno?")
    await by_hand.answered()
    by_hand.says(MINE, "salir")
    await by_hand.answered()

    (left,) = await by_hand.sees(MINE)

    assert left == say("left", "es")


async def test_leaving_takes_also_what_the_page_has_not_confirmed(by_hand: Apart) -> None:
    by_hand.says(MINE, "¿uno?")
    await by_hand.answered()
    assert await by_hand.sees(MINE) == ["¿uno?"]
    by_hand.says(MINE, "salir")
    await by_hand.answered()

    await by_hand.sees(MINE, after=1)

    assert [each["text"] for each in await by_hand.mailbox.wait(MINE, 0, 0)] == [say("left", "es")]


async def test_who_erases_is_told_so_and_then_forgotten(by_hand: Apart) -> None:
    by_hand.says(MINE, "¿uno?")
    await by_hand.answered()
    by_hand.says(MINE, "borra todo")
    await by_hand.answered()
    with Session(by_hand.stage.engine) as session:
        (her,) = session.scalars(select(Person)).all()
    with by_hand.stage.engine.begin() as connection:
        assert not forget_leaving(connection, her.pseudonym, datetime.now(UTC))

    (erased,) = await by_hand.sees(MINE)

    assert say("erased", "es").partition(".")[0] in erased
    with Session(by_hand.stage.engine) as session:
        assert session.scalars(select(Person)).all() == []
        assert session.scalars(select(Outbox)).all() == []


async def test_the_page_waits_for_no_cleaning_of_the_disk(
    by_hand: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def scrub(_: object) -> None:
        begun.set()
        may_end.wait(10)

    monkeypatch.setattr(bringing, "scrub", scrub)
    by_hand.says(MINE, "borra todo")
    await by_hand.answered()

    seen = await asyncio.wait_for(by_hand.sees(MINE), 5)

    assert say("erased", "es").partition(".")[0] in seen[0]
    await until(begun.is_set)  # nothing of her is left there all the same
    may_end.set()


async def test_a_page_that_goes_while_it_fetches_loses_nothing(
    by_hand: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand.says(MINE, "¿uno?")
    await by_hand.answered()
    fetch = by_hand.pages.queue.fetch

    def slow(who: str) -> Fetched:
        found = fetch(who)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(by_hand.pages.queue, "fetch", slow)
    waiting = asyncio.create_task(by_hand.sees(MINE))
    await until(lambda: by_hand.states() == ["sent"])
    waiting.cancel()

    assert await by_hand.sees(MINE) == ["¿uno?"]


async def test_many_pages_ask_the_database_as_often_as_one(by_hand: Apart) -> None:
    looks = []
    event.listen(by_hand.stage.engine, "before_cursor_execute", lambda *_: looks.append(1))
    pages = [by_hand.sees(f"session-{n:012}", timeout_s=1) for n in range(40)]

    await asyncio.gather(*pages)

    assert len(looks) <= 25  # a look in 0.05 s


async def test_where_the_worker_is_here_its_replies_wait_for_no_look(by_hand: Apart) -> None:
    pages = Fetching(by_hand.mailbox, by_hand.stage.queue("gateway"), BESIDE_S)
    assert await pages.wait(MINE, 0, 0.05) == []  # it has looked just now
    waiting = asyncio.create_task(pages.wait(MINE, 0, 5))
    await asyncio.sleep(0.01)

    by_hand.mailbox.deliver(MINE, Outgoing("aquí"))

    assert [each["text"] for each in await asyncio.wait_for(waiting, 0.5)] == ["aquí"]


async def test_beside_its_own_worker_too_it_looks_for_what_another_one_laid_down(
    by_hand: Apart,
) -> None:
    """Also on SQLite somebody may start a second worker."""
    looks = []
    event.listen(by_hand.stage.engine, "before_cursor_execute", lambda *_: looks.append(1))
    pages = fetching(by_hand.mailbox, by_hand.stage.queue("gateway"), has_worker=True)

    assert await pages.wait(MINE, 0, 0.2) == []

    assert looks


async def test_a_database_that_is_away_does_not_end_the_page(
    by_hand: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand.says(MINE, "¿uno?")
    await by_hand.answered()
    laid, failures = by_hand.pages.queue.laid, iter([OSError(), OSError()])

    def breaks() -> set[str]:
        for failure in failures:
            raise failure
        return laid()

    monkeypatch.setattr(by_hand.pages.queue, "laid", breaks)

    assert await by_hand.sees(MINE) == ["¿uno?"]


async def test_a_worker_that_dies_before_it_is_laid_down_neither_loses_nor_doubles_it(
    by_hand: Apart,
) -> None:
    by_hand.says(MINE, "¿uno?")
    dead = by_hand.stage.worker("dead")
    claimed = await dead.claim(())
    assert claimed is not None
    await dead.answer_safely(claimed)
    now = datetime.now(UTC)
    due = dead.queue.due(now + timedelta(seconds=1), ())
    assert due is not None
    dead.queue.beat(now - timedelta(seconds=LEASE_S + 1))
    living = by_hand.stage.worker("living")
    assert living.queue.recover(now) == 1

    await living.send_all(claimed.pseudonym)
    with pytest.raises(LeaseLost):
        dead.queue.lay(due, now)

    assert await by_hand.sees(MINE) == ["¿uno?"]
    assert await by_hand.sees(MINE, after=1, timeout_s=0.2) == []


async def test_it_holds_back_nothing_that_comes_after_it(by_hand: Apart) -> None:
    for words in ("¿uno?", "¿dos?", "¿tres?"):
        by_hand.says(MINE, words)
        await by_hand.answered()

    assert by_hand.states() == ["laid"] * 3
    assert await by_hand.sees(MINE) == ["¿uno?", "¿dos?", "¿tres?"]


async def test_nothing_sensitive_is_laid_down_long_after(by_hand: Apart) -> None:
    worker = by_hand.stage.worker("worker")
    by_hand.says(MINE, "¿uno?")
    claimed = await worker.claim(())
    assert claimed is not None
    object.__setattr__(claimed, "memory", claimed.memory.but(sensitive=True, introduced=True))
    by_hand.stage.echo.acted_on = "ask_shelter"
    await worker.answer_safely(claimed)
    with Session(by_hand.stage.engine) as session:
        session.execute(update(Inbox).values(received_at=datetime.now(UTC) - timedelta(minutes=11)))
        session.commit()

    await worker.send_all(claimed.pseudonym)

    assert await by_hand.sees(MINE) == [say("late_ready", "es")]


async def test_what_cannot_be_read_any_more_does_not_keep_the_rest(by_hand: Apart) -> None:
    by_hand.says(MINE, "¿uno?")
    await by_hand.answered()
    with by_hand.stage.engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET sealed = :junk"), {"junk": b"x" * 40})
    by_hand.says(MINE, "¿dos?")
    await by_hand.answered()

    assert await by_hand.sees(MINE) == ["¿dos?"]


async def test_who_leaves_while_a_reply_is_being_laid_down_is_not_kept_waiting(
    by_hand: Apart,
) -> None:
    """The row is emptied in the instant between taking it and laying it: it must end."""
    worker = by_hand.stage.worker("worker")
    by_hand.says(MINE, "¿uno?")
    claimed = await worker.claim(())
    assert claimed is not None
    await worker.answer_safely(claimed)
    due = worker.queue.due(datetime.now(UTC) + timedelta(seconds=1), ())
    assert due is not None
    with Session(by_hand.stage.engine) as session:  # as leaving fast empties it
        session.execute(update(Outbox).where(Outbox.id == due.id).values(sealed=None))
        session.commit()

    await worker.send(due)

    assert by_hand.states() != ["sending"]
    by_hand.says(MINE, "¿dos?")
    await by_hand.answered()
    assert await by_hand.sees(MINE) == ["¿dos?"]


async def test_what_nobody_fetched_is_not_shown_long_after(by_hand: Apart) -> None:
    """Also while no worker clears it away."""
    by_hand.says(MINE, "¿uno?")
    await by_hand.answered()
    with Session(by_hand.stage.engine) as session:
        old = datetime.now(UTC) - LAID - timedelta(seconds=1)
        session.execute(update(Outbox).values(not_before=old))
        session.commit()

    assert await by_hand.sees(MINE, timeout_s=0.6) == []
