"""Answers in every country, and a few told as stories."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from bot.knowledge.answer import Answer, answer
from bot.knowledge.content import country_record
from bot.knowledge.models import Statement
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics
from tests.knowledge.conftest import ASKED, TODAY

NO_PHONES = {"NI"}  # its ministries publish pages, and the offices for rights were closed


def ask(engine: Engine, intent: str, country: str, language: str = "es", **more: str) -> Answer:
    with Session(engine) as session:
        return answer(session, intent, country, language, TODAY, **more)


def can_be_asked(told: Answer) -> bool:
    """A phone; or the page of whoever deals with it and has no number (test_who_helps.py)."""
    return told.country in NO_PHONES or bool(told.ask and (told.ask.phones or told.ask.url))


def test_no_topic_was_lost() -> None:
    assert len(ASKED) >= 38


def test_every_topic_in_every_country_has_an_answer_or_somebody_to_ask(
    table: list[tuple[Answer, Answer]],
) -> None:
    counts: Counter[str] = Counter()
    for es, en in table:
        _check(es, en)
        counts["unknown" if es.unknown else "regional" if es.is_regional else "real"] += 1
    print(f"{counts['real']} answers, {counts['regional']} from the region, "
          f"{counts['unknown']} unknown, of {counts.total()}")  # fmt: skip

    assert counts.total() == len(ASKED) * len(COUNTRY_CODES)
    assert counts["real"] >= 416


def _check(es: Answer, en: Answer) -> None:
    where = f"{es.intent} in {es.country}"
    assert [each.id for each in es.statements] == [each.id for each in en.statements], where
    assert all(each.text for each in (*es.statements, *en.statements)), where
    nobody = country_record(es.country).next_steps[es.intent] is None  # said in so many words
    if es.unknown:
        assert nobody or es.ask is not None, where
        assert nobody or can_be_asked(es), where
    else:
        assert 1 <= len(es.statements) <= 3, where
        assert es.citation.sources, where
        assert sum(len(each.text.split()) for each in es.statements) <= 90, where
    assert nobody or es.next_step is not None, where
    assert (es.emergency is not None) == (topics()[es.intent].group == "violence"), where


def test_answers_are_as_a_rule_within_sixty_words(table: list[tuple[Answer, Answer]]) -> None:
    lengths = [sum(len(told.text.split()) for told in es.statements) for es, _ in table]

    assert sum(length > 60 for length in lengths) <= 12


def test_violence_in_honduras_gives_line_114_first(filled_engine: Engine) -> None:
    told = ask(filled_engine, "ask_domestic_violence", "HN")

    assert told.emergency is not None
    assert told.emergency.display == "114"
    assert told.emergency.hours == "24 horas, todos los días"
    assert told.statements[0].kind == "hotline"
    assert told.citation.sources[0].name == "Proceso Digital"


EMERGENCY_NUMBERS = [
    ("ask_trafficking_exploitation", "US", "1-888-373-7888"),
    ("ask_trafficking_exploitation", "HN", "145"),
    ("ask_child_abuse", "GT", "1510"),
    ("ask_child_abuse", "SV", "119"),
    ("ask_domestic_violence", "PA", "182"),
    ("ask_sexual_violence", "US", "1-800-656-4673"),
    ("ask_threats_extortion", "GT", "1574"),
    ("ask_threats_extortion", "BZ", "911"),
    ("express_suicidal_distress", "MX", "800 911 2000"),
    ("report_immediate_danger", "NI", "118"),
]


@pytest.mark.parametrize(("intent", "country", "number"), EMERGENCY_NUMBERS)
def test_the_emergency_number_is_the_one_for_what_she_tells(
    filled_engine: Engine, intent: str, country: str, number: str
) -> None:
    told = ask(filled_engine, intent, country)

    assert told.emergency is not None
    assert told.emergency.display == number


@pytest.mark.parametrize("country", COUNTRY_CODES)
def test_after_rape_she_is_told_of_the_72_hours(filled_engine: Engine, country: str) -> None:
    told = ask(filled_engine, "ask_sexual_violence", country)

    assert any("72" in each.text for each in told.statements)
    assert told.emergency is not None
    assert "72" in told.emergency.line


DEADLINES = [("US", "un año"), ("CA", "un año"), ("MX", "30 días"), ("DO", "15 días")]


@pytest.mark.parametrize(("country", "words"), DEADLINES)
def test_who_asks_for_asylum_is_told_the_deadline(
    filled_engine: Engine, country: str, words: str
) -> None:
    told = ask(filled_engine, "ask_asylum", country)

    assert any(words in each.text for each in told.statements)


def test_an_unconfirmed_deadline_is_told_as_act_early(filled_engine: Engine) -> None:
    told = ask(filled_engine, "ask_asylum", "SV")

    assert told.act_early
    assert not any("5 días" in each.text for each in told.statements)


def test_who_fears_to_report_without_papers_is_told_what_nobody_knows(
    filled_engine: Engine,
) -> None:
    for country in COUNTRY_CODES:
        told = ask(filled_engine, "ask_protection_order", country)

        assert told.note is not None
        assert "Migración" in told.note
        assert told.next_step is not None


def test_in_the_dominican_republic_she_is_warned_of_inspectors_in_hospitals(
    filled_engine: Engine,
) -> None:
    told = ask(filled_engine, "ask_health_care", "DO")

    assert any("inspectores de Migración" in each.text for each in told.statements)


def test_what_no_country_file_knows_comes_from_the_region(filled_engine: Engine) -> None:
    told = ask(filled_engine, "find_service", "HN", "en")

    assert told.is_regional
    assert not told.unknown
    assert all(each.id.startswith("xx.") for each in told.statements)


def test_a_country_that_is_not_ours_is_answered_for_the_region(filled_engine: Engine) -> None:
    told = ask(filled_engine, "ask_asylum", "CO")

    assert (told.country, told.is_regional) == ("XX", True)


def test_the_answer_is_in_her_language(filled_engine: Engine) -> None:
    told = ask(filled_engine, "ask_unpaid_wages", "US", "en")

    assert told.topic == "getting paid what you are owed"
    assert re.search(r"\bpaid\b", told.statements[0].text)


def test_old_or_changing_facts_ask_her_to_confirm(filled_engine: Engine) -> None:
    sure = ask(filled_engine, "report_immediate_danger", "HN")
    old = ask(filled_engine, "ask_sexual_violence", "US")

    assert not sure.citation.confirm_first
    assert sure.citation.oldest == "2025-12"
    assert old.citation.confirm_first
    assert old.citation.oldest == "2017"


def test_the_next_step_is_in_her_town_if_there_is_one(filled_engine: Engine) -> None:
    anywhere = ask(filled_engine, "ask_report_rights_abuse", "MX").next_step
    there = ask(filled_engine, "ask_report_rights_abuse", "MX", city="tapachula").next_step

    assert anywhere is not None
    assert anywhere.town == "Ciudad de México"
    assert there is not None
    assert there.town == "Tapachula"


def test_asking_for_more_brings_what_was_not_told_yet(filled_engine: Engine) -> None:
    with Session(filled_engine) as session:
        first = answer(session, "ask_asylum", "US", "es", TODAY)
        told = [each.id for each in first.statements]
        more = answer(session, "ask_asylum", "US", "es", TODAY, without=told)

    assert more.statements
    assert {each.id for each in more.statements}.isdisjoint(told)


def test_when_nothing_is_known_she_is_given_somebody_whom_she_can_ask(
    filled_engine: Engine,
) -> None:
    with Session(filled_engine) as session:
        session.execute(update(Statement).values(status="draft"))
        answers = [answer(session, "ask_find_job", code, "es", TODAY) for code in COUNTRY_CODES]
        session.rollback()

    for told in answers:
        assert told.unknown, told.country
        assert told.ask is not None, told.country
        assert can_be_asked(told), told.country


def test_a_statement_past_its_last_day_is_not_told(filled_engine: Engine) -> None:
    with Session(filled_engine) as session:
        before = answer(session, "report_immediate_danger", "HN", "es", TODAY)
        session.execute(
            update(Statement)
            .where(Statement.id == before.statements[0].id)
            .values(valid_until=date(2026, 11, 24))
        )
        after = answer(session, "report_immediate_danger", "HN", "es", TODAY)
        session.rollback()

    assert before.statements[0].id not in {each.id for each in after.statements}


def test_who_looks_for_a_relative_is_warned_of_swindlers_with_the_first_answer(
    filled_engine: Engine,
) -> None:
    for country in COUNTRY_CODES:
        told = ask(filled_engine, "ask_missing_relative", country)

        assert told.note is not None
        assert "no publiques tu teléfono" in told.note
