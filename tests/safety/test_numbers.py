"""The number in a sentence is the first of the card, and there always is one."""

from __future__ import annotations

import pytest

from bot.knowledge.files import DataFileError
from bot.safety import numbers
from bot.safety.card import card
from bot.safety.numbers import first_number


@pytest.mark.parametrize(("kind", "country", "number"), [
    ("danger", "GT", "110"), ("violence", "GT", "1572"), ("danger", "HN", "911"),
    ("danger", None, "911"), ("violence", "VE", "911"), ("no such kind", "GT", "110"),
])  # fmt: skip
def test_her_countrys_own_number_or_the_one_that_holds_in_most(
    kind: str, country: str | None, number: str
) -> None:
    assert first_number(kind, country) == number


def test_despair_has_a_line_of_its_own_even_where_her_country_is_unknown() -> None:
    number = first_number("suicide", None)

    assert number != "911"
    assert number in card("suicide", None, "es")


@pytest.mark.parametrize("error", [DataFileError("x"), KeyError("x"), IndexError("x")])
def test_a_file_that_cannot_be_read_leaves_a_number_all_the_same(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(country: str) -> None:
        raise error

    monkeypatch.setattr(numbers, "cards", broken)

    assert first_number("danger", "GT") == "911"
    assert first_number("suicide", None) == "911"
