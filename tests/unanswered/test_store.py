"""The store of questions by itself, to the day: what is kept, whose it is, what goes with what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.reports import Rule
from bot.portal.models import Attempt
from bot.privacy.keys import Keys, seal
from bot.serve import forgetting
from bot.serve.forgetting import forget_old
from bot.unanswered import store
from bot.unanswered.models import Unanswered, UnansweredKey, UnansweredProposal
from bot.unanswered.store import (
    DAYS_KEPT,
    Question,
    forget_some,
    forget_unanswered,
    keep,
    read_questions,
    take_back,
)

KEYS = Keys(b"k" * 32)
TODAY, DAY = date(2026, 11, 1), timedelta(days=1)


@pytest.fixture
def session(empty_engine: Engine) -> Iterator[Session]:
    with transaction(empty_engine) as opened:
        yield opened


def asks(session: Session, who: str = "ana", day: date = TODAY, *, country: str = "HN",
         words: str = "¿hay zumba?", language: str = "es") -> None:  # fmt: skip
    keep(session, KEYS, who, day, language, country, words)


def days(session: Session) -> list[date]:
    return list(session.scalars(select(Unanswered.day).order_by(Unanswered.day, Unanswered.id)))


def months(session: Session) -> list[str]:
    return list(session.scalars(select(UnansweredKey.month).order_by(UnansweredKey.month)))


def proposes(session: Session) -> None:
    session.add(UnansweredProposal(made_on=TODAY, language="es", words="piscina",
                                   intent="ask_education", people=10))  # fmt: skip
    session.flush()


def test_what_is_kept_is_read_again_the_oldest_first_and_by_country(session: Session) -> None:
    asks(session, "berta", TODAY + DAY, country="GT", words="is there zumba?", language="en")
    asks(session, "ana")

    both = list(read_questions(session, KEYS))

    assert [(each.day, each.month, each.language, each.country, each.text) for each in both] == [
        (TODAY, "2026-11", "es", "HN", "¿hay zumba?"),
        (TODAY + DAY, "2026-11", "en", "GT", "is there zumba?"),
    ]
    assert isinstance(both[0], Question)
    assert both[0].id != both[1].id
    assert "zumba" not in repr(both[0])
    assert [each.country for each in read_questions(session, KEYS, "GT")] == ["GT"]
    assert list(read_questions(session, KEYS, "MX")) == []


def test_the_form_of_what_lies_there_is_that_of_every_version(session: Session) -> None:
    """What another version wrote is found again: a mark, and the month of a key."""
    session.add(UnansweredKey(month="2026-11", wrapped=KEYS.rewrapped(
        seal(KEYS._wrap, (b"m" * 32).hex()), KEYS)))  # fmt: skip
    asks(session)

    row = session.scalars(select(Unanswered)).one()
    assert row.woman == "8eb7ffbd4b25395a92248664d5056da1"
    assert months(session) == ["2026-11"]


def test_one_question_of_a_woman_and_a_day_and_marks_of_one_month(session: Session) -> None:
    asks(session)
    asks(session, words="¿hay piscina?")
    asks(session, "berta")
    asks(session, "ana", TODAY + DAY)
    asks(session, "ana", TODAY - DAY)

    marks = [each.woman for each in read_questions(session, KEYS)]

    assert len(marks) == 4
    assert marks[1] == marks[3] != marks[2]  # hers of November, Berta's between them
    assert marks[0] not in marks[1:]  # hers of October
    assert {len(each) for each in marks} == {32}
    assert months(session) == ["2026-10", "2026-11"]


def test_a_full_store_takes_nothing_more(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_ROWS", 2)
    for who in ("ana", "berta", "clara"):
        asks(session, who)

    assert len(days(session)) == 2


def test_taking_back_ends_all_of_hers_or_what_is_no_older_than_a_day(session: Session) -> None:
    for number in (-1, 0, 1, 2):
        asks(session, "ana", TODAY + number * DAY)
    asks(session, "berta")

    take_back(session, KEYS, "ana", TODAY + DAY)
    assert days(session) == [TODAY - DAY, TODAY, TODAY]
    take_back(session, KEYS, "ana")

    assert days(session) == [TODAY]
    assert months(session) == ["2026-11"], "October's key goes with its last question"
    take_back(session, KEYS, "berta")
    assert (days(session), months(session)) == ([], [])


def test_a_month_that_another_secret_sealed_is_left_out_and_ends_nothing(session: Session) -> None:
    asks(session)
    asks(session, "ana", TODAY - DAY)
    session.execute(update(UnansweredKey).where(UnansweredKey.month == "2026-10").values(
        wrapped=Keys(b"x" * 32).new_person_key()[1]))  # fmt: skip
    assert [each.day for each in read_questions(session, KEYS)] == [TODAY]

    session.execute(update(Unanswered).values(sealed=seal(b"y" * 32, "otra")))
    assert list(read_questions(session, KEYS)) == []
    take_back(session, KEYS, "ana")
    assert days(session) == [TODAY - DAY], "it goes on its thirtieth day"


def test_a_question_stays_thirty_days_and_its_key_as_long(session: Session) -> None:
    assert DAYS_KEPT == 30
    for number in range(32):
        asks(session, "ana", TODAY + number * DAY)
    proposes(session)

    forget_unanswered(session, TODAY + 31 * DAY, is_on=True)

    assert days(session) == [TODAY + number * DAY for number in range(2, 32)]
    assert months(session) == ["2026-11", "2026-12"]
    forget_unanswered(session, TODAY + 59 * DAY, is_on=True)
    assert days(session) == [TODAY + number * DAY for number in (30, 31)]
    assert months(session) == ["2026-12"]
    forget_unanswered(session, TODAY + 61 * DAY, is_on=True)
    assert (days(session), months(session)) == ([], [])
    assert session.scalar(select(func.count()).select_from(UnansweredProposal)) == 1


def test_switched_off_all_of_it_goes(session: Session) -> None:
    asks(session)
    proposes(session)

    forget_unanswered(session, TODAY, is_on=False)

    for table in (Unanswered, UnansweredKey, UnansweredProposal):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_some_are_forgotten_and_counted_and_the_others_stay(session: Session) -> None:
    asks(session)
    asks(session, "berta", TODAY - DAY)
    first = next(read_questions(session, KEYS)).id

    assert forget_some(session, [first, first + 999]) == 1

    assert days(session) == [TODAY]
    assert months(session) == ["2026-11"]


def test_every_minute_all_is_looked_at_whose_time_may_be_over_and_last_the_files(
    empty_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, heard = datetime(2026, 12, 1, tzinfo=UTC), list[str]()
    monkeypatch.setattr(forgetting, "expire", lambda _, day, __: heard.append(str(day)))
    monkeypatch.setattr(forgetting, "forget_places", lambda _: heard.append("places"))
    with transaction(empty_engine) as session:
        asks(session)
        session.add(Attempt(mark="m", since=now - 2 * DAY, failures=1))

    def files(at: datetime) -> None:
        with Session(empty_engine) as session:
            tries = len(session.scalars(select(Attempt)).all())
            heard.append(f"files of {at:%d}: {len(days(session))} questions, {tries} tries")

    for at in (now - DAY, now):
        forget_old(empty_engine, Rule(), at, unanswered=True, nightly=files)
    forget_old(empty_engine, Rule(), now)

    assert heard == [
        "2026-11-30", "places", "files of 30: 1 questions, 0 tries",
        "2026-12-01", "places", "files of 01: 0 questions, 0 tries", "2026-12-01", "places",
    ]  # fmt: skip
