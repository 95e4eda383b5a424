"""The emergency card: a number first, neutral at first sight, and always something."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.paths import COUNTRIES
from bot.safety.card import NEUTRAL, card, load, load_wording
from bot.safety.files import SAFETY, SafetyDataError

SERVED = sorted(p.parent.name for p in COUNTRIES.glob("*/cards.yml") if p.parent.name != "regional")
KINDS = ("danger", "violence", "sexual_violence", "child", "trafficking", "suicide", "ambulance",
         "threats")  # fmt: skip
SENSITIVE = ("violen", "abus", "suicid", "sexual", "maltrat", "trata ", "traffick", "rape")


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("country", [*SERVED, None, "VE"])
def test_every_card_begins_with_a_number_and_with_neutral_words(
    country: str | None, kind: str, language: str
) -> None:
    text = card(kind, country, language)

    assert text[0].isdigit() or text[0] in "*+#"
    assert not [word for word in SENSITIVE if word in text[:NEUTRAL].lower()]
    assert "{" not in text
    assert len(text.split()) <= 90


def test_the_files_of_the_project_have_no_faults() -> None:
    assert load().faults == ()
    assert len(SERVED) == 11


def test_guatemala_gets_its_own_number_and_not_911() -> None:
    first_line = card("danger", "GT", "es").splitlines()[0]

    assert first_line.startswith("110 ")


def test_a_country_we_do_not_know_gets_911_and_the_exceptions() -> None:
    text = card("suicide", None, "en")

    assert text.startswith("911 ")
    for number in ("110", "118", "104", "988"):
        assert number in text


def test_a_number_keeps_the_zero_it_begins_with() -> None:
    assert card("violence", "MX", "es").startswith("079 ")


def test_who_cannot_speak_learns_where_to_send_a_text_message() -> None:
    assert "START al 88788" in card("violence", "US", "es")


def test_small_letters_and_odd_countries_are_no_trouble() -> None:
    assert card("danger", "mx", "es") == card("danger", "MX", "es")
    assert card("danger", "../../etc", "es") == card("danger", None, "es")
    assert card("danger", "XX", "es") == card("danger", None, "es")
    assert card("no such kind", "HN", "es") == card("danger", "HN", "es")


def test_any_language_but_english_is_answered_in_spanish() -> None:
    assert card("danger", "HN", "fr") == card("danger", "HN", "es")


def test_a_spoilt_country_file_is_told_at_the_start_and_answered_regionally(tmp_path: Path) -> None:
    folder = tmp_path / "countries"
    for name in ("mx", "regional"):
        (folder / name).mkdir(parents=True)
        shutil.copy(COUNTRIES / name / "cards.yml", folder / name)
    (folder / "mx" / "cards.yml").write_text("danger: [nothing", encoding="utf-8")

    assert "mx" in load(folder).faults[0]
    assert card("danger", "MX", "es", folder).startswith("911 ")


def test_with_no_files_at_all_a_number_is_still_said(tmp_path: Path) -> None:
    assert card("danger", "MX", "es", tmp_path) == "911"


def test_wording_with_another_field_in_one_language_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cards_wording.yml"
    text = (SAFETY / "cards_wording.yml").read_text(encoding="utf-8")
    path.write_text(text.replace("to {number}", "to {phone}", 1), encoding="utf-8")

    with pytest.raises(SafetyDataError, match="sms"):
        load_wording(path)
