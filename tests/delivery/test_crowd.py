"""A hundred send sixty messages each; one is in danger."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.conversation.wording import say
from connectors import crowd
from connectors.contract import IncomingMessage
from connectors.inbox import receive
from tests.conftest import Copied
from tests.delivery.stage import Stage, staged, until
from tests.delivery.test_workers import ANA, BERTA, EVERY_WAY

CRY = "ayuda, me va a matar"
HELD = say("held", "es")
SECONDS = 2.0


@pytest.fixture(params=EVERY_WAY)
def stage(request: pytest.FixtureRequest, copied: Copied) -> Iterator[Stage]:
    with staged(copied, *request.param) as made:
        made.echo.acted_on = "ask_asylum"
        yield made


def flood(stage: Stage, people: int, each: int, words: str = "¿pregunta?") -> None:
    for number in range(people):
        who = f"+5035550{number:04}"
        came = [IncomingMessage("twilio", "sms", who, f"{who}:{n}", text=f"{words} {n}")
                for n in range(each)]  # fmt: skip
        receive(stage.store, came, datetime.now(UTC))


async def answered_after(stage: Stage, who: str, count: int = 1) -> float:
    began = time.monotonic()
    await until(lambda: len(stage.notebook.to(who)) >= count, 60)
    return time.monotonic() - began


async def test_a_cry_for_help_is_answered_in_two_seconds_behind_six_thousand_messages(
    stage: Stage,
) -> None:
    stage.echo.takes_s = 0.2
    flood(stage, 100, 60 if stage.engine.dialect.name == "sqlite" else 10)  # jobs take their time
    async with stage.workers():
        await until(lambda: len(stage.notebook.sent) > 8, 60)  # every place is taken
        stage.says(ANA, CRY)

        assert await answered_after(stage, ANA) < SECONDS
        assert CRY in stage.echo.heard[-30:]


async def test_the_order_of_her_own_messages_stays(stage: Stage) -> None:
    flood(stage, 10, 5)
    stage.says(ANA, "¿puedo trabajar?")
    stage.says(ANA, CRY)
    stage.says(BERTA, "¿puedo trabajar?")

    async with stage.workers():
        await until(lambda: CRY in stage.echo.heard, 60)
        await until(lambda: len(stage.notebook.to(BERTA)) > 0, 60)

    heard = stage.echo.heard
    # Fifty wait; a busy machine has more of them under way when hers come.
    assert heard.index("¿puedo trabajar?") < heard.index(CRY) < 25


async def test_leaving_overtakes_too_and_so_does_a_crisis_that_goes_on(stage: Stage) -> None:
    stage.says(BERTA, CRY)
    async with stage.workers():
        await until(lambda: len(stage.notebook.to(BERTA)) > 0)
    flood(stage, 10, 5)
    stage.says(ANA, "salir")

    with stage.engine.connect() as connection:
        ranks = connection.execute(
            text("SELECT rank FROM inbox WHERE state = 'new' ORDER BY id")
        ).scalars().all()  # fmt: skip
    assert ranks[-1] == crowd.URGENT
    assert set(ranks[:-1]) == {crowd.USUAL}


async def test_who_has_sent_few_comes_before_who_has_sent_many(stage: Stage) -> None:
    flood(stage, 1, 40)
    stage.says(ANA, "¿puedo trabajar?")
    worker = stage.worker("worker")

    claimed = [worker.queue.claim(datetime.now(UTC), (), told=True) for _ in range(2)]

    assert [each.address for each in claimed if each] == ["+50355500000", ANA]
    assert claimed[0] is not None
    with stage.engine.connect() as connection:
        ranks = connection.execute(text("SELECT rank FROM inbox ORDER BY id")).scalars().all()
    assert ranks[:40] == [crowd.USUAL] * crowd.FEW + [crowd.OF_MANY] * (40 - crowd.FEW)


async def test_the_rest_are_told_kindly_and_answered_when_there_is_room(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "MOST_WAITING", 20)
    monkeypatch.setattr(crowd, "LOOK_S", 0.05)
    monkeypatch.setattr("connectors.held.FIRST_S", 0.2)
    monkeypatch.setattr("connectors.held.MOST_S", 0.5)
    stage.echo.takes_s = 0.02
    flood(stage, 30, 2)
    stage.says(ANA, "¿cómo pido refugio?")

    async with stage.workers():
        await until(lambda: "¿cómo pido refugio?" in "".join(stage.notebook.to(ANA)), 60)

    lines = [words for _, words in stage.notebook.sent if HELD in words]
    assert lines, "nobody was told to wait"
    assert len(lines) <= 31, "once each is enough"
    assert all("911" in each or any(c.isdigit() for c in each) for each in lines)


async def test_a_flood_of_cries_gets_cards_from_disk(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "MOST_URGENT", 5)
    flood(stage, 20, 1, CRY)
    async with stage.workers():
        await until(lambda: len({who for who, _ in stage.notebook.sent}) == 20, 60)

    assert len(stage.echo.heard) < 20, "some were not even asked of the model"
