"""The parts of the page: each a chart, and beside it a table with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.analytics.charts import bars, heat_map, sankey
from bot.analytics.compare import CLEAR, beside, change, in_percent, in_words, totals
from bot.analytics.cuts import GAP, RECORDS, cuts
from bot.analytics.figures import Figure, Figures, Shelf, is_rest
from bot.analytics.flows import flows
from bot.analytics.protect import ALL, OTHERS, Place
from bot.analytics.vocabulary import COUNTRIES, LEFT_ALONE, REPORT
from bot.analytics.words import column_name, heading, name_among, period_name, row_name, text

MAPS = ("topics", "origins", "unanswered", "services", "delivery")  # rows x columns
ORDER = ("volume", "topics", "unanswered", "services", "crises", "outcomes", "phases", "origins",
         "channels", "hours", "visits", "latency", "delivery", "corrections")  # fmt: skip
# Rows that follow one another.
BY_ORDER = ("volume", "hours", "latency", "visits", "delivery", "corrections")
SEVERAL = ("topics", "unanswered", "services", "outcomes", "latency", "hours", "delivery")

NOTES = ("delivery", "corrections")  # with a word on what they count


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
        if cut == "corrections":
            yield _reports(now, before, asked)
        yield _section(cut, now, before, asked)


def _section(cut: str, now: Figures, before: Figures | None, asked: Asked) -> Section:
    language, title = asked.language, heading(cut, asked.language)
    notes = [text("more_than_one", language)] if cut in SEVERAL else []
    notes += [text(f"{cut}_note", language)] if cut in NOTES else []
    by_country = cuts()[cut].columns == COUNTRIES
    rows = _in_order(cut, now.rows(cut, asked.country if by_country else ALL))
    if not rows:
        why = "nothing" if cuts()[cut].unit != RECORDS else "nothing_records"
        return Section(cut, title, None, (), (), text(why, language))
    if cut in MAPS and (asked.country == ALL or not by_country):
        return _map(cut, now, before, asked, " ".join(notes))
    names = {row: name_among(row, cut, rows, language) for row in rows}
    values = [(names[row], each.value, in_words(each, language)) for row, each in rows.items()]
    lines = []
    for row, each in rows.items():
        then = before.at(cut, row, asked.country) if before else None
        lines.append((names[row], _compared(each, then, before, language, is_sum=is_rest(row))))
    lead = {"volume": _in_all, "corrections": _put_right}.get(cut, _nothing)
    columns = _columns(cuts()[cut].unit, before, language)
    return Section(cut, title, bars(values, title), columns, lines,
                   " ".join(notes), lead(now, before, asked))  # fmt: skip


def _in_order(cut: str, rows: dict[str, Figure]) -> dict[str, Figure]:
    order = [*cuts()[cut].rows] if cut in BY_ORDER else []
    return dict(sorted(rows.items(), key=lambda each: _rank(order, each[0]))) if order else rows


def _rank(order: Sequence[str], row: str) -> int:
    return order.index(row) if row in order else len(order)


def _columns(unit: str, before: Figures | None, language: str) -> list[str]:
    more = ("before", "change") if before else ()
    return [text(each, language) for each in (unit, *more)]


def _nothing(now: Figures, before: Figures | None, asked: Asked) -> str:
    return ""


def _in_all(now: Figures, before: Figures | None, asked: Asked) -> str:
    """How many conversations there were, and before: the first thing that a reader looks for."""
    total, then = totals(now, before, asked.country)
    number = in_words(total, asked.language)
    if total is None or then is None:
        return text("total", asked.language, number=number)
    much = in_percent(total, then)
    told = in_words(then, asked.language) + (f"; {much}" if much else "")
    return text("total_before", asked.language, number=number, before=told)


def _reports(now: Figures, before: Figures | None, asked: Asked) -> Section:
    """Who said that something is wrong, by country: a row of the topics, read by itself."""
    language, title = asked.language, heading("reports", asked.language)
    at = (ALL, *COUNTRIES, OTHERS) if asked.country == ALL else (asked.country,)
    shown = [(each, found) for each in at if (found := now.at("topics", REPORT, each))]
    if not shown:
        return Section("reports", title, None, (), (), text("nothing", language))
    lines = []
    for each, found in shown:
        then = before.at("topics", REPORT, each) if before else None
        cells = _compared(found, then, before, language)
        lines.append((column_name("topics", each, language), cells))
    drawn = [each for each in shown if each[0] != ALL] or shown
    values = [(column_name("topics", each, language), found.value, in_words(found, language))
              for each, found in drawn]  # fmt: skip
    then = before.at("topics", REPORT, shown[0][0]) if before else None
    lead = text("reports_lead", language, number=beside(shown[0][1], then, language))
    return Section("reports", title, bars(values, title),
                   _columns("conversations", before, language), lines,
                   text("reports_note", language), lead)  # fmt: skip


def _put_right(now: Figures, before: Figures | None, asked: Asked) -> str:
    """How much was put right, how soon, and what nobody looked at."""
    rows = now.rows("corrections", asked.country)
    told = []
    for key, row in (("soon_lead", "within_a_week"), ("left_lead", LEFT_ALONE)):
        then = before.at("corrections", row, asked.country) if before else None
        if row in rows:
            number = beside(rows[row], then, asked.language)
            told.append(text(key, asked.language, number=number))
    return " ".join(told)


def _compared(each: Figure | None, then: Figure | None, before: Figures | None, language: str,
              *, is_sum: bool = False) -> list[str]:  # fmt: skip
    """A number, that of the period before where there is one, and how much that is."""
    cells = [in_words(each, language)]
    if before is None:
        return cells
    return [*cells, in_words(then, language), "" if is_sum else in_percent(each, then)]


def _map(cut: str, now: Figures, before: Figures | None, asked: Asked,
         note: str) -> Section:  # fmt: skip
    """Rows by countries; countries of whom nothing is shown are left out of the drawing."""
    language, cells = asked.language, now.cells(cut)
    then = before.cells(cut) if before else {}
    rows = list(_in_order(cut, now.rows(cut)))
    rows += sorted({row for row, country in cells if country != ALL and row not in rows})
    rows.sort(key=is_rest)
    places = _shown_columns(cut, cells)
    title, lead = heading(cut, language), ""
    chart, says = _streams(now, asked) if cut == "origins" else (None, "")
    if chart is None:
        chart, lead = _drawn(cut, rows, cells, then, language)
    columns = [text("all", language) if cut != "delivery" else text("all_channels", language)]
    columns += _columns("conversations", before, language)[1:]
    columns += [column_name(cut, each, language) for each in places]
    lines = []
    for row in rows:
        told = _compared(cells.get((row, ALL)), then.get((row, ALL)), before, language,
                         is_sum=is_rest(row))  # fmt: skip
        for each in places:
            at = (row, each)
            much = "" if is_rest(row) else in_percent(cells.get(at), then.get(at))
            told.append(in_words(cells.get(at), language) + (f" ({much})" if much else ""))
        lines.append((row_name(row, language), told))
    first = [_arrived(now, before, language)] if cut == "delivery" else []
    first += [_grown(cut, cells, then, language)] if cut != "delivery" else []
    lead = " ".join(each for each in (*first, lead) if each)
    return Section(cut, title, chart, columns, lines, f"{says} {note}".strip(), lead)


def _shown_columns(cut: str, cells: Mapping[Place, Figure],
                   rows: Sequence[str] | None = None) -> list[str]:  # fmt: skip
    seen = {column for row, column in cells if rows is None or row in rows}
    return [each for each in (*cuts()[cut].columns, OTHERS) if each in seen]


def _arrived(now: Figures, before: Figures | None, language: str) -> str:
    """How many answers left at once, and how many never."""
    told = []
    for key, row in (("arrived_lead", "in_ten_seconds"), ("failed_lead", "failed")):
        if (each := now.at("delivery", row)) is not None:
            then = before.at("delivery", row) if before else None
            told.append(text(key, language, number=beside(each, then, language)))
    return " ".join(told)


def _grown(cut: str, cells: Mapping[Place, Figure], then: Mapping[Place, Figure],
           language: str) -> str:  # fmt: skip
    """What grew most against the period before; of services, what was not found."""
    found = [
        (much, at) for at, each in cells.items()
        if not is_rest(at[0]) and at[1] not in (ALL, OTHERS)
        and (cut != "services" or at[0].endswith(GAP))
        and (much := change(each, then.get(at))) is not None and much >= CLEAR
    ]  # fmt: skip
    if not found:
        return ""
    _, at = max(found)
    return text("grown", language, what=row_name(at[0].removesuffix(GAP), language),
                where=column_name(cut, at[1], language), now=in_words(cells[at], language),
                before=in_words(then[at], language),
                change=in_percent(cells[at], then[at]))  # fmt: skip


def _drawn(cut: str, rows: Sequence[str], cells: Mapping[Place, Figure],
           then: Mapping[Place, Figure], language: str) -> tuple[Markup, str]:  # fmt: skip
    """A heat map and how to read it; bars where no country is shown. Of services, those not found:
    a map of gaps."""
    missing = [row for row in rows if row.endswith(GAP)] if cut == "services" else []
    rows = missing or rows
    names = [(row, row_name(row.removesuffix(GAP) if missing else row, language)) for row in rows]
    shown = {place: each for place, each in cells.items() if place[0] in rows}
    places = _shown_columns(cut, shown)
    gaps = [text("gaps_note", language)] if missing else []
    if not places:
        sums = [(name, each.value, in_words(each, language)) for row, name in names
                if (each := shown.get((row, ALL)))]  # fmt: skip
        return bars(sums, heading(cut, language)), " ".join(gaps)
    all_of = "all_channels" if cut == "delivery" else "all"
    columns = [(each, column_name(cut, each, language)) for each in places]
    columns.insert(0, (ALL, text(all_of, language)))
    reading = [text("gaps_map" if missing or cut == "delivery" else "map_note", language)]
    greys = {row for row in rows if is_rest(row)}
    signs = {at: "▲" if much > 0 else "▼" for at, each in shown.items() if at[0] not in greys
             and (much := change(each, then.get(at))) is not None
             and abs(much) >= CLEAR}  # fmt: skip
    reading += [text("plus_note", language)] if any(e.is_least for e in shown.values()) else []
    reading += [text("signs_note", language, percent=CLEAR)] if signs else []
    drawing = heat_map(names, columns, shown, heading(cut, language), cut, greys, signs)
    return drawing, " ".join([*gaps, *reading])


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
