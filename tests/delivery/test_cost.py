"""What one message costs the database: a look too many is paid for by every woman who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from connectors.contract import Outgoing
from connectors.loop import Loop
from connectors.memory import Memory
from tests.conftest import ON_BOTH, Copied
from tests.delivery.stage import Stage, staged, until

ANA, BERTA = "+50255550101", "+50255550102"
MOST_STATEMENTS = 22


@pytest.fixture(params=ON_BOTH)
def stage(request: pytest.FixtureRequest, copied: Copied) -> Iterator[Stage]:
    yield from _opened(copied, request.param)


def _opened(copied: Copied, database: str) -> Iterator[Stage]:
    with staged(copied, database, "loop") as found:
        yield found


@contextmanager
def counted(engine: Engine) -> Iterator[dict[str, int]]:
    """How many statements and how many transactions that wrote."""
    seen = {"statements": 0, "transactions": 0}

    def statement(*_: object) -> None:
        seen["statements"] += 1

    def transaction(_: object) -> None:
        seen["transactions"] += 1

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", transaction)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", transaction)


def test_a_message_is_taken_in_answered_and_sent_in_five_transactions(stage: Stage) -> None:
    queue, now = stage.queue("w"), datetime.now(UTC) + timedelta(seconds=1)

    with counted(stage.engine) as seen:
        stage.says(ANA, "hola")
        claimed = queue.claim(now, (), told=True)
        assert claimed is not None
        queue.finish(claimed, [Outgoing("¡Hola!")], Memory(), now, now + timedelta(1), stop=None,
                     erase=False)  # fmt: skip
        due = queue.due(now, (), claimed.pseudonym)
        assert due is not None
        waits = queue.sent(due, "SM1")

    assert not waits
    assert seen["transactions"] == 5
    assert seen["statements"] <= MOST_STATEMENTS


def test_a_heart_that_beats_beside_the_living_writes_one_row(stage: Stage) -> None:
    queue, now = stage.queue("w"), datetime.now(UTC)

    with counted(stage.engine) as seen:
        queue.beat(now)
        assert queue.recover(now) == 0

    assert seen == {"statements": 2, "transactions": 1}


def test_after_one_reply_the_queue_says_that_another_waits(stage: Stage) -> None:
    queue, now = stage.queue("w"), datetime.now(UTC) + timedelta(seconds=1)
    stage.says(ANA, "hola")
    claimed = queue.claim(now, ())
    assert claimed is not None
    queue.finish(claimed, [Outgoing("uno"), Outgoing("dos")], Memory(), now, now + timedelta(1),
                 stop=None, erase=False)  # fmt: skip
    first = queue.due(now, (), claimed.pseudonym)
    assert first is not None

    assert queue.sent(first, None)
    second = queue.due(now, (), claimed.pseudonym)
    assert second is not None
    assert second.outgoing.text == "dos"
    assert not queue.sent(second, None)


async def test_what_the_gateway_tells_of_is_answered_though_nobody_looks_twice_a_second(
    stage: Stage,
) -> None:
    """Also what comes while she is being answered, and whoever else writes meanwhile."""
    stage.echo.takes_s = 0.2
    worker = stage.worker("w")
    running = asyncio.create_task(Loop(worker, _looks_at=float("inf")).run())

    def says(who: str, text: str) -> None:
        worker.came(stage.says(who, text))

    says(ANA, "primera")
    await until(lambda: stage.echo.heard == ["primera"])
    says(ANA, "segunda")
    says(BERTA, "otra")
    try:
        await until(lambda: len(stage.notebook.sent) == 3)
    finally:
        running.cancel()
        await asyncio.wait([running])
    assert stage.notebook.to(ANA) == ["primera", "segunda"]
    assert stage.notebook.to(BERTA) == ["otra"]
    assert worker.news == 0
