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
        ("xalit", "salir", False), ("xalri", "salir", False),
    ],
)  # fmt: skip
def test_one_slip_is_one_letter(written: str, meant: str, is_slip: bool) -> None:
    assert is_one_slip(written, meant) is is_slip


@pytest.mark.parametrize(("written", "mended"), [
    ("salr", "salir"), ("slr", "slr"), ("salir7", "salir7"), ("salirs", "salir"),
    ("xenolaringotraqueotomia"[:20], "xenolaringotraqueoto"), ("alirs", "alirs"),
])  # fmt: skip
def test_how_far_a_word_may_be_from_what_it_is_meant_for(written: str, mended: str) -> None:
    assert Speller(["salir"], [], {}).spell(written).text == f"{mended} "


def test_a_very_long_word_is_looked_at_up_to_twenty_letters() -> None:
    meant = "abcdefghijklmnopqrstu"

    assert Speller([meant], [], {}).spell(meant[1:]).text == f"{meant} "
    assert Speller([meant[1:]], [], {}).spell(meant).text == f"{meant} "


def test_a_word_of_a_pattern_is_itself_and_never_another() -> None:
    spelt = Speller(["pegando", "pegado"], [], {}).spell("pegado pegando")

    assert (spelt.text, spelt.mended) == ("pegado pegando ", frozenset())


def test_among_two_that_are_as_near_always_the_same_is_meant() -> None:
    assert Speller(["matarla", "matarlo"], [], {}).spell("matarl").text == "matarla "


def test_a_word_of_signs_and_letters_is_never_what_is_meant() -> None:
    assert Speller(["salir2"], [], {}).spell("salir").text == "salir "


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
