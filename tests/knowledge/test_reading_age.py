"""How old a reader must be: the easier of two wordings has the lower age."""

from __future__ import annotations

import pytest

from bot.knowledge.reading_age import HARD, reading_age

EASY = {"es": "Pedir refugio es gratis. Nadie te puede cobrar. Lleva tus papeles, si los tienes.",
        "en": "Asking for refuge is free. Nobody may charge you. Bring your papers if you have "
        "them."}  # fmt: skip
HEAVY = {
    "es": "La interposición de la solicitud de reconocimiento de la condición de refugiada ante la "
    "autoridad migratoria competente imposibilita automáticamente cualquier procedimiento "
    "administrativo de deportación.",
    "en": "The submission of an application for recognition of refugee status to the competent "
    "immigration authority automatically precludes any administrative deportation procedure.",
}


@pytest.mark.parametrize("language", ["es", "en"])
def test_plain_words_are_for_children_and_an_office_s_words_are_not(language: str) -> None:
    easy, heavy = reading_age(EASY[language], language), reading_age(HEAVY[language], language)

    assert easy is not None
    assert heavy is not None
    assert easy <= 12
    assert heavy >= HARD[language]


def test_hours_of_a_day_end_no_sentence() -> None:
    text = "Puedes llamar gratis de lunes a viernes, de 8 a. m. a 4 p. m., y también por la noche."
    whole = text.replace(". m.", " m")

    assert reading_age(text, "es") == reading_age(whole, "es")


def test_where_nothing_is_written_there_is_no_age() -> None:
    assert reading_age("", "es") is None
    assert reading_age("911 · 112", "en") is None
