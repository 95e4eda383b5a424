"""Filling the database from the files, again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Location, Organization, Phone, Schedule, Service, ServiceType
from bot.knowledge import fingerprint, load
from bot.knowledge.content import ALL_CODES, CountryContent
from bot.knowledge.files import DataFileError
from bot.knowledge.lifecycle import may_be_told
from bot.knowledge.load import fill, is_loaded, load_all
from bot.knowledge.models import EmergencyLine, Source, Statement
from bot.knowledge.schema import StatementRecord
from bot.knowledge.summary import CountrySummary
from tests.conftest import ON_BOTH, ON_SQLITE
from tests.countries import all_files, country_files

TABLES = (
    Statement, EmergencyLine, Source, Organization, Service, ServiceType, Location, Phone, Schedule,
)  # fmt: skip
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def _rows(engine: Engine) -> dict[str, int]:
    with Session(engine) as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in TABLES
        }


@pytest.fixture(params=ON_BOTH)
def filled_engine(
    request: pytest.FixtureRequest, filled_engines: Callable[[str], Engine]
) -> Engine:
    """An engine on a database with the countries' content, of each kind."""
    return filled_engines(request.param)


def _fill(engine: Engine, content: CountryContent) -> CountrySummary:
    with transaction(engine) as session:
        [summary] = fill(session, {content.country.code: content})
    return summary


@pytest.fixture(scope="module")
def files_of_honduras() -> CountryContent:
    return country_files("HN")


@pytest.fixture
def honduras(empty_engine: Engine, files_of_honduras: CountryContent) -> CountryContent:
    """Honduras, loaded."""
    _fill(empty_engine, files_of_honduras)
    return files_of_honduras


def test_everything_arrives(filled_engine: Engine) -> None:
    rows = _rows(filled_engine)

    contents = all_files().values()
    facts = [fact for each in contents for fact in each.facts]
    assert rows["statement"] == sum(len(each.statements) for each in contents)
    assert rows["service"] == rows["location"] == sum(len(each.services) for each in contents)
    assert rows["emergency_line"] == sum(len(each.emergency) for each in contents)
    assert rows["source"] == sum(len(fact.sources) for fact in facts)


def test_the_second_load_is_skipped_and_takes_no_time(filled_engine: Engine) -> None:
    started = time.perf_counter()
    summary = load_all(filled_engine)
    took_s = time.perf_counter() - started

    assert summary.skipped
    assert took_s < 0.3


@ON_SQLITE  # half a minute; a country is written again on both below
def test_a_second_load_that_is_not_skipped_changes_nothing(filled_engine: Engine) -> None:
    before = _rows(filled_engine)

    summary = load_all(filled_engine, even_if_unchanged=True)

    assert summary.changes == 0
    assert _rows(filled_engine) == before
    lines = str(summary).splitlines()
    assert len(lines) == len(ALL_CODES)
    honduras = country_files("HN")
    assert lines[ALL_CODES.index("HN")].startswith(
        f"HN   {len(honduras.statements)} statements   {len(honduras.services)} services   7 lines"
    )
    assert lines[5].endswith("+0 ~0 -0")


def test_a_record_that_left_the_files_is_withdrawn_not_deleted(
    empty_engine: Engine, honduras: CountryContent
) -> None:
    first, *rest = honduras.statements

    summary = _fill(empty_engine, replace(honduras, statements=tuple(rest)))

    assert summary.withdrawn == 1
    with Session(empty_engine) as session:
        statement = session.get_one(Statement, first.id)
        assert (statement.status, statement.text_es) == ("withdrawn", first.es)


def test_a_record_that_comes_back_is_told_again(
    empty_engine: Engine, honduras: CountryContent
) -> None:
    _fill(empty_engine, replace(honduras, services=honduras.services[1:]))

    summary = _fill(empty_engine, honduras)

    assert (summary.added, summary.changed) == (0, 1)
    with Session(empty_engine) as session:
        service = session.get_one(Service, honduras.services[0].id)
        assert service.publication == "published"
        assert [phone.number for phone in service.phones] == ["114"]


def test_a_changed_record_is_written_anew_with_all_that_hangs_on_it(
    empty_engine: Engine, honduras: CountryContent
) -> None:
    before = _rows(empty_engine)
    first = honduras.services[0]
    [phone] = first.phones
    changed = first.model_copy(update={"phones": [phone, phone.model_copy()]})

    summary = _fill(empty_engine, replace(honduras, services=(changed, *honduras.services[1:])))

    assert (summary.added, summary.changed, summary.withdrawn) == (0, 1, 0)
    assert _rows(empty_engine) == before | {"phone": before["phone"] + 1}


def _told_of_the_amnesty(engine: Engine, day: date) -> bool:
    with Session(engine) as session:
        return may_be_told(session.get_one(Statement, "hn.regular_status.1"), day)


def test_the_amnesty_is_told_until_its_last_day_and_never_after(
    empty_engine: Engine, honduras: CountryContent
) -> None:
    assert _told_of_the_amnesty(empty_engine, date(2026, 12, 31))
    assert not _told_of_the_amnesty(empty_engine, date(2027, 1, 1))

    longer = [
        each.model_copy(update={"valid_until": date(2027, 12, 31)}) if each.valid_until else each
        for each in honduras.statements
    ]
    summary = _fill(empty_engine, replace(honduras, statements=tuple(longer)))

    assert summary.changed == sum(each.valid_until is not None for each in longer)
    assert _told_of_the_amnesty(empty_engine, date(2027, 1, 1))


def test_what_an_editor_ended_stays_ended_when_the_files_say_longer(
    empty_engine: Engine, honduras: CountryContent
) -> None:
    with transaction(empty_engine) as session:
        statement = session.get_one(Statement, "hn.regular_status.1")
        statement.valid_until, statement.edited_at = date(2026, 12, 1), NOON
    longer = [
        each.model_copy(update={"valid_until": date(2027, 12, 31)}) if each.valid_until else each
        for each in honduras.statements
    ]

    summary = _fill(empty_engine, replace(honduras, statements=tuple(longer)))

    assert (summary.changed, summary.kept) == (0, 1)
    assert not _told_of_the_amnesty(empty_engine, date(2026, 12, 2))


def test_a_statement_without_end_keeps_its_fingerprint(honduras: CountryContent) -> None:
    """Another fingerprint would write it anew, and forget who confirmed it."""
    endless = honduras.statements[0]

    assert endless.valid_until is None
    assert "valid_until" not in endless.model_dump_json()
    ended = endless.model_copy(update={"valid_until": date(2026, 12, 31)})
    assert fingerprint.of_record(ended) != fingerprint.of_record(endless)


@pytest.mark.parametrize("day", ["2026-12", "el 31 de diciembre", "2026-02-30"])
def test_a_last_day_is_a_whole_date(honduras: CountryContent, day: str) -> None:
    said = honduras.statements[0].model_dump(mode="json", exclude_none=True)

    with pytest.raises(ValueError, match="valid_until"):
        StatementRecord.model_validate({**said, "valid_until": day})


def test_what_an_editor_changed_is_never_overwritten(
    empty_engine: Engine, honduras: CountryContent
) -> None:
    first, *rest = honduras.statements
    with transaction(empty_engine) as session:
        statement = session.get_one(Statement, first.id)
        statement.text_es, statement.edited_at = "Lo que confirmó la editora.", NOON
    new = first.model_copy(update={"es": "Lo que dice ahora el archivo."})

    summary = _fill(empty_engine, replace(honduras, statements=(new, *rest)))

    assert (summary.changed, summary.kept) == (0, 1)
    with Session(empty_engine) as session:
        assert session.get_one(Statement, first.id).text_es == "Lo que confirmó la editora."


def test_a_faulty_file_leaves_the_database_as_it_was(
    empty_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty() -> dict[str, CountryContent]:
        raise DataFileError(["data/countries/hn/statements.yml, a fault"])

    monkeypatch.setattr(load, "read_all", faulty)

    with pytest.raises(DataFileError):
        load_all(empty_engine)

    assert set(_rows(empty_engine).values()) == {0}
    assert not is_loaded(empty_engine)


def test_low_confidence_waits_for_an_editor(empty_engine: Engine, honduras: CountryContent) -> None:
    low = {each.id for each in honduras.statements if each.confidence == "low"}

    with Session(empty_engine) as session:
        waiting = set(session.scalars(select(Statement.id).where(Statement.status == "draft")))

    assert low
    assert low <= waiting
