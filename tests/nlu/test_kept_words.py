"""What was worked out for a word is kept; what may tell who somebody is, is not."""

from __future__ import annotations

import pytest

from bot.nlu.kept_words import kept


@pytest.mark.parametrize(
    ("word", "times"),
    [
        ("hola", 1),
        ("niña,", 1),
        ("¿hola", 2),
        ("5512345678", 2),
        ("ana@correo.mx", 2),
        ("casa12", 2),
        ("curp:GOMA900101", 2),
        ("@anita_lopez", 2),
        ("juan.perez", 2),
        ("x" * 21, 2),
        ("", 2),
    ],
)
def test_only_plain_words_are_kept(word: str, times: int) -> None:
    asked: list[str] = []

    def letters(text: str) -> int:
        asked.append(text)
        return len(text)

    quick = kept(letters)

    assert [quick(word), quick(word)] == [len(word)] * 2
    assert asked == [word] * times
