"""How likely a statement answers decides whether she is told it, plainly, or who may know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench.chances import Seen, fit, told
from bot.knowledge import by_meaning
from bot.knowledge.answer import Answer, answer
from bot.knowledge.asked import read_asked
from bot.knowledge.chance import NAMES, chances
from bot.knowledge.ranking import FEATURES, Signs
from bot.nlu.meanings import from_text
from tests.meaning import meaning

TOPIC = "ask_asylum"
WORDS = "¿y cuántos días tengo para pedir refugio en la COMAR?"


def asks(engine: Engine, *, without: tuple[str, ...] = ("mx.asylum.2",)) -> Answer:
    asked = replace(read_asked(WORDS), vectors=from_text(meaning(WORDS)))
    signs = Signs(TOPIC, {TOPIC: 0.9}, TOPIC, stays=0.9, asks=True, words=9)
    with Session(engine) as session:
        return answer(session, TOPIC, "MX", "es", date(2026, 11, 26), asked=asked, signs=signs,
                      without=without)  # fmt: skip


def test_one_that_stands_out_is_likelier_than_one_among_equals() -> None:
    rows = np.zeros((50, len(FEATURES)), dtype=np.float32)
    equal, ahead = np.zeros(50, dtype=np.float32), np.zeros(50, dtype=np.float32)
    ahead[7] = 5.0

    assert chances(rows, ahead, 8)[7] > chances(rows, equal, 8)[7]
    assert chances(rows, ahead, 8)[3] < chances(rows, equal, 8)[3]


def test_what_likely_answers_is_told_plainly(filled_engine: Engine) -> None:
    found = asks(filled_engine)

    assert found.statements
    assert not found.closest
    assert not found.missed
    assert "30" in found.statements[0].text


def test_what_may_answer_is_told_as_the_closest(
    filled_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_meaning, "PLAIN", 1.0)

    assert asks(filled_engine).closest


def test_what_hardly_answers_is_not_told_but_who_may_know(
    filled_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_meaning, "ASKED", 1.0)
    found = asks(filled_engine)

    assert found.missed
    assert not found.statements
    assert found.ask is not None


def test_a_second_sentence_comes_only_where_it_is_likely_too(
    filled_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_meaning, "BESIDE", 0.0)
    several = len(asks(filled_engine).statements)
    monkeypatch.setattr(by_meaning, "BESIDE", 1.0)

    assert several > len(asks(filled_engine).statements) == 1


def test_the_chance_that_is_learnt_is_how_often_it_answers() -> None:
    dice = np.random.default_rng(3)
    signs = np.zeros((900, 3, len(NAMES)), dtype=np.float32)
    signs[:, :, 0] = 1.0
    signs[:, :, NAMES.index("share")] = dice.normal(size=(900, 3))
    true = 1 / (1 + np.exp(-(2.0 * signs[:, :, NAMES.index("share")] - 1.0)))
    worth = (dice.random((900, 3)) < true).astype(float)
    seen = [Seen(one, other) for one, other in zip(signs, worth, strict=True)]
    weights = fit(seen)

    assert weights[0] == pytest.approx(-1.0, abs=0.25)
    assert weights[NAMES.index("share")] == pytest.approx(2.0, abs=0.3)
    lines = list(told(seen, [number % 3 for number in range(900)]))
    assert any("0.7 to 1.0 likely" in line for line in lines)
