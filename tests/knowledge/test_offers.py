"""Where nothing answers her plainly she may choose among questions that come near hers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.knowledge.answer import answer
from bot.knowledge.asked import NOTHING, Asked
from bot.knowledge.closeness import Closeness, Row
from bot.knowledge.library import opened
from bot.knowledge.models import Statement
from bot.knowledge.next_step import Question
from bot.knowledge.offers import _as_question, chosen, code_of, offers
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.nlu.meanings import BOTH, Meanings
from connectors.render import PAYLOAD_BYTES


@pytest.fixture
def session(filled_engine: Engine) -> Iterator[Session]:
    with Session(filled_engine) as opened_session:
        yield opened_session


TODAY = date(2026, 11, 22)


def test_the_code_of_a_statement_stays_the_same_for_ever() -> None:
    assert code_of("us.asylum.4") == code_of("us.asylum.4") != code_of("us.asylum.5")
    assert len(code_of("us.asylum.4")) == 10


def test_every_statement_can_be_chosen_by_a_tap_of_its_own(session: Session) -> None:
    library = opened(session)
    every = [each for code in (*COUNTRY_CODES, REGIONAL) for each in library.of(code).statements]
    taps = {f'/{each.intent}{{"group":"{code_of(each.id)}"}}': each.id for each in every}
    assert len(taps) == len(every) > 2_000
    too_long = [tap for tap in taps if len(tap.encode()) > PAYLOAD_BYTES]
    assert not too_long


def test_what_she_chose_is_what_she_is_told(session: Session) -> None:
    library = opened(session)
    wanted = next(each for each in library.of("MX").statements if each.intent == "ask_asylum")
    told = answer(session, "ask_asylum", "MX", "es", TODAY, tapped=code_of(wanted.id))
    assert [each.id for each in told.statements] == [wanted.id]
    assert not (told.closest)
    assert not (told.missed)
    assert not (told.offers)


def test_what_is_gone_meanwhile_is_answered_as_its_topic(session: Session) -> None:
    assert chosen(opened(session), "MX", code_of("mx.asylum.never")) is None
    told = answer(session, "ask_asylum", "MX", "es", TODAY, tapped=code_of("mx.asylum.never"))
    assert told.statements
    assert {each.intent for each in told.statements} == {"ask_asylum"}


SUBJECTS = ("cuesta", "dónde", "tarda", "cost", "where")


class BySubject:
    """An encoder that knows of a text only which of SUBJECTS is in it."""

    def both(self, texts: Sequence[str]) -> Any:
        vectors = np.zeros((len(texts), BOTH), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            at = next(n for n, each in enumerate((*SUBJECTS, "")) if each in text)
            vector[at] = vector[BOTH // 2 + at] = 1.0
        return vectors


def seeking(words: str) -> Asked:
    return replace(NOTHING, vectors=BySubject().both([words]))


def question(words: str, language: str = "es") -> Question:
    return Question("ask_asylum", "BZ", language, TODAY, asked=seeking(words))


def row(number: int, es: Sequence[str] = (), en: Sequence[str] = ()) -> Row:
    return Row(f"bz.asylum.{number}", "ask_asylum", "procedure", f"Texto {number}.",
               f"Text {number}.", {"es": es, "en": en})  # fmt: skip


ROWS = [
    row(1, ["cuánto cuesta pedir refugio", "dónde pido refugio", "¿dónde?",
            "cuánto cuesta pedir refugio si vengo con mis dos hijos y mi mamá enferma"],
        ["what does it cost", "where do i apply"]),
    row(2, ["cuánto tarda la respuesta"]),
    row(3, ["cuánto cuesta el permiso"]),
    row(4, ["dónde queda la oficina"]),
    row(5),
    row(6, ["¿y dónde?", "cuesta mucho"]),
]  # fmt: skip


@pytest.fixture
def near(tmp_path: Path) -> Closeness:
    known = Meanings(tmp_path / "meanings.npz")
    texts = [text for each in ROWS for text in (each.es, each.en)]
    asked = [text for each in ROWS for both in (each.asked or {}).values() for text in both]
    known.learn([*texts, *asked], BySubject())
    return Closeness("BZ", ROWS, known)


def statements(*numbers: int) -> list[Statement]:
    return [Statement(id=f"bz.asylum.{n}", intent="ask_asylum") for n in numbers]


@pytest.mark.parametrize(("number", "words", "language", "expected"), [
    (1, "¿cuánto cuesta?", "es", "cuánto cuesta pedir refugio"),
    (1, "¿dónde es?", "es", "dónde pido refugio"),
    (1, "where is it", "en", "where do i apply"),
    (2, "¿dónde es?", "es", "cuánto tarda la respuesta"),  # it has no other
    (2, "where is it", "en", None),
    (5, "¿cuánto cuesta?", "es", None),
    (6, "¿dónde es?", "es", None),  # two words name nothing to choose
])  # fmt: skip
def test_of_what_women_ask_in_few_words_the_nearest_to_hers(
    near: Closeness, number: int, words: str, language: str, expected: str | None
) -> None:
    assert near.in_her_words(f"bz.asylum.{number}", seeking(words), language) == expected


def test_what_is_not_encoded_yet_is_offered_to_nobody(tmp_path: Path) -> None:
    empty = Closeness("BZ", ROWS, Meanings(tmp_path / "meanings.npz"))

    assert empty.in_her_words("bz.asylum.1", seeking("¿cuánto cuesta?"), "es") is None


def test_two_are_offered_in_the_order_of_the_statements(near: Closeness) -> None:
    found = offers(statements(5, 3, 6, 1, 2), [near], question("¿cuánto cuesta?"))

    assert [each.title for each in found] == [
        "¿Cuánto cuesta el permiso?", "¿Cuánto cuesta pedir refugio?",
    ]  # fmt: skip
    assert [each.code for each in found] == [code_of("bz.asylum.3"), code_of("bz.asylum.1")]
    assert {each.intent for each in found} == {"ask_asylum"}


def test_the_same_question_is_offered_once(tmp_path: Path) -> None:
    rows = [row(1, ["cuánto cuesta pedir refugio"]), row(2, ["cuánto cuesta pedir refugio"]),
            row(3, ["cuánto tarda la respuesta"])]  # fmt: skip
    known = Meanings(tmp_path / "meanings.npz")
    known.learn(["cuánto cuesta pedir refugio", "cuánto tarda la respuesta",
                 *(text for each in rows for text in (each.es, each.en))], BySubject())  # fmt: skip

    found = offers(statements(1, 2, 3), [Closeness("BZ", rows, known)], question("cuesta"))

    assert [each.code for each in found] == [code_of("bz.asylum.1"), code_of("bz.asylum.3")]


def test_of_a_statement_that_nothing_is_known_of_nothing_is_offered(near: Closeness) -> None:
    assert offers(statements(99), [near], question("cuesta")) == ()
    assert offers(statements(1), [], question("cuesta")) == ()


@pytest.mark.parametrize(("words", "language", "expected"), [
    ("cuánto cuesta", "es", "¿Cuánto cuesta?"),
    ("¿cuánto cuesta?", "es", "¿Cuánto cuesta?"),
    (" cuánto cuesta. ", "es", "¿Cuánto cuesta?"),
    ("where do i apply", "en", "Where do I apply?"),
    ("can i, as a minor, apply", "en", "Can I, as a minor, apply?"),
    ("what is i.d. for", "en", "What is i.d. for?"),
    ("voy i vengo", "es", "¿Voy i vengo?"),
])  # fmt: skip
def test_it_reads_as_a_question(words: str, language: str, expected: str) -> None:
    assert _as_question(words, question("", language)) == expected
