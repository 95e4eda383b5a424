"""Every word of a card, on cards made for this test."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.safety.card import Cards, card, load, load_wording
from bot.safety.files import SAFETY, SafetyDataError


def both(es: str, en: str) -> dict[str, str]:
    return {"es": es, "en": en}


HOURS = both("24 horas", "24 hours")
POLICE = {"ref": "gt.emergency.1", "number": "110", "display": "110", "hours": HOURS,
          "label": both("Policía", "Police")}  # fmt: skip
WOMEN = {"ref": "gt.emergency.2", "number": "1572", "display": "1572",
         "label": both("Violencia contra la mujer", "Violence against women"),
         "sms": {"number": "40404", "display": "404-04", "word": "AYUDA"},
         "whatsapp": "+50255551234"}  # fmt: skip
CARD = {"numbers": [POLICE, WOMEN], "line": both("Llama ya.", "Call now.")}
NEEDS = ("danger", "violence", "sexual_violence", "child", "trafficking", "suicide", "ambulance")


def written(folder: Path, country: str, **changes: Any) -> Path:
    """The folder, with a country's cards: every need has the same one, but for `changes`."""
    (folder / country).mkdir(parents=True, exist_ok=True)
    cards = {**dict.fromkeys(NEEDS, CARD), **changes}
    text = yaml.safe_dump(copy.deepcopy(cards), allow_unicode=True)
    (folder / country / "cards.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_card_in_spanish_and_in_english(tmp_path: Path) -> None:
    folder = written(tmp_path, "gt")

    assert card("danger", "GT", "es", folder).splitlines() == [
        "110 · Policía (24 horas)",
        "1572 · Línea de ayuda",
        "Por mensaje de texto: AYUDA al 404-04",
        "Por WhatsApp: +50255551234",
        "Llama ya.",
    ]
    assert card("danger", "GT", "en", folder).splitlines() == [
        "110 · Police (24 hours)",
        "1572 · Helpline",
        "By text message: AYUDA to 404-04",
        "By WhatsApp: +50255551234",
        "Call now.",
    ]


def test_the_ways_to_the_first_number_stand_under_it(tmp_path: Path) -> None:
    silent = {**WOMEN, "sms": {"number": "40404", "display": "404-04"}}
    folder = written(tmp_path, "gt", violence={**CARD, "numbers": [silent, POLICE]})

    assert card("violence", "GT", "es", folder).splitlines() == [
        "1572 · Línea de ayuda",
        "Por mensaje de texto: 404-04",
        "Por WhatsApp: +50255551234",
        "110 · Policía (24 horas)",
        "Llama ya.",
    ]


def test_a_telling_label_may_stand_where_no_notification_shows_it(tmp_path: Path) -> None:
    long = {**POLICE, "label": both("Policía nacional civil de la ciudad", "National civil police")}
    folder = written(tmp_path, "gt", danger={**CARD, "numbers": [long, WOMEN]})

    assert "1572 · Violencia contra la mujer" in card("danger", "GT", "es", folder)


def test_a_notification_ends_where_the_first_line_does(tmp_path: Path) -> None:
    police = {**POLICE, "label": both("Policía de toda la urbe", "Police")}
    folder = written(tmp_path, "gt", danger={**CARD, "numbers": [police, WOMEN]})

    first, second, *_ = card("danger", "GT", "es", folder).splitlines()

    assert (len(first), second) == (40, "1572 · Violencia contra la mujer")


def test_where_her_country_is_unknown_the_exceptions_are_named(tmp_path: Path) -> None:
    general = {**POLICE, "ref": "xx.emergency.1", "number": "911", "display": "911"}
    helpline = {**WOMEN, "ref": "xx.emergency.2", "number": "988", "display": "988"}
    countries = [
        {"code": "GT", "name": both("Guatemala", "Guatemala"), "number": "110",
         "ref": "gt.emergency.1"},
        {"code": "PA", "name": both("Panamá", "Panama"), "number": "104", "ref": "pa.emergency.1"},
        {"code": "HN", "name": both("Honduras", "Honduras"), "number": "911",
         "ref": "hn.emergency.1"},
        {"code": "MX", "name": both("México", "Mexico"), "number": "911", "ref": "mx.emergency.1"},
    ]  # fmt: skip
    told = {**CARD, "line": both("Guatemala: 110. Panamá: 104.", "Guatemala: 110. Panama: 104.")}
    folder = written(
        tmp_path, "regional", countries=countries, danger={**CARD, "numbers": [general]},
        suicide={**CARD, "numbers": [general, helpline]}, ambulance={**told, "numbers": [general]},
    )  # fmt: skip

    assert card("danger", None, "en", folder).splitlines() == [
        "911 · Emergencies in almost every country",
        "Call now.",
        "Guatemala: 110. Panama: 104.",
    ]
    assert card("suicide", "GT", "es", folder).splitlines() == [
        "911 · Emergencias en casi todos los países",
        "988 · Violencia contra la mujer",
        "Por mensaje de texto: AYUDA al 404-04",
        "Por WhatsApp: +50255551234",
        "Llama ya.",
        "Guatemala: 110. Panamá: 104.",
    ]
    assert card("ambulance", None, "es", folder).splitlines() == [
        "911 · Emergencias en casi todos los países",
        "Guatemala: 110. Panamá: 104.",
    ]


def test_the_regional_file_by_its_own_code_is_no_country(tmp_path: Path) -> None:
    regional = {"code": "GT", "name": both("Guatemala", "Guatemala"), "number": "110",
                "ref": "gt.emergency.1"}  # fmt: skip
    folder = written(tmp_path, "regional", countries=[regional])

    assert card("danger", "regional", "es", folder) == card("danger", None, "es", folder)


def test_without_the_regional_file_an_unknown_country_gets_the_last_resort(tmp_path: Path) -> None:
    folder = written(tmp_path, "gt")

    assert card("danger", "HN", "es", folder) == "911"
    assert len(load(folder).faults) == 1
    assert "no readable regional/cards.yml" in load(folder).faults[0]


def test_without_the_words_around_the_numbers_the_last_resort_is_said() -> None:
    assert Cards(load().countries, None).say("danger", "GT", "es") == "911"


def test_a_fault_in_the_words_around_the_numbers_is_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad() -> None:
        raise SafetyDataError("cards_wording.yml: line 3")

    monkeypatch.setattr("bot.safety.card.load_wording", bad)
    folder = written(tmp_path, "regional")

    assert load(folder).faults == ("cards_wording.yml: line 3",)
    assert card("danger", "GT", "es", folder) == "911"


def test_what_is_no_text_at_all_is_a_fault_and_not_the_end(tmp_path: Path) -> None:
    folder = written(tmp_path, "regional")
    (folder / "gt").mkdir()
    (folder / "gt" / "cards.yml").write_bytes(b"\xff\xfe\x00")

    assert len(load(folder).faults) == 1
    assert card("danger", "GT", "es", folder).startswith("110 ")


@pytest.mark.parametrize(("old", "new", "fault"), [
    ("  neutral:", "  neutra:", "expected exactly the lines"),
    ("By WhatsApp: {number}", "By WhatsApp", "fields"),
    ("Por WhatsApp: {number}", "Por WhatsApp: {word}", "whatsapp"),
    ("sensitive:", "sensitiv:", "cards_wording"),
    ("lines:", "lines: [", "cards_wording"),
])  # fmt: skip
def test_wording_with_a_fault_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    path = Path(shutil.copy(SAFETY / "cards_wording.yml", tmp_path))
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(SafetyDataError, match=fault):
        load_wording(path)
    with pytest.raises(SafetyDataError, match="none"):
        load_wording(tmp_path / "none.yml")
