"""The parts of the page: each a chart, and beside it a table with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.analytics.charts import bars, heat_map, sankey
from bot.analytics.cuts import cuts
from bot.analytics.figures import Figure, Figures, Shelf, is_rest
from bot.analytics.flows import flows
from bot.analytics.protect import ALL, OTHERS
from bot.analytics.vocabulary import COUNTRIES, UNKNOWN
from bot.analytics.words import heading, place_name, row_name, text

MAPS = ("topics", "origins", "unanswered", "services")  # of all countries: rows x countries
ORDER = ("volume", "topics", "unanswered", "services", "crises", "outcomes", "phases", "origins",
         "channels", "hours", "visits", "latency")  # fmt: skip
BY_ORDER = ("volume", "hours", "latency", "visits")  # rows that follow one another
STEADY = 50  # below, the rounding alone would make a change of several percent
SEVERAL = ("topics", "unanswered", "services", "outcomes", "latency", "hours")


@dataclass(frozen=True)
class Section:
    """One question that people ask of the figures."""

    name: str
    title: str
    chart: Markup | None
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """What the reader chose."""

    country: str
    language: str


def sections(now: Figures, before: Figures | None, asked: Asked) -> Iterator[Section]:
    """Every section of a period."""
    for cut in ORDER:
        yield _section(cut, now, before, asked)


def _section(cut: str, now: Figures, before: Figures | None, asked: Asked) -> Section:
    language, title = asked.language, heading(cut, asked.language)
    note = text("more_than_one", language) if cut in SEVERAL else ""
    rows = now.rows(cut, asked.country)
    if cut in BY_ORDER:
        order = [*cuts()[cut].rows]
        rows = dict(sorted(rows.items(), key=lambda each: _rank(order, each[0])))
    if not rows:
        return Section(cut, title, None, (), (), text("nothing", language))
    if cut in MAPS and asked.country == ALL:
        return _map(cut, now, asked, note)
    values = [(row_name(row, language), each.value) for row, each in rows.items()]
    columns = [text("conversations", language)]
    if before is not None:
        columns += [text("before", language), text("change", language)]
    lines = [
        (row_name(row, language), _compared(each, before, cut, row, asked))
        for row, each in rows.items()
    ]
    return Section(cut, title, bars(values, title), columns, lines, note)


def _rank(order: Sequence[str], row: str) -> int:
    return order.index(row) if row in order else len(order)


def _compared(each: Figure, before: Figures | None, cut: str, row: str,
              asked: Asked) -> list[str]:  # fmt: skip
    cells = [in_words(each, asked.language)]
    if before is None:
        return cells
    then = before.at(cut, row, asked.country)
    tells = then is not None and min(then.value, each.value) >= STEADY and not is_rest(row)
    change = _percent(each, then) if tells and then is not None else ""
    return [*cells, in_words(then, asked.language), change]


def _percent(now: Figure, then: Figure) -> str:
    return f"{100 * (now.value - then.value) / then.value:+.0f} %"


def in_words(figure: Figure | None, language: str) -> str:
    """A number as the table shows it."""
    if figure is None:
        return text("hidden", language)
    least = f"{text('least', language)} " if figure.is_least else ""
    return f"{least}{figure.value:,}"


def _map(cut: str, now: Figures, asked: Asked, note: str) -> Section:
    """Rows by countries; countries of whom nothing is shown are left out of the drawing."""
    language, cells = asked.language, now.cells(cut)
    rows = list(now.rows(cut))
    rows += sorted({row for row, country in cells if country != ALL and row not in rows})
    rows.sort(key=is_rest)
    seen = {country for _, country in cells}
    countries = [each for each in (*COUNTRIES, OTHERS) if each in seen]
    shown = {place: each.value for place, each in cells.items() if place[1] in countries}
    title = heading(cut, language)
    chart, says = _streams(now, asked) if cut == "origins" else (None, "")
    chart = chart or heat_map(
        [(row, row_name(row, language)) for row in rows],
        [(each, _short(each)) for each in countries], shown, title, cut,
    )  # fmt: skip
    columns = [text("all", language), *(place_name(each, language) for each in countries)]
    lines = [
        (row_name(row, language),
         [in_words(cells.get((row, each)), language) for each in (ALL, *countries)])
        for row in rows
    ]  # fmt: skip
    return Section(cut, title, chart, columns, lines, says or note)


def _streams(now: Figures, asked: Asked) -> tuple[Markup | None, str]:
    """From where to where, and the largest stream in words; the table says all of it."""
    found = flows(now, asked.language)
    if found is None:
        return None, ""
    sides = (text("origin_side", asked.language), text("country_side", asked.language))
    most = found.widest
    says = text("widest", asked.language, origin=most.origin.name, country=most.country.name,
                number=f"{most.value:,}")  # fmt: skip
    return sankey(found, heading("origins", asked.language), sides), says


def _short(country: str) -> str:
    return {OTHERS: "…", UNKNOWN: "?"}.get(country, country)


def trend(shelf: Shelf, months: Sequence[str], asked: Asked) -> Section:
    """Conversations month by month, over the last two years at most."""
    title = heading("trend", asked.language)
    every = shelf.by_month(months[-24:], "volume")
    found = [(each.period.name, each.total("volume", asked.country)) for each in every]
    known = [(month, each.value) for month, each in found if each is not None]
    lines = [(month, [in_words(each, asked.language)]) for month, each in found]
    chart = bars(known, title) if known else None
    return Section("trend", title, chart, [text("conversations", asked.language)], lines)
