"""From where to where: the drawing tells what is published, and nothing else."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from bot.analytics.charts import sankey
from bot.analytics.figures import Figure, Figures, Period, read
from bot.analytics.flows import COLOURS, Flows, flows
from bot.analytics.protect import ALL
from bot.analytics.sections import Asked, sections
from bot.analytics.vocabulary import UNKNOWN

MONTH = Period("2026-03", ("2026-03",))
MONTHS = ("2026-01", "2026-02", "2026-03")


@pytest.fixture(scope="module")
def figures(quarter: Engine) -> Figures:
    return read(quarter, Period("2026-Q1", MONTHS))


@pytest.fixture(scope="module")
def drawn(figures: Figures) -> Flows:
    found = flows(figures, "es")
    assert found is not None
    return found


def test_every_stream_is_a_published_number_or_a_sum_of_some(
    figures: Figures, drawn: Flows
) -> None:
    cells = {at: each.value for at, each in figures.cells("origins").items() if at[1] != ALL}
    alone = {node.key for node in drawn.origins} - {"rest"}
    for ribbon in drawn.ribbons:
        country = ribbon.country.key
        if ribbon.origin.key in alone:
            assert ribbon.value == cells[ribbon.origin.key, country]
        else:
            assert ribbon.value == sum(
                value for (row, at), value in cells.items() if at == country and row not in alone
            )
    assert sum(each.value for each in drawn.ribbons) == sum(cells.values())


def test_no_stream_stands_for_fewer_than_ten(drawn: Flows) -> None:
    assert min(each.value for each in drawn.ribbons) >= 10


def test_streams_fill_their_ends_and_names_do_not_collide(drawn: Flows) -> None:
    for side, nodes in (("origin", drawn.origins), ("country", drawn.countries)):
        for node in nodes:
            mine = [each.high for each in drawn.ribbons if getattr(each, side) is node]
            assert sum(mine) == pytest.approx(node.high)
        for above, below in pairwise(nodes):
            assert below.y - above.y >= 20


def test_what_is_not_known_is_grey_and_no_two_origins_share_a_colour(drawn: Flows) -> None:
    colours = {node.key: node.colour for node in drawn.origins}

    assert len(set(colours.values())) == len(colours)
    assert colours[UNKNOWN] not in COLOURS


def test_the_page_draws_it_with_the_table_beside_and_says_the_widest(figures: Figures) -> None:
    found = {each.name: each for each in sections(figures, None, Asked(ALL, "es"))}
    section = found["origins"]
    most = max(each.value for each in figures.cells("origins").values())
    told = re.search(r", ([\d,]+) conversaciones", section.lead)

    assert str(section.chart).count("<path") > 10
    assert section.rows
    assert "La corriente más ancha" in section.lead
    assert told is not None
    assert 10 <= int(told[1].replace(",", "")) <= most
    assert f": {told[1]}</title>" in str(section.chart)


def test_a_country_by_itself_is_told_in_bars(figures: Figures) -> None:
    found = {each.name: each for each in sections(figures, None, Asked("MX", "en"))}

    assert "<path" not in str(found["origins"].chart)
    assert found["origins"].rows


def test_names_cannot_break_out_of_the_drawing(drawn: Flows) -> None:
    drawing = str(sankey(drawn, '"><script>', ("<b>", "&")))

    assert "<script" not in drawing
    assert not re.search(r"<b>", drawing)


def test_nothing_published_draws_nothing(quarter: Engine) -> None:
    assert flows(read(quarter, Period("2025-01", ("2025-01",))), "es") is None


def test_an_origin_has_the_number_of_the_table_or_says_what_part_of_it_is_drawn() -> None:
    """Two numbers for one origin: the drawing left out what no country shows."""
    cells = {("HN", ALL): 135, ("HN", "MX"): 110, ("VE", ALL): 60, ("VE", "MX"): 40,
             ("VE", "US"): 25, ("rest", "MX"): 30}  # fmt: skip
    now = Figures(MONTH, {"origins": {at: Figure(n, False) for at, n in cells.items()}})

    found = flows(now, "es")
    assert found is not None
    told = {node.name: node.told for node in found.origins}
    section = next(s for s in sections(now, None, Asked(ALL, "es")) if s.name == "origins")

    assert told["Honduras"] == "110 de 135"
    assert told["Venezuela"] == "60"  # 65 by rounding alone: never more than its whole
    assert "«110 de 135»: de 135 conversaciones" in section.reading
