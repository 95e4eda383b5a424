"""The report that a ministry prints: published figures alone, both languages, every chapter."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine
from starlette.testclient import TestClient

from bot.analytics.board import printable
from bot.analytics.cuts import cuts
from bot.analytics.figures import (
    Figure,
    Figures,
    Period,
    Shelf,
    periods,
    published_months,
    read,
)
from bot.analytics.models import Publication
from bot.analytics.protect import ALL, OTHERS
from bot.analytics.report import words
from bot.analytics.report.contents import _delivery, report
from bot.analytics.report.parts import NOTHING, Bars, Grid, Report
from bot.analytics.report.pdf import as_pdf
from bot.analytics.report.reader import Reader
from bot.analytics.vocabulary import COUNTRIES, themes
from bot.analytics.words import row_name
from tests.analytics.door import figures

BASE = "/portal/figures"
QUARTER = Period("2026-Q1", ("2026-01", "2026-02", "2026-03"))
RULE = Publication(month="2026-03", published_at=datetime(2026, 4, 10, tzinfo=UTC), threshold=10,
                   step=5, epsilon=None)  # fmt: skip


@pytest.fixture(scope="module")
def reader(quarter: Engine) -> TestClient:
    clock = datetime(2026, 4, 10, tzinfo=UTC)
    return TestClient(figures(quarter, lambda: clock))


@pytest.fixture(scope="module", params=["es", "en"])
def pages(request: pytest.FixtureRequest, reader: TestClient) -> tuple[str, list[str]]:
    """The words of every page, in a language."""
    answer = reader.get(f"{BASE}/report.pdf", params={"period": "2026-Q1", "lang": request.param})
    assert answer.headers["content-type"] == "application/pdf"
    return request.param, [
        page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages
    ]


@pytest.fixture(scope="module")
def contents(quarter: Engine) -> Report:
    return report(Shelf(quarter), QUARTER, None, RULE, "es")


def test_every_chapter_of_the_conference_is_in_it(pages: tuple[str, list[str]]) -> None:
    language, every = pages
    for chapter in ("key", "where", "rights", "family", "work", "violence", "minors", "phases",
                    "flows", "services", "put_right", "delivery", "method", "caveats"):  # fmt: skip
        title = words.text(chapter, language)
        assert title in every[1], chapter  # the list of contents
        assert any(title in page for page in every[2:]), chapter


def test_pages_have_numbers_and_the_title_page_says_what_it_is(
    pages: tuple[str, list[str]],
) -> None:
    language, every = pages
    for number, page in enumerate(every[1:], 2):
        assert words.text("page", language, number=number, all=len(every)) in page
    assert {"es": "enero a marzo de 2026", "en": "January to March 2026"}[language] in every[0]
    assert words.text("quarterly", language) in every[0]


def test_letters_with_accents_are_right(pages: tuple[str, list[str]]) -> None:
    language, every = pages
    whole = "\n".join(every)

    for word in {"es": ("México", "Niñas, niños y adolescentes", "«45+»", "Cómo se leen"),
                 "en": ("Mexico", "Children and adolescents", "“45+”")}[language]:  # fmt: skip
        assert word in whole, word


def _numbers(found: Report) -> list[int]:
    blocks = [block for chapter in found.chapters for block in chapter.blocks]
    bars = [line.value for each in blocks if isinstance(each, Bars) for line in each.lines]
    grids = [row for each in blocks if isinstance(each, Grid) for _, row in each.rows]
    return bars + [each.value for row in grids for each in row if each]


def test_every_number_is_published_rounded_and_ten_or_more(
    contents: Report, quarter: Engine
) -> None:
    figures = read(quarter, QUARTER)
    known = {each.value for cut in cuts() for each in figures.cells(cut).values()}
    known |= {each.value for country in (*COUNTRIES, OTHERS, ALL)
              if (each := figures.total("volume", country))}  # fmt: skip
    months = [read(quarter, Period(each, (each,))).total("volume") for each in QUARTER.months]
    known |= {each.value for each in months if each}
    numbers = _numbers(contents)

    assert len(numbers) > 100
    assert min(numbers) >= 10
    assert all(each % 5 == 0 for each in numbers)
    assert set(numbers) - known == set()


def test_a_hidden_number_is_a_hatched_cell_not_a_zero(contents: Report) -> None:
    grids = [block for chapter in contents.chapters for block in chapter.blocks
             if isinstance(block, Grid)]  # fmt: skip

    assert any(each is None for grid in grids for _, row in grid.rows for each in row)
    assert 0 not in _numbers(contents)


def test_in_a_grid_too_no_part_looks_larger_than_its_whole(contents: Report) -> None:
    grids = [block for chapter in contents.chapters for block in chapter.blocks
             if isinstance(block, Grid)]  # fmt: skip
    lines = [(name, row) for grid in grids for name, row in grid.rows]
    of_each = [row for name, row in lines if name.endswith(("en cada país", "en cada canal"))]

    assert of_each
    assert all(row[0] == NOTHING and any(row) for row in of_each)
    assert not [name for name, _ in lines if name == "Lo demás"]


def test_the_report_says_that_hardly_any_answer_never_left() -> None:
    cells = {("in_ten_seconds", "*"): Figure(400, False), ("later_on", "*"): Figure(40, False)}
    found = _delivery(Reader(Figures(QUARTER, {"delivery": cells}), None, "es"))

    assert found.lead.startswith("Las respuestas que no salieron nunca no se muestran aparte")


def test_each_theme_says_how_many_conversations_it_had(contents: Report, quarter: Engine) -> None:
    """The rows of its topics cannot be added up."""
    figures = read(quarter, QUARTER)
    for theme in themes():
        chapter = next(each for each in contents.chapters if each.title == words.text(theme, "es"))
        each = figures.at("themes", theme)
        assert each is not None
        assert f"en total: {words.number(each, 'es')} conversaciones" in chapter.lead
    where = next(each for each in contents.chapters if each.title == words.text("where", "es"))
    titles = [block.title for block in where.blocks if isinstance(block, Bars | Grid)]
    assert words.text("themes", "es") in titles
    assert words.text("themes_where", "es") in titles


def test_phases_are_told_one_by_one(contents: Report, quarter: Engine) -> None:
    phases = next(each for each in contents.chapters if each.title == words.text("phases", "es"))
    each = read(quarter, QUARTER).at("phases", "transit")

    assert f"En camino: {words.number(each, 'es')}." in phases.lead


def test_children_have_a_chapter_of_the_topics_about_minors(contents: Report) -> None:
    children = next(each for each in contents.chapters if "Niñas" in each.title)
    bars = children.blocks[0]

    assert isinstance(bars, Bars)
    names = {line.name for line in bars.lines}
    assert "Escuela y estudios" in names
    assert "Asilo o refugio" not in names


def test_the_same_quarter_prints_the_same_file(reader: TestClient, contents: Report) -> None:
    made = reader.get(f"{BASE}/report.pdf?period=2026-Q1").content

    assert made == as_pdf(contents)
    assert len(made) < 300_000


@pytest.mark.parametrize("period", ["2026-02", "2026", "2026-Q2", "../x"])
def test_only_whole_quarters_and_years_are_printed(reader: TestClient, period: str) -> None:
    assert reader.get(f"{BASE}/report.pdf", params={"period": period}).status_code == 400


def test_the_page_has_a_button_for_it(reader: TestClient, quarter: Engine) -> None:
    page = reader.get(BASE, params={"period": "2026-02", "lang": "en"}).text

    assert 'href="/portal/figures/report.pdf?period=2026-Q1&amp;lang=en"' in page
    listed = periods(published_months(quarter))
    assert printable(listed, listed["2026-Q1"]) == "2026-Q1"
    assert printable({"2026-02": QUARTER}, Period("2026-02", ("2026-02",))) is None


def test_a_grid_without_a_country_is_left_out_and_what_is_not_split_says_so() -> None:
    cells = {("danger", "*"): Figure(40, False)}
    found = Reader(Figures(QUARTER, {"topics": cells}), None, "es")
    crises = Reader(Figures(QUARTER, {"crises": {("rest:danger", "*"): Figure(40, False)}}),
                    None, "es")  # fmt: skip

    assert not [*found.grid("asked_where", "topics", ["danger"], "topic")]
    (bars,) = crises.bars("crises", "crises", ["rest:danger"])
    assert bars.lines[0].name == "Peligro ahora, sin separar"


def test_a_quarter_with_hardly_any_conversations_says_so(quarter: Engine) -> None:
    empty = Period("2025-Q4", ("2025-10", "2025-11", "2025-12"))
    found = report(Shelf(quarter), empty, None, RULE, "es")

    assert found.keys == []
    assert "no se puede mostrar nada aparte" in found.chapters[1].lead
    assert _numbers(found) == []


def test_every_word_of_the_report_can_be_printed() -> None:
    told = words.words()
    every = [*told.text.values(), *told.method, *told.caveats]
    for each in every:
        for language in ("es", "en"):
            each.get(language).encode("cp1252")
    for cut in cuts().values():
        for row in (*cut.rows, *cut.rows.values()):
            row_name(row, "es").encode("cp1252")
