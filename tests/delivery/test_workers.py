"""What must hold whoever hands out the messages: one loop on SQLite, several workers on PostgreSQL.

The same stories run with the in-process loop on both databases and with Procrastinate.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from connectors import jobs
from connectors.contract import Outgoing, SendRefused, SendThrottled, SendUncertain
from connectors.leases import LEASE_S, Heartbeat, LeaseLost, workers
from connectors.memory import Memory
from connectors.models import Inbox, OptOut, Outbox, WorkerProcess
from tests.conftest import Copied
from tests.delivery.stage import KEYS, Stage, staged, until

ANA, BERTA = "+50370000001", "+50370000002"
EVERY_WAY = [
    pytest.param(("sqlite", "loop"), id="sqlite-loop"),
    pytest.param(("postgresql", "loop"), id="postgresql-loop", marks=pytest.mark.postgresql),
    pytest.param(("postgresql", "jobs"), id="procrastinate", marks=pytest.mark.postgresql),
]


@pytest.fixture(params=EVERY_WAY)
def stage(request: pytest.FixtureRequest, copied: Copied) -> Iterator[Stage]:
    database, kind = request.param
    with staged(copied, database, kind) as stage:
        yield stage


def states(stage: Stage, table: type[Inbox] | type[Outbox]) -> list[str]:
    with Session(stage.engine) as session:
        return list(session.scalars(select(table.state).order_by(table.id)))


def is_all_sent(stage: Stage, count: int) -> Callable[[], bool]:
    return lambda: len(stage.notebook.sent) >= count and set(states(stage, Outbox)) == {"sent"}


async def test_two_workers_keep_every_conversation_in_order(stage: Stage) -> None:
    people = [f"+5037000{n:04}" for n in range(12)]
    for number in range(8):
        for who in people:
            stage.says(who, f"¿pregunta {number}?")

    async with stage.workers(2):
        await until(is_all_sent(stage, 96), 40)

    for who in people:
        assert stage.notebook.to(who) == [f"¿pregunta {n}?" for n in range(8)]
    assert set(states(stage, Inbox)) == {"done"}


async def test_many_people_are_answered_at_the_same_time(stage: Stage) -> None:
    stage.echo.takes_s = 0.3
    for n in range(8):
        stage.says(f"+5037000{n:04}", "hola")

    async with stage.workers():
        await until(is_all_sent(stage, 8))

    assert stage.echo.most_at_once >= 4


async def test_a_message_that_comes_while_workers_wait_is_answered_soon(stage: Stage) -> None:
    async with stage.workers():
        await until(lambda: True)
        stage.says(ANA, "hola")

        await until(is_all_sent(stage, 1), 5)


async def test_a_repeated_delivery_is_answered_once(stage: Stage) -> None:
    assert [stage.says(ANA, "hola", "SM1") for _ in range(3)] == [1, 0, 0]

    async with stage.workers(2):
        await until(is_all_sent(stage, 1))
        stage.says(ANA, "hola", "SM1")
        stage.says(BERTA, "buenas", "SM2")
        await until(is_all_sent(stage, 2))

    assert sorted(stage.echo.heard) == ["buenas", "hola"]


async def test_a_turn_that_fails_is_taken_again_before_the_next_message(stage: Stage) -> None:
    failures = iter([RuntimeError("once")])

    def fail_once(words: str) -> None:
        for failure in failures:
            raise failure

    stage.echo.trouble = fail_once
    stage.says(ANA, "¿primera?")
    stage.says(ANA, "¿segunda?")

    async with stage.workers(2):
        await until(is_all_sent(stage, 2))

    assert stage.echo.heard == ["¿primera?", "¿segunda?"]


async def test_a_message_that_no_turn_survives_is_answered_from_disk(stage: Stage) -> None:
    def fail(words: str) -> None:
        if "veneno" in words:
            raise RuntimeError("always")

    stage.echo.trouble = fail
    stage.says(ANA, "¿veneno?")
    with Session(stage.engine) as session, session.begin():
        session.execute(text("UPDATE inbox SET attempts = 5"))
    stage.says(ANA, "¿otra cosa?")

    async with stage.workers():
        await until(is_all_sent(stage, 2))

    assert stage.echo.heard == ["¿otra cosa?"]
    assert len(stage.notebook.sent) == 2


async def test_what_a_dead_worker_held_is_answered_by_a_living_one(stage: Stage) -> None:
    stage.says(ANA, "no me pierdas")
    dead = stage.queue("dead")
    dead.beat(datetime.now(UTC) - timedelta(seconds=LEASE_S + 1))
    assert dead.claim(datetime.now(UTC), ()) is not None

    async with stage.workers():
        await until(is_all_sent(stage, 1))

    assert stage.echo.heard == ["no me pierdas"]


async def test_what_a_living_worker_holds_is_left_to_it(stage: Stage) -> None:
    stage.says(ANA, "¿la mía?")
    living = stage.queue("living")
    living.beat(datetime.now(UTC) + timedelta(minutes=5))  # the machine may be busy
    held = living.claim(datetime.now(UTC), ())
    assert held is not None
    stage.says(ANA, "¿después?")
    stage.says(BERTA, "hola")

    async with stage.workers():
        await until(is_all_sent(stage, 1))
        assert stage.echo.heard == ["hola"]
        now = datetime.now(UTC)
        living.announce = jobs.announce if stage.kind == "jobs" else living.announce
        living.finish(held, [Outgoing("¿la mía?")], Memory(introduced=True), now,
                      now + timedelta(days=1), stop=None, erase=False)  # fmt: skip
        await until(is_all_sent(stage, 3))

    assert stage.notebook.to(ANA)[0] == "¿la mía?"
    assert stage.echo.heard == ["hola", "¿después?"]


def test_a_worker_that_was_only_slow_changes_nothing_any_more(stage: Stage) -> None:
    stage.says(ANA, "hola")
    now = datetime.now(UTC)
    slow, quick = stage.queue("slow"), stage.queue("quick")
    mine = slow.claim(now, ())
    assert mine is not None
    assert slow.recover(now) == 1
    theirs = quick.claim(now, ())
    assert theirs is not None

    with pytest.raises(LeaseLost):
        slow.finish(mine, [Outgoing("mía")], Memory(), now, now, stop=None, erase=True)
    slow.give_back(mine, now)

    assert states(stage, Inbox) == ["working"]
    assert states(stage, Outbox) == []
    quick.finish(theirs, [], Memory(), now, now + timedelta(1), stop=None, erase=False)
    assert states(stage, Inbox) == ["done"]


async def test_a_throttled_reply_waits_and_holds_back_the_next(stage: Stage) -> None:
    refusals = iter([SendThrottled("429", 0.5)])

    def throttle_once(address: str, words: str) -> None:
        for refusal in refusals:
            raise refusal

    stage.notebook.trouble = throttle_once
    stage.says(ANA, "¿primera?")
    stage.says(ANA, "¿segunda?")

    async with stage.workers(2):
        await until(is_all_sent(stage, 2))

    assert stage.notebook.to(ANA) == ["¿primera?", "¿segunda?"]


async def test_a_throttled_chat_holds_back_nobody_else(stage: Stage) -> None:
    """Telegram tells one chat to wait (retry_after); the others are not that chat."""
    refusals = iter([SendThrottled("429", 1.5)])

    def throttle_ana_once(address: str, words: str) -> None:
        for refusal in refusals if address == ANA else ():
            raise refusal

    stage.notebook.trouble = throttle_ana_once
    stage.says(ANA, "¿primera?")
    stage.says(BERTA, "¿otra?")

    async with stage.workers():
        await until(is_all_sent(stage, 2))

    assert stage.notebook.sent == [(BERTA, "¿otra?"), (ANA, "¿primera?")]


def after_her_stop(address: str, words: str) -> None:
    """What Twilio answers for a number that sent STOP."""
    raise SendRefused("21610", opted_out=True)


async def test_a_refusal_of_hers_is_remembered_however_often_she_writes(
    stage: Stage,
) -> None:
    stage.notebook.trouble = after_her_stop
    stage.says(ANA, "¿primera?")

    async with stage.workers():
        await until(lambda: states(stage, Outbox) == ["failed"])
        stage.says(ANA, "¿segunda?")
        # She is told once how to come back; here the vendor refuses that, too.
        await until(lambda: states(stage, Inbox) == ["done", "done"]
                    and set(states(stage, Outbox)) == {"failed"})  # fmt: skip

    with Session(stage.engine) as session:
        assert session.get(OptOut, KEYS.pseudonym("twilio", ANA)) is not None
    assert stage.waits == []  # what she decides is no failure of ours


async def test_the_figures_hear_how_long_an_answer_waited_and_that_one_never_left(
    stage: Stage,
) -> None:
    def refuse(address: str, words: str) -> None:
        if address == BERTA:
            raise SendRefused("30006")

    stage.notebook.trouble = refuse
    stage.says(ANA, "¿primera?")
    stage.says(BERTA, "¿otra?")

    async with stage.workers():
        await until(lambda: sorted(states(stage, Outbox)) == ["failed", "sent"])

    told = {who: (style, waited) for who, style, waited in stage.waits}
    style, waited = told[KEYS.pseudonym("twilio", ANA)]
    assert (style, len(stage.waits)) == ("sms", 2)
    assert waited is not None
    assert 0 <= waited < 60
    assert told[KEYS.pseudonym("twilio", BERTA)] == ("sms", None)


async def test_an_answer_in_two_parts_that_never_leaves_is_one_for_the_figures(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(address: str, words: str) -> None:
        raise SendRefused("30006")

    render = stage.notebook.render
    monkeypatch.setattr(stage.notebook, "render", lambda *given: (2 * render(*given)[0], ()))
    stage.notebook.trouble = refuse
    stage.says(ANA, "¿primera?")

    async with stage.workers():
        await until(lambda: states(stage, Outbox) == ["failed", "failed"])

    assert [waited for *_, waited in stage.waits] == [None]


async def test_as_many_processes_are_counted_as_are_alive(stage: Stage) -> None:
    long_ago = datetime.now(UTC) - timedelta(seconds=2 * LEASE_S)
    with Session(stage.engine) as session, session.begin():
        session.add(WorkerProcess(name="dead", seen_at=long_ago))
    assert workers(stage.engine) == 0

    async with stage.workers(2):
        await until(lambda: workers(stage.engine) == 2)


async def test_after_an_unknown_end_the_vendor_is_asked_before_anything_is_sent_again(
    stage: Stage,
) -> None:
    endings = iter([SendUncertain("no answer")])

    def end_unknown(address: str, words: str) -> None:
        for ending in endings:
            raise ending

    stage.notebook.trouble = end_unknown
    stage.notebook.taken = "SM-found"
    stage.says(ANA, "hola")

    async with stage.workers():
        await until(lambda: states(stage, Outbox) == ["sent"])

    assert stage.notebook.sent == []
    assert len(stage.notebook.asked) == 1


async def test_a_reply_that_a_dead_worker_was_sending_is_looked_for_and_then_sent(
    stage: Stage,
) -> None:
    stage.says(ANA, "hola")
    now = datetime.now(UTC)
    dead = stage.queue("dead")
    held = dead.claim(now, ())
    assert held is not None
    dead.finish(held, [Outgoing("hola")], Memory(introduced=True), now, now + timedelta(1),
                stop=None, erase=False)  # fmt: skip
    assert dead.due(now, ()) is not None

    async with stage.workers():
        await until(is_all_sent(stage, 1))

    assert [since.known for since in stage.notebook.asked] == [[]]


async def test_a_fault_of_ours_while_sending_holds_back_only_her(stage: Stage) -> None:
    faults = iter([KeyError("ours")])

    def fault_once(address: str, words: str) -> None:
        for fault in faults if address == ANA else ():
            raise fault

    stage.notebook.trouble = fault_once
    stage.says(ANA, "hola")
    stage.says(BERTA, "hola")

    async with stage.workers():
        await until(is_all_sent(stage, 2))

    assert sorted(who for who, _ in stage.notebook.sent) == [ANA, BERTA]


async def test_who_is_forgotten_meanwhile_gets_nothing_and_stops_nobody(stage: Stage) -> None:
    stage.says(ANA, "hola")
    stage.queue("any").forget(datetime.now(UTC) + timedelta(days=2))
    stage.says(BERTA, "hola")

    async with stage.workers():
        await until(is_all_sent(stage, 1))

    assert [who for who, _ in stage.notebook.sent] == [BERTA]


async def test_a_reply_outlives_a_vendor_that_is_away_for_long(stage: Stage) -> None:
    away = iter(range(12))

    def throttled(address: str, words: str) -> None:
        for _ in away:
            raise SendThrottled("429", retry_after_s=0.01)

    stage.notebook.trouble = throttled
    stage.says(ANA, "¿me escuchas?")

    async with stage.workers():
        await until(lambda: states(stage, Outbox) == ["sent"])

    assert len(stage.notebook.sent) == 1


async def test_a_worker_that_is_not_sure_of_what_it_holds_loses_no_reply(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure = [False]
    monkeypatch.setattr(Heartbeat, "is_sure", lambda _: sure[0])
    stage.says(ANA, "¿me escuchas?")

    async with stage.workers():
        await until(lambda: states(stage, Inbox) == ["done"])
        await asyncio.sleep(1.0)
        assert states(stage, Outbox) == ["new"]
        sure[0] = True
        await until(lambda: states(stage, Outbox) == ["sent"])

    assert len(stage.notebook.sent) == 1
