"""That no rule was found on migration is told to her who fears it, and to nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.state import State
from tests.conversation.heard import hear, text

NONE_FOUND = "No hallamos una regla"
ORDER = "ask_protection_order"


@pytest.mark.parametrize("words", [
    "las medidas cuánto duran", "a él lo sacan o soy yo la que tengo que salir",
    "cómo pido una orden de protección", "dónde denuncio a mi marido",
])  # fmt: skip
@pytest.mark.parametrize("state", [State(country="SV", here="SV"),
                                   State(country="MX", here="MX", origin="HN")])  # fmt: skip
def test_who_shows_no_fear_hears_nothing_of_it(
    filled_engine: Engine, words: str, state: State
) -> None:
    assert NONE_FOUND not in text(hear(filled_engine, words, state, ORDER))


def test_without_papers_abroad_she_is_told(filled_engine: Engine) -> None:
    words, abroad = "quiero denunciarlo pero no tengo papeles", State(country="MX", here="MX")

    at_home = abroad.but(origin="MX")

    assert NONE_FOUND in text(hear(filled_engine, words, abroad, ORDER))
    assert NONE_FOUND not in text(hear(filled_engine, words, at_home, ORDER))
