"""A question after a greeting is heard by itself."""

from __future__ import annotations

import pytest

from bot.nlu.greeting import after_greeting, after_place


@pytest.mark.parametrize(("text", "rest"), [
    ("hi. what is the VAWA", "what is the vawa"),
    ("Buenas tardes señora, ¿cómo pido refugio?", "como pido refugio?"),
    ("ok gracias y para mi hermana", "y para mi hermana"),
    ("Good evening madam how do i get a work permit", "how do i get a work permit"),
    ("hola", None), ("hola amiga buenas tardes", None), ("dios la bendiga", None),
    ("¿cómo pido refugio?", None), ("", None), ("🙏", None),
])  # fmt: skip
def test_what_comes_after_it(text: str, rest: str | None) -> None:
    assert after_greeting(text) == rest


@pytest.mark.parametrize(("text", "rest"), [
    ("estoy en Tapachula, me pegó mi marido", "me pego mi marido"),
    ("Hola, vivo en Panamá y mi esposo me pega", "mi esposo me pega"),
    ("im in houston texas, they dont pay me", "they dont pay me"),
    ("estoy en San José Costa Rica, donde piden refugio", "donde piden refugio"),
    ("estoy en mexico", None), ("estoy en tapachula con mis hijos", None), ("", None),
    ("me pegó en Tapachula, estoy mal", None),
])  # fmt: skip
def test_what_comes_after_where_she_is(text: str, rest: str | None) -> None:
    assert after_place(text) == rest
