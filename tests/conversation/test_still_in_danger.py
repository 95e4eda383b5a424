"""What only looks like the end of a danger, or like nothing, keeps its number."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.state import ALARMS, State
from tests.conversation.heard import hear, text

DANGER, DESPAIR = ALARMS
IN_DANGER = State(language="es", country="MX", here="MX", crisis="danger", crisis_turns=1)


@pytest.mark.parametrize(("words", "alarm"), [
    ("im safe in the closet he is looking for me", DANGER),
    ("estoy a salvo escondida en el closet", DANGER),
    ("ya esta preso pero me mando a su hermano con la pistola", DANGER),
    ("ya se acabo todo", DESPAIR),
])  # fmt: skip
def test_a_sure_alarm_is_not_over_because_one_word_says_so(
    filled_engine: Engine, words: str, alarm: str
) -> None:
    told = hear(filled_engine, words, IN_DANGER, alarm, 0.97)

    assert told.state.crisis is not None
    assert "911" in text(told) or "800 911 2000" in text(told)


def test_who_does_not_know_why_she_writes_is_not_given_a_menu_in_place_of_an_alarm(
    filled_engine: Engine,
) -> None:
    told = hear(filled_engine, "no se por que escribo esto", State(language="es", country="MX"),
                DESPAIR, 0.97)  # fmt: skip

    assert "800 911 2000" in text(told) or "911" in text(told)


def test_what_writing_costs_is_no_deletion(filled_engine: Engine) -> None:
    told = hear(filled_engine, "esto es gratis?", State(language="es", country="MX"),
                "delete_my_data", 0.9)  # fmt: skip

    assert told.acted_on == "ask_menu"


def test_who_cares_for_her_girl_is_asked_of_the_danger_that_she_is_in(
    filled_engine: Engine,
) -> None:
    told = hear(filled_engine, "si me pasa algo quien cuida a mi hija", IN_DANGER, DANGER, 0.97)

    assert "morir" not in text(told)
    assert text(told).startswith("911")


def test_a_way_of_speaking_that_is_surely_heard_as_danger_keeps_the_number(
    filled_engine: Engine,
) -> None:
    told = hear(filled_engine, "me van a cortar la luz", State(language="es", country="MX"),
                DANGER, 0.97)  # fmt: skip

    assert "911" in text(told)


@pytest.mark.parametrize("words", [
    "me hizo algo que yo no queria y me pego", "se aprovecho de mi y me golpeo, que hago",
])  # fmt: skip
def test_blows_beside_a_rape_hide_nothing_of_what_helps_after_it(
    filled_engine: Engine, words: str
) -> None:
    told = hear(filled_engine, words, State(language="es", country="MX", here="MX"),
                "ask_sexual_violence", 0.9)  # fmt: skip

    assert any(".sexual_violence." in each for each in told.records), told.records
    assert "72 horas" in text(told) or "120 horas" in text(told)
