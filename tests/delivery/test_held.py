"""Rasa is silent: who asks is told so once, and is answered when it is back, in order.

Who is in danger, or leaves, waits for nobody. The same stories on both databases.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from bot.conversation.wording import say
from bot.rasa_client import RasaAnswer, RasaUnavailable
from connectors import held, jobs
from connectors.contract import Outgoing, SendThrottled
from connectors.leases import BEAT_S, LEASE_S, LeaseLost
from connectors.memory import Memory
from connectors.models import Inbox, Outbox, Person
from connectors.turns import UNREAD
from connectors.waiting import waiting
from tests.conftest import Copied
from tests.delivery.day import Day, a_day, inbox
from tests.delivery.stage import KEYS, Stage, staged, until
from tests.delivery.test_workers import ANA, EVERY_WAY

LINE = say("held", "es")
ON_BOTH = [EVERY_WAY[0], EVERY_WAY[1]]


@pytest.fixture(params=EVERY_WAY)
def stage(
    request: pytest.FixtureRequest, copied: Copied, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    monkeypatch.setattr(held, "FIRST_S", 0.2)
    monkeypatch.setattr(held, "MOST_S", 0.2)
    with staged(copied, *request.param) as stage:
        yield stage


def silent(_: str) -> None:
    raise RasaUnavailable("away")


def well(_: str) -> None:
    return


async def test_an_outage_is_told_once_and_each_question_is_answered_after_it(
    stage: Stage,
) -> None:
    stage.echo.trouble = silent
    for words in ("¿uno?", "¿dos?", "¿tres?"):
        stage.says(ANA, words)

    async with stage.workers(2):
        await until(lambda: inbox(stage) == ["held"] * 3)
        await until(lambda: len(stage.notebook.to(ANA)) == 1)
        stage.says(ANA, "auxilio me está pegando")
        await until(lambda: len(stage.notebook.to(ANA)) == 2, 5)
        stage.echo.trouble = well
        await until(lambda: set(inbox(stage)) == {"done"})
        await until(lambda: len(stage.notebook.to(ANA)) == 5)

    told, card, *answers = stage.notebook.to(ANA)
    assert told.startswith(LINE)
    assert not card.startswith(LINE)
    assert answers == ["¿uno?", "¿dos?", "¿tres?"]
    assert [words for words in stage.echo.heard if words in answers] == answers


async def test_an_emergency_waits_for_no_job_of_a_later_moment(copied: Copied) -> None:
    with staged(copied, "postgresql", "jobs") as stage:  # and the next try is seconds away
        stage.echo.trouble = silent
        stage.says(ANA, "¿uno?")
        async with stage.workers():
            await until(lambda: inbox(stage) == ["held"])
            await until(lambda: bool(jobs_of(stage, "answer")))

            stage.says(ANA, "auxilio me está pegando")

            await until(lambda: len(stage.notebook.to(ANA)) == 2, 3)


async def test_an_emergency_ends_a_try_of_whichever_runner(stage: Stage) -> None:
    stage.echo.trouble = silent
    stage.says(ANA, "¿uno?")

    def slow(words: str) -> None:
        stage.echo.takes_s = 8.0 if words == "¿uno?" else 0.01

    async with stage.workers():
        await until(lambda: inbox(stage) == ["held"])
        stage.echo.trouble = slow
        await until(lambda: "¿uno?" in stage.echo.heard)
        stage.echo.trouble = silent
        stage.says(ANA, "auxilio me está pegando")
        await until(lambda: len(stage.notebook.to(ANA)) == 2, 5)


async def test_where_there_is_no_room_a_thousand_do_not_look_every_other_second(
    copied: Copied,
) -> None:
    with staged(copied, "postgresql", "jobs") as stage:
        runner = jobs.JobRunner(stage.worker("one"), stage.url)
        stage.says(ANA, "¿uno?")
        who = KEYS.pseudonym("twilio", ANA)
        waits_new = await runner._pause(who, had_room=False)
        with Session(stage.engine) as session:
            session.execute(update(Inbox).values(state="held"))
            session.commit()
        pauses = {await runner._pause(who, had_room=False) for _ in range(5)}

        assert waits_new.total_seconds() == BEAT_S
        assert len(pauses) == 5
        assert all(held.FIRST_S <= each.total_seconds() <= jobs.NO_ROOM_S for each in pauses)


async def test_a_reply_waits_for_no_job_of_a_later_moment(copied: Copied) -> None:
    with staged(copied, "postgresql", "jobs") as stage:
        stage.echo.takes_s = 0.0

        def busy(address: str, words: str) -> None:
            if words == "¿uno?":
                raise SendThrottled("429", 30)

        stage.notebook.trouble = busy
        stage.says(ANA, "¿uno?")
        async with stage.workers():
            await until(lambda: bool(jobs_of(stage, "send")))
            with Session(stage.engine) as session:  # she reads it elsewhere
                session.execute(update(Outbox).values(state="sent"))
                session.commit()

            stage.says(ANA, "¿dos?")

            await until(lambda: stage.notebook.to(ANA) == ["¿dos?"], 5)


def jobs_of(stage: Stage, task: str) -> list[object]:
    """Those that wait for a later moment."""
    later = text("SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = :task "
                 "AND scheduled_at IS NOT NULL")  # fmt: skip
    with Session(stage.engine) as session:
        return list(session.scalars(later, {"task": task}))


async def test_what_a_dead_worker_was_asking_again_is_answered_in_its_place(stage: Stage) -> None:
    stage.echo.trouble = silent
    stage.says(ANA, "¿uno?")
    stage.says(ANA, "¿dos?")
    first = stage.worker("first")
    while inbox(stage) != ["held", "held"]:
        claimed = await first.claim(())
        assert claimed is not None
        await first.answer_safely(claimed)
    later = datetime.now(UTC) + timedelta(minutes=2)
    dead = stage.queue("dead")
    dead.beat(datetime.now(UTC) - timedelta(seconds=LEASE_S + 1))
    again = dead.claim(later, ())
    assert again is not None
    assert again.again
    stage.echo.trouble = well

    async with stage.workers():
        await until(lambda: set(inbox(stage)) == {"done"})
        await until(lambda: len(stage.notebook.to(ANA)) == 3)

    assert stage.notebook.to(ANA)[1:] == ["¿uno?", "¿dos?"]


@pytest.fixture(params=ON_BOTH)
def day(request: pytest.FixtureRequest, copied: Copied) -> Iterator[Day]:
    with a_day(copied, *request.param) as day:
        yield day


@pytest.mark.parametrize(("words", "again"), [
    ("salir", True), ("borra todo", True), ("STOP", True), ("/quick_exit", False),
    ("¿quién es este número? soy el marido", True),
])  # fmt: skip
async def test_after_leaving_nothing_that_waited_is_answered(
    day: Day, words: str, again: bool
) -> None:
    await day.says("¿tengo derecho a una visa?")
    await day.says("¿cuánto cuesta?")
    if again:
        await day.later(seconds=30)
    assert inbox(day.stage) == ["held", "held"]

    tap = {"kind": "choice", "choice": words} if words.startswith("/") else {}
    await day.says("Salir" if tap else words, **tap)

    assert "held" not in inbox(day.stage)
    with Session(day.stage.engine) as session:
        assert set(session.scalars(select(Inbox.sealed))) <= {None}
    day.rasa.away = lambda _: False
    assert await day.later(hours=1) == []
    assert "¿cuánto cuesta?" not in [words for words, _ in day.rasa.asked]


@pytest.mark.parametrize(("intent", "key"), [
    ("quick_exit", "left"), ("delete_my_data", "erased"),
])  # fmt: skip
async def test_what_she_wrote_after_leaving_is_answered_when_rasa_is_back(
    day: Day, intent: str, key: str
) -> None:
    """Though only the model understands that she left, and both have waited."""
    await day.says("mejor hablamos otro día, ya viene")
    await day.says("¿cuánto cuesta?")
    day.rasa.away = lambda _: False
    day.rasa.intents = {"mejor hablamos otro día, ya viene": intent}

    left, *_, answer = await day.later(minutes=1)

    assert say(key, "es").partition(".")[0] in left
    assert answer.endswith("R ¿cuánto cuesta?")
    assert set(inbox(day.stage)) == {"done"}
    assert not day.is_stopped


async def test_after_leaving_a_sensitive_answer_that_waited_is_only_announced(day: Day) -> None:
    """He may be there: it is no matter of minutes."""
    await day.meets()
    await day.says("mejor hablamos otro día, ya viene")
    await day.says("¿y si me pega otra vez?")
    day.rasa.away, day.rasa.sensitive = (lambda _: False), True
    day.rasa.intents = {"mejor hablamos otro día, ya viene": "quick_exit"}

    told = await day.later(minutes=1)

    assert told[-1] == say("late_ready", "es")
    assert not any("me pega" in each for each in told)
    day.rasa.acted_on = "affirm"
    await day.says("sí")
    assert "R ¿y si me pega otra vez?" in day.got[-1]


async def test_with_her_time_over_what_waits_is_forgotten_with_her(day: Day) -> None:
    await day.says("¿cuánto cuesta?")
    for _ in range(3):
        await day.later(minutes=5)

    day.now += timedelta(hours=24)
    assert await day.worker.forget() == 1

    with Session(day.stage.engine) as session:
        assert session.scalars(select(Person)).all() == []
        assert {(row.state, row.sealed) for row in session.scalars(select(Inbox))} == {
            ("done", None)
        }


async def test_a_new_question_does_not_overtake_and_brings_the_older_at_once(day: Day) -> None:
    await day.says("¿uno?")
    await day.later(minutes=1)
    day.rasa.away = lambda _: False
    day.worker.pulse.answered_at = day.now  # somebody else

    await day.says("¿dos?")

    assert [words for words, _ in day.rasa.asked] == ["¿uno?", "¿dos?"]
    assert [words.startswith(LINE) for words in day.got] == [True, False, False]


async def test_while_rasa_is_away_no_new_message_makes_the_older_be_tried(day: Day) -> None:
    await day.says("¿uno?")
    day.now += timedelta(seconds=1)

    await day.says("¿dos?")
    await day.says("auxilio me está pegando")

    assert day.rasa.tried == ["¿uno?", "auxilio me está pegando"]


async def begun(day: Day) -> asyncio.Task[datetime | None]:
    """What waits is asked about again, and Rasa is back."""
    day.rasa.away = lambda _: False
    return await day.tries()


async def test_an_emergency_does_not_wait_for_a_try_that_is_under_way(day: Day) -> None:
    await day.says("¿uno?")
    day.rasa.ready = asyncio.Event()
    trying = await begun(day)

    day.post("auxilio me está pegando")
    await asyncio.wait_for(trying, 3)

    assert inbox(day.stage) == ["held", "new"]
    day.rasa.ready = None
    await day.work()
    assert day.got[1:] == ["R auxilio me está pegando", "R ¿uno?"]


@pytest.mark.parametrize("words", ["salir", "borra todo", "STOP"])
async def test_an_answer_that_was_ready_when_she_left_is_not_sent(day: Day, words: str) -> None:
    await day.says("¿uno?")
    day.rasa.meanwhile = lambda: day.post(words)
    await (await begun(day))
    day.rasa.meanwhile = lambda: None

    await day.work()

    assert "R ¿uno?" not in day.got
    assert "held" not in inbox(day.stage)


async def test_what_waits_does_not_overrule_a_stop_that_the_vendor_reports(day: Day) -> None:
    await day.says("¿uno?")
    who = day.people()[0]
    day.worker.queue.opt_out(who, day.now)

    assert inbox(day.stage) == ["done"]
    assert day.is_stopped


async def test_a_question_asked_after_stop_waits_for_rasa_and_for_start(day: Day) -> None:
    """Rasa was away; back again, it lifted her STOP by the answer."""
    await day.meets()
    await day.says("STOP")
    day.now += timedelta(minutes=1)
    before = len(day.got)
    await day.says("¿uno?")
    assert len(day.got) == before

    await (await begun(day))
    await day.work()

    assert day.got[before:] == [say("still_stopped", "es")]
    assert day.is_stopped
    await day.says("¿dos?")
    assert len(day.got) == before + 1

    await day.says("START")
    assert day.got[-1] == "R ¿dos?"
    assert not day.is_stopped


async def test_after_stop_a_late_answer_on_violence_is_not_even_announced(day: Day) -> None:
    await day.meets()
    await day.says("STOP")
    day.now += timedelta(minutes=1)
    before = len(day.got)
    await day.says("¿y si me pega otra vez?")
    day.rasa.away, day.rasa.sensitive = (lambda _: False), True

    assert await day.later(minutes=11) == [say("still_stopped", "es")]
    await day.says("ALTA")

    assert day.got[before + 1] == say("started", "es")
    await day.says("leer la respuesta", kind="choice", choice=UNREAD)
    assert "R ¿y si me pega otra vez?" in day.got[-1]


async def test_a_stop_that_comes_while_an_old_question_is_answered_stands(day: Day) -> None:
    await day.meets()
    await day.says("¿uno?")
    before = len(day.got)
    who = day.people()[0]
    day.rasa.meanwhile = lambda: day.worker.queue.opt_out(who, day.now)

    await begun(day)
    await day.work()

    assert len(day.got) == before
    assert day.is_stopped


@pytest.mark.parametrize("again", [False, True])
async def test_a_stop_that_the_vendor_reports_ends_what_is_being_tried(
    day: Day, again: bool
) -> None:
    await day.meets()
    if again:
        await day.says("¿uno?")
    before = len(day.got)
    day.rasa.while_away = lambda: day.worker.queue.opt_out(day.people()[0], day.now)
    if again:
        await (await day.tries())
    else:
        await day.says("¿uno?")

    assert inbox(day.stage)[-1] == "done"
    assert left_of_her(day) == {None}
    assert len(day.got) == before
    assert day.is_stopped


async def test_such_a_stop_ends_what_broke_or_died_meanwhile(day: Day) -> None:
    def stops() -> None:
        day.worker.queue.opt_out(day.people()[0], day.now)
        raise RuntimeError

    await day.meets()
    await day.says("¿uno?")
    day.rasa.away, day.rasa.meanwhile = (lambda _: False), stops
    await (await day.tries())
    assert left_of_her(day) == {None}

    day.rasa.away, day.rasa.meanwhile = (lambda _: True), lambda: None
    day.now += timedelta(minutes=1)
    await day.says("START")
    await day.says("¿dos?")
    day.now += timedelta(minutes=1)
    assert day.stage.queue("dead").claim(day.now, ()) is not None
    day.worker.queue.opt_out(day.people()[0], day.now + timedelta(seconds=1))
    day.worker.queue.recover(day.now)
    await day.later(minutes=1)
    assert left_of_her(day) == {None}


async def test_such_a_stop_ends_a_try_that_was_put_off(day: Day) -> None:
    await day.meets()
    await day.says("¿uno?")
    day.rasa.away, day.rasa.ready = (lambda _: False), asyncio.Event()
    trying = await day.tries()

    day.worker.queue.opt_out(day.people()[0], day.now)
    day.post("¿dos?")
    await asyncio.wait_for(trying, 3)

    assert inbox(day.stage)[-2:] == ["done", "new"]


async def test_what_nobody_has_looked_at_before_a_stop_lifts_it_not(day: Day) -> None:
    await day.meets()
    day.rasa.away = lambda _: False
    day.post("¿uno?")
    day.now += timedelta(seconds=1)
    day.worker.queue.opt_out(day.people()[0], day.now)
    before = len(day.got)

    await day.work()

    assert day.is_stopped
    assert len(day.got) == before


def left_of_her(day: Day) -> set[bytes | None]:
    with Session(day.stage.engine) as session:
        return set(session.scalars(select(Inbox.sealed)))


async def test_what_broke_or_died_while_tried_again_goes_before_nothing_new(day: Day) -> None:
    def breaks() -> None:
        raise RuntimeError

    await day.says("¿uno?")
    await day.says("¿dos?")
    day.rasa.meanwhile = breaks
    await begun(day)
    await day.work()
    assert inbox(day.stage) == ["held", "held"]
    assert day.rasa.tried.count("¿uno?") == 2
    day.rasa.meanwhile = lambda: None

    claimed = day.stage.queue("dead").claim(day.now + timedelta(minutes=1), ())
    assert claimed is not None
    assert day.worker.queue.recover(day.now) == 1
    assert inbox(day.stage) == ["held", "held"]


async def test_the_next_outage_is_told_again(day: Day) -> None:
    await day.says("¿uno?")
    day.rasa.away = lambda _: False
    await day.later(minutes=1)
    day.rasa.away = lambda _: True

    await day.says("¿dos?")

    assert [words.startswith(LINE) for words in day.got] == [True, False, True]


async def test_while_others_of_hers_wait_still_she_is_not_told_again(day: Day) -> None:
    """The first was answered when Rasa came back; what she wrote then got the plain line anew,
    between the answers to what she had asked before."""
    await day.meets()
    await day.says("¿uno?")
    await day.says("¿dos?")
    day.rasa.away = lambda words: words != "¿uno?"
    assert await day.later(seconds=30) == ["R ¿uno?"]

    await day.says("¿tres?")
    day.rasa.away = lambda _: False
    answers = await day.later(minutes=1)

    assert [words.startswith(LINE) for words in day.got] == [False, True, False, False, False]
    assert answers == ["R ¿dos?", "R ¿tres?"]


async def test_in_a_crisis_and_to_a_bare_cry_the_number_goes_out_each_time(day: Day) -> None:
    await day.says("¿uno?")
    await day.says("ayuda")
    await day.says("auxilio me está pegando")
    await day.says("está en la puerta")

    assert [words.startswith(LINE) for words in day.got] == [True, True, False, True]


async def test_a_number_means_what_was_offered_when_she_wrote_it(day: Day) -> None:
    day.rasa.away = lambda _: False
    await day.says("¿uno?")
    with_options = Memory(introduced=True, offered=("/ask_asylum", "/ask_work_permit"))
    day.post("2")
    claimed = await day.worker.claim(())
    assert claimed is not None
    day.rasa.away = lambda _: True
    object.__setattr__(claimed, "memory", with_options)
    await day.worker.answer_safely(claimed)
    await day.says("auxilio me está pegando")  # its own question is open now
    day.rasa.away = lambda _: False

    await day.later(minutes=1)

    assert day.rasa.asked[-1][0] == "/ask_work_permit"


async def test_an_answer_that_is_late_says_so(day: Day) -> None:
    await day.says("¿uno?")
    day.rasa.away = lambda _: False
    assert await day.later(minutes=1) == ["R ¿uno?"]
    day.rasa.away = lambda _: True
    await day.says("¿dos?")
    day.rasa.away = lambda _: False

    assert await day.later(minutes=5) == [f"{say('late_lead', 'es')}\n\nR ¿dos?"]


async def test_late_and_sensitive_it_waits_until_she_asks_for_it(day: Day) -> None:
    await day.meets()
    await day.says("¿qué hago si él no me deja ir?")
    await day.says("¿y mis hijos?")
    day.rasa.away, day.rasa.sensitive = (lambda _: False), True

    assert await day.later(minutes=11) == [say("late_ready", "es")]
    await day.says("leer la respuesta", kind="choice", choice="/more")

    assert "R ¿qué hago si él no me deja ir?" in day.got[-1]
    assert "R ¿y mis hijos?" in day.got[-1]


async def test_late_and_sensitive_a_typed_yes_reads_it_too(day: Day) -> None:
    await day.meets()
    await day.says("¿qué hago si él no me deja ir?")
    day.rasa.away, day.rasa.sensitive = (lambda _: False), True
    await day.later(hours=3)
    await day.worker.forget()  # her two hours are over, but she may read what came just now
    day.rasa.acted_on = "affirm"

    await day.says("sí")

    assert "R ¿qué hago si él no me deja ir?" in day.got[-1]


async def test_what_rasa_never_answers_holds_back_the_others_for_some_minutes(day: Day) -> None:
    day.rasa.away = lambda words: "veneno" in words
    await day.says("¿veneno?")
    await day.says("¿otra cosa?")
    tries = 0
    while inbox(day.stage)[0] == "held":
        tries += 1
        assert tries < 20
        assert inbox(day.stage) == ["held", "held"]
        await day.later(minutes=1)

    line, ended, answer = day.got
    assert line.startswith(LINE)
    assert ended.startswith(say("busy", "es"))
    assert answer.endswith("R ¿otra cosa?")
    assert tries >= held.MAX_BLAMED


async def test_an_outage_however_long_ends_nothing(day: Day) -> None:
    await day.says("¿uno?")
    for _ in range(12):
        await day.later(minutes=2)
    day.rasa.away = lambda _: False

    assert len(await day.later(minutes=2)) == 1
    assert day.rasa.asked[0][0] == "¿uno?"


async def test_rasa_answers_nothing_where_only_its_own_parts_do(day: Day) -> None:
    day.rasa.away = lambda words: not words.startswith("/")
    await day.says("¿uno?")
    for _ in range(15):
        await day.later(minutes=2)

    assert inbox(day.stage) == ["held"]


async def test_tries_in_a_row_blame_nothing(day: Day) -> None:
    day.rasa.away = lambda words: "veneno" in words
    await day.says("¿veneno?")
    for number in range(10):
        day.worker.pulse.answered_at = day.now
        await day.says(f"¿{number}?")

    assert inbox(day.stage)[0] == "held"


async def test_after_what_ended_unanswered_the_next_outage_is_told(day: Day) -> None:
    day.rasa.away = lambda words: words.startswith("¿")
    await day.says("¿uno?")
    await day.says("¿dos?")
    while inbox(day.stage) == ["held", "held"]:
        await day.later(minutes=1)
    assert inbox(day.stage) == ["done", "held"]

    await day.says("¿tres?")

    assert day.got[-1].startswith(LINE)


async def test_after_stop_and_start_an_outage_is_told(day: Day) -> None:
    await day.meets()
    await day.says("¿uno?")
    await day.says("STOP")
    await day.says("START")

    await day.says("¿dos?")

    assert day.got[-1].startswith(LINE)


async def test_rasa_learns_also_in_a_later_try_that_all_is_forgotten(day: Day) -> None:
    await day.meets()
    day.now += timedelta(hours=25)
    await day.says("¿uno?", vendor_ref="SM1")
    day.rasa.away = lambda _: False
    await day.later(minutes=1)

    assert day.rasa.asked[-1][1]["forgotten"]


async def test_an_answer_is_late_too_where_nobody_worked_for_long(day: Day) -> None:
    await day.meets()
    day.rasa.away, day.rasa.sensitive = (lambda _: False), True
    day.post("¿uno?")

    assert await day.later(minutes=40) == [say("late_ready", "es")]


async def test_a_late_answer_is_still_there_after_another_turn(day: Day) -> None:
    await day.meets()
    await day.says("¿uno?")
    day.rasa.away, day.rasa.sensitive = (lambda _: False), True
    await day.later(minutes=11)

    await day.says("¿dos?")
    assert day.got[-1] == "R ¿dos?"
    await day.says("leer la respuesta", kind="choice", choice=UNREAD)

    assert day.got[-1].endswith("R ¿uno?")
    day.now += timedelta(seconds=1)
    await day.says("leer la respuesta", kind="choice", choice=UNREAD)
    assert day.got[-1] == say("empty", "es")


async def test_each_try_is_the_same_turn_for_rasa_and_as_long_after_the_last(day: Day) -> None:
    turns, ways = [], []

    def away(words: str) -> bool:
        return len(turns) < 2

    noted = day.rasa.ask

    async def ask(pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        turns.append((metadata["turn"], metadata["idle_s"], metadata["now"]))
        ways.append(metadata["channel"])
        return await noted(pseudonym, message, metadata)

    day.rasa.away = away
    day.rasa.ask = ask  # type: ignore[method-assign]
    await day.says("¿uno?")
    await day.later(minutes=1)
    await day.later(minutes=1)

    assert len(turns) == 2
    assert len(set(turns)) == 1
    assert ways == ["twilio"] * 2  # a report asks by which way it came


async def test_a_flood_does_not_wait(day: Day) -> None:
    day.worker.settings = replace(day.worker.settings, most_by_sender=5)
    for number in range(8):
        day.now += timedelta(seconds=1)
        day.post(f"¿{number}?")
    await day.work()

    assert inbox(day.stage).count("held") == 5
    assert inbox(day.stage).count("done") == 3


async def test_those_who_wait_leave_room_for_those_who_come(day: Day) -> None:
    await day.says("¿uno?")
    day.now += timedelta(minutes=1)
    day.worker.trying = held.AT_ONCE

    assert await day.worker.claim(()) is None
    day.post("¿dos?")
    claimed = await day.worker.claim(())

    assert claimed is not None
    assert not claimed.again


async def test_what_waits_for_rasa_is_a_queue_of_its_own(day: Day) -> None:
    await day.says("¿uno?")
    day.now += timedelta(minutes=30)

    found = waiting(day.stage.engine, day.now)

    assert (found["inbox"].depth, found["held"].depth, found["outbox"].depth) == (0, 1, 0)
    assert found["held"].oldest_s >= 1_800


def test_a_worker_that_was_only_slow_puts_nothing_back(stage: Stage) -> None:
    stage.says(ANA, "¿uno?")
    now = datetime.now(UTC)
    slow = stage.queue("slow")
    mine = slow.claim(now, ())
    assert mine is not None
    assert slow.recover(now) == 1
    assert stage.queue("quick").claim(now, ()) is not None

    with pytest.raises(LeaseLost):
        slow.hold(mine, held.Held(tries=1), [Outgoing("x")], Memory(),
                  now, now + timedelta(1))  # fmt: skip

    with Session(stage.engine) as session:
        assert session.scalars(select(Outbox)).all() == []
