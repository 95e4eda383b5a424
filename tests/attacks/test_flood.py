"""Floods: of fields, of messages, of guesses."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from bot.portal import attempts
from bot.portal.models import Attempt
from bot.serve import actions
from connectors.contract import BadSignature, Request
from connectors.flood import AGAIN, held_back
from connectors.memory import Memory
from connectors.outcome import Message
from connectors.twilio import handler
from tests.attacks.test_her_phone import ANA, WHO, answer
from tests.delivery.stage import Stage
from tests.portal.desk import Desk, on_both

URL = "https://comadre.example/webhooks/twilio"
TWILIO = handler.TwilioSettings("AC1", "token", sms_from="+15005550006")


def test_a_forged_post_of_a_hundred_thousand_fields_is_refused_at_once() -> None:
    body = "&".join(f"{number:x}=" for number in range(45_000)).encode()
    began = time.perf_counter()

    with pytest.raises(BadSignature):
        handler.verify(Request("POST", URL, {"x-twilio-signature": "x"}, {}, body), TWILIO)

    assert time.perf_counter() - began < 0.5, "it took minutes"


def post_of(fields: int) -> Request:
    """With Twilio's own signature."""
    form = {f"Field{number}": "x" for number in range(fields)}
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
    signature = RequestValidator("token").compute_signature(URL, form)
    return Request("POST", URL, {"x-twilio-signature": signature}, {}, body)


def test_a_true_post_of_many_fields_is_taken() -> None:
    handler.verify(post_of(handler.MAX_FIELDS), TWILIO)


def test_a_post_of_one_field_too_many_is_not_even_reckoned() -> None:
    with pytest.raises(BadSignature):
        handler.verify(post_of(handler.MAX_FIELDS + 1), TWILIO)


def message(text: str = "hola", **more: object) -> Message:
    given = {"kind": "text", "text": text, "choice": None, "location": None, "style": "sms",
             "received_at": datetime.now(UTC), "idle_s": 1.0, **more}  # fmt: skip
    return Message(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("lately", "most", "held"), [
    (1, 60, False), (60, 60, False), (61, 60, True), (500, 60, True), (500, 0, False),
])  # fmt: skip
def test_who_sends_too_many_is_held_back(lately: int, most: int, held: bool) -> None:
    assert (held_back(message(), Memory(), lately, most) is not None) is held


@pytest.mark.parametrize("text", ["me va a matar, ayuda", "salir", "borra todo", "STOP"])
def test_what_matters_is_answered_in_the_middle_of_a_flood(text: str) -> None:
    assert held_back(message(text), Memory(), 500, 60) is None


def test_a_crisis_that_goes_on_is_never_held_back() -> None:
    in_crisis = Memory(topic="report_immediate_danger")

    assert held_back(message("sigue aquí"), in_crisis, 500, 60) is None
    assert held_back(message("", kind="choice", choice="/quick_exit"), Memory(), 500, 60) is None


@pytest.mark.parametrize("text", ["2", "la segunda", "ayuda", "HELP"])
def test_a_number_that_means_leaving_and_a_bare_cry_are_never_held_back(text: str) -> None:
    offered = Memory(offered=("/ask_asylum", "/quick_exit"))

    assert held_back(message(text), offered, 500, 60) is None


def test_who_speaks_of_violence_is_given_more_room() -> None:
    hurt = Memory(topic="ask_domestic_violence", sensitive=True)

    assert held_back(message("si"), hurt, 61, 60) is None
    assert held_back(message("si"), hurt, 301, 60) is not None


def test_the_number_comes_although_three_messages_are_one() -> None:
    counts = range(63, 124, 3)
    said = [held_back(message(), Memory(country="GT"), each, 60, 3) for each in counts]

    assert sum(bool(each and each.replies) for each in said) == 4


def test_every_twentieth_message_of_a_flood_gets_the_emergency_number() -> None:
    said = [held_back(message(), Memory(country="GT"), number, 60) for number in range(61, 101)]

    spoken = [each for each in said if each and each.replies]
    assert len(spoken) == 40 // AGAIN
    assert "110" in spoken[0].replies[0].text


def test_whose_answer_is_held_back_is_told_nothing_and_keeps_what_she_had() -> None:
    memory = Memory(country="GT", topic="ask_asylum", offered=("/ask_asylum",))
    said = held_back(message(), memory, 62, 60)

    assert said is not None
    assert (said.replies, said.memory) == ((), memory)
    assert (said.acted_on, said.outcome) == ("unavailable", "unavailable")
    assert held_back(message(), memory, 1, 1) is None
    assert held_back(message(""), memory, 62, 60) is not None, "a picture without a word"


@on_both
async def test_a_flood_of_one_telephone_costs_only_so_many_replies(stage: Stage) -> None:
    worker = stage.worker("worker")
    worker.settings = type(worker.settings)(stage.url, b"x" * 32, most_by_sender=4)
    for number in range(12):
        stage.says(ANA, f"pregunta número {number}, ¿sí?")
        await answer(worker)
    stage.says(ANA, "me va a matar, ayuda")
    await answer(worker)

    await worker.send_all(WHO)

    assert len(stage.echo.heard) == 5, "four questions, and the cry for help"
    assert len(stage.notebook.to(ANA)) == 6


@on_both
def test_guesses_at_the_same_moment_are_no_more_than_one_after_the_other(engine: Engine) -> None:
    made: list[int] = []
    start = threading.Barrier(20)

    def guess() -> None:
        start.wait()
        try:
            attempts.guarded(engine, ("mail", "address"), datetime.now(UTC), lambda: made.append(1))
        except attempts.TooOften:
            return

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(made) == attempts.MOST_BY_MAIL


@on_both
def test_colleagues_who_get_in_at_the_same_moment_do_not_stop_each_other(engine: Engine) -> None:
    start, wrong = threading.Barrier(6), list[Exception]()

    def come_in() -> None:
        start.wait()
        try:
            for _ in range(6):
                attempts.guarded(engine, ("mail", "address"), datetime.now(UTC), lambda: True)
        except attempts.TooOften:
            return  # six of them try at the same time
        except Exception as error:  # of the database
            wrong.append(error)

    threads = [threading.Thread(target=come_in) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert wrong == []


@on_both
def test_what_is_forgotten_between_two_steps_of_a_sign_in_is_counted_anew(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_once, left = attempts.add_once, [1]

    def once_deleted(session: Session, *given: Any, **values: Any) -> None:
        add_once(session, *given, **values)
        if left and left.pop():
            session.execute(delete(Attempt))  # as the supervisor does every minute

    monkeypatch.setattr(attempts, "add_once", once_deleted)

    assert attempts.guarded(engine, ("mail", "address"), datetime.now(UTC), lambda: True)


def test_who_gets_in_is_no_failure_of_an_address_that_many_share(engine: Engine) -> None:
    for number in range(attempts.MOST_BY_ADDRESS + 5):
        marks = (f"mail {number}", "office")
        assert attempts.guarded(engine, marks, datetime.now(UTC), lambda: True)


def test_without_a_token_nobody_calls_the_actions() -> None:
    for token, given in (
        ("", ""),
        ("", "Bearer"),
        ("right", ""),
        ("right", "right"),
        ("right", "Bearer wrong"),
    ):
        app = TestClient(actions.application(None, token))  # type: ignore[arg-type]
        assert app.post("/webhook", headers={"Authorization": given}, json={}).status_code == 403


ODD = (
    "/portal/services?page=²", "/portal/services?page=99999999999999999999999",
    "/portal/services?q=%00", "/portal/services?town=%00&country=%00",
    "/portal/statements?q=%00%25", "/portal/records/%00/history", "/portal/sheets/%00",
    "/portal/services/%ED%A0%80", "/portal/statements?q=%25_%25", "/portal/figures?period=%00",
)  # fmt: skip


@on_both
def test_odd_addresses_break_no_page(desk: Desk) -> None:
    worker = desk.editor()

    statuses = {path: worker.open(path).status for path in ODD}

    assert set(statuses.values()) <= {200, 400, 403, 404}, statuses
