"""The figures for spreadsheets and programs: the same numbers, each column explained."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from starlette.testclient import TestClient

from bot.analytics.export import COLUMNS
from tests.analytics.door import figures

BASE = "/portal/figures"


@pytest.fixture(scope="module")
def reader(quarter: Engine) -> TestClient:
    clock = datetime(2026, 4, 10, tzinfo=UTC)
    return TestClient(figures(quarter, lambda: clock))


def numbers(reader: TestClient) -> list[int]:
    data = reader.get(f"{BASE}/figures.json?period=2026-Q1").json()
    return [each["value"] for each in data["figures"]]


def test_the_workbook_holds_the_same_numbers_and_says_what_they_mean(reader: TestClient) -> None:
    answer = reader.get(f"{BASE}/figures.xlsx", params={"period": "2026-Q1", "lang": "en"})
    book = load_workbook(io.BytesIO(answer.content))
    lines = list(book["figures"].iter_rows(values_only=True))

    assert lines[0] == COLUMNS
    assert [line[COLUMNS.index("value")] for line in lines[1:]] == numbers(reader)
    explained = {row[0] for row in book["what it means"].iter_rows(values_only=True)}
    assert set(COLUMNS) <= explained


def test_the_package_describes_every_column_table_row_and_country(reader: TestClient) -> None:
    answer = reader.get(f"{BASE}/figures.zip", params={"period": "2026-Q1"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        told = json.loads(package.read("datapackage.json"))
        sheet = package.read("figures.csv").decode("utf-8")
    lines = list(csv.DictReader(io.StringIO(sheet)))
    (resource,) = told["resources"]
    fields = resource["schema"]["fields"]

    assert [each["name"] for each in fields] == list(lines[0])
    assert all(each["description"] and each["description_es"] for each in fields)
    assert [int(line["value"]) for line in lines] == numbers(reader)
    for line in lines:
        columns = "channels" if line["table"] == "delivery" else "countries"
        assert line["country"] in told["comadre"][columns]
        assert line["unit"] == told["comadre"]["tables"][line["table"]]["unit"]
        rows = told["comadre"]["tables"][line["table"]]["rows"]
        assert line["row"] in rows or line["row"].startswith("rest")
    assert told["comadre"]["protection"]["threshold"] == 10


def test_the_same_figures_are_the_same_package(reader: TestClient) -> None:
    made = [reader.get(f"{BASE}/figures.zip?period=2026-Q1").content for _ in range(2)]

    assert made[0] == made[1]


@pytest.mark.parametrize("kind", ["xlsx", "zip"])
def test_of_one_country_nothing_of_another_is_in_it(reader: TestClient, kind: str) -> None:
    answer = reader.get(f"{BASE}/figures.{kind}", params={"period": "2026-Q1", "country": "GT"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        name = "figures.csv" if kind == "zip" else "xl/worksheets/sheet1.xml"
        words = package.read(name).decode("utf-8")

    assert "Guatemala" in words
    assert "México" not in words
