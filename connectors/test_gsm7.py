"""The letters of an SMS."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.gsm7 import fold, is_gsm7, segments


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Sí, aquí está la niña.", "Si, aqui esta la niña."),
        ("¿Qué? ¡Güera!", "¿Qué? ¡Güera!"),
        ("ÁÍÓÚ ÉÑÜ", "AIOU ÉÑÜ"),
        ("“hola”… – ‘ya’", "\"hola\"... - 'ya'"),
        ("Hola 👩‍👧 amiga ❤️", "Hola amiga"),
        ("a\u00a0b\tc\u200bd", "a b cd"),
        ("• uno\r\n• dos", "- uno\n- dos"),
        ("não, pão, façade, ŷ", "nao, pao, facade, y"),
        ("nin\u0303a", "niña"),  # a letter and its tilde as two characters
        ("você Çá", "voce Ça"),
        ("1.º piso, 1½ hora", "1.o piso, 1 1/2 hora"),
        ("Привет", "Привет"),  # another script has no fold
        ("5€ {a} [b] ~ ^ \\ |", "5€ {a} [b] ~ ^ \\ |"),
    ],
)
def test_folding_costs_no_meaning(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
        ("€" * 80, 1), ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 8, 2),  # the escape does not fit into the first part, moves whole
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ñ" * 160, 1), ("á" * 70, 1), ("á" * 71, 2), ("á" * 134, 2), ("á" * 135, 3),
        ("😀" * 35, 1), ("😀" * 36, 2), ("😀" * 66, 2), ("😀" * 67, 3),
    ],
)  # fmt: skip
def test_parts_are_counted_as_they_are_paid_for(text: str, parts: int) -> None:
    assert segments(text) == parts


@given(st.text(max_size=300))
def test_what_is_not_gsm7_after_folding_is_a_letter_of_another_script(text: str) -> None:
    folded = fold(text)

    if not is_gsm7(folded):
        others = {c for c in folded if not is_gsm7(c)}
        assert all(unicodedata.category(c)[0] in "LNM" for c in others)


@given(st.text(alphabet=st.characters(max_codepoint=0x17F), max_size=300))
def test_spanish_and_its_neighbours_always_fit_into_gsm7(text: str) -> None:
    rare = {c for c in fold(text) if not is_gsm7(c)}

    assert rare <= set("ÐðÞþŊŋĸŉ")  # Icelandic, Sami and the like


@given(st.text(max_size=300))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
