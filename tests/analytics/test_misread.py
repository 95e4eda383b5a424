"""What a newcomer misread on the page, in the report and in the downloads, one after another."""

from __future__ import annotations

import csv
import io
import re
from itertools import pairwise

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine
from starlette.testclient import TestClient

from bot.analytics.charts import TRACK, bars
from bot.analytics.cuts import cuts
from bot.analytics.export import REST_ALL
from bot.analytics.figures import Figure, Figures, Period, Shelf, read
from bot.analytics.models import Publication, PublishedFigure
from bot.analytics.parts import Asked, least_note
from bot.analytics.parts import drawn as as_bars
from bot.analytics.protect import ALL, OTHERS, REST
from bot.analytics.report.contents import report
from bot.analytics.report.keys import keys
from bot.analytics.report.paper import LEFT, WIDE, Paper
from bot.analytics.report.parts import Bars, Grid, Line, Report
from bot.analytics.report.reader import Reader
from bot.analytics.sections import sections, trend
from bot.analytics.words import heading, percent, row_name
from bot.database import transaction
from tests.analytics.conftest import AT, MONTHS
from tests.analytics.door import figures as application
from tests.analytics.test_first_sight import section, words_of
from tests.analytics.test_report import QUARTER, RULE

BASE = "/portal/figures"
OLD_NAMES = (
    "fue poco, junto",
    "fue poco de",
    "sumado (no",
    "o sin separar",
    "was little, together",
    "or not apart",
)


@pytest.fixture(scope="module")
def reader(quarter: Engine) -> TestClient:
    return TestClient(application(quarter, lambda: AT))


def printed(reader: TestClient, **query: str) -> list[str]:
    answer = reader.get(f"{BASE}/report.pdf", params={"period": "2026-Q1", **query})
    assert answer.status_code == 200
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def drawn(found: Report) -> list[Line]:
    return [line for chapter in found.chapters for block in chapter.blocks
            if isinstance(block, Bars) for line in block.lines]  # fmt: skip


# The report of a country was the report of all of them, and did not say so.


@pytest.mark.parametrize(("language", "place"), [("es", "México"), ("en", "Mexico")])
def test_the_report_of_a_country_says_on_every_page_that_it_is(
    reader: TestClient, language: str, place: str
) -> None:
    of_one, of_all = (printed(reader, lang=language, country=at) for at in ("MX", ALL))

    assert place in of_one[0]
    assert all(place in page.split("\n")[0] for page in of_one[1:])
    assert {"es": "Todos los países", "en": "All countries"}[language] in of_all[0]
    assert of_one[2] != of_all[2]


@pytest.mark.parametrize("country", ["MX", "GT", "BZ", OTHERS])
def test_the_report_of_a_country_has_the_numbers_of_its_page_and_no_other(
    quarter: Engine, country: str
) -> None:
    figures = read(quarter, QUARTER)
    months = [read(quarter, Period(each, (each,))) for each in MONTHS]
    found = report(Shelf(quarter), QUARTER, None, RULE, "es", country)
    known = {each.value for cut in cuts() for each in figures.rows(cut, country).values()}
    known |= {each.value for one in months if (each := one.total("volume", country))}

    assert {line.value for line in drawn(found)} <= known
    grids = [block for chapter in found.chapters for block in chapter.blocks
             if isinstance(block, Grid)]  # fmt: skip
    numbers = {
        each.value for grid in grids for _, row in grid.rows for each in row[1:] if each
    }  # the first is the sum of the two beside it
    assert numbers <= known
    assert not [each for each in found.chapters if each.title == heading("delivery", "es")]


def test_the_button_and_the_files_bear_the_country(reader: TestClient) -> None:
    page = reader.get(BASE, params={"period": "2026-Q1", "country": "GT"}).text

    assert "report.pdf?period=2026-Q1&amp;country=GT&amp;lang=es" in page
    assert "Informe para imprimir (PDF): Guatemala, enero a marzo de 2026<" in page
    assert '<p class="covers">Guatemala, enero a marzo de 2026</p>' in page
    for kind in ("figures.csv", "figures.xlsx", "figures.zip", "report.pdf"):
        answer = reader.get(f"{BASE}/{kind}", params={"period": "2026-Q1", "country": "GT"})
        assert "comadre-2026-Q1-GT" in answer.headers["content-disposition"]
    data = reader.get(f"{BASE}/figures.json", params={"period": "2026-Q1", "country": "GT"}).json()
    assert data["country"] == "GT"


# «At least 910» stood above the exact 910 of another table.

PARTS = {("days_01_07", "GT"): Figure(205, False), ("days_08_14", "GT"): Figure(30, True),
         (REST, "GT"): Figure(40, True)}  # fmt: skip


def test_a_country_that_has_its_column_every_month_is_told_whole() -> None:
    """What is not shown apart in a month is in its rest: together they are all of it."""
    steady, absent = (Figures(QUARTER, {"volume": PARTS}, months)
                      for months in ({("volume", "GT")}, set()))  # fmt: skip

    assert steady.total("volume", "GT") == Figure(275, False)
    assert absent.total("volume", "GT") == Figure(275, True)
    assert steady.beyond("volume", ("days_01_07",), "GT") == Figure(70, False)


def test_with_noise_a_small_rest_is_left_out_and_nothing_is_called_whole() -> None:
    months = {("volume", "GT")}
    noisy = Figures(QUARTER, {"volume": PARTS}, months, is_noisy=True)
    with_rest = {**PARTS, (REST, "GT"): Figure(40, False)}

    assert noisy.total("volume", "GT") == Figure(275, True)
    assert not Figures(QUARTER, {"volume": with_rest}, months,
                       is_noisy=True).total("volume", "GT").is_least  # type: ignore[union-attr]  # fmt: skip


@pytest.mark.parametrize(("epsilon", "is_least"), [(0.4, True), (None, False)])
def test_whether_there_is_noise_is_read_with_the_figures(
    empty_engine: Engine, epsilon: float | None, *, is_least: bool
) -> None:
    with transaction(empty_engine) as session:
        session.add(Publication(month="2026-03", published_at=AT, threshold=10, step=5,
                                epsilon=epsilon))  # fmt: skip
        session.add(PublishedFigure(month="2026-03", cut="volume", row="days_01_07", country="GT",
                                    value=50))  # fmt: skip
    march = Period("2026-03", ("2026-03",))
    found = [read(empty_engine, march), *Shelf(empty_engine).by_month(march.months, "volume")]

    assert [each.total("volume", "GT") for each in found] == [Figure(50, is_least)] * 2


def test_the_months_of_a_country_are_no_parts(quarter: Engine) -> None:
    found = trend(Shelf(quarter), MONTHS, Asked("GT", "es"))

    assert found.rows
    assert not [cells for _, cells in found.rows if "al menos" in cells[0]]
    assert not read(quarter, QUARTER).total("volume", "GT").is_least  # type: ignore[union-attr]


def test_a_sentence_of_the_report_says_at_least_where_its_bar_does() -> None:
    cells = {("ask_asylum", ALL): Figure(15, True)}
    told = Reader(Figures(QUARTER, {"unanswered": cells}), None, "es")

    assert "15+ conversaciones" in told.most("most_open", "unanswered", ["ask_asylum"])


def test_services_not_found_are_one_number_in_the_key_figures_and_in_the_table() -> None:
    """«625+ times» and «830» stood two pages apart."""
    cells = {"outcomes": {("none_found", ALL): Figure(830, False)},
             "services": {("legal:none_found", ALL): Figure(65, False)}}  # fmt: skip

    assert [each.number for each in keys(Figures(QUARTER, cells), None, "es")] == ["830"]


# Two rows of the spreadsheet bore one name.


def test_two_kinds_of_rest_are_two_rows_with_two_names(reader: TestClient) -> None:
    sheet = reader.get(f"{BASE}/figures.csv", params={"period": "2026-Q1"}).content
    lines = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))))
    rests = [each for each in lines if each["row"].startswith(REST)]
    of_all, of_one = ([each for each in rests if (each["country"] == ALL) == is_all]
                      for is_all in (True, False))  # fmt: skip

    assert of_all
    assert of_one
    assert {each["row"].partition(":")[0] for each in of_all} == {REST_ALL}
    assert {each["row"].partition(":")[0] for each in of_one} == {REST}
    assert not {each["row_name"] for each in of_all} & {each["row_name"] for each in of_one}


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_was_little_has_one_name_everywhere(reader: TestClient, language: str) -> None:
    query = {"period": "2026-Q1", "lang": language}
    told = reader.get(BASE, params=query).text + "\n".join(printed(reader, **query))
    told += reader.get(f"{BASE}/figures.csv", params=query).content.decode("utf-8-sig")
    told += reader.get(BASE, params=query | {"country": "GT"}).text

    assert not [name for name in OLD_NAMES if name in told]
    assert {"es": "Lo demás", "en": "Everything else"}[language] in told


def test_another_channel_and_another_language_are_told_apart() -> None:
    """«Otro · otro» said of neither what it was."""
    assert row_name("other:other", "es") == "otro canal · otro idioma"
    assert row_name("sms:unknown", "es") == "SMS · idioma que no se sabe"
    assert row_name("other:service_found", "es") == "otro · se encontró un servicio"


def test_the_rest_of_the_caribbean_is_spanish() -> None:
    assert row_name("rest:caribbean", "es") == "lo demás del Caribe"


# 8 % was a bar that was nearly full.


def test_a_share_is_drawn_on_a_scale_from_0_to_100() -> None:
    drawing = str(bars([("Guatemala", 8, "8 %"), ("Honduras", 9, "9 %")], "", of_hundred=True))
    tracks = re.findall(rf'width="([\d.]+)" height="18" fill="{TRACK}"', drawing)
    shares = re.findall(r'width="([\d.]+)" height="18" fill="#2171b5"', drawing)

    assert [round(100 * float(a) / float(b)) for a, b in zip(shares, tracks, strict=True)] == [8, 9]
    assert words_of(drawing)[-2:] == ["0", "100 %"]


# Labels were cut off in the report, and numbers ran into the margin.


class _Measured(Paper):
    """Where everything that is written ends."""

    ends: float = 0.0

    def cell(self, w: float | None = None, h: float | None = None, text: str = "",
             *more: object, **rest: object) -> bool:  # fmt: skip
        wide = self.get_string_width(text) if not w else max(w, self.get_string_width(text))
        self.ends = max(self.ends, self.get_x() + wide)
        return super().cell(w, h, text, *more, **rest)  # type: ignore[arg-type]


def test_no_label_of_the_report_is_cut_off_and_no_number_leaves_the_page() -> None:
    long = "Todo junto: hay filas con muy pocas para separarlas, y una más"
    words = "1,234,565+  (antes 1,234,560; un número que ocupa mucho más sitio)"
    paper = _Measured("es", "")
    paper.set_compression(False)
    paper.add_page()
    paper.bars([Line(long, 60, words), Line("Corto", 5, "5")])
    row = f"{long}, en todos los países juntos"
    paper.grid("Tardó", ["todos", *"ABCDEFGHIJKLM"], [(row, [Figure(60, False), *[None] * 13])])
    page = PdfReader(io.BytesIO(bytes(paper.output()))).pages[0].extract_text()

    assert "…" not in page
    assert page.count("separarlas") == 2
    assert paper.ends <= LEFT + WIDE + 0.1


def test_a_grid_of_five_columns_ends_at_the_margin() -> None:
    """Its last country stood beyond it: of the countries that a chapter shows there are often four
    beside the sum."""
    paper = _Measured("es", "")
    paper.add_page()
    paper.grid("Tema", ["todos", *"ABCD"], [("Escuela", [Figure(60, False), *[None] * 4])])

    assert paper.ends <= LEFT + WIDE + 0.1


def test_large_numbers_of_many_columns_do_not_run_into_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """148,140148,140: of a hundred million turns no cell could be read."""
    paper, ends = Paper("es", ""), []
    monkeypatch.setattr(paper, "text", lambda x, _, told: ends.append((x, x + paper.width(told))))
    paper.add_page()
    paper.grid("Tema", ["todos", *"ABCDEFGHIJKL"], [("Asilo", [Figure(1_148_140, False)] * 13)])

    assert all(end + 1 < start for (_, end), (start, _) in pairwise(ends))


def test_the_list_of_contents_begins_at_the_margin() -> None:
    """Its first line began where the last page's number had ended, and ran off the paper."""
    paper = _Measured("es", "Informe")
    paper.add_page()
    paper.insert_toc_placeholder(lambda _, outline: paper.contents(outline))
    paper.chapter("Cifras principales")
    paper.output()

    assert paper.ends <= LEFT + WIDE + 0.1


# The chart of services showed only what was not found.


@pytest.mark.parametrize("country", [ALL, "MX"])
def test_of_a_service_one_sees_how_much_it_was_looked_for_and_found(country: str) -> None:
    numbers = {"migrant_shelter:service_found": 200, "migrant_shelter:none_found": 80,
               "legal:service_found": 20, "legal:none_found": 90, REST: 35}  # fmt: skip
    cells = {(row, country): number for row, number in numbers.items()}
    found = section("services", cells, country)

    assert words_of(found.chart) == [
        "Casa de migrantes: 280", "200 se encontró", "80 no se encontró",
        "Ayuda legal: 110", "20 se encontró", "90 no se encontró",
    ]  # fmt: skip
    assert found.lead.startswith("Lo que más se buscó: Casa de migrantes, 280. Lo que más se buscó"
                                 " sin encontrarlo: Ayuda legal, 90.")  # fmt: skip
    assert "lo demás, sin separar por servicio: 35." in found.lead


# How many crises there were was nowhere, and the largest part was not drawn.


def test_crises_are_told_in_all_and_drawn_in_all() -> None:
    crises = {("distress:silent", ALL): 45, ("danger:silent", ALL): 30, ("rest:danger", ALL): 50,
              ("rest:distress", ALL): 45}  # fmt: skip
    found = section("crises", crises, before={**crises, ("distress:silent", ALL): 75})

    assert found.lead == "Conversaciones en crisis, en total: 170 (antes 200; -15 %)."
    assert {"45", "30", "50"} <= set(words_of(found.chart))
    told = Reader(Figures(QUARTER, {"crises": {at: Figure(n, False) for at, n in crises.items()}}),
                  None, "es")  # fmt: skip
    assert [each.number for each in keys(told.now, None, "es")] == ["170"]


def test_what_is_too_large_to_draw_is_said_before_the_drawing() -> None:
    found = section("topics", {("ask_asylum", "MX"): 60, (REST, "MX"): 700}, "MX")

    assert "No se dibuja lo demás" in found.lead
    assert "700" in found.lead


# A number that had been merged, and then was not, looked like growth.


def test_a_rest_stands_beside_no_rest_of_before() -> None:
    now, then = ({("ask_asylum", "GT"): 60, (REST, "GT"): rest} for rest in (460, 185))
    found = section("topics", now, "GT", before=then)

    assert dict(found.rows)["Lo demás"] == ["460", "", ""]


def test_a_part_is_not_compared_with_a_whole() -> None:
    now = Figures(QUARTER, {"outcomes": {("none_found", "GT"): Figure(100, False)}})
    then = Figures(QUARTER, {"outcomes": {("none_found", "GT"): Figure(30, True)}})
    found = next(s for s in sections(now, then, Asked("GT", "es")) if s.name == "outcomes")

    assert dict(found.rows)["No se encontró servicio"] == ["100", "al menos 30", "no se compara"]
    (bars_,) = Reader(now, then, "es", "GT").bars("outcomes", "outcomes", ["none_found"])
    assert bars_.lines[0].words == "100"


def test_no_change_is_no_share() -> None:
    """«60 (0 %)» was read as no part of all."""
    assert percent(60, 60) == "±0 %"


# And smaller ones.


def test_the_end_of_the_month_is_not_the_busiest() -> None:
    now = Figures(QUARTER, {"volume": {("days_22_end", ALL): Figure(2510, False)}})
    found = next(s for s in sections(now, None, Asked(ALL, "es")) if s.name == "volume")

    assert found.rows[0][0] == "Del día 22 al final (7 a 10 días)"
    assert "Son los 3 meses del periodo, sumados." in found.lead
    assert "no quiere decir más conversaciones al día" in found.note


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_two_kinds_of_waiting_are_told_apart_by_their_titles(language: str) -> None:
    prepared, left = heading("latency", language), heading("delivery", language)

    assert {"es": "preparar", "en": "prepare"}[language] in prepared
    assert {"es": "esperó ella", "en": "she waited"}[language] in left


def test_a_grey_row_says_why_it_has_no_sum() -> None:
    found = section(
        "topics", {("ask_asylum", ALL): 120, ("ask_asylum", "MX"): 60, (REST, "MX"): 30}
    )

    assert "por eso no hay suma de todos" in found.reading


def test_page_and_report_call_the_same_service_the_largest() -> None:
    """Of two with 65, one named the first and the other the last."""
    cells = {("safe_place:none_found", ALL): Figure(65, False),
             ("consulate:none_found", ALL): Figure(65, False)}  # fmt: skip
    now = Figures(QUARTER, {"services": cells})
    page = next(s for s in sections(now, None, Asked(ALL, "es")) if s.name == "services")
    rows = [row for row, _ in cells]

    assert "Consulado" in page.lead.split(".")[1]
    assert "Consulado" in Reader(now, None, "es").most("most_missing", "services", rows)


def test_the_rows_of_a_grid_follow_the_bars_above_it() -> None:
    rows = ["ask_asylum", "find_service", "ask_education"]
    sizes = dict(zip(rows, (40, 90, 60), strict=True))
    cells = {(row, at): Figure(size, False) for row, size in sizes.items() for at in (ALL, "MX")}
    told = Reader(Figures(QUARTER, {"topics": cells}), None, "es")
    (above,), (grid,) = (
        list(told.bars("asked", "topics", rows)),
        list(told.grid("asked_where", "topics", rows, "topic")),
    )

    assert [line.name for line in above.lines] == [name for name, _ in grid.rows]


def test_a_column_is_not_called_by_the_sign_for_at_least(quarter: Engine) -> None:
    """«+» was a column of countries and, one row below, «at least»."""
    found = report(Shelf(quarter), QUARTER, None, RULE, "es")
    grids = [block for chapter in found.chapters for block in chapter.blocks
             if isinstance(block, Grid)]  # fmt: skip

    assert grids
    assert not [grid for grid in grids if "+" in grid.columns]


def test_what_has_no_chapter_of_its_own_is_told_at_the_front() -> None:
    cells = {"outcomes": {("answered", "GT"): Figure(200, False)},
             "topics": {(REST, "GT"): Figure(460, False)}}  # fmt: skip

    class OneShelf:
        def figures(self, _: Period) -> Figures:
            return Figures(QUARTER, cells)

        def by_month(self, *_: object) -> list[Figures]:
            return []

    found = report(OneShelf(), QUARTER, None, RULE, "es", "GT")  # type: ignore[arg-type]

    assert "De temas que no se pueden mostrar aparte («lo demás»): 460." in found.chapters[0].lead
    assert "o van sumadas en «lo demás»" in found.chapters[1].lead


def test_a_bar_that_is_at_least_so_long_goes_on_in_stripes() -> None:
    """It looked as exact as the others, and shorter than it may be."""
    values = [("Guatemala", Figure(40, is_least=False), None),
              ("Honduras", Figure(30, is_least=True), None)]  # fmt: skip
    drawing, _ = as_bars(values, "", "es")
    shown = str(drawing)

    assert shown.count('class="more"') == 3
    guatemala, honduras = shown.index("Guatemala"), shown.index("Honduras")
    assert guatemala < honduras < shown.index('class="more"')
    assert "al menos 30" in shown
    assert least_note(values, "es") == "Una barra que sigue en rayas es «al menos» ese número."
    assert least_note(values[:1] * 2, "es") == ""
    wide = [float(each) for each in re.findall(r'x="([\d.]+)" y="[\d.]+" width="3"', shown)]
    assert max(wide) + 3 < 340
