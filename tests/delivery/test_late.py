"""An answer that had to wait for long: what is said of it at once, and what she reads later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.conversation.wording import say
from bot.rasa_client import RasaAnswer
from connectors.contract import Option, Reply
from connectors.late import kept_back, said
from connectors.memory import Memory
from connectors.outcome import Message, Outcome
from connectors.turns import MORE, UNREAD, take_turn

READY = say("late_ready", "es")
ANSWER = Reply("Puedes irte.", (Option("Refugios", "/ask_shelter"),), "choices")
BEFORE = Memory(introduced=True, sensitive=True, country="MX")
OLD = Memory(introduced=True, sensitive=True, country="MX", unread=(Reply("Antes.").as_dict(),))
LONG, NOW = timedelta(minutes=11), timedelta(seconds=3)


def message(text: str = "¿qué hago?", *, waited: bool = True, **more: Any) -> Message:
    given = {"kind": "text", "choice": None, "location": None, "style": "sms", **more}
    return Message(text=text, received_at=datetime.now(UTC), idle_s=60, waited=waited, **given)


def outcome(before: Memory, acted_on: str = "ask_domestic_violence") -> Outcome:
    return Outcome((ANSWER,), before.but(offered=("/ask_shelter",), more=()), acted_on)


def kept(before: Memory, came: Outcome, waited: timedelta = LONG) -> tuple[list[Reply], Memory]:
    replies, unread = said(came, message(), before, waited)
    return list(replies), kept_back(came.memory, before, replies, unread)


class Nobody:
    """A Rasa that understands a yes."""

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        return RasaAnswer((Reply("¿Sí?").as_dict(),), "affirm", {"language": "es"})


async def next_turn(memory: Memory, text: str = "", choice: str | None = None) -> Outcome:
    kind = "choice" if choice else "text"
    now = message(text, waited=False, kind=kind, choice=choice)
    return await take_turn(Nobody(), lambda _: (None, None), "p", now, memory)


async def test_after_the_plain_line_of_another_outage_it_is_told_again() -> None:
    """The plain line promised an answer: it must not come ready without a word."""
    before = OLD.but(offered=(UNREAD,), away=True)

    replies, memory = kept(before, outcome(before))

    assert [each.text for each in replies] == [READY]
    assert len(memory.unread) == 2


async def test_the_rest_of_a_long_message_is_no_late_answer() -> None:
    before = BEFORE.but(more=("El resto.",), offered=(MORE,))

    replies, memory = kept(before, outcome(before))

    assert [each.text for each in replies] == [READY]
    assert [each["text"] for each in memory.unread][-1].endswith("Puedes irte.")
    rest = await next_turn(memory, choice=MORE)
    assert rest.replies[0].text == "El resto."
    late = await next_turn(rest.memory, choice=UNREAD)
    assert "El resto." not in late.replies[0].text


async def test_what_is_read_late_has_its_choices() -> None:
    _, memory = kept(OLD, outcome(OLD))

    read = await next_turn(memory, "sí")

    (whole,) = read.replies
    assert whole.text.startswith("Antes.\n\n")
    assert (whole.options, whole.kind) == (ANSWER.options, "choices")
    assert read.memory.offered == ("/ask_shelter",)
    assert read.memory.unread == ()


def test_what_comes_after_an_unread_answer_is_read_after_it_however_soon() -> None:
    replies, memory = kept(OLD.but(offered=(UNREAD,)), outcome(OLD), NOW)

    assert replies == []
    assert [each["text"] for each in memory.unread] == ["Antes.", "Puedes irte."]
    assert memory.offered == (UNREAD,)


def test_beside_another_answer_the_unread_one_is_offered() -> None:
    replies, unread = said(outcome(OLD), message(waited=False), OLD, NOW)

    assert unread is None
    assert [each.payload for each in replies[-1].options] == ["/ask_shelter", UNREAD]


@pytest.mark.parametrize("alarm", ["report_immediate_danger", "express_suicidal_distress"])
def test_the_number_is_never_kept_back(alarm: str) -> None:
    before = BEFORE.but(offered=(UNREAD,))

    (ready,), memory = kept(before, outcome(before, alarm))

    assert ready.text.startswith("911")
    assert ready.text.endswith(READY)
    assert len(memory.unread) == 1


def test_the_plain_line_is_no_answer_to_be_read_later() -> None:
    line = Outcome((Reply("911"),), BEFORE, "unavailable", outcome="unavailable")

    assert said(line, message(), BEFORE, LONG) == (line.replies, None)


async def test_reading_that_comes_late_itself_doubles_nothing() -> None:
    read = await next_turn(OLD, choice=UNREAD)

    _, memory = kept(OLD, read)

    assert len(memory.unread) == 1


@pytest.mark.parametrize(("words", "stays"), [
    ("salir", 0), ("borra todo", 0), ("STOP", 1), ("¿quién es este número? soy el marido", 0),
])  # fmt: skip
async def test_leaving_ends_what_is_unread(words: str, stays: int) -> None:
    assert len((await next_turn(OLD, words)).memory.unread) == stays
