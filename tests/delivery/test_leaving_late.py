"""An answer that was made in time leaves late: its vendor was away, or our whole program was.

It says so; sensitive and very late, only that there is an answer goes out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversation.wording import say
from bot.rasa_client import RasaAnswer
from connectors.contract import Option, Outgoing, Reply, SendThrottled, SendUncertain
from connectors.late import LATE, SAFE, announcement
from connectors.leases import LEASE_S
from connectors.leaving_late import IfLate, if_late, ready, with_lead
from connectors.models import Inbox, Outbox, Person
from connectors.outcome import Outcome
from connectors.render import META, TELEGRAM, TWILIO, Limits, Rendered, render
from connectors.turns import UNREAD
from tests.conftest import Copied
from tests.delivery.day import Day, a_day, outbox
from tests.delivery.stage import Echo, Stage, staged, until
from tests.delivery.test_late import BEFORE, message
from tests.delivery.test_workers import ANA, EVERY_WAY

READY = say("late_ready", "es")
LEAD = say("late_lead", "es")
MANY = SAFE + timedelta(minutes=1)


@pytest.fixture(params=EVERY_WAY[:2])
async def day(request: pytest.FixtureRequest, copied: Copied) -> AsyncIterator[Day]:
    """She has been greeted, and Rasa answers."""
    with a_day(copied, *request.param) as day:
        await day.meets()
        day.rasa.away = lambda _: False
        day.stage.notebook.sent.clear()
        yield day


def away(error: Callable[[], Exception] = lambda: SendThrottled("503", 5)) -> Any:
    def trouble(address: str, words: str) -> None:
        raise error()

    return trouble


def well(address: str, words: str) -> None:
    return


async def asks(day: Day, *questions: str, sensitive: bool = True, **more: Any) -> None:
    """Her questions are answered at once, but the vendor is away."""
    day.stage.notebook.trouble = away()
    day.rasa.sensitive = sensitive
    for words in questions:
        await day.says(words, **more)


async def comes_back(day: Day, after: timedelta) -> list[str]:
    """The vendor, after so long; what she gets then."""
    day.stage.notebook.trouble = well
    return await day.later(seconds=after.total_seconds())


async def reads(day: Day) -> str:
    await day.says("leer la respuesta", kind="choice", choice=UNREAD)
    return day.got[-1]


async def test_after_two_minutes_it_says_so(day: Day) -> None:
    await asks(day, "¿uno?", sensitive=False)
    assert await comes_back(day, timedelta(minutes=1)) == ["R ¿uno?"]

    await asks(day, "¿dos?", "¿tres?", sensitive=False)

    assert await comes_back(day, LATE) == [f"{LEAD}\n\nR ¿dos?", f"{LEAD}\n\nR ¿tres?"]


async def test_what_is_not_sensitive_leaves_however_late(day: Day) -> None:
    await asks(day, "¿uno?", sensitive=False)

    assert (await comes_back(day, timedelta(hours=3)))[-1] == f"{LEAD}\n\nR ¿uno?"


async def test_late_and_sensitive_it_waits_until_she_asks_for_it(day: Day) -> None:
    await asks(day, "¿y si me pega?", "¿y mis hijos?")

    assert await comes_back(day, MANY) == [READY]
    read = await reads(day)

    assert read.index("R ¿y si me pega?") < read.index("R ¿y mis hijos?")
    assert words_kept(day) == set()


async def test_so_it_is_where_our_whole_program_was_away(day: Day) -> None:
    await asks(day, "¿y si me pega?")
    day.now += MANY
    day.stage.notebook.trouble = well
    another = day.stage.worker("after the night")
    another.clock = day.worker.clock

    for who in day.people():
        await another.send_all(who)

    assert day.got == [READY]


async def test_a_typed_yes_reads_it_though_her_time_was_nearly_over(day: Day) -> None:
    await asks(day, "¿y si me pega?")
    assert await comes_back(day, timedelta(hours=1, minutes=55)) == [READY]
    day.now += timedelta(minutes=10)
    await day.worker.forget()
    day.rasa.acted_on = "affirm"

    await day.says("sí")

    assert "R ¿y si me pega?" in day.got[-1]


async def test_it_is_gone_with_her_time(day: Day) -> None:
    await asks(day, "¿y si me pega?")
    await comes_back(day, MANY)
    day.now += timedelta(hours=3)

    assert await day.worker.forget() == 1

    with Session(day.stage.engine) as session:
        assert session.scalars(select(Person)).all() == []
        assert session.scalars(select(Outbox)).all() == []


@pytest.mark.parametrize("words", ["salir", "borra todo", "¿quién es este número? soy el marido"])
async def test_leaving_ends_what_was_kept_back(day: Day, words: str) -> None:
    await asks(day, "¿y si me pega?")
    await comes_back(day, MANY)

    await day.says(words)

    assert "me pega" not in await reads(day)


@pytest.mark.parametrize("words", ["salir", "borra todo"])
async def test_nothing_is_kept_back_of_what_is_being_sent_while_she_leaves(
    day: Day, words: str
) -> None:
    await asks(day, "¿y si me pega?")
    day.now += MANY
    day.stage.notebook.trouble = well
    due = day.worker.queue.due(day.now, ())
    assert due is not None
    await day.says(words)

    await day.worker.send(due)

    assert READY not in day.got
    assert "me pega" not in await reads(day)


async def test_in_an_alarm_the_number_leaves_however_late(day: Day) -> None:
    day.rasa.acted_on = "report_immediate_danger"
    await asks(day, "auxilio me está pegando")

    (told,) = await comes_back(day, MANY)

    assert told.startswith("112") or "911" in told
    assert told.endswith(READY)
    assert "R auxilio" in await reads(day)


async def test_an_alarm_of_minutes_ago_leaves_as_it_is_beside_an_older_late_answer(
    day: Day,
) -> None:
    await asks(day, "¿y si me pega?")
    day.now += timedelta(minutes=8)
    day.rasa.acted_on = "report_immediate_danger"
    await asks(day, "auxilio me está pegando")

    told = await comes_back(day, timedelta(minutes=3))

    assert told[0] == READY
    assert told[1] == "R auxilio me está pegando"


async def test_in_the_order_of_her_questions_whatever_kind_they_are(day: Day) -> None:
    await asks(day, "¿y si me pega?")
    day.now += timedelta(minutes=6)
    await asks(day, "¿y mis hijos?")  # five minutes late: read after the other, not before it
    day.now += timedelta(minutes=4)
    await asks(day, "¿hay camas?")  # less than two minutes ago when the vendor is back

    told = await comes_back(day, timedelta(minutes=1))

    assert told == [READY, "R ¿hay camas?"]
    assert "R ¿y mis hijos?" in await reads(day)


async def test_a_third_of_an_answer_that_was_cut_is_kept_back_alone(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """She has its beginning already."""
    cut = [Outgoing("Uno."), Outgoing("Dos."), Outgoing("Tres.", "buttons", (Option("x", "/x"),))]
    whole = day.stage.notebook.render

    def parted(reply: Reply, style: str) -> Rendered:
        return (cut, ()) if reply.text.startswith("R ") else whole(reply, style)

    monkeypatch.setattr(day.stage.notebook, "render", parted)

    def after_one(address: str, words: str) -> None:
        if words != "Uno.":
            raise SendThrottled("429", 5)

    day.stage.notebook.trouble = after_one
    day.rasa.sensitive = True
    await day.says("¿y si me pega?")
    assert day.got == ["Uno."]

    assert await comes_back(day, MANY) == [READY]
    assert await reads(day) == "Dos.\n\nTres."


async def test_each_question_of_hers_that_is_late_is_announced(day: Day) -> None:
    await asks(day, "¿y si me pega?")
    assert await comes_back(day, MANY) == [READY]
    await asks(day, "¿y mis hijos?")
    with Session(day.stage.engine) as session:  # and offered is still the late answer
        session.execute(update(Outbox).where(Outbox.state == "new").values(not_before=day.now))
        session.commit()

    told = await comes_back(day, MANY)

    assert told == [READY]
    read = await reads(day)
    assert "R ¿y si me pega?" in read
    assert "R ¿y mis hijos?" in read


def offers_choices(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages keep their choices, as every vendor's do."""
    plain = day.stage.notebook.render

    def whole(reply: Reply, style: str) -> Rendered:
        messages, rest = plain(reply, style)
        return [replace(each, options=reply.options) for each in messages], rest

    monkeypatch.setattr(day.stage.notebook, "render", whole)


async def test_who_was_told_last_that_there_is_an_answer_is_not_told_so_twice(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second answer offers the first one, and is late as well: she reads both by one tap."""
    offers_choices(day, monkeypatch)
    await asks(day, "¿y si me pega?")
    assert await comes_back(day, MANY) == [READY]
    await asks(day, "¿y mis hijos?")

    assert await comes_back(day, MANY) == []

    assert outbox(day.stage)[-1] == "sent"
    assert words_kept(day) == set()
    read = await reads(day)
    assert read.index("R ¿y si me pega?") < read.index("R ¿y mis hijos?")


async def test_while_a_turn_of_hers_is_under_way_nothing_is_written_over_it(day: Day) -> None:
    await asks(day, "¿y si me pega?")
    day.now += MANY
    day.stage.notebook.trouble = well
    day.post("¿y mis hijos?")
    claimed = await day.worker.claim(())
    assert claimed is not None

    await day.worker.send_all(claimed.pseudonym)
    assert day.got == []
    await day.worker.answer_safely(claimed)

    assert (await day.later(seconds=2))[0] == READY
    assert "R ¿y si me pega?" in await reads(day)


async def test_what_may_have_reached_the_vendor_is_looked_for_by_its_own_words(day: Day) -> None:
    day.stage.notebook.trouble = away(lambda: SendUncertain())
    day.rasa.sensitive = True
    await day.says("¿y si me pega?")
    sought: list[str] = []
    found = day.stage.notebook.find

    async def find(address: str, outgoing: Outgoing, sent: Any) -> str | None:
        sought.append(outgoing.text)
        return await found(address, outgoing, sent)

    day.stage.notebook.find = find  # type: ignore[method-assign]
    await day.later(minutes=3)  # late by now, and still nobody knows
    await day.later(minutes=MANY.total_seconds() / 60)  # it is not there: only now other words
    await day.later(minutes=1)
    assert sought == ["R ¿y si me pega?", "R ¿y si me pega?", READY]

    day.stage.notebook.taken = "SM9"
    await day.later(minutes=1)

    assert day.got == []
    assert outbox(day.stage)[-1] == "sent"


async def test_what_has_reached_the_vendor_is_not_announced(day: Day) -> None:
    day.stage.notebook.trouble = away(lambda: SendUncertain())
    day.rasa.sensitive = True
    await day.says("¿y si me pega?")
    day.stage.notebook.taken = "SM9"

    assert await comes_back(day, MANY) == []
    assert outbox(day.stage)[-1] == "sent"


async def test_a_worker_that_dies_after_it_has_kept_something_back_loses_nothing(day: Day) -> None:
    class Dies(BaseException):
        pass

    await asks(day, "¿y si me pega?")
    dead = day.stage.worker("dead")
    dead.clock = day.worker.clock
    day.now += MANY
    day.stage.notebook.trouble = away(lambda: Dies())  # type: ignore[arg-type,return-value]
    with pytest.raises(Dies):
        await dead.send_all(day.people()[0])
    dead.queue.beat(day.now)
    day.now += timedelta(seconds=LEASE_S + 1)
    assert day.worker.queue.recover(day.now) == 1
    day.stage.notebook.trouble = well

    await day.work()

    assert day.got == [READY]
    assert "R ¿y si me pega?" in await reads(day)


async def test_a_slow_worker_keeps_nothing_back_that_another_has_taken_over(day: Day) -> None:
    await asks(day, "¿y si me pega?")
    day.now += MANY
    day.stage.notebook.trouble = well
    slow = day.stage.worker("slow")
    slow.clock = day.worker.clock
    due = slow.queue.due(day.now, ())
    assert due is not None
    slow.queue.recover(day.now)
    await day.work()

    await slow.send(due)

    assert day.got == [READY]


def words_kept(day: Day) -> set[bytes]:
    with Session(day.stage.engine) as session:
        return {each for each in session.scalars(select(Outbox.sealed)) if each}


class Sensitive(Echo):
    async def ask(self, *asked: Any) -> RasaAnswer:
        answer = await super().ask(*asked)
        return RasaAnswer(answer.replies, "ask_shelter", {"language": "es", "sensitive": True})


@pytest.mark.parametrize("way", EVERY_WAY)
async def test_whoever_hands_out_the_messages_nothing_sensitive_leaves_long_after(
    copied: Copied, way: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with staged(copied, *way) as stage:
        stage.echo = Sensitive()
        stage.notebook.trouble = away(lambda: SendThrottled("503", 1.0))
        stage.says(ANA, "¿y si me pega?")
        async with stage.workers(2):
            await until(lambda: has_failed(stage))
            with Session(stage.engine) as session:
                row = session.scalars(select(Inbox)).one()
                row.received_at -= MANY
                session.commit()
            stage.notebook.trouble = well
            await until(lambda: set(states(stage)) == {"sent"})

        assert stage.notebook.to(ANA)[-1] == READY
        assert not any("me pega" in each for each in stage.notebook.to(ANA))


def has_failed(stage: Stage) -> bool:
    with Session(stage.engine) as session:
        return bool(session.scalars(select(Outbox.error_code)).first())


def states(stage: Stage) -> list[str]:
    with Session(stage.engine) as session:
        return list(session.scalars(select(Outbox.state)))


LOOKS = [("sms", TWILIO), ("whatsapp", META), ("whatsapp", TWILIO), ("telegram", TELEGRAM),
         ("web", META)]  # fmt: skip


@pytest.mark.parametrize(("style", "limits"), LOOKS)
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_announcement_with_numbers_is_one_message(
    style: str, limits: Limits, language: str
) -> None:
    numbers = ["911 (todo el país, gratis, de día y de noche)"] * 2

    messages, rest = render(announcement(numbers, language), style, limits)

    assert (len(messages), rest) == (1, ())
    told = ready(numbers, language, lambda reply: render(reply, style, limits))
    assert [each.payload for each in told.options] == [UNREAD]


def test_where_it_does_not_fit_it_leaves_as_it_is() -> None:
    late = IfLate(lead=True)

    def sms(reply: Reply) -> Rendered:
        return render(reply, "sms", TWILIO)

    (short,), _ = sms(Reply("¿Sí o no?", (Option("Sí", "/affirm"), Option("No", "/deny"))))
    said = with_lead(short, late, sms)
    assert said is not None
    assert said.text.startswith("Perdona la demora.")
    assert said.text.endswith("1 Si\n2 No")
    assert said.options == short.options
    assert with_lead(Outgoing("x" * 440, segments=3), late, sms) is None
    long = Outgoing("x" * 1_000, "buttons", (Option("Sí", "/affirm"),))
    assert with_lead(long, late, lambda reply: render(reply, "whatsapp", META)) is None


def test_what_lets_go_or_says_that_rasa_is_away_leaves_whenever_it_can() -> None:
    for neutral in (
        Outcome((Reply("Hoy hay sol."),), BEFORE, "quick_exit", hush=True),
        Outcome((Reply("911"),), BEFORE, "unavailable", outcome="unavailable"),
    ):
        found = if_late(neutral, message(), neutral.replies, [Outgoing("x")], said=False)
        assert found == [None]


def test_an_offer_of_a_late_answer_is_not_kept_with_another() -> None:
    offer = Option(say("late_read", "es"), UNREAD)
    answer = Outcome((Reply("Puedes irte.", (offer,), "choices"),), BEFORE, "ask_shelter")

    (late,) = if_late(answer, message(), answer.replies, [Outgoing("x")], said=False)

    assert late is not None
    assert [Reply.from_dict(dict(each)) for each in late.replies] == [Reply("Puedes irte.")]


def test_what_is_kept_beside_the_words_is_shown_in_no_error() -> None:
    late = IfLate(replies=(Reply("canaria").as_dict(),))

    assert "canaria" not in repr(late)
