"""All of a country's statements stand in one order, within what may come up at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.knowledge import chance, ranking
from bot.knowledge.answer import Answer, answer
from bot.knowledge.asked import read_asked
from bot.knowledge.by_meaning import _may_come_up
from bot.knowledge.files import DataFileError
from bot.knowledge.models import Statement
from bot.knowledge.next_step import Question
from bot.knowledge.ranking import FEATURES, Signs
from bot.nlu.meanings import from_text
from tests.meaning import meaning

TODAY = date(2026, 11, 26)
HURT, PAPERS, WORK = "ask_domestic_violence", "ask_work_permit", "ask_unpaid_wages"


def told(engine: Engine, words: str, settled: str, shares: dict[str, float], *,
         before: str | None = None, without: tuple[str, ...] = ()) -> Answer:  # fmt: skip
    asked = replace(read_asked(words), vectors=from_text(meaning(words)))
    signs = Signs(settled, shares, before, asks="?" in words, words=len(words.split()))
    with Session(engine) as session:
        return answer(session, settled, "MX", "es", TODAY, without=without, asked=asked,
                      signs=signs)  # fmt: skip


@pytest.fixture
def other_files() -> Iterator[None]:
    """What was read of them is forgotten, before and afterwards."""
    caches = (ranking.weights, chance.weights, chance.is_usable)
    for each in caches:
        each.cache_clear()
    yield
    for each in caches:
        each.cache_clear()


def test_every_feature_has_a_weight() -> None:
    assert chance.is_usable()
    assert ranking.weights().shape == (len(FEATURES),)
    assert chance.weights().shape == (len(chance.NAMES),)


@pytest.mark.parametrize("content", [None, "", "weights: {}", "weights: {questions: many}"])
def test_without_the_weights_the_words_decide(
    filled_engine: Engine, content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    other_files: None,
) -> None:  # fmt: skip
    path = tmp_path / "ranking.yml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(ranking, "PATH", path)

    with pytest.raises(DataFileError, match=r"ranking\.yml"):
        ranking.weights()
    assert told(filled_engine, "¿cuánto cuesta pedir refugio?", "ask_asylum", {}).statements


@pytest.mark.parametrize(("settled", "shares", "other", "may"), [
    (PAPERS, {PAPERS: 0.9}, HURT, False),  # violence out of the blue
    (PAPERS, {PAPERS: 0.5, HURT: 0.46}, HURT, True),
    (PAPERS, {PAPERS: 0.9}, WORK, True),
    (HURT, {HURT: 0.9}, PAPERS, False),
    (HURT, {HURT: 0.5, PAPERS: 0.4}, PAPERS, True),
    (HURT, {PAPERS: 0.7}, PAPERS, False),  # her plain words overruled the model
    (HURT, {HURT: 0.9}, "ask_safe_shelter", True),
    ("ask_sexual_violence", {PAPERS: 0.9}, PAPERS, False),
])  # fmt: skip
def test_what_may_come_up(settled: str, shares: dict[str, float], other: str, may: bool) -> None:
    assert _may_come_up(other, Question(settled, "MX", "es", TODAY), Signs(settled, shares)) is may


def test_what_answers_may_stand_under_another_topic(filled_engine: Engine) -> None:
    words = "¿y el hospital me atiende el parto sin papeles, es gratis?"
    found = told(filled_engine, words, "ask_asylum", {"ask_health_care": 0.6, "ask_asylum": 0.1},
                 before="ask_asylum")  # fmt: skip

    assert found.intent in ("ask_health_care", "ask_sexual_reproductive_health")
    assert found.statements[0].intent == found.intent


def test_the_number_of_what_she_told_stays_whatever_answers(filled_engine: Engine) -> None:
    words = "mi esposo me pega y quiero sacar mi permiso de trabajo, ¿dónde se saca?"
    found = told(filled_engine, words, HURT, {HURT: 0.5, PAPERS: 0.45})

    assert found.emergency is not None


def test_who_was_told_much_is_told_what_is_left(filled_engine: Engine) -> None:
    with Session(filled_engine) as session:
        known = session.scalars(
            select(Statement.id).where(Statement.country == "MX", Statement.intent == "ask_asylum")
        ).all()
    words = "¿cómo pido refugio?"
    before = tuple(sorted(known)[:16])
    found = told(filled_engine, words, "ask_asylum", {"ask_asylum": 0.9}, before="ask_asylum",
                 without=before)  # fmt: skip

    assert found.statements
    assert found.again or not {each.id for each in found.statements} & set(before)


def test_where_the_region_knows_nothing_of_it_no_other_matter_is_told(
    filled_engine: Engine,
) -> None:
    words = "¿me pueden despedir por estar embarazada?"
    asked = replace(read_asked(words), vectors=from_text(meaning(words)))
    signs = Signs("ask_maternity_at_work", {"ask_maternity_at_work": 0.95}, asks=True, words=6)
    with Session(filled_engine) as session:
        found = answer(session, "ask_maternity_at_work", "XX", "es", TODAY, asked=asked,
                       signs=signs)  # fmt: skip

    assert found.intent == "ask_maternity_at_work"
    assert {each.intent for each in found.statements} <= {"ask_maternity_at_work"}
