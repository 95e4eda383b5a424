"""The sections of rows by countries (in one, by channels): a map or streams, and the whole table.

A country's rest and the rest of all countries are not the same conversations: the first holds what
is hidden in that country, the second rows that are small everywhere. They never share a row, else
a part would look larger than its whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from bot.analytics.charts import sankey
from bot.analytics.compare import CLEAR, beside, change, in_percent, in_words
from bot.analytics.cuts import GAP, cuts
from bot.analytics.figures import Figure, Figures, is_rest
from bot.analytics.flows import flows
from bot.analytics.heat import heat_table
from bot.analytics.parts import (
    Asked,
    Section,
    columns_of,
    compared,
    drawn,
    sentences,
    without_greys,
)
from bot.analytics.protect import ALL, OTHERS, REST, Place
from bot.analytics.vocabulary import FAILED, OTHER, UNKNOWN
from bot.analytics.words import (
    capital,
    column_name,
    heading,
    rest_of_each,
    row_name,
    sum_of_rows,
    text,
)

MOST = 12  # rows that are drawn; the table has all
Cells = Mapping[Place, Figure]


def map_section(cut: str, rows: Sequence[str], now: Figures, before: Figures | None,
                asked: Asked, note: str) -> Section:  # fmt: skip
    """Of `rows`, those that all countries together show, in their order."""
    language, cells = asked.language, now.cells(cut)
    then = before.cells(cut) if before else {}
    every = [*rows, *sorted({row for row, at in cells if at != ALL and row not in rows})]
    rows, rests = ([e for e in every if is_rest(e) == rest] for rest in (False, True))
    places = _shown_columns(cut, cells)
    chart, lead, reading, slides = _drawing(cut, rows, rests, now, then, asked)
    columns = [text("all" if cut != "delivery" else "all_channels", language)]
    columns += columns_of("conversations", before, language)[1:]
    columns += [capital(column_name(cut, each, language)) for each in places]
    lines = [_line(row, places, cells, then, before, language) for row in rows]
    lines += _rests(cut, rests, every, places, cells, then, before, language)
    first = _arrived(now, before, language) if cut == "delivery" else _grown(cut, now, then,
                                                                           language)  # fmt: skip
    return Section(cut, heading(cut, language), chart, columns, lines, note,
                   sentences(first, lead), reading, slides, folds=True)  # fmt: skip


def _line(row: str, places: Sequence[str], cells: Cells, then: Cells, before: Figures | None,
          language: str) -> tuple[str, list[str]]:  # fmt: skip
    told = compared(cells.get((row, ALL)), then.get((row, ALL)), before, language)
    for each in places:
        at = (row, each)
        much = in_percent(cells.get(at), then.get(at))
        told.append(in_words(cells.get(at), language) + (f" ({much})" if much else ""))
    return capital(row_name(row, language)), told


def _rests(cut: str, rests: Sequence[str], every: Sequence[str], places: Sequence[str],
           cells: Cells, then: Cells, before: Figures | None,
           language: str) -> Iterator[tuple[str, list[str]]]:  # fmt: skip
    """First the rows that are small everywhere, then what is hidden in each country. What is not
    there says nothing: no dash stands for it."""
    blank = 2 if before else 0
    for row in rests:
        if (row, ALL) in cells:
            told = compared(cells[row, ALL], then.get((row, ALL)), before, language, is_sum=True)
            yield sum_of_rows(row, cut, every, language), [*told, *[""] * len(places)]
    for row in rests:
        at = [cells.get((row, each)) for each in places]
        if any(at):
            told = [in_words(each, language) if each else "" for each in at]
            yield rest_of_each(row, cut, language), [*[""] * (1 + blank), *told]


def _shown_columns(cut: str, cells: Cells, rows: Sequence[str] | None = None) -> list[str]:
    seen = {column for row, column in cells if rows is None or row in rows}
    return [each for each in (*cuts()[cut].columns, OTHERS) if each in seen]


def _by_size(cut: str, shown: Cells) -> list[str]:
    """The largest country first, as a telephone shows few of them; channels as they are listed."""
    places = _shown_columns(cut, shown)
    if cut == "delivery":
        return places
    size = {at: sum(each.value for (_, of), each in shown.items() if of == at) for at in places}
    return sorted(places, key=lambda at: (at in (OTHERS, UNKNOWN), -size[at]))


def _most(cut: str, rows: Sequence[str], cells: Cells, language: str) -> str:
    """The first row in a sentence."""
    known = [row for row in rows if (row, ALL) in cells and row not in (OTHER, UNKNOWN)]
    if cut == "delivery" or not known:
        return ""
    what = row_name(known[0].removesuffix(GAP), language)
    return text("most_often", language, what=what, number=in_words(cells[known[0], ALL], language))


def _drawing(cut: str, rows: Sequence[str], rests: Sequence[str], now: Figures, then: Cells,
             asked: Asked) -> tuple[Markup | None, str, str, bool]:  # fmt: skip
    """What is drawn, what it says, how to read it, and whether it may be wider than the screen. Of
    services, those not found: a map of gaps."""
    language, cells = asked.language, now.cells(cut)
    if cut == "origins" and (found := flows(now, language)):
        sides = (text("origin_side", language), text("country_side", language))
        most = found.widest
        says = text("widest", language, origin=most.origin.name, country=most.country.name,
                    number=f"{most.value:,}")  # fmt: skip
        parts = [text("part_note", language)] if any(e.is_part for e in found.origins) else []
        return (sankey(found, heading("origins", language), sides), says,
                sentences(text("streams_note", language), *parts), True)  # fmt: skip
    missing = [row for row in rows if row.endswith(GAP)] if cut == "services" else []
    shown = (missing or [*rows])[:MOST]
    lead = _most(cut, shown, cells, language)
    notes = [text("gaps_note", language)] if missing else []
    if len(missing or rows) > MOST:
        notes.append(text("most_note", language, number=MOST))
    if _is_dense(shown, cells):
        grey = {} if missing else _rest_row(cut, cells, shown)
        heat, reading = _map(cut, shown, cells, grey, then, language)
        return heat, lead, sentences(*notes, reading), True
    chart, alone, grey_note = _sums(cut, missing or rows, [] if missing else rests, cells, then,
                                    language)  # fmt: skip
    if _shown_columns(cut, cells):
        few = "by_total_note" if cut != "delivery" else "by_total_channels"
        notes.append(text(few, language))
    return chart, alone or lead, sentences(*notes, grey_note), False


def _is_dense(rows: Sequence[str], cells: Cells) -> bool:
    """Whether countries show enough for a map: a field of empty cells says nothing."""
    known = [at for at in cells if at[0] in rows and at[1] != ALL]
    columns = {at for _, at in cells} - {ALL}
    return bool(known) and 2 * len(known) >= len(rows) and 3 * len(known) >= len(columns)


def _sums(cut: str, rows: Sequence[str], rests: Sequence[str], cells: Cells, then: Cells,
          language: str) -> tuple[Markup | None, str, str]:  # fmt: skip
    """Bars of all countries together; what a single one says; what is grey."""
    shown = [row for row in rows if (row, ALL) in cells][:MOST]
    alone = all(row.endswith(GAP) for row in shown)  # then that is said of all of them
    names = [capital(row_name(row.removesuffix(GAP) if alone else row, language)) for row in shown]
    more = [row for row in rests if (row, ALL) in cells]
    pale = [sum_of_rows(row, cut, [*rows, *rests], language) for row in more]
    values = [(name, cells[row, ALL], then.get((row, ALL)))
              for row, name in zip([*shown, *more], [*names, *pale], strict=True)]  # fmt: skip
    shown_bars, reading = without_greys(values, pale, language)
    return *drawn(shown_bars, heading(cut, language), language, pale), reading


def _rest_row(cut: str, cells: Cells, shown: Sequence[str]) -> dict[Place, Figure]:
    """By country, everything that has no row in the drawing. None of all countries together: that
    would be other conversations."""
    found: dict[Place, Figure] = {}
    for place in _shown_columns(cut, cells):
        rest = [each for (row, at), each in cells.items() if at == place and row not in shown]
        if rest:
            found[REST, place] = Figure(sum(each.value for each in rest),
                                        any(each.is_least for each in rest))  # fmt: skip
    return found


def _map(cut: str, rows: Sequence[str], cells: Cells, grey: Cells, then: Cells,
         language: str) -> tuple[Markup, str]:  # fmt: skip
    """A heat map, and how to read it."""
    names = [(row, capital(row_name(row.removesuffix(GAP), language))) for row in rows]
    names += [(REST, capital(row_name(REST, language)))] if grey else []
    shown = {place: each for place, each in cells.items() if place[0] in rows}
    signs = {at: "▲" if much > 0 else "▼" for at, each in shown.items()
             if (much := change(each, then.get(at))) is not None
             and abs(much) >= CLEAR}  # fmt: skip
    shown |= grey
    all_of = "all_channels" if cut == "delivery" else "all"
    columns = [(ALL, text(all_of, language))]
    columns += [(each, capital(column_name(cut, each, language)))
                for each in _by_size(cut, shown)]  # fmt: skip
    reading = [text("map_note", language)]
    if grey:
        reading.append(text("grey_channels" if cut == "delivery" else "grey_note", language))
    reading += [text("plus_note", language)] if any(e.is_least for e in shown.values()) else []
    reading += [text("signs_note", language, percent=CLEAR)] if signs else []
    return heat_table(names, columns, shown, {REST}, signs), " ".join(reading)


def _arrived(now: Figures, before: Figures | None, language: str) -> str:
    """How many answers left at once, and how many never."""
    told = []
    for key, row in (("arrived_lead", "in_ten_seconds"), ("failed_lead", FAILED)):
        if (each := now.at("delivery", row)) is not None:
            then = before.at("delivery", row) if before else None
            told.append(text(key, language, number=beside(each, then, language)))
        elif row == FAILED:
            told.append(text("failed_few", language))
    return " ".join(told)


def _grown(cut: str, now: Figures, then: Cells, language: str) -> str:
    """What grew most against the period before; of services, what was not found."""
    cells = now.cells(cut)
    found = [
        (much, at) for at, each in cells.items()
        if not is_rest(at[0]) and not {*at} & {ALL, OTHERS, OTHER, UNKNOWN}
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
