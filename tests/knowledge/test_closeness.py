"""Of the statements on a topic, the one that answers comes closest; what answers nothing does not.

facts.jsonl: messages of a writer who saw the statements but not what is said to be asked for them,
each with the statements that answer it (none for kind "c").
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.knowledge import by_meaning
from bot.knowledge.answer import answer
from bot.knowledge.asked import NOTHING, nationals_in, read_asked
from bot.knowledge.by_meaning import PLAIN, TOLD
from bot.knowledge.chance import chances
from bot.knowledge.closeness import PATH, Closeness, Row, _rows_of, closeness
from bot.knowledge.library import Library
from bot.knowledge.models import Statement
from bot.knowledge.ranking import Signs, features, weights
from bot.nlu.encoder import UniversalSentenceEncoder
from bot.nlu.meanings import Meanings, from_text, meanings
from tests.meaning import meaning

_FILE = Path(__file__).parent / "facts.jsonl"
ROWS = [
    Row("bz.a.1", "a", "procedure", "El trámite cuesta 10 dólares.",
        "The procedure costs 10 dollars."),
    Row("bz.a.2", "a", "procedure", "Lleva tu pasaporte.", "Bring your passport."),
]  # fmt: skip
FACTS = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def likeliest(filled_engine: Engine) -> dict[str, list[tuple[float, bool]]]:
    """By kind of message: how likely the likeliest of its topic answers, and whether it does."""
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    with Session(filled_engine) as session:
        for country in sorted({each["country"] for each in FACTS}):
            rows = session.execute(
                select(Statement.text_es, Statement.text_en, Statement.asked)
                .where(Statement.country == country)
            ).all()  # fmt: skip
            meanings(PATH).learn(
                text for es, en, asked in rows
                for text in (es, en, *(t for texts in (asked or {}).values() for t in texts))
            )  # fmt: skip
            near = closeness(session, country)
            for each in (fact for fact in FACTS if fact["country"] == country):
                topic, words = each["intent"], len(each["text"].split())
                asked = replace(read_asked(each["text"]), vectors=from_text(meaning(each["text"])))
                before = topic if each["kind"] == "b" else None
                signs = Signs(topic, {topic: 0.8}, before, stays=0.9, asks=True, words=words)
                rows_ = features(near, asked, signs)
                values = rows_ @ weights()
                order = [i for i in np.argsort(-values) if near.intents[i] == topic]
                best = order[0]
                found[each["kind"]].append(
                    (float(chances(rows_, values, words)[best]), near.ids[best] in each["ids"])
                )
    return found


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


def test_the_statement_that_answers_is_likeliest(
    likeliest: dict[str, list[tuple[float, bool]]],
) -> None:
    """By the words alone it was 63 % of first messages, and 61 % of follow-ups."""
    assert share([right for _, right in likeliest["a"]]) >= 0.82
    assert share([right for _, right in likeliest["b"]]) >= 0.87


def test_what_no_statement_answers_is_mostly_seen(
    likeliest: dict[str, list[tuple[float, bool]]],
) -> None:
    assert share([chance >= PLAIN for chance, _ in likeliest["c"]]) <= 0.3
    assert share([chance >= TOLD for chance, _ in likeliest["b"]]) >= 0.95


def test_without_vectors_the_words_decide(tmp_path: Path) -> None:
    near = Closeness("BZ", ROWS, Meanings(tmp_path / "meanings.npz"))
    costs, brings = (
        Statement(id=row.id, text_es=row.es, text_en=row.en, kind=row.kind) for row in ROWS
    )
    asked = replace(read_asked("¿cuánto cuesta?"), vectors=np.ones((1, 1024), np.float32))

    assert not near.knows_meaning(asked)
    assert near.by_words(costs, asked) > near.by_words(brings, asked) == 0
    assert near.missing


@pytest.mark.parametrize(("text", "of"), [
    ("El TPS de Honduras y Nicaragua terminó.", {"HN", "NI"}),
    ("En los consulados de México aquí un pasaporte cuesta 101 dólares.", {"MX"}),
    ("Si eres haitiana, sacas el pasaporte en tu embajada.", {"HT"}),
    ("Si viajas desde Honduras, para entrar lleva tu pasaporte.", set()),
    ("Las redes de Guatemala ayudan a todas.", set()),
])  # fmt: skip
def test_for_whose_people_a_sentence_is(text: str, of: set[str]) -> None:
    assert nationals_in(text) == of


def test_while_one_text_is_not_encoded_the_words_decide(tmp_path: Path) -> None:
    """A new statement of an editor's must not lose for that."""
    known = Meanings(tmp_path / "meanings.npz")
    known.learn([ROWS[0].es, ROWS[0].en], UniversalSentenceEncoder())

    near = Closeness("BZ", ROWS, known)

    assert near.missing == [ROWS[1].es, ROWS[1].en]
    assert not near.knows_meaning(replace(NOTHING, vectors=np.ones((1, 1024), np.float32)))


def test_a_region_that_is_not_encoded_yet_takes_no_answer_away(
    filled_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words would be counted in numbers ten times as large."""
    known = meanings(PATH)
    asked = replace(read_asked("¿y cuánto cuesta pedir refugio?"),
                    vectors=from_text(meaning("¿y cuánto cuesta pedir refugio?")))  # fmt: skip

    def half(library: Library, country: str) -> Closeness:
        empty = Meanings(tmp_path / "none.npz") if country == "XX" else known
        return Closeness(country, _rows_of(library.of(country)), empty)

    monkeypatch.setattr(by_meaning, "closeness", half)
    with Session(filled_engine) as session:
        told = answer(session, "ask_asylum", "GT", "es", date(2026, 11, 26), asked=asked)

    assert told.statements
    assert all(each.id.startswith("gt.") for each in told.statements)
