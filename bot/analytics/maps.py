"""The sections of rows by countries (in one, by channels): a map or streams, and the whole table.

A country's rest and the rest of all countries are not the same conversations: the first holds what
is hidden in that country, the second rows that are small everywhere. They never share a row, else
a part would look larger than its whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from bot.analytics import sought
from bot.analytics.charts import sankey
from bot.analytics.compare import CLEAR, beside, change, in_percent, in_words, with_change
from bot.analytics.cuts import FOUND, GAP, cuts
from bot.analytics.figures import Figure, Figures, added, is_rest
from bot.analytics.flows import flows
from bot.analytics.heat import heat_table
from bot.analytics.parts import (
    Asked,
    Section,
    columns_of,
    compared,
    drawn,
    least_note,
    sentences,
    without_greys,
)
from bot.analytics.protect import ALL, OTHERS, REST, Place
from bot.analytics.vocabulary import FAILED, OTHER, UNKNOWN
from bot.analytics.words import (
    capital,
    column_name,
    heading,
    name_among,
    rest_of_each,
    row_name,
    sum_of_rows,
    text,
)

MOST = 12  # rows that are drawn; the table has all
ASKED = "asked"  # a column of the map of services
HEADS = ("head_sought", "head_found", "head_gap")
Cells = Mapping[Place, Figure]


def map_section(cut: str, rows: Sequence[str], now: Figures, before: Figures | None,
                asked: Asked, note: str, in_all: str = "") -> Section:  # fmt: skip
    """Of `rows`, those that all countries together show, in their order. `in_all`: how many there
    were, which is said first."""
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
                   sentences(in_all, first, lead), reading, slides, folds=True)  # fmt: skip


def _line(row: str, places: Sequence[str], cells: Cells, then: Cells, before: Figures | None,
          language: str) -> tuple[str, list[str]]:  # fmt: skip
    told = compared(cells.get((row, ALL)), then.get((row, ALL)), before, language)
    for each in places:
        told.append(with_change(cells.get((row, each)), then.get((row, each)), language))
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


def _by_size(cut: str, cells: Cells, rows: Sequence[str], grey: Cells) -> list[str]:
    """The largest country first, as a telephone shows few of them; channels as they are listed."""
    shown = {at: each for at, each in cells.items() if at[0] in rows} | {**grey}
    places = _shown_columns(cut, shown)
    if cut == "delivery":
        return places
    size = {at: sum(each.value for (_, of), each in shown.items() if of == at) for at in places}
    return sorted(places, key=lambda at: (at in (OTHERS, UNKNOWN), -size[at]))


def _most(cut: str, rows: Sequence[str], cells: Cells, language: str) -> str:
    """The largest row in a sentence."""
    known = [row for row in rows if (row, ALL) in cells and row not in (OTHER, UNKNOWN)]
    if cut in ("delivery", "crises") or not known:  # they say first how many there were
        return ""
    most = max(known, key=lambda row: cells[row, ALL].value)
    what = row_name(most.removesuffix(GAP), language)
    return text("most_often", language, what=what, number=in_words(cells[most, ALL], language))


def _drawing(cut: str, rows: Sequence[str], rests: Sequence[str], now: Figures, then: Cells,
             asked: Asked) -> tuple[Markup | None, str, str, bool]:  # fmt: skip
    """What is drawn, what it says, how to read it, and whether it may be wider than the screen. Of
    services, those not found: a map of gaps."""
    language, cells = asked.language, now.cells(cut)
    if cut == "origins" and (found := flows(now, language)):
        sides = (text("origin_side", language), text("country_side", language))
        most = found.widest
        says = text("widest", language, origin=most.origin.name, country=most.country.name,
                    number=most.told)  # fmt: skip
        parts = [text("part_note", language)] if any(e.is_part for e in found.origins) else []
        return (sankey(found, heading("origins", language), sides), says,
                sentences(text("streams_note", language), *parts), True)  # fmt: skip
    kinds = sought.sought(now) if cut == "services" else []
    # Not what was found instead, under a heading that says it was not.
    shown = [f"{each.kind}{GAP}" for each in kinds if each.gap] if kinds else [*rows]
    notes = [text("most_note", language, number=MOST)] if len(kinds or shown) > MOST else []
    shown = shown[:MOST]
    if kinds:
        lead = sought.lead(kinds, language)
        rest = _left_beside(rests, now, language, "rest_beside" if lead else "rest_alone")
    else:
        lead, rest = _most(cut, shown, cells, language), ""
    if _is_dense(shown, cells):
        if kinds:
            notes.append(text("gaps_note", language))
        grey = {} if kinds else _rest_row(cut, now, shown)
        heat, reading = _map(cut, shown, now, grey, then, language)
        return heat, sentences(lead, rest), sentences(*notes, reading), True
    if _shown_columns(cut, cells):
        few = "by_total_note" if cut != "delivery" else "by_total_channels"
        notes.append(text(few, language))
    elif cut != "delivery":
        notes.append(text("no_country_note", language))
    if kinds:
        chart = sought.drawing(kinds[:MOST], heading(cut, language), language)
        notes.insert(0, text("sought_note", language))
        if sought.has_least(kinds[:MOST]):
            notes.append(text("least_bar", language))
        return chart, sentences(lead, rest), sentences(*notes), False
    chart, alone, more, grey_note = _sums(cut, rows, rests, now, then, language)
    return chart, sentences(alone or lead, more), sentences(*notes, grey_note), False


def _left_beside(rests: Sequence[str], now: Figures, language: str, key: str) -> str:
    found = [each for row in rests if (each := now.at("services", row))]
    number = in_words(added(found, is_least=not now.is_whole("services")), language)
    return text(key, language, number=number) if found else ""


def _is_dense(rows: Sequence[str], cells: Cells) -> bool:
    """Whether countries show enough for a map: a field of empty cells says nothing."""
    known = [at for at in cells if at[0] in rows and at[1] != ALL]
    columns = {at for _, at in cells} - {ALL}
    return bool(known) and 2 * len(known) >= len(rows) and 3 * len(known) >= len(columns)


def _sums(cut: str, rows: Sequence[str], rests: Sequence[str], now: Figures, then: Cells,
          language: str) -> tuple[Markup | None, str, str, str]:  # fmt: skip
    """Bars of all countries together; what a single one says; what is not drawn; what is grey."""
    cells = now.cells(cut)
    shown = [row for row in rows if (row, ALL) in cells][:MOST]
    names = [capital(row_name(row, language)) for row in shown]
    more = [row for row in rests if (row, ALL) in cells]
    pale = [capital(name_among(row, cut, [*rows, *rests], language)) for row in more]
    values = [(name, cells[row, ALL], then.get((row, ALL)))
              for row, name in zip(shown, names, strict=True)]  # fmt: skip
    values += [(name, cells[row, ALL], None) for row, name in zip(more, pale, strict=True)]
    bars, left_out, reading = without_greys(values, pale, language, is_whole=now.is_whole(cut))
    reading = sentences(reading, least_note(bars, language))
    return *drawn(bars, heading(cut, language), language, pale), left_out, reading


def _rest_row(cut: str, now: Figures, shown: Sequence[str]) -> dict[Place, Figure]:
    """By country, everything that has no row in the drawing. None of all countries together: that
    would be other conversations."""
    places = _shown_columns(cut, now.cells(cut))
    return {(REST, at): rest for at in places if (rest := now.beyond(cut, shown, at))}


def _map(cut: str, rows: Sequence[str], now: Figures, grey: Cells, then: Cells,
         language: str) -> tuple[Markup, str]:  # fmt: skip
    """A heat map, and how to read it. Of services, what was looked for and found stands before
    what was not: of all countries together."""
    cells = now.cells(cut)
    names = [(row, capital(row_name(row.removesuffix(GAP), language))) for row in rows]
    names += [(REST, capital(row_name(REST, language)))] if grey else []
    shown = {place: each for place, each in cells.items() if place[0] in rows}
    signs = {at: "▲" if much > 0 else "▼" for at, each in shown.items()
             if (much := change(each, then.get(at))) is not None
             and abs(much) >= CLEAR}  # fmt: skip
    shown |= grey
    all_of = "all_channels" if cut == "delivery" else "all"
    columns, plain = [(ALL, text(all_of, language))], [ALL]
    if cut == "services":
        shown |= _found_too(now)
        plain = [ASKED, FOUND, ALL]
        columns = [*zip(plain, (text(key, language) for key in HEADS), strict=True)]
    columns += [(each, capital(column_name(cut, each, language)))
                for each in _by_size(cut, cells, rows, grey)]  # fmt: skip
    reading = [text("map_note", language)]
    if grey:
        reading.append(text("grey_channels" if cut == "delivery" else "grey_note", language))
    reading += [text("plus_note", language)] if any(e.is_least for e in shown.values()) else []
    reading += [text("signs_note", language, percent=CLEAR)] if signs else []
    return heat_table(names, columns, shown, {REST}, signs, plain), " ".join(reading)


def _found_too(now: Figures) -> dict[Place, Figure]:
    """By the row of what was not found: how much was looked for, and how much was found."""
    found: dict[Place, Figure] = {}
    for each in sought.sought(now):
        found[f"{each.kind}{GAP}", ASKED] = each.asked
        if each.found:
            found[f"{each.kind}{GAP}", FOUND] = each.found
    return found


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
