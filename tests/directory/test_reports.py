"""Women say that a number does not answer: one hides nothing, three do until it is checked."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.database import migrate, open_engine, transaction, unmigrate
from bot.directory import reporter, reports
from bot.directory.emergency import is_emergency
from bot.directory.found import FoundService, told_numbers
from bot.directory.models import Service
from bot.directory.reporter import MOST_A_DAY, speaking, way_of
from bot.directory.reports import Filed, Rule, expire, open_cases, report_record
from bot.directory.search import find_service, find_services
from bot.knowledge.confirm import confirm
from bot.knowledge.models import Statement
from bot.knowledge.trust import Hidden, Report, ReportKey, ReportRate
from bot.serve.forgetting import forget_old
from bot.serve.parts import assemble
from bot.settings import Settings

TODAY = date(2026, 11, 25)


WHATSAPP, SMS = way_of("twilio", "whatsapp"), way_of("twilio", "sms")
TELEGRAM, META = way_of("telegram", "telegram"), way_of("whatsapp", "whatsapp")


def report(
    engine: Engine, who: str, record_id: str, day: date = TODAY, way: str = WHATSAPP
) -> Filed:
    with speaking(who, way):
        filed = report_record(engine, record_id, day)
    assert filed is not None
    return filed


def told(engine: Engine, service_id: str) -> FoundService | None:
    with Session(engine) as session:
        return find_service(session, service_id, TODAY)


def rows(engine: Engine, table: type) -> list[object]:
    with Session(engine) as session:
        return list(session.scalars(select(table)))


def only_phone(engine: Engine) -> str:
    """A service of one number and no address, that no emergency line shares."""
    with Session(engine) as session:
        for service in session.scalars(select(Service).order_by(Service.id)):
            numbers = [each for each in service.phones if each.shown]
            here = service.locations[0].city or service.locations[0].address_1
            alone = len(numbers) == 1 and not service.whatsapp and not here
            told_now = service.publication == "published"
            if alone and told_now and not is_emergency(session, service, numbers[0].number):
                return service.id
    raise AssertionError("no such service")


def several_numbers(engine: Engine) -> tuple[str, list[str]]:
    """A service with at least two numbers, and they."""
    with Session(engine) as session:
        for service in session.scalars(select(Service).order_by(Service.id)):
            found = find_service(session, service.id, TODAY)
            numbers = told_numbers(service)
            safe = not any(is_emergency(session, service, each) for each in numbers)
            if found and len(numbers) > 1 and safe:
                return service.id, numbers
    raise AssertionError("no such service")


def test_three_women_hide_a_number_and_a_confirmation_brings_it_back(honduras: Engine) -> None:
    service = only_phone(honduras)

    filed = [report(honduras, who, service) for who in ("ana", "berta", "celia")]

    assert [(each.people, each.hidden) for each in filed] == [(1, False), (2, False), (3, True)]
    assert told(honduras, service) is None
    with Session(honduras) as session:
        listed = find_services(session, "HN", limit=99, today=TODAY)
    assert service not in {each.id for each in listed}

    confirm(honduras, service, "organization", TODAY)

    again = told(honduras, service)
    assert again is not None
    assert again.phones
    assert again.freshness.es == "confirmado en noviembre de 2026"


def test_one_woman_counts_once_whatever_she_does(honduras: Engine) -> None:
    service = only_phone(honduras)

    for days in range(40):
        for _ in range(3):
            report(honduras, "ana", service, TODAY - timedelta(days=40 - days))

    with Session(honduras) as session:
        cases = open_cases(session)
    assert {each.people for each in cases} == {1}
    assert not any(each.hidden for each in cases)
    assert told(honduras, service) is not None


def test_reports_of_nobody_known_count_as_one_woman(honduras: Engine) -> None:
    service = only_phone(honduras)

    filed = [report_record(honduras, service, TODAY) for _ in range(10)]

    assert not any(each.hidden for each in filed if each)
    assert told(honduras, service) is not None


def test_one_telephone_that_writes_in_three_ways_hides_nothing(honduras: Engine) -> None:
    """On each it has another pseudonym; two vendors of WhatsApp are two ways."""
    service = only_phone(honduras)

    filed = [report(honduras, f"he by {way}", service, way=way)
             for way in (WHATSAPP, SMS, TELEGRAM, META)]  # fmt: skip

    assert [(each.counted, each.people, each.hidden) for each in filed] == [(True, 1, False)] * 4
    assert told(honduras, service) is not None
    with Session(honduras) as session:
        assert [each.people for each in open_cases(session)] == [4]  # the network looks
    two = [report(honduras, who, service, way=SMS) for who in ("ana", "berta")]
    assert [each.hidden for each in two] == [False, True]


@pytest.mark.parametrize("style", ["web", "whatsapp", "sms"])
def test_however_many_windows_of_the_page_hide_nothing(honduras: Engine, style: str) -> None:
    """Whatever the page pretends to be. The network is told, of all of them as of one woman."""
    service = only_phone(honduras)

    filed = [report(honduras, f"window {each}", service, way=way_of("web", style))
             for each in range(6)]  # fmt: skip

    assert {(each.number, each.counted, each.hidden) for each in filed} == {
        (filed[0].number, True, False)
    }
    assert told(honduras, service) is not None
    with Session(honduras) as session:
        assert [(each.people, each.hidden) for each in open_cases(session)] == [(1, False)]


def test_windows_of_the_page_do_not_make_two_women_three(honduras: Engine) -> None:
    service = only_phone(honduras)
    for who in ("ana", "berta"):
        report(honduras, who, service)

    assert not report(honduras, "window", service, way=way_of("web", "web")).hidden
    assert report(honduras, "celia", service).hidden


def test_reports_of_unknown_ways_hide_nothing_and_the_network_sees_them(honduras: Engine) -> None:
    """Of before ways were kept: they may be one telephone, or windows of the page."""
    service = only_phone(honduras)
    unknown = [report(honduras, f"who {each}", service, way="") for each in range(4)]

    assert [(each.people, each.hidden) for each in unknown] == [(0, False)] * 4
    assert told(honduras, service) is not None
    with Session(honduras) as session:
        assert [each.people for each in open_cases(session)] == [4]
    sure = [report(honduras, who, service).hidden for who in ("ana", "berta", "celia")]
    assert sure == [False, False, True]


def test_she_can_report_only_so_many_in_a_day(honduras: Engine) -> None:
    with Session(honduras) as session:
        ids = [each.id for each in find_services(session, "HN", limit=99, today=TODAY)]

    counted = [report(honduras, "ana", each).counted for each in ids[: MOST_A_DAY + 4]]
    tomorrow = report(honduras, "ana", ids[-1], TODAY + timedelta(days=1))

    assert counted == [True] * MOST_A_DAY + [False] * 4
    assert tomorrow.counted
    assert len(rows(honduras, ReportRate)) == 1


def test_only_the_number_that_does_not_answer_is_hidden(honduras: Engine) -> None:
    service, numbers = several_numbers(honduras)

    filed = [report(honduras, who, service) for who in ("ana", "berta", "celia")]

    found = told(honduras, service)
    assert {each.number for each in filed} == {numbers[0]}
    assert found is not None
    left = [*(each.number for each in found.phones), found.whatsapp]
    assert [each for each in left if each] == numbers[1:]
    assert found.is_doubted
    assert found.freshness.en.endswith("it may have changed, check first")


def test_the_second_report_of_the_day_is_about_the_next_number(honduras: Engine) -> None:
    service, numbers = several_numbers(honduras)

    told_of = [report(honduras, "ana", service).number for _ in range(len(numbers) + 2)]
    a_week_later = report(honduras, "ana", service, TODAY + timedelta(days=7))

    assert told_of[: len(numbers)] == numbers
    assert told_of[len(numbers)] == ""  # none of them: the whole record
    assert not a_week_later.counted


def test_reports_that_are_too_old_count_no_longer(honduras: Engine) -> None:
    service = only_phone(honduras)
    report(honduras, "ana", service, TODAY - timedelta(days=60))
    report(honduras, "berta", service, TODAY - timedelta(days=59))

    third = report(honduras, "celia", service)

    assert (third.people, third.hidden) == (2, False)


def test_a_hidden_number_stays_in_the_queue_when_the_reports_are_old(honduras: Engine) -> None:
    service = only_phone(honduras)
    for who in ("ana", "berta", "celia"):
        report(honduras, who, service)

    with transaction(honduras) as session:
        expire(session, TODAY + timedelta(days=60), Rule())
        cases = open_cases(session)

    assert [(each.record_id, each.people, each.hidden) for each in cases] == [(service, 0, True)]
    assert cases[0].since == TODAY


def test_each_number_of_a_place_is_reported_since_its_own_day(honduras: Engine) -> None:
    service, *_ = several_numbers(honduras)
    report(honduras, "ana", service, TODAY - timedelta(days=9))
    report(honduras, "berta", service, TODAY - timedelta(days=3))
    report(honduras, "berta", service, TODAY - timedelta(days=3))

    with Session(honduras) as session:
        cases = open_cases(session)

    assert [(each.people, each.since) for each in cases] == [
        (2, TODAY - timedelta(days=9)), (1, TODAY - timedelta(days=3)),
    ]  # fmt: skip


def test_marks_go_when_their_time_is_over_though_nobody_reports_again(honduras: Engine) -> None:
    report(honduras, "ana", only_phone(honduras))
    report(honduras, "ana", several_numbers(honduras)[0], TODAY + timedelta(days=30))

    forget_old(honduras, Rule(), datetime.combine(TODAY + timedelta(days=31), time(), UTC))
    assert rows(honduras, ReportRate) == []
    assert {each.name for each in rows(honduras, ReportKey)} == {  # type: ignore[attr-defined]
        only_phone(honduras), several_numbers(honduras)[0]
    }  # fmt: skip

    forget_old(honduras, Rule(), datetime.combine(TODAY + timedelta(days=90), time(), UTC))
    assert rows(honduras, ReportKey) == []
    assert [each.mark for each in rows(honduras, Report)] == [None, None]  # type: ignore[attr-defined]


async def test_the_worker_forgets_every_minute_what_nobody_asks_for(honduras: Engine) -> None:
    settings = Settings("sqlite://", b"k" * 32)
    later = datetime.combine(TODAY + timedelta(days=60), time(), UTC)
    report(honduras, "ana", only_phone(honduras))
    async with httpx.AsyncClient() as client:
        parts = assemble(settings, client, engine=honduras, clock=lambda: later)

        await parts.worker.forget()

    assert rows(honduras, ReportKey) == []
    assert rows(honduras, ReportRate) == []


@pytest.mark.parametrize("marked", [ReportKey, Hidden])
def test_two_who_report_at_the_same_moment_both_count(
    honduras: Engine, monkeypatch: pytest.MonkeyPatch, marked: type
) -> None:
    """The other's row comes between our look and our own row: as if she had been there first."""
    service = only_phone(honduras)
    now = reporter.add_once

    def late(session: Session, table: type, **values: object) -> None:
        if table is marked:
            now(session, table, **values)
        now(session, table, **values)

    monkeypatch.setattr(reporter, "add_once", late)
    monkeypatch.setattr(reports, "add_once", late)

    filed = [report(honduras, who, service) for who in ("ana", "berta", "celia")]

    assert [each.people for each in filed] == [1, 2, 3]


def test_the_quorum_can_be_set(honduras: Engine) -> None:
    service = only_phone(honduras)
    report(honduras, "ana", service)

    with speaking("berta", WHATSAPP):
        second = report_record(honduras, service, TODAY, Rule(people=2))

    assert second is not None
    assert second.hidden


@pytest.mark.parametrize("service", ["hn.linea-114", "hn.911"])
def test_an_emergency_line_is_never_hidden_only_looked_at(honduras: Engine, service: str) -> None:
    before = told(honduras, service)

    for number in range(20):
        report(honduras, f"woman {number}", service)
        report(honduras, f"woman {number}", service)

    with Session(honduras) as session:
        cases = open_cases(session)
    assert told(honduras, service) == before
    assert cases[0].record_id == service
    assert cases[0].people == 20
    assert rows(honduras, Hidden) == []


def test_every_number_of_every_card_is_out_of_reach(honduras: Engine) -> None:
    """Whichever record says it."""
    with Session(honduras) as session:
        lines = {"911", "114"}
        for service in session.scalars(select(Service)):
            for phone in service.phones:
                if phone.number in lines:
                    assert is_emergency(session, service, phone.number), service.id
        for statement in session.scalars(select(Statement)):
            if "911" in statement.text_es or statement.priority:
                assert is_emergency(session, statement, ""), statement.id


def test_a_statement_is_hidden_too(honduras: Engine) -> None:
    with Session(honduras) as session:
        statement = next(
            each.id
            for each in session.scalars(select(Statement).order_by(Statement.id))
            if not is_emergency(session, each, "")
        )

    filed = [report(honduras, who, statement) for who in ("ana", "berta", "celia")]

    assert filed[-1].hidden


def test_after_the_check_nothing_is_left_of_who_reported(honduras: Engine) -> None:
    service = only_phone(honduras)
    for who in ("ana", "berta", "celia"):
        report(honduras, who, service)
    marks = {each.mark for each in rows(honduras, Report)}  # type: ignore[attr-defined]
    assert len(marks) == 3
    assert not any(who in str(mark) for who in ("ana", "berta", "celia") for mark in marks)

    confirm(honduras, service, "organization", TODAY)

    left = rows(honduras, Report)
    assert [(each.mark, each.state) for each in left] == [(None, "resolved")] * 3  # type: ignore[attr-defined]
    assert service not in {each.name for each in rows(honduras, ReportKey)}  # type: ignore[attr-defined]
    report(honduras, "ana", service, TODAY + timedelta(days=1))
    new = {each.mark for each in rows(honduras, Report)} - {None}  # type: ignore[attr-defined]
    assert new.isdisjoint(marks)


def test_two_records_do_not_show_that_the_same_woman_reported_both(honduras: Engine) -> None:
    report(honduras, "ana", only_phone(honduras))
    report(honduras, "ana", several_numbers(honduras)[0])

    marks = [each.mark for each in rows(honduras, Report)]  # type: ignore[attr-defined]
    rates = {each.mark for each in rows(honduras, ReportRate)}  # type: ignore[attr-defined]
    assert len({*marks} | rates) == 3


async def test_who_speaks_is_known_in_the_thread_that_answers_her(honduras: Engine) -> None:
    service = only_phone(honduras)
    for who in ("ana", "berta"):
        with speaking(who, WHATSAPP):
            filed = await asyncio.to_thread(report_record, honduras, service, TODAY)

    assert filed is not None
    assert filed.people == 2


def test_no_such_record_is_no_report(honduras: Engine) -> None:
    assert report_record(honduras, "hn.nobody", TODAY) is None
    assert rows(honduras, Report) == []


def test_old_reports_survive_the_change_of_tables(empty_url: str) -> None:
    migrate(empty_url, "0002")
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO organization (id, country, name, kind) VALUES ('o', 'HN', 'O', 'ngo')"
        )
        connection.exec_driver_sql(
            "INSERT INTO service (id, country, confidence, call_first, organization_id, name,"
            " description_es, description_en, for_whom_es, for_whom_en, service_area, languages,"
            " interpreters, cost, confidential_service, confidential_location, status,"
            " publication) VALUES ('hn.a', 'HN', 'high', false, 'o', 'A', '', '', '', '', '',"
            " 'es', false, 'free', false, false, 'active', 'published')"
        )
        connection.exec_driver_sql(
            "INSERT INTO service_report (service_id, reported_on, state)"
            " VALUES ('hn.a', '2026-11-01', 'open')"
        )

    migrate(empty_url, "0003")
    with engine.begin() as connection:
        kept = connection.exec_driver_sql("SELECT record_id, number, mark FROM report").all()
    unmigrate(empty_url, "0002")
    with engine.begin() as connection:
        back = connection.exec_driver_sql("SELECT service_id, state FROM service_report").all()
    engine.dispose()

    assert [tuple(each) for each in kept] == [("hn.a", "", None)]
    assert [tuple(each) for each in back] == [("hn.a", "resolved")]
