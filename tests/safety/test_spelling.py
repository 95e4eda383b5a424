"""Slips of the finger are mended; true words are left alone."""

from __future__ import annotations

import pytest

from bot.safety.gate import gate
from bot.safety.spelling import Speller, is_one_slip


@pytest.mark.parametrize(
    ("written", "meant", "is_slip"),
    [
        ("saluir", "salir", True), ("slir", "salir", True), ("sadlr", "salir", False),
        ("sailr", "salir", True), ("xalir", "salir", True), ("salirr", "salir", True),
        ("sal", "salir", False), ("rilas", "salir", False), ("asalir", "salir", True),
    ],
)  # fmt: skip
def test_one_slip_is_one_letter(written: str, meant: str, is_slip: bool) -> None:
    assert is_one_slip(written, meant) is is_slip


def test_a_slip_is_mended_and_its_place_is_told() -> None:
    spelt = Speller(["pegando"], [], {}).spell("me esta pegndo")

    assert spelt.text == "me esta pegando "
    assert spelt.mended == {2}


def test_a_true_word_is_left_alone() -> None:
    assert Speller(["pegando"], ["pagando"], {}).spell("pagando").text == "pagando "


def test_short_words_are_left_alone() -> None:
    assert Speller(["alto"], [], {}).spell("alta").text == "alta "


def test_another_way_of_writing_may_stand_for_several_words() -> None:
    assert Speller(["matar"], [], {"amatar": "a matar"}).spell("va amatar").text == "va a matar "


@pytest.mark.parametrize(
    "message",
    [
        "me está pagando poco",
        "clase",
        "saliva",
        "pasar",
        "el subsidio de maternidad",
        "they are shouting at us",
        "smart",
        "me está cocinando",
        "me están llevando los papeles",
    ],
)
def test_a_true_word_that_looks_like_an_alarm_is_none(message: str) -> None:
    assert gate(message, style="sms") is None
