"""Two quick messages are one turn where they belong together, and never otherwise."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from connectors.claimed import Claimed
from connectors.contract import IncomingMessage, Outgoing
from connectors.inbox import receive
from connectors.memory import Memory
from connectors.models import Inbox
from connectors.together import belonging, joined
from tests.delivery.stage import Stage

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ANA = "+50370000001"


def text(words: str) -> dict[str, Any]:
    return {"kind": "text", "text": words, "choice": None, "location": None, "vendor_ref": None}


TAP = {**text("Sí"), "kind": "choice", "choice": "/affirm"}
PLACE = {**text(""), "kind": "location", "location": [14.9, -92.2]}
VOICE = {**text(""), "kind": "voice"}


@pytest.mark.parametrize(("said", "one"), [
    (("hola", "me pega mi marido"), "hola, me pega mi marido"),
    (("Hola!", "buenas tardes", "necesito un abogado"),
     "Hola! buenas tardes, necesito un abogado"),
    (("hola comadre una pregunta", "como pido refugio"),
     "hola comadre una pregunta, como pido refugio"),
    (("quiero pedir asilo en", "mexico"), "quiero pedir asilo en mexico"),
    (("necesito un albergue", "en Tijuana"), "necesito un albergue en Tijuana"),
    (("no puedo trabajar", "porque no tengo papeles"),
     "no puedo trabajar porque no tengo papeles"),
    (("hi", "i need a shelter", "for my kids"), "hi, i need a shelter for my kids"),
    (("me quiero", "morir"), "me quiero morir"),
])  # fmt: skip
def test_what_belongs_together_is_one_message(said: tuple[str, ...], one: str) -> None:
    bodies = [text(words) for words in said]

    assert belonging(bodies, "whatsapp") == len(said)
    assert joined(bodies)["text"] == one


@pytest.mark.parametrize("said", [
    ("¿cómo pido refugio?", "¿cuánto cuesta la visa?"),
    ("necesito un albergue", "cuanto cuesta la visa humanitaria"),
    ("necesito un albergue", "en que pais puedo trabajar sin papeles"),
    ("gracias", "necesito un abogado"),
    ("quiero trabajar en Panamá.", "en Tijuana"),
])  # fmt: skip
def test_two_questions_stay_two(said: tuple[str, str]) -> None:
    assert belonging([text(words) for words in said], "whatsapp") == 1


@pytest.mark.parametrize("alone", [
    "salir", "SALIR", "borra todo", "ALTO", "stop", "me está pegando ayuda", "auxilio",
    "me quiero morir", "2", "la segunda", "sí", "no", "1 = más", "soy su marido, ¿quién es?",
])  # fmt: skip
def test_a_word_that_the_gate_must_meet_or_an_answer_to_us_is_never_joined(alone: str) -> None:
    fits = text("necesito ayuda con")

    assert belonging([text("hola"), text(alone)], "sms") == 1
    assert belonging([text(alone), text("en Tijuana")], "sms") == 1
    assert belonging([fits, text(alone)], "sms") == 1


@pytest.mark.parametrize("other", [TAP, PLACE, VOICE, {**text("hola"), "kind": "edited"}])
def test_a_tap_a_place_and_a_voice_note_stay_alone(other: dict[str, Any]) -> None:
    assert belonging([text("hola"), other], "whatsapp") == 1
    assert belonging([other, text("en Tijuana")], "whatsapp") == 1


def test_one_message_stays_as_it_is() -> None:
    assert joined([text(" hola  amiga ")]) == text(" hola  amiga ")
    assert joined([TAP]) == TAP
    assert belonging([text("hola")] * 9, "sms") == 4


@pytest.fixture
def stage(empty_engine: Engine) -> Stage:
    return Stage(empty_engine, str(empty_engine.url), "loop")


def say(stage: Stage, *said: str) -> None:
    for n, words in enumerate(said):
        message = IncomingMessage("twilio", "whatsapp", ANA, f"SM{words}", text=words,
                                  vendor_ref=f"SM{n}")  # fmt: skip
        receive(stage.store, [message], NOW + timedelta(seconds=n))


def claim(stage: Stage) -> Claimed:
    claimed = stage.queue("w").claim(NOW + timedelta(minutes=1), ())
    assert claimed is not None
    return claimed


def states(stage: Stage) -> list[str]:
    with Session(stage.engine) as session:
        return list(session.scalars(select(Inbox.state).order_by(Inbox.id)))


def test_joined_messages_are_claimed_ended_and_remembered_as_one(stage: Stage) -> None:
    say(stage, "hola", "me pega mi marido", "¿cuánto cuesta la visa?")

    claimed = claim(stage)

    assert claimed.body["text"] == "hola, me pega mi marido"
    assert claimed.refs == ("SM0", "SM1")
    assert (claimed.received_at, claimed.last_received_at) == (NOW, NOW + timedelta(seconds=1))
    assert states(stage) == ["working", "working", "new"]
    stage.queue("w").finish(claimed, [Outgoing("x")], Memory(), NOW, NOW + timedelta(1),
                            stop=None, erase=False)  # fmt: skip
    assert states(stage) == ["done", "done", "new"]


def test_joined_messages_are_given_back_as_one(stage: Stage) -> None:
    say(stage, "hola", "me pega mi marido")

    stage.queue("w").give_back(claim(stage), NOW)

    assert states(stage) == ["new", "new"]
    assert claim(stage).body["text"] == "hola, me pega mi marido"


def test_a_message_that_is_alone_is_taken_at_once(stage: Stage) -> None:
    say(stage, "hola")

    assert claim(stage).body["text"] == "hola"

    say(stage, "me pega mi marido")
    assert stage.queue("w").claim(NOW + timedelta(minutes=1), ()) is None  # one at a time


def test_an_erasure_does_not_lose_what_she_wrote_after_it(stage: Stage) -> None:
    say(stage, "borra todo", "¿cómo pido refugio?")
    queue = stage.queue("w")

    queue.finish(claim(stage), [Outgoing("Listo.")], Memory(), NOW, NOW + timedelta(1),
                 stop=None, erase=True)  # fmt: skip

    assert claim(stage).body["text"] == "¿cómo pido refugio?"


def test_the_assistant_is_asked_once_for_joined_messages(stage: Stage) -> None:
    say(stage, "hola", "busco un albergue")

    asyncio.run(stage.worker("w").answer(claim(stage)))

    assert stage.echo.heard == ["hola, busco un albergue"]
