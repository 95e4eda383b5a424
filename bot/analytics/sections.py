"""The sections of the page: each a chart, and beside it a table with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.analytics import sought
from bot.analytics.charts import bars, columns
from bot.analytics.compare import beside, in_percent, in_words, totals
from bot.analytics.cuts import RECORDS, cuts
from bot.analytics.figures import Figure, Figures, Shelf, added, is_rest
from bot.analytics.maps import map_section
from bot.analytics.parts import (
    Asked,
    Bar,
    Section,
    columns_of,
    compared,
    drawn,
    least_note,
    sentences,
    without_greys,
)
from bot.analytics.protect import ALL, OTHERS, REST
from bot.analytics.vocabulary import COUNTRIES, LEFT_ALONE, REPORT
from bot.analytics.words import (
    capital,
    column_name,
    heading,
    month,
    name_among,
    period_name,
    row_name,
    text,
)

__all__ = ["Asked", "Section", "sections", "trend"]
# Rows x columns.
MAPS = ("themes", "topics", "origins", "unanswered", "services", "crises", "phases", "delivery")
ORDER = ("volume", "themes", "topics", "unanswered", "services", "crises", "outcomes", "origins",
         "phases", "hours", "channels", "visits", "delivery", "latency", "corrections")  # fmt: skip
# Rows that follow one another.
BY_ORDER = ("volume", "themes", "hours", "latency", "visits", "delivery", "corrections")
NOTES = ("volume", "themes", "crises", "delivery", "corrections")  # with a word on what they count
NONE = {"corrections": "nothing_records", "themes": "nothing_themes"}  # why a table is empty
MOST_MONTHS = 6  # as bars; more are columns
MOST_ROWS, FEWER = 16, 12  # of a drawing; of one that would have more


def sections(now: Figures, before: Figures | None, asked: Asked) -> Iterator[Section]:
    """Every section of a period."""
    for cut in ORDER:
        if cut == "corrections":
            yield _reports(now, before, asked)
        yield _section(cut, now, before, asked)


def _section(cut: str, now: Figures, before: Figures | None, asked: Asked) -> Section:
    language, title, made = asked.language, heading(cut, asked.language), cuts()[cut]
    several = made.unit != RECORDS and made.most > 1
    notes = [text("more_than_one", language)] if several else []
    notes += [text(f"{cut}_note", language)] if cut in NOTES else []
    by_country = made.columns == COUNTRIES
    rows = _in_order(cut, now.rows(cut, asked.country if by_country else ALL))
    if not rows:
        why = NONE.get(cut, "nothing")
        return Section(cut, title, None, (), (), text(why, language))
    if cut in MAPS and (asked.country == ALL or not by_country):
        in_all = _crises(now, before, asked) if cut == "crises" else ""
        return map_section(cut, [*rows], now, before, asked, " ".join(notes), in_all)
    names = {row: capital(name_among(row, cut, rows, language)) for row in rows}
    values, lines = [], []
    for row, each in rows.items():
        then = before.at(cut, row, asked.country) if before else None
        values.append((names[row], each, None if is_rest(row) else then))
        lines.append((names[row], compared(each, then, before, language, is_sum=is_rest(row))))
    first = {"volume": _in_all, "corrections": _put_right, "crises": _crises,
             "services": _sought}.get(cut, _nothing)(now, before, asked)  # fmt: skip
    greys = [names[row] for row in rows if is_rest(row)]
    is_whole = now.is_whole(cut, asked.country if by_country else ALL)
    if cut == "services" and (kinds := sought.sought(now, asked.country)):
        chart, more = sought.drawing(kinds, title, language), ""
        rest = "rest_beside" if first else "rest_alone"
        alone = _beside(values, greys, language, rest, is_whole=is_whole)
        reading = text("sought_note", language)
        if sought.has_least(kinds):
            reading = sentences(reading, text("least_bar", language))
    else:
        if len(values) > MOST_ROWS:
            values, greys = _largest(values, greys, language, is_whole)
        values, more, reading = without_greys(values, greys, language, is_whole=is_whole)
        chart, alone = drawn(values, title, language, greys)
        reading = sentences(reading, least_note(values, language))
    return Section(cut, title, chart, columns_of(made.unit, before, language), lines,
                   " ".join(notes), sentences(first, more, alone), reading,
                   folds=True)  # fmt: skip


def _beside(values: Sequence[Bar], greys: Sequence[str], language: str, key: str, *,
            is_whole: bool) -> str:  # fmt: skip
    """What a drawing of named rows leaves out."""
    rest = [each for name, each, _ in values if name in greys]
    number = in_words(added(rest, is_least=not is_whole), language)
    return text(key, language, number=number) if rest else ""


def _largest(values: Sequence[Bar], greys: Sequence[str], language: str,
             is_whole: bool) -> tuple[list[Bar], list[str]]:  # fmt: skip
    """The largest, and one grey bar for everything else: the table has each by itself."""
    plain = [each for each in values if each[0] not in greys]
    rest = [each for _, each, _ in plain[FEWER:]]
    rest += [each for name, each, _ in values if name in greys]
    name = capital(row_name(REST, language))
    return [*plain[:FEWER], (name, added(rest, is_least=not is_whole), None)], [name]


def _in_order(cut: str, rows: dict[str, Figure]) -> dict[str, Figure]:
    order = [*cuts()[cut].rows] if cut in BY_ORDER else []
    return dict(sorted(rows.items(), key=lambda each: _rank(order, each[0]))) if order else rows


def _rank(order: Sequence[str], row: str) -> int:
    return order.index(row) if row in order else len(order)


def _nothing(now: Figures, before: Figures | None, asked: Asked) -> str:
    return ""


def _in_all(now: Figures, before: Figures | None, asked: Asked) -> str:
    """How many conversations there were, and before: the first thing that a reader looks for."""
    total, then = totals(now, before, asked.country)
    number = in_words(total, asked.language)
    added_up = ""
    if len(now.period.months) > 1:
        added_up = text("months_added", asked.language, number=len(now.period.months))
    if total is None or then is None or total.is_least or then.is_least:
        return sentences(text("total", asked.language, number=number), added_up)
    much = in_percent(total, then)
    told = in_words(then, asked.language) + (f"; {much}" if much else "")
    return sentences(text("total_before", asked.language, number=number, before=told), added_up)


def _crises(now: Figures, before: Figures | None, asked: Asked) -> str:
    """How many there were in all; each is counted once."""
    total, then = now.total("crises", asked.country), None
    if before:
        then = before.total("crises", asked.country)
    number = beside(total, then, asked.language)
    told_already = len(now.rows("crises", asked.country)) < 2  # as the single number there is
    return "" if told_already else text("crises_total", asked.language, number=number)


def _sought(now: Figures, before: Figures | None, asked: Asked) -> str:
    return sought.lead(sought.sought(now, asked.country), asked.language)


def _reports(now: Figures, before: Figures | None, asked: Asked) -> Section:
    """Who said that something is wrong, by country: a row of the topics, read by itself."""
    language, title = asked.language, heading("reports", asked.language)
    at = (ALL, *COUNTRIES, OTHERS) if asked.country == ALL else (asked.country,)
    shown = [(each, found) for each in at if (found := now.at("topics", REPORT, each))]
    if not shown:
        return Section("reports", title, None, (), (), text("nothing", language))
    lines, values = [], []
    for each, found in shown:
        then = before.at("topics", REPORT, each) if before else None
        name = capital(column_name("topics", each, language))
        lines.append((name, compared(found, then, before, language)))
        values.append((name, found, then))
    then = before.at("topics", REPORT, shown[0][0]) if before else None
    lead = text("reports_lead", language, number=beside(shown[0][1], then, language))
    by_country = values[1:] if shown[0][0] == ALL else []
    by_country.sort(key=lambda each: -each[1].value)
    chart, alone = drawn(by_country, title, language)
    reading = least_note(by_country, language)
    rest = ""
    if shown[0][0] == ALL:
        rest = text("reports_rest" if by_country else "reports_no_country", language)
    elif asked.country == ALL:  # only countries are shown, and no sum
        chart, alone = drawn(values, title, language)
        lead, reading = text("reports_no_sum", language), least_note(values, language)
    return Section("reports", title, chart, columns_of("conversations", before, language), lines,
                   text("reports_note", language), sentences(lead, alone, rest),
                   reading, folds=True)  # fmt: skip


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


def trend(shelf: Shelf, months: Sequence[str], asked: Asked,
          chosen: Sequence[str] = ()) -> Section:  # fmt: skip
    """Conversations month by month, over the last two years at most; the `chosen` are darker."""
    language, title = asked.language, heading("trend", asked.language)
    months = months[-24:]
    every = shelf.by_month(months, "volume")
    found = [(each.period, each.total("volume", asked.country)) for each in every]
    lines = [(capital(period_name(at, language)), [in_words(each, language)]) for at, each in found]
    known = [(at, each) for at, each in found if each]
    if months and not known:  # a table of dashes does not say why
        return Section("trend", title, None, (), (), text("nothing", language))
    names = [capital(period_name(at, language)) for at, _ in known]
    chart = None
    least = [name for name, (_, each) in zip(names, known, strict=True) if each.is_least]
    if len(months) > MOST_MONTHS and known:
        values = [(capital(period_name(at, language)), each.value if each else 0,
                   _about(each, language), at.name in chosen) for at, each in found]  # fmt: skip
        chart = columns(values, title, _ticks(months, language), least)
    elif known:
        told = [(name, each.value, _about(each, language))
                for name, (_, each) in zip(names, known, strict=True)]  # fmt: skip
        chart = bars(told, title, least=least)
    lead = text("trend_lead", language, number=len(months)) if months else ""
    reading = text("trend_about", language) if known else ""
    reading = sentences(reading, text("least_bar", language) if least else "")
    if chart is not None and len(months) > MOST_MONTHS and set(chosen) & set(months):
        lead = sentences(lead, text("trend_chosen", language))
    return Section(
        "trend",
        title,
        chart,
        [text("conversations", language)],
        lines,
        "",
        lead,
        reading,
        folds=chart is not None,
    )


def _about(each: Figure | None, language: str) -> str:
    """A month is a sum of rounded numbers, which a bar with its number hides."""
    exact = each is None or each.is_least
    return in_words(each, language) if exact else f"≈ {in_words(each, language)}"


def _ticks(months: Sequence[str], language: str) -> list[str]:
    """Below the first month of each year the year; below July the name of the month."""
    return [
        each[:4] if each.endswith("-01") or (not place and each[5:] < "11")
        else month(each, language) if each.endswith("-07") and place > 3 else ""
        for place, each in enumerate(months)
    ]  # fmt: skip
