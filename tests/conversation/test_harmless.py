"""Words of harm: a way of speaking is no alarm, and nothing told in earnest is taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.conversation.cues import read_cues
from bot.conversation.harmless import is_harmless
from bot.safety.gate import explain

_READ = yaml.safe_load(Path(__file__).with_name("words_of_harm.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("words", _READ["spoken"])
def test_a_way_of_speaking_is_known(words: str) -> None:
    assert is_harmless(words)


@pytest.mark.parametrize("words", _READ["spoken"])
def test_the_gate_is_silent_on_it(words: str) -> None:
    reason = explain(words, style="whatsapp")

    assert reason is None or reason.decision.kind not in ("emergency", "suicide")


@pytest.mark.parametrize("words", _READ["earnest"])
def test_what_is_told_in_earnest_is_never_a_way_of_speaking(words: str) -> None:
    assert not is_harmless(words)


@pytest.mark.parametrize("words", [
    "me van a cortar la luz y el me encerro", "se me murio el telefono, ya no quiero vivir",
    "they cut off the power and he is outside", "estoy matando el tiempo hasta matarme",
])  # fmt: skip
def test_one_hard_word_beside_it_and_it_is_none(words: str) -> None:
    assert not is_harmless(words)


@pytest.mark.parametrize("words", [
    "me tiene amarrada a la cama", "nos tienen amarrados en el cuarto de la renta",
])  # fmt: skip
def test_who_is_tied_by_a_man_is_still_heard_by_the_gate(words: str) -> None:
    reason = explain(words, style="whatsapp")

    assert reason is not None
    assert reason.decision.kind == "emergency"


@pytest.mark.parametrize(("words", "over"), [
    ("ya estoy a salvo en casa de mi hermana", True), ("ya lo agarraron", True),
    ("I am safe now", True), ("he was arrested", True), ("ya paso el peligro", True),
    ("no estoy a salvo", False), ("im not safe", False), ("ya se durmio", False),
    ("esta en el baño", False),
])  # fmt: skip
def test_that_it_is_over_is_heard(words: str, over: bool) -> None:
    assert ("over" in read_cues(words).tells) is over


@pytest.mark.parametrize("words", [
    "estoy a salvo por ahora", "ya se fue pero vuelve en la noche", "lo sueltan mañana",
    "safe for now but he will be back", "hes in jail but gets out tomorrow",
])  # fmt: skip
def test_what_stands_against_it_is_heard(words: str) -> None:
    assert "not_over" in read_cues(words).tells
