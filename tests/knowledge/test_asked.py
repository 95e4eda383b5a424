"""The answer fits the question: her own words choose, and what is unknown is said to be so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.knowledge.answer import Answer, answer
from bot.knowledge.asked import NOTHING, read_asked, read_hint
from bot.knowledge.citing import best_name, rests_on_doubtful
from bot.knowledge.closeness import closeness
from bot.knowledge.load import fill
from bot.knowledge.models import Statement
from tests.countries import country_files
from tests.knowledge.conftest import TODAY


def ask(
    engine: Engine, intent: str, country: str, words: str, told: tuple[str, ...] = ()
) -> Answer:
    with Session(engine) as session:
        return answer(session, intent, country, "es", TODAY, without=told, asked=read_asked(words))


def ids(found: Answer) -> tuple[str, ...]:
    return tuple(each.id for each in found.statements)


@pytest.mark.parametrize(
    ("intent", "country", "words", "says"),
    [
        ("ask_asylum", "MX", "¿y cuánto cuesta pedir refugio?", "gratis"),
        ("ask_asylum", "MX", "me negaron, ¿cómo apelo?", "15 días hábiles"),
        ("ask_asylum", "US", "how long do I have to ask for asylum?", "antes de cumplir un año"),
        ("ask_detention_deportation", "US", "agarraron a mi esposo, ¿cómo lo encuentro?",
         "locator.ice.gov"),
        ("ask_detention_deportation", "US", "con quién se quedan mis niños si me llevan",
         "plan familiar"),
        ("ask_domestic_violence", "US", "my husband is a citizen, can I apply without him knowing",
         "I-360"),
        ("ask_domestic_work", "CR", "¿cuánto me deben pagar por mes?", "salario mínimo"),
    ],
)  # fmt: skip
def test_what_she_asks_comes_first(
    filled_engine: Engine, intent: str, country: str, words: str, says: str
) -> None:
    assert says in ask(filled_engine, intent, country, words).statements[0].text


def test_nothing_is_told_twice_where_she_asks_something_new(filled_engine: Engine) -> None:
    first = ask(filled_engine, "ask_asylum", "MX", "¿cómo pido refugio?")
    then = ask(filled_engine, "ask_asylum", "MX", "cuéntame más de pedir asilo", ids(first))

    assert set(ids(first)).isdisjoint(ids(then))
    assert then.before


def test_what_is_not_known_is_said_to_be_not_known(filled_engine: Engine) -> None:
    first = ask(filled_engine, "ask_asylum", "MX", "¿cómo pido refugio?")
    then = ask(filled_engine, "ask_asylum", "MX", "¿me devuelven mi pasaporte?", ids(first))

    assert (then.missed, ids(then)) == (True, ())
    assert then.next_step is not None


def test_what_she_asks_and_was_told_is_told_as_such(filled_engine: Engine) -> None:
    first = ask(filled_engine, "ask_unpaid_wages", "US", "no me pagaron")
    then = ask(filled_engine, "ask_unpaid_wages", "US", "¿y adónde pongo la queja?", ids(first))

    assert then.again
    assert set(ids(then)) <= set(ids(first))


def test_a_general_question_is_answered_as_if_no_words_were_read(
    filled_engine: Engine, table: list[tuple[Answer, Answer]]
) -> None:
    """In every cell of the table: asking for the topic by its name changes nothing."""
    changed = []
    with Session(filled_engine) as session:
        for plain, _ in table:
            words = read_asked(f"hola, quiero información sobre {plain.topic}")
            named = answer(session, plain.intent, plain.country, "es", TODAY, asked=words)
            if ids(plain) != ids(named) or named.missed:
                changed.append(f"{plain.country} {plain.intent}")

    assert len(changed) <= len(table) // 20, changed


def test_each_source_is_cited_with_its_own_date(filled_engine: Engine) -> None:
    found = ask(filled_engine, "ask_work_permit", "MX", "permiso de trabajo")

    assert len(found.citation.sources) > 1
    assert len({each.name for each in found.citation.sources}) == len(found.citation.sources)


def test_doubtful_publishers_come_last() -> None:
    assert rests_on_doubtful(["Material jurídico (Scribd)"])
    assert not rests_on_doubtful(["Scribd", "USCIS"])
    assert best_name(["Scribd", "USCIS"]) == "USCIS"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("otra bes", "again"), ("repita por favor", "again"), ("no comprend. mas facil", "again"),
        ("say it again please", "again"), ("y para mí?", "same"), ("and for my mother", "same"),
        ("same for my sister", "same"), ("it have a fee?", "cost"), ("how long that take", "time"),
        ("¿qué papeles piden?", "papers"), ("mi marido me pega", None), ("hola", None),
    ],
)  # fmt: skip
def test_short_messages_point_back(text: str, hint: str | None) -> None:
    assert read_hint(text) == hint


def test_her_words_are_not_shown() -> None:
    assert "marido" not in repr(read_asked("mi marido me pega"))
    assert read_asked("/ask_asylum") == NOTHING


def test_a_country_is_measured_again_only_where_its_sentences_say_something_else(
    sqlite_engine: Engine,
) -> None:
    with transaction(sqlite_engine) as session:
        fill(session, {"BZ": country_files("BZ")})
    with Session(sqlite_engine) as session:
        first = closeness(session, "BZ")
        assert closeness(session, "BZ") is first

    with transaction(sqlite_engine) as session:
        edited = session.scalars(select(Statement).where(Statement.country == "BZ")).first()
        assert edited is not None
        edited.verified_at = datetime(2026, 11, 26, tzinfo=UTC)
    with Session(sqlite_engine) as session:
        assert closeness(session, "BZ") is first

    with transaction(sqlite_engine) as session:
        edited = session.scalars(select(Statement).where(Statement.country == "BZ")).first()
        assert edited is not None
        edited.text_es = "Otra frase."
    with Session(sqlite_engine) as session:
        assert closeness(session, "BZ") is not first
