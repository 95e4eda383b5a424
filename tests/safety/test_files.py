"""The pattern files: read whole, or refused with the place of the fault."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.safety.files import SAFETY, SafetyDataError, load_kinds, load_words
from bot.safety.rules import Compiler

ALARMS = {"emergency.yml", "suicide.yml"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of data/safety that a test may spoil."""
    return Path(shutil.copytree(SAFETY, tmp_path / "safety"))


def _spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_files_of_the_project_can_be_read_in_both_languages() -> None:
    for language in ("es", "en"):
        assert Compiler(language).speaker().alarms


def test_a_kind_that_does_not_exist_is_refused(folder: Path) -> None:
    _spoil(folder / "gate.yml", "  leave:", "  run_away:")

    with pytest.raises(SafetyDataError, match=r"gate\.yml"):
        load_kinds(folder)


def test_a_kind_that_stands_in_two_files_is_refused(folder: Path) -> None:
    _spoil(folder / "gate.yml", "  leave:", "  suicide:")

    with pytest.raises(SafetyDataError, match=r"gate\.yml: the kind suicide stands in another"):
        load_kinds(folder)


def test_the_gravest_kinds_come_first() -> None:
    assert list(load_kinds())[:2] == ["emergency", "suicide"]


def test_a_word_that_yaml_takes_for_something_else_is_a_word(folder: Path) -> None:
    _spoil(folder / "gate.yml", "        - salir\n", "        - no\n        - 112\n")

    assert load_kinds(folder)["leave"].whole.es[:2] == ["no", "112"]


@pytest.mark.parametrize("spoilt", ["kinds: [", "kinds: 7", None])
def test_a_file_that_cannot_be_read_is_named(folder: Path, spoilt: str | None) -> None:
    path = folder / "gate.yml"
    path.unlink() if spoilt is None else path.write_text(spoilt, encoding="utf-8")

    with pytest.raises(SafetyDataError, match=r"^safety/gate\.yml: "):
        load_kinds(folder)


def test_a_guard_that_does_not_exist_is_refused(folder: Path) -> None:
    _spoil(folder / "emergency.yml", "unless: [asking,", "unless: [astrology,")

    with pytest.raises(SafetyDataError, match="astrology"):
        Compiler("es", folder).speaker()


def test_an_unknown_list_is_refused_with_its_pattern(folder: Path) -> None:
    _spoil(folder / "emergency.yml", "{weapon}", "{umbrella}")

    with pytest.raises(SafetyDataError, match="umbrella"):
        Compiler("es", folder).speaker()


def test_a_pattern_without_any_certain_word_is_refused(folder: Path) -> None:
    _spoil(folder / "emergency.yml", "- la estan matando", '- "[la] <2>"')

    with pytest.raises(SafetyDataError, match="no word that must be there"):
        Compiler("es", folder).speaker()


def test_every_list_and_every_guard_is_used() -> None:
    words = load_words()
    text = "".join(p.read_text(encoding="utf-8") for p in SAFETY.glob("*.yml"))
    used = set(re.findall(r"\{([a-z_]+)\}", text))
    guards = {g for k in load_kinds().values() for group in k.inside for g in group.unless}

    assert {*words.lists.es, *words.lists.en} <= used
    assert set(words.guards) == guards


def test_the_alarm_patterns_never_look_at_a_whole_sentence_in_the_past() -> None:
    for name, record in load_kinds().items():
        for group in record.inside:
            if name == "emergency":
                assert {"asking", "denied", "denied_softly", "past"} & set(group.unless), group.name
