"""The parts of the page: each a chart, and beside it a table with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.analytics.charts import bars, heat_map, sankey
from bot.analytics.cuts import cuts
from bot.analytics.figures import Figure, Figures, Shelf, is_rest
from bot.analytics.flows import flows
from bot.analytics.protect import ALL, OTHERS, Place
from bot.analytics.report.words import period_name
from bot.analytics.vocabulary import COUNTRIES
from bot.analytics.words import heading, name_among, percent, place_name, row_name, text

MAPS = ("topics", "origins", "unanswered", "services")  # of all countries: rows x countries
ORDER = ("volume", "topics", "unanswered", "services", "crises", "outcomes", "phases", "origins",
         "channels", "hours", "visits", "latency")  # fmt: skip
BY_ORDER = ("volume", "hours", "latency", "visits")  # rows that follow one another
GAP = ":none_found"
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
    lead: str = ""  # said before the drawing


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
    names = {row: name_among(row, cut, rows, language) for row in rows}
    values = [(names[row], each.value, in_words(each, language)) for row, each in rows.items()]
    columns = [text("conversations", language)]
    if before is not None:
        columns += [text("before", language), text("change", language)]
    lines = [(names[row], _compared(each, before, cut, row, asked)) for row, each in rows.items()]
    lead = _in_all(now, before, asked) if cut == "volume" else ""
    return Section(cut, title, bars(values, title), columns, lines, note, lead)


def _in_all(now: Figures, before: Figures | None, asked: Asked) -> str:
    """How many conversations there were, and before: the first thing that a reader looks for."""
    total = now.total("volume", asked.country)
    then = before.total("volume", asked.country) if before else None
    number = in_words(total, asked.language)
    if total is None or then is None:
        return text("total", asked.language, number=number)
    told = in_words(then, asked.language)
    if min(then.value, total.value) >= STEADY:
        told += f"; {percent(total.value, then.value)}"
    return text("total_before", asked.language, number=number, before=told)


def _rank(order: Sequence[str], row: str) -> int:
    return order.index(row) if row in order else len(order)


def _compared(each: Figure, before: Figures | None, cut: str, row: str,
              asked: Asked) -> list[str]:  # fmt: skip
    cells = [in_words(each, asked.language)]
    if before is None:
        return cells
    then = before.at(cut, row, asked.country)
    tells = then is not None and min(then.value, each.value) >= STEADY and not is_rest(row)
    change = percent(each.value, then.value) if tells and then is not None else ""
    return [*cells, in_words(then, asked.language), change]


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
    title, lead = heading(cut, language), ""
    chart, says = _streams(now, asked) if cut == "origins" else (None, "")
    if chart is None:
        chart, lead = _drawn(cut, rows, cells, language)
    columns = [text("all", language), *(place_name(each, language) for each in countries)]
    lines = [
        (row_name(row, language),
         [in_words(cells.get((row, each)), language) for each in (ALL, *countries)])
        for row in rows
    ]  # fmt: skip
    return Section(cut, title, chart, columns, lines, says or note, lead)


def _drawn(cut: str, rows: Sequence[str], cells: Mapping[Place, Figure],
           language: str) -> tuple[Markup, str]:  # fmt: skip
    """A heat map and how to read it; bars where no country is shown. Of services, those not found:
    a map of gaps."""
    missing = [row for row in rows if row.endswith(GAP)] if cut == "services" else []
    rows = missing or rows
    names = [(row, row_name(row.removesuffix(GAP) if missing else row, language)) for row in rows]
    shown = {place: each for place, each in cells.items() if place[0] in rows}
    seen = {country for _, country in shown}
    columns = [(each, place_name(each, language)) for each in (*COUNTRIES, OTHERS) if each in seen]
    gaps = [text("gaps_note", language)] if missing else []
    if not columns:
        totals = [(name, each.value, in_words(each, language)) for row, name in names
                  if (each := shown.get((row, ALL)))]  # fmt: skip
        return bars(totals, heading(cut, language)), " ".join(gaps)
    columns.insert(0, (ALL, place_name(ALL, language)))
    reading = text("gaps_map" if missing else "map_note", language)
    greys = {row for row in rows if is_rest(row)}
    more = [text("plus_note", language)] if any(each.is_least for each in shown.values()) else []
    drawing = heat_map(names, columns, shown, heading(cut, language), cut, greys)
    return drawing, " ".join([*gaps, reading, *more])


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


def trend(shelf: Shelf, months: Sequence[str], asked: Asked) -> Section:
    """Conversations month by month, over the last two years at most."""
    title = heading("trend", asked.language)
    every = shelf.by_month(months[-24:], "volume")
    found = [(period_name(each.period, asked.language), each.total("volume", asked.country))
             for each in every]  # fmt: skip
    known = [(month, each.value, in_words(each, asked.language)) for month, each in found if each]
    lines = [(month, [in_words(each, asked.language)]) for month, each in found]
    chart = bars(known, title) if known else None
    return Section("trend", title, chart, [text("conversations", asked.language)], lines)
