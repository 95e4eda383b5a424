"""Words as they sound, whatever they look like."""

from __future__ import annotations

import pytest

from bot.safety.normalise import fold_with, glue, read


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


def test_of_an_endless_message_the_beginning_and_the_end_are_read() -> None:
    whole = "mil " * 500 + "fin " * 124 + "dos "  # 2,500 letters: as much as is read
    longer = "mil " * 500 + "no " + "fin " * 124 + "dos "

    assert read(whole).en == whole.strip()
    assert read(longer).en == whole.strip()
    assert read("ab" * 1_250).en == "ab" * 1_250


def test_a_ligature_that_is_long_when_written_out_is_cut_too() -> None:
    assert len(read("ﷺ" * 2_000).glued) <= 2_501


def test_digits_for_letters_within_a_word_are_letters_and_a_number_stays_one() -> None:
    assert read("qui3ro m0rir").es == read("quiero morir").es
    assert read("tengo 14 hijos").es.split()[1] == "14"


def test_letters_drawn_out_and_apostrophes_make_no_other_word() -> None:
    assert read("he’s hittting meeee").en == read("hes hiting me").en
    assert read("don't").en == "dont"


def test_a_plain_message_has_no_signs_and_a_letter_of_any_script_is_none() -> None:
    assert read("hola <3 :)").signs == frozenset()
    assert read("你好").signs == frozenset()
    assert read("🚪 hola").signs == {"🚪"}


def test_a_phrase_of_a_pattern_file_is_glued_as_a_message_is() -> None:
    assert glue("Salir rápido") == read("s-a-l-i-r   RAPIDO").glued == "salirapido"


def test_words_of_pattern_files_may_carry_accents_capitals_and_apostrophes() -> None:
    assert fold_with("en")("He's Café-Latte") == "hes cafe late"
    assert fold_with("es")("  Ñoño ") == "nono"
