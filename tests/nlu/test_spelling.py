"""Women who write as they hear are read as others are; names and English words stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlu.spelling import Spelling

_WRITTEN = ("quiero", "refugio", "hermana", "puedo", "trabajar", "pero", "perro", "hay", "casa")
_TEXTS = [f"{word} en la casa" for word in _WRITTEN for _ in range(80)]
_TEXTS += ["kiero la casa"] * 5 + ["mi ermana tiene un perro"] * 3
_ENGLISH = ["the caro is all in my casa see"] * 40


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    """Learnt from a few hundred messages."""
    languages = ["es"] * len(_TEXTS) + ["en"] * len(_ENGLISH)
    return Spelling.train([*_TEXTS, *_ENGLISH], languages, ["yoro", "san jose"])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("kiero refujio", "quiero refugio"),
        ("mi ermana", "mi hermana"),
        ("puedotrabajar en lakasa", "puedo trabajar en la casa"),
        ("Kiero, REFUJIO!", "quiero, refugio!"),
    ],
)
def test_what_is_written_as_it_sounds_is_read_as_it_is_meant(
    spelling: Spelling, written: str, read: str
) -> None:
    assert spelling.mend(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "quiero refugio en la casa",
        "el perro, pero no",  # two words that only nearly sound alike
        "me llamo Kasa y vivo con Ermana",  # names
        "estoy en yoro",  # a place
        "see all",  # English
        "Él está en Tapachula, ¿ya?",  # accents and signs that need no mending
        "",
        "¿?",
    ],
)
def test_what_needs_no_mending_stays_letter_for_letter(spelling: Spelling, text: str) -> None:
    assert spelling.mend(text) == text


def test_it_reads_the_same_after_it_was_stored(spelling: Spelling, tmp_path: Path) -> None:
    spelling.save(tmp_path)
    assert Spelling.load(tmp_path).mend("kiero refujio i trabajarme") == spelling.mend(
        "kiero refujio i trabajarme"
    )
