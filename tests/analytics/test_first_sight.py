"""What somebody who opens the page for the first time reads off it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from bot.analytics.charts import BAR, BLUES
from bot.analytics.compare import change
from bot.analytics.cuts import cuts
from bot.analytics.figures import Figure, Figures, Period, Shelf
from bot.analytics.freshness import _ages, directory
from bot.analytics.protect import ALL, OTHERS, REST
from bot.analytics.report.keys import keys
from bot.analytics.sections import Asked, Section, sections, trend
from bot.analytics.vocabulary import REPORT
from bot.analytics.words import text as text_of
from bot.analytics.words import week_name
from bot.database import transaction
from bot.directory.models import Service
from bot.knowledge.dates import is_fresh
from bot.knowledge.trust import Verification
from tests.analytics.conftest import AT
from tests.analytics.door import figures

MARCH = Period("2026-03", ("2026-03",))
Numbers = Mapping[tuple[str, str], int]


def section(name: str, numbers: Numbers, country: str = ALL, before: Numbers | None = None
            ) -> Section:  # fmt: skip
    now, then = (
        Figures(MARCH, {name: {at: Figure(n, False) for at, n in (each or {}).items()}})
        for each in (numbers, before)
    )
    found = sections(now, then if before else None, Asked(country, "es"))
    return next(each for each in found if each.name == name)


def words_of(drawing: object) -> list[str]:
    return re.findall(r"<(?:text|th|td)\b[^>]*>([^<]+)</", str(drawing))


def shade_of(drawing: object, number: str) -> str:
    """The class of the cell in which this number stands; b6 is the darkest blue."""
    return re.findall(rf'<td class="(\w+)">{number}</td>', str(drawing))[0]


def test_how_many_there_were_in_all_is_said_first() -> None:
    weeks = {("days_01_07", ALL): 300, ("days_08_14", ALL): 250}

    found = section("volume", weeks, before={("days_01_07", ALL): 500})

    assert found.lead == "En total: 550 conversaciones (periodo anterior: 500; +10 %)."
    assert section("volume", weeks).lead == "En total: 550 conversaciones."


def test_a_total_that_hardly_changed_has_no_sign() -> None:
    then, now = ({("days_01_07", ALL): number} for number in (5240, 5235))

    assert section("volume", now, before=then).rows[0][1][-1] == "±0 %"
    figures = [Figures(MARCH, {"volume": {at: Figure(n, False) for at, n in each.items()}})
               for each in (now, then)]  # fmt: skip
    assert [each.number for each in keys(figures[0], figures[1], "es")] == ["5,235", "±0 %"]


TOPICS = {("ask_asylum", ALL): 120, ("ask_asylum", "MX"): 60, ("find_service", ALL): 40,
          ("find_service", "HN"): 10, (REST, "MX"): 300, (REST, "HN"): 90,
          ("ask_asylum", OTHERS): 15, (REST, ALL): 30}  # fmt: skip


def test_a_map_names_its_countries_and_says_how_to_read_it() -> None:
    found = section("topics", TOPICS)

    told = words_of(found.chart)
    assert {"México", "Honduras", "Otros países, con pocas", "Todos los países"} <= set(told)
    assert not {"MX", "HN", "…", "?"} & set(told)
    assert "Rayado" in found.reading
    assert "lo demás" in found.reading


def test_a_map_gives_every_row_its_sum_over_all_countries() -> None:
    told = words_of(section("topics", TOPICS).chart)

    row = told.index("Asilo o refugio")
    assert told[row + 1] == "120"


def test_what_was_merged_is_grey_and_leaves_the_dark_blues_to_the_topics() -> None:
    drawing = section("topics", TOPICS).chart

    assert shade_of(drawing, "60") == f"b{len(BLUES) - 1}"
    assert shade_of(drawing, "300") == shade_of(drawing, "90") == "rest"


def test_a_number_that_is_at_least_so_many_says_so_in_the_drawing_too() -> None:
    cells = {("ask_asylum", ALL): Figure(120, False), ("ask_asylum", "MX"): Figure(60, True),
             ("ask_asylum", "HN"): Figure(20, True)}  # fmt: skip
    now = Figures(MARCH, {"topics": cells})

    everywhere = next(s for s in sections(now, None, Asked(ALL, "es")) if s.name == "topics")
    in_one = next(s for s in sections(now, None, Asked("MX", "es")) if s.name == "topics")

    assert {"120", "60+", "20+"} <= set(words_of(everywhere.chart))
    assert "«10+»: al menos 10." in everywhere.reading
    assert "al menos 60" in in_one.lead


def test_the_map_of_gaps_shows_what_was_not_found_with_its_name_whole() -> None:
    found = section("services", {
        ("migrant_shelter:none_found", ALL): 80, ("migrant_shelter:none_found", "MX"): 30,
        ("migrant_shelter:service_found", ALL): 200, ("migrant_shelter:service_found", "US"): 20,
    })  # fmt: skip

    told = words_of(found.chart)
    row = told.index("Casa de migrantes")
    assert told[row : row + 5] == ["Casa de migrantes", "280", "200", "80", "30"]
    assert "Estados Unidos" not in told  # none was missing there that could be shown
    assert not [each for each in told if "…" in each]
    assert "no se encontró" in found.reading
    assert len(found.rows) == 2  # the table has both


def test_what_was_found_never_stands_under_not_found() -> None:
    """Where no gap could be shown, a map of gaps was made of what had been found."""
    found = section("services", {
        ("other:service_found", ALL): 620, ("other:service_found", "MX"): 255, (REST, ALL): 305,
    })  # fmt: skip

    assert words_of(found.chart) == [
        "Otro: al menos 620", "620 se encontró", "– no se encontró",
    ]  # fmt: skip
    assert found.lead == "Sin separar por servicio: 305."


def test_gaps_of_which_no_country_is_shown_are_bars() -> None:
    found = section("services", {
        ("migrant_shelter:none_found", ALL): 80, ("legal:none_found", ALL): 30,
        ("migrant_shelter:service_found", "MX"): 20,
    })  # fmt: skip

    assert words_of(found.chart) == [
        "Casa de migrantes: al menos 80", "– se encontró", "80 no se encontró",
        "Ayuda legal: al menos 30", "– se encontró", "30 no se encontró",
    ]  # fmt: skip
    assert "Rayado" not in found.reading


def test_what_could_not_be_split_is_not_called_the_rest_of_something() -> None:
    alone = section("crises", {("rest:danger", ALL): 20, ("rest:distress", ALL): 15})
    beside = section("crises", {("rest:danger", ALL): 20, ("danger:silent", ALL): 15})

    assert [name for name, _ in alone.rows] == ["Peligro ahora, sin separar",
                                                "Ganas de morir, sin separar"]  # fmt: skip
    assert "Lo demás de peligro ahora, en todos los países juntos" in [
        name for name, _ in beside.rows
    ]


def test_a_service_is_as_old_as_its_day_in_utc(filled_engine: Engine) -> None:
    """Whatever time zone the database's connections have."""
    with Session(filled_engine) as session:
        if filled_engine.dialect.name == "postgresql":
            session.execute(text("SET LOCAL TIME ZONE 'America/Tegucigalpa'"))
        at = datetime(2026, 3, 10, 2, tzinfo=UTC)  # still the ninth there
        session.execute(update(Service).values(verified_at=at))
        days = [date(2027, 3, 9) + timedelta(days=number) for number in range(4)]
        fresh = [any(age == "fresh" for _, age in _ages(session, day)) for day in days]
        session.rollback()

    assert fresh == [is_fresh("2026-03-10", day) for day in days]
    assert len(set(fresh)) == 2


def test_a_small_country_is_told_whole_and_not_as_everything_else() -> None:
    found = section("phases", {(REST, "BZ"): 10}, "BZ")

    assert found.rows[0][0] == "Todo junto: hay filas con muy pocas para separarlas"


def test_bars_keep_long_names_whole_and_fit_a_telephone() -> None:
    drawing = str(section("outcomes", {("unavailable", ALL): 30, ("answered", ALL): 90}).chart)

    assert "El asistente no estaba disponible" in words_of(drawing)
    assert 'class="bars"' in drawing
    assert 'viewBox="0 0 340 ' in drawing


@pytest.mark.parametrize(("language", "told"), [
    ("es", ("marzo de 2026", "enero a marzo de 2026")),
    ("en", ("March 2026", "January to March 2026")),
])  # fmt: skip
def test_periods_are_chosen_by_name(quarter: Engine, language: str, told: tuple[str, str]) -> None:
    page = (
        TestClient(figures(quarter, lambda: AT))
        .get("/portal/figures", params={"lang": language})
        .text
    )

    assert f'<option value="2026-03" selected>{told[0]}</option>' in page
    assert f'<option value="2026-Q1">{told[1]}</option>' in page
    assert f"{told[1]}</a>" in page
    shown = words_of(page.split('<section id="trend"')[1].split("</section>")[0])
    assert told[0][0].upper() + told[0][1:] in shown


def test_a_map_says_what_grew_and_marks_it_in_its_cell() -> None:
    then = {("ask_asylum", "MX"): 100, ("ask_asylum", ALL): 140, ("find_service", "MX"): 60,
            ("ask_asylum", "HN"): 60, (REST, "MX"): 300}  # fmt: skip
    now = {("ask_asylum", "MX"): 150, ("ask_asylum", ALL): 210, ("find_service", "MX"): 55,
           ("ask_asylum", "HN"): 40, (REST, "MX"): 900}  # fmt: skip

    found = section("topics", now, before=then)

    assert found.lead.startswith("Lo que más creció: asilo o refugio, México, de 100 a 150 (+50 %)")
    assert {"150▲", "210▲", "55", "40", "900"} <= set(words_of(found.chart))  # 40: too small
    assert list(found.columns[:3]) == ["Todos los países", "Periodo anterior", "Cambio"]
    cells = dict(found.rows)["Asilo o refugio"]
    assert list(cells[:3]) == ["210", "140", "+50 %"]
    assert "150 (+50 %)" in cells
    assert "▲" not in str(section("topics", now).chart)


def test_the_map_of_gaps_says_which_gap_grew() -> None:
    gap, found = "migrant_shelter:none_found", "migrant_shelter:service_found"
    then = {(gap, "MX"): 50, (found, "MX"): 50, (gap, ALL): 50}
    now = {(gap, "MX"): 80, (found, "MX"): 400, (gap, ALL): 80}

    lead = section("services", now, before=then).lead

    assert lead.startswith("Lo que más creció: Casa de migrantes, México, de 50 a 80 (+60 %).")


def test_a_number_that_is_at_least_so_many_is_not_compared() -> None:
    assert change(Figure(100, True), Figure(60, False)) is None
    assert change(Figure(100, False), None) is None
    assert change(Figure(100, False), Figure(80, False)) == 25


@pytest.mark.parametrize("country", [ALL, "MX"])
def test_delivery_says_how_many_left_at_once_and_never_by_channel(country: str) -> None:
    """It is of all countries, whichever is chosen."""
    cells = {("in_ten_seconds", ALL): 900, ("in_ten_seconds", "sms"): 200, ("failed", ALL): 60,
             ("failed", OTHERS): 15, ("in_ten_seconds", "whatsapp"): 700}  # fmt: skip

    found = section("delivery", cells, country, before={("failed", ALL): 120})

    assert found.lead.startswith(
        "Conversaciones en que la respuesta salió en menos de diez segundos: 900. "
        "En que una respuesta no salió nunca: 60 (antes 120; -50 %)."
    )
    told = set(words_of(found.chart))
    assert {"SMS", "WhatsApp", "Otros canales, con pocas", "Todos los canales", "60▼"} <= told
    assert "De todos los países juntos" in found.note


def test_reports_are_the_row_of_the_topics_read_by_country() -> None:
    numbers = {(REPORT, ALL): 120, (REPORT, "MX"): 80, (REPORT, "GT"): 20}
    now = Figures(MARCH, {"topics": {at: Figure(n, False) for at, n in numbers.items()}})
    found = {country: next(s for s in sections(now, now, Asked(country, "es"))
                           if s.name == "reports") for country in (ALL, "GT", "HN")}  # fmt: skip

    assert [name for name, _ in found[ALL].rows] == ["Todos los países", "Guatemala", "México"]
    assert "120 (antes 120; ±0 %)." in found[ALL].lead
    assert [*found["GT"].rows] == [("Guatemala", ["20", "20", ""])]
    assert not found["HN"].rows


def test_what_was_put_right_says_how_soon_and_what_was_left() -> None:
    numbers = {("within_a_week", ALL): 60, ("left_alone", ALL): 15, ("within_a_month", ALL): 20}
    found = section("corrections", numbers, before={("within_a_week", ALL): 50})

    assert "en una semana o menos: 60 (antes 50; +20 %)." in found.lead
    assert "nadie miró antes de que el aviso dejara de contar: 15." in found.lead
    assert [name for name, _ in found.rows][-1] == "Nadie miró a tiempo"
    assert found.columns[0] == "Números o fichas"


def test_the_directory_is_told_by_country_with_the_checks_of_two_periods(honduras: Engine) -> None:
    with transaction(honduras) as session:
        record = session.scalars(select(Service).where(Service.country == "HN").limit(1)).one()
        for day in (datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 2, 4, tzinfo=UTC)):
            session.add(Verification(record_id=record.id, at=day, role="editor", method="call"))
    before = Period("2026-02", ("2026-02",))

    found = directory(honduras, AT.date(), Asked("HN", "es"), MARCH, before)

    assert "Comprobaciones en el periodo: 1 (antes 1; ±0 %)." in found.lead
    assert [name for name, _ in found.rows] == ["Honduras"]
    assert found.rows[0][1][-2:] == ["1", "1"]
    assert found.chart is None  # of one country, the lead says it
    assert not directory(honduras, AT.date(), Asked("MX", "es"), MARCH, before).rows


def test_no_part_looks_larger_than_its_whole() -> None:
    """What is hidden in a country and rows that are small everywhere are not the same: «lo demás»
    was 40 of all channels, and 105 of SMS alone, in one row."""
    found = section("delivery", {
        ("in_ten_seconds", ALL): 720, ("in_ten_seconds", "whatsapp"): 550, (REST, ALL): 40,
        (REST, "whatsapp"): 55, (REST, "sms"): 105,
    })  # fmt: skip

    assert dict(found.rows) == {
        "En menos de 10 segundos": ["720", "550", "–"],
        "Lo demás, en todos los canales juntos": ["40", "", ""],
        "Lo demás, en cada canal": ["", "55", "105"],
    }


def test_the_drawing_of_delivery_says_what_is_grey_and_that_hardly_any_never_left() -> None:
    found = section("delivery", {
        ("in_ten_seconds", ALL): 720, ("in_ten_seconds", "whatsapp"): 550,
        ("in_ten_seconds", "sms"): 90, (REST, ALL): 40, (REST, "sms"): 25,
    })  # fmt: skip

    assert (
        "Las respuestas que no salieron nunca no se muestran aparte: si hubo, van en" in found.lead
    )
    assert "En gris, «lo demás»: en cada canal" in found.reading
    assert shade_of(found.chart, "25") == "rest"
    assert "40" not in words_of(found.chart)


def test_the_themes_stand_in_their_order_with_the_one_asked_most_in_a_sentence() -> None:
    found = section("themes", {("work", ALL): 80, ("rights", ALL): 60, ("minors", ALL): 40,
                               ("work", "MX"): 50, ("rights", "MX"): 30})  # fmt: skip

    assert [name for name, _ in found.rows] == ["Derechos", "Trabajo",
                                                "Niñas, niños y adolescentes"]  # fmt: skip
    assert found.lead == "Lo más frecuente: trabajo, 80."
    assert "no se suma a ellos" in found.note
    assert "todavía no se contaban" in section("themes", {}).note


@pytest.mark.parametrize(("cut", "row", "name"), [
    ("crises", "danger:silent", "Peligro ahora · no escribió más"), ("phases", "transit",
                                                                     "En camino"),
])  # fmt: skip
def test_crises_and_phases_are_told_by_country_or_it_is_said_why_not(
    cut: str, row: str, name: str
) -> None:
    found = section(cut, {(row, ALL): 45, (row, "MX"): 30, (REST, "MX"): 20, (REST, ALL): 15})
    none = section(cut, {(row, ALL): 45, (REST, ALL): 15})

    assert "México" in found.columns
    assert dict(found.rows)[name] == ["45", "30"]
    assert "por país no se puede mostrar nada" in none.reading
    assert "por país no se puede mostrar nada" not in found.reading


def test_a_single_number_is_a_sentence_and_no_drawing() -> None:
    numbers = {(REPORT, ALL): 120, (REPORT, "MX"): 80}
    now = Figures(MARCH, {"topics": {at: Figure(n, False) for at, n in numbers.items()}})
    reports = next(s for s in sections(now, None, Asked(ALL, "es")) if s.name == "reports")
    latency = section("latency", {(REST, ALL): 740})

    assert (reports.chart, latency.chart) == (None, None)
    assert "México: 80. Por país, solo donde se puede mostrar; lo que falta" in reports.lead
    assert latency.lead == "No se puede separar: algunas filas son muy pocas. Todas juntas: 740."


def test_a_row_that_is_no_row_has_no_dashes() -> None:
    found = section("topics", TOPICS, before=TOPICS)

    rests = {name: cells for name, cells in found.rows if "demás" in name or "poco" in name}
    assert rests
    assert not [each for cells in rests.values() for each in cells if each == "–"]


def test_a_map_of_hardly_anything_is_bars_of_all_countries() -> None:
    rows = ("ask_asylum", "find_service", "ask_send_money", "ask_education", "ask_work_permit")
    cells = {(row, ALL): 20 for row in rows} | {("ask_asylum", "MX"): 10, (REST, "HN"): 30}

    found = section("topics", cells)

    assert str(found.chart).startswith("<svg")
    assert "De todos los países juntos" in found.reading


def test_of_many_rows_the_largest_are_drawn_and_the_rest_is_one_bar() -> None:
    topics = [row for row in cuts()["topics"].rows][:20]
    numbers = {(row, "MX"): (500 if place < 12 else 55) for place, row in enumerate(topics)}

    found = section("topics", numbers | {(REST, "MX"): 15}, "MX")

    told = words_of(found.chart)
    assert len(told) == 2 * 13
    assert told[-2:] == ["Lo demás", "455"]
    assert len(found.rows) == 21


def test_a_sum_larger_than_every_row_does_not_press_them_flat() -> None:
    """A country whose topics are mostly hidden had thin lines beside a bar of thousands."""
    found = section("topics", {("ask_asylum", "MX"): 60, ("find_service", "MX"): 40,
                               (REST, "MX"): 700}, "MX")  # fmt: skip

    assert words_of(found.chart) == ["Asilo o refugio", "60", "Buscar un servicio", "40"]
    assert found.lead == "No se dibuja lo demás, que es más que cualquier barra: 700."


def test_two_years_of_months_are_columns_and_the_chosen_one_is_dark(quarter: Engine) -> None:
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]

    found = trend(Shelf(quarter), months, Asked(ALL, "es"), ("2026-03",))

    assert len(found.rows) == 24
    assert str(found.chart).count(f'fill="{BAR}"') == 1
    assert str(found.chart).count("<rect") == 24
    assert "sea cual sea el periodo elegido. En oscuro, el periodo elegido." in found.lead


class _TwoYears:
    """Every month with a number; in the third, noise has left out what was little."""

    def by_month(self, months: Sequence[str], cut: str) -> list[Figures]:
        place = {("days_01_07", ALL): Figure(1_235, False)}
        return [Figures(Period(each, (each,)), {cut: place}, is_noisy=each == "2025-03")
                for each in months]  # fmt: skip


@pytest.mark.parametrize("many", [6, 24])
def test_a_month_does_not_look_exact(many: int) -> None:
    """Its number is a sum of rounded ones, and «at least» was a column like all others."""
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)][:many]
    found = trend(_TwoYears(), months, Asked(ALL, "es"))  # type: ignore[arg-type]
    drawing = str(found.chart)

    assert "≈ 1,235" in drawing
    assert drawing.count('class="more"') == 3
    assert "≈ al menos" not in drawing
    assert "redondeados" in found.reading
    assert "sigue en rayas" in found.reading
    assert min(float(y) for y in re.findall(r'class="more" x="[\d.]+" y="(-?[\d.]+)"', drawing)) > 0


def test_months_of_which_nothing_is_shown_say_why() -> None:
    """They were a table of dashes."""
    found = trend(_TwoYears(), ["2026-01", "2026-02"], Asked("BZ", "es"))  # type: ignore[arg-type]

    assert (found.chart, [*found.rows]) == (None, [])
    assert "son pocas conversaciones" in found.note


@pytest.mark.parametrize("language", ["es", "en"])
def test_alerts_say_that_they_do_not_follow_the_period(quarter: Engine, language: str) -> None:
    app = figures(quarter, lambda: AT)
    query = {"lang": language, "period": "2026-01", "country": "MX"}
    page = TestClient(app).get("/portal/figures", params=query).text
    alerts = page.split('<section id="alerts"')[1].split("</section>")[0]

    assert {"es": "No dependen del periodo", "en": "do not depend on"}[language] in alerts
    assert {"es": "marzo de 2026", "en": "March 2026"}[language] in alerts
    assert not re.search(r"\b20\d\d-\d\d\b", alerts)


def test_weeks_are_told_in_words() -> None:
    assert week_name(date(2026, 4, 6), "es") == "del 6 al 12 de abril de 2026"
    assert week_name(date(2026, 3, 30), "en") == "from 30 March to 5 April 2026"


def test_what_is_hatched_is_never_called_few() -> None:
    """A large number is hidden too where it would tell a small one beside it."""
    for words in (section("topics", TOPICS).reading, text_of("hidden_note", "es")):
        assert not re.search(r"[Rr]ayado: (pocas|no se muestra; son pocas)", words)
