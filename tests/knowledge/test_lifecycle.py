"""From draft to withdrawn, by the day of the last check and by who checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Service
from bot.directory.search import find_service
from bot.knowledge.answer import answer
from bot.knowledge.confirm import confirm
from bot.knowledge.lifecycle import DUE_DAYS, Span, Stage, is_told, last_check, stage
from bot.knowledge.load import fill
from tests.countries import country_files

TODAY = date(2026, 11, 25)
ORDER = ("published", "due", "overdue", "withdrawn")


@dataclass
class Fact:
    as_of: str | None = None
    verified_at: datetime | None = None
    verified_by: str | None = None


def checked(days_ago: int, role: str) -> Fact:
    at = datetime(2026, 11, 25, 12, tzinfo=UTC) - timedelta(days=days_ago)
    return Fact("1999", at, role)


STAGES: list[tuple[Fact, Stage]] = [
    (checked(0, "editor"), "published"),
    (checked(180, "editor"), "published"),
    (checked(181, "editor"), "due"),
    (checked(181, "organization"), "published"),
    (checked(271, "organization"), "due"),
    (checked(366, "organization"), "overdue"),
    (checked(3 * 365, "network"), "overdue"),
    (checked(3 * 365 + 1, "network"), "withdrawn"),
    (checked(200, "a role nobody has heard of"), "due"),
    (Fact("2026-11"), "published"),
    (Fact("2026-07"), "due"),
    (Fact("2025"), "overdue"),
    (Fact("1996"), "overdue"),  # a source's date alone withdraws nothing
    (Fact(), "overdue"),
]


@pytest.mark.parametrize(("fact", "expected"), STAGES)
def test_the_day_and_the_role_of_the_last_check_decide(fact: Fact, expected: Stage) -> None:
    assert stage(fact, "published", TODAY) == expected
    assert stage(fact, "draft", TODAY) == "draft"
    assert stage(fact, "withdrawn", TODAY) == "withdrawn"


def test_what_held_until_yesterday_is_withdrawn() -> None:
    fact = checked(1, "editor")

    yesterday = TODAY - timedelta(days=1)
    assert stage(fact, "published", TODAY, Span(None, TODAY)) == "published"
    assert stage(fact, "published", TODAY, Span(None, yesterday)) == "withdrawn"


def test_what_begins_tomorrow_is_not_told_today() -> None:
    fact, tomorrow = checked(1, "editor"), TODAY + timedelta(days=1)

    assert stage(fact, "published", TODAY, Span(tomorrow)) == "scheduled"
    assert not is_told("scheduled")
    assert stage(fact, "published", tomorrow, Span(tomorrow)) == "published"
    assert stage(fact, "draft", TODAY, Span(tomorrow)) == "draft"


@given(st.integers(0, 2_000), st.integers(0, 2_000), st.sampled_from(sorted(DUE_DAYS)))
def test_a_record_only_grows_older(first: int, later: int, role: str) -> None:
    fact = checked(0, role)
    young, old = sorted((first, later))

    reached = [stage(fact, "published", TODAY + timedelta(days=each)) for each in (young, old)]

    assert ORDER.index(reached[0]) <= ORDER.index(reached[1])


@pytest.fixture
def honduras(empty_engine: Engine) -> Engine:
    with transaction(empty_engine) as session:
        fill(session, {"HN": country_files("HN")})
    return empty_engine


def test_changing_a_row_is_no_check(honduras: Engine) -> None:
    with transaction(honduras) as session:
        service = session.get_one(Service, "hn.linea-114")
        before = stage(service, "published", TODAY)
        service.edited_at = service.last_modified = datetime(2026, 11, 25, tzinfo=UTC)
        session.flush()

        assert stage(service, "published", TODAY) == before
        assert last_check(service).role == "source"


def test_who_confirms_a_service_is_told_to_her_in_words(honduras: Engine) -> None:
    confirm(honduras, "hn.acnur", "organization", date(2026, 3, 3))

    with Session(honduras) as session:
        fresh = find_service(session, "hn.acnur", TODAY)
        stale = find_service(session, "hn.acnur", date(2027, 6, 1))
        gone = find_service(session, "hn.acnur", date(2030, 1, 1))

    assert fresh is not None
    assert fresh.freshness == ("confirmado en marzo de 2026", "confirmed in March 2026")
    assert stale is not None
    assert stale.freshness.es.endswith("puede haber cambiado, confirma antes")
    assert gone is None


def test_an_answer_says_when_it_was_confirmed(honduras: Engine) -> None:
    with Session(honduras) as session:
        before = answer(session, "ask_domestic_violence", "HN", "es", TODAY)
    for each in before.statements:
        confirm(honduras, each.id, "editor", date(2026, 10, 5), method="page")

    with Session(honduras) as session:
        es = answer(session, "ask_domestic_violence", "HN", "es", TODAY)
        en = answer(session, "ask_domestic_violence", "HN", "en", TODAY)

    assert {each.id for each in es.statements} == {each.id for each in before.statements}
    cited = es.citation
    assert (cited.oldest, cited.undated, cited.confirm_first) == ("2026-10-05", False, False)
    assert cited.confirmed
    assert en.citation == cited
    assert not before.citation.confirmed


def test_what_nobody_confirmed_for_three_years_is_not_said(honduras: Engine) -> None:
    with Session(honduras) as session:
        told = answer(session, "ask_domestic_violence", "HN", "es", TODAY).statements
    confirm(honduras, told[0].id, "editor", date(2023, 1, 5))

    with Session(honduras) as session:
        after = answer(session, "ask_domestic_violence", "HN", "es", TODAY)

    assert told[0].id not in {each.id for each in after.statements}
