"""The page of figures as a reader and a guard see it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from bot.analytics.cuts import cuts
from bot.analytics.figures import published_months
from bot.analytics.protect import Count
from bot.analytics.publish import Rule, publish_due
from bot.analytics.vocabulary import COUNTRIES
from bot.analytics.words import heading, place_name, row_name
from bot.database import migrate, open_engine
from tests.analytics.counting import counts_of, put, put_month
from tests.analytics.door import figures
from tests.analytics.year import counted_month

APRIL = datetime(2026, 4, 10, tzinfo=UTC)
BASE = "/portal/figures"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path_factory.mktemp('pages') / 'year.db'}"
    migrate(url)
    found = open_engine(url)
    for month in (2, 3):
        put_month(found, date(2026, month, 1), counted_month(600, 3))
    publish_due(counts_of(found), APRIL, Rule())
    yield found
    found.dispose()


def client(engine: Engine, require: Callable[[Request], Response | None]) -> TestClient:
    return TestClient(figures(engine, lambda: APRIL, require))


@pytest.fixture
def reader(engine: Engine) -> TestClient:
    return client(engine, lambda _: None)


def test_nobody_sees_anything_without_the_guards_leave(engine: Engine) -> None:
    stranger = client(engine, lambda _: PlainTextResponse("no", 403))
    for path in ("", "/figures.csv", "/figures.json", "/style.css"):
        answer = stranger.get(BASE + path)
        assert (answer.status_code, answer.text) == (403, "no")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_answers_every_question_with_chart_and_table(
    reader: TestClient, language: str
) -> None:
    page = reader.get(BASE, params={"lang": language}).text
    for cut in (*cuts(), "trend", "reports", "directory"):
        assert f'<section id="{cut}"' in page
        assert f'<a href="#{cut}">' in page
        assert heading(cut, language) in page
    assert page.count("<svg") + page.count('class="heat"') == page.count("<figure")
    for section in page.split("<section")[1:]:
        assert "<figure" not in section or "<details" in section


def test_the_page_runs_no_script_and_asks_no_third_party(reader: TestClient) -> None:
    """Of its own; the portal's frame brings the portal's script."""
    answer = reader.get(BASE)
    page = answer.text.split("<main")[1]

    assert not re.search(r"<script|\son\w+=|javascript:|\sstyle=", page)
    outside = set(re.findall(r"https?://[^\s\"<]+", answer.text))
    assert outside <= {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in answer.headers["content-security-policy"]


class _WellFormed(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "link", "rect", "path", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "path", "option") or (self.open and self.open[-1] == tag):
            assert self.open.pop() == tag


def test_the_page_is_well_formed_and_light(reader: TestClient) -> None:
    page = reader.get(BASE).text
    parser = _WellFormed()
    parser.feed(page)

    assert parser.open == []
    assert len(page) < 400_000


def test_every_number_of_the_page_is_ten_or_more_and_rounded(reader: TestClient) -> None:
    page = reader.get(BASE, params={"country": "GT"}).text
    body = page.split('<section id="directory"')[0]
    cells = re.findall(r"<td>(?:al menos )?([\d,]+)</td>", body)

    assert cells
    assert all(int(cell.replace(",", "")) >= 10 for cell in cells)
    assert all(int(cell.replace(",", "")) % 5 == 0 for cell in cells)


def test_the_period_before_stands_beside_the_chosen_one(reader: TestClient) -> None:
    assert '<th scope="col">Periodo anterior</th>' in reader.get(BASE).text
    first = reader.get(BASE, params={"period": "2026-02"}).text
    assert "No hay periodo anterior" in first


@pytest.mark.parametrize("query", [{"period": "2026-02-11"}, {"period": "2026-Q1"},
                                   {"country": "Tapachula"}, {"country": "XX"}])  # fmt: skip
def test_only_what_is_on_the_list_can_be_asked(reader: TestClient, query: dict[str, str]) -> None:
    for path in ("", "/figures.csv", "/figures.json"):
        assert reader.get(BASE + path, params=query).status_code == 400


def test_the_exports_hold_the_numbers_of_the_page_and_no_others(reader: TestClient) -> None:
    sheet = reader.get(f"{BASE}/figures.csv").content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(sheet)))
    data = reader.get(f"{BASE}/figures.json").json()

    assert len(lines) == len(data["figures"]) > 100
    assert [int(line["value"]) for line in lines] == [each["value"] for each in data["figures"]]
    assert data["protection"] == {"threshold": 10, "rounded_to": 5,
                                  "epsilon_per_table_and_month": None, "ledger": None}  # fmt: skip
    assert all(each["value"] >= 10 for each in data["figures"])


def test_an_installation_without_figures_says_so(empty_engine: Engine) -> None:
    page = client(empty_engine, lambda _: None).get(BASE)

    assert page.status_code == 200
    assert "Todavía no hay un mes publicado" in page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_row_has_a_name_in_words(language: str) -> None:
    for cut in cuts().values():
        for row in cut.rows:
            assert "_" not in row_name(row, language), row
    for country in COUNTRIES:
        assert place_name(country, language) != country


def test_looking_at_the_page_publishes_nothing(empty_engine: Engine) -> None:
    put(empty_engine, date(2026, 2, 5), "volume", {("days_01_07", "HN"): Count(50, 50)})

    assert client(empty_engine, lambda _: None).get(BASE).status_code == 200

    assert published_months(empty_engine) == []


def test_the_page_is_sent_small_and_nothing_that_a_reader_wrote_stands_in_it(
    engine: Engine,
) -> None:
    """Compressed beside the mark of the forms, such words would let lengths tell of the mark."""
    she = client(engine, lambda _: None)
    plain = she.get(BASE, headers={"Accept-Encoding": "identity"})
    small = she.get(BASE, headers={"Accept-Encoding": "gzip"})

    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) < len(plain.content) / 4
    assert small.text == plain.text
    for name in ("lang", "x", "here", "from"):
        answer = she.get(BASE, params={name: "elefante"})
        assert answer.status_code == 200
        assert "elefante" not in answer.text
    for name in ("period", "country"):
        answer = she.get(BASE, params={name: "elefante"})
        assert (answer.status_code, "elefante" in answer.text) == (400, False)
