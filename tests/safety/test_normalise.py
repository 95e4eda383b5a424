"""Words as they sound, whatever they look like."""

from __future__ import annotations

import pytest

from bot.safety.normalise import fold_with, read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quiere", "kiere"), ("encerrada", "enserada"), ("cuchillo", "cuchiyo"),
        ("hacer", "aser"), ("viene", "biene"), ("sigue", "sige"), ("está", "ESTA"),
        ("yegó", "llego"), ("ahorita", "aorita"), ("zapato", "sapato"),
    ],
)  # fmt: skip
def test_spanish_spellings_of_one_sound_become_one(one: str, other: str) -> None:
    spell = fold_with("es")

    assert spell(one) == spell(other)


def test_english_keeps_the_letters_that_spanish_drops() -> None:
    assert read("he hit me").en == "he hit me"


def test_a_word_spelt_out_is_put_together_and_a_short_one_is_not() -> None:
    assert read("s-a-l-i-r ya").es == "salir ia"
    assert read("y a mi").es == "i a mi"


def test_sentences_are_parted_and_commas_are_not() -> None:
    assert read("Ayer, no. ¿Hoy?").es == "aier no . oi"


def test_letters_of_other_alphabets_and_widths_become_plain() -> None:
    assert (
        read("ѕаlіr").glued
        == read("ＳＡＬＩＲ").glued
        == read("S\u200bA L\u0301I R").glued
        == "salir"
    )


def test_an_emoji_is_one_sign_whatever_its_skin_and_gender() -> None:
    assert "🏃" in read("🏃🏽‍♀️").signs


def test_a_text_in_another_script_is_not_taken_for_an_empty_one() -> None:
    assert read("你好❌").glued
