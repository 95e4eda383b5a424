"""The coverage page says what the files hold, today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.knowledge import coverage
from bot.knowledge.answer import answer
from bot.knowledge.content import CountryContent
from bot.knowledge.coverage import PAGE, Cell, cells, coverage_page, write_page
from bot.knowledge.schema import COUNTRY_CODES
from tests.countries import all_files
from tests.knowledge.conftest import ASKED

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def contents() -> dict[str, CountryContent]:
    return all_files()


@pytest.fixture(scope="module", autouse=True)
def _read_once(contents: dict[str, CountryContent]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage, "read_all", lambda: contents)
        yield


@pytest.fixture(scope="module")
def page(_read_once: None) -> str:
    return coverage_page()


def test_the_page_is_up_to_date(page: str) -> None:
    assert PAGE.read_text(encoding="utf-8") == page, (
        "docs/coverage.md is out of date: run `.venv/bin/python -m bot coverage`"
    )


def test_the_page_has_a_cell_for_every_topic_in_every_country(page: str) -> None:
    rows = re.findall(r"^\| (?:ask|report|express)_\w+ \|(.*)\|$", page, re.M)

    asked, countries = len(ASKED), len(COUNTRY_CODES)
    assert len(rows) == asked
    assert {len(row.split("|")) for row in rows} == {countries}
    assert f"{asked * countries * 2} of {asked * countries * 2}" in page
    assert "**nothing**" not in page


def test_nothing_is_told_of_which_nobody_can_say_how_old_it_is(
    contents: dict[str, CountryContent],
) -> None:
    """Twenty topics, most of them on the family, had only pages without a date."""
    assert [f"{each.country} {each.intent}" for each in cells(contents) if not each.is_dated] == []


def test_the_page_tells_what_she_is_told(
    filled_engine: Engine, contents: dict[str, CountryContent]
) -> None:
    with Session(filled_engine) as session:
        for cell in cells(contents)[::7]:
            said = answer(session, cell.intent, cell.country, "es", TODAY)

            assert said.unknown == (not cell.told and not cell.regional), cell
            assert said.is_regional == (not cell.told), cell
            assert {each.id for each in said.statements} <= {each.id for each in cell.told} or (
                said.is_regional
            )


def test_a_change_of_the_files_makes_it_out_of_date(
    monkeypatch: pytest.MonkeyPatch, contents: dict[str, CountryContent], page: str
) -> None:
    honduras = replace(contents["HN"], statements=contents["HN"].statements[1:])
    monkeypatch.setattr(coverage, "read_all", lambda: {**contents, "HN": honduras})

    assert coverage_page() != page


def test_a_topic_without_statements_is_a_gap_with_somebody_to_ask(
    contents: dict[str, CountryContent],
) -> None:
    empty = {code: replace(each, statements=()) for code, each in contents.items()}

    every = cells(empty)

    assert {str(each) for each in every} == {"ask"}
    assert all(each.ask for each in every)
    assert str(Cell("ask_asylum", "HN", (), 0, None)) == "**nothing**"


def test_the_command_writes_the_page(tmp_path: Path, page: str) -> None:
    path = tmp_path / "coverage.md"

    assert "written" in write_page(path)
    assert path.read_text(encoding="utf-8") == page
