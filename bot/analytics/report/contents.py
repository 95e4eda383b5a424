"""What the report holds, chapter by chapter: published figures in words, bars, grids, streams.

Nothing here knows of paper, and nothing in it can reach a figure that was not published.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.analytics.cuts import GAP, cuts
from bot.analytics.figures import Period, Shelf, added, is_rest
from bot.analytics.flows import flows
from bot.analytics.ledger import Ledger
from bot.analytics.models import Publication
from bot.analytics.protect import ALL, OTHERS, REST
from bot.analytics.report import words
from bot.analytics.report.keys import keys
from bot.analytics.report.parts import (
    Bars,
    Block,
    Chapter,
    Grid,
    Line,
    Paragraphs,
    Report,
    Streams,
)
from bot.analytics.report.reader import Reader
from bot.analytics.report.words import number
from bot.analytics.sought import sought
from bot.analytics.vocabulary import (
    CHILDREN,
    COUNTRIES,
    FAILED,
    OTHER,
    PHASES,
    REPORT,
    THEMES,
    UNKNOWN,
    themes,
)
from bot.analytics.words import capital, month, place_name, row_name, span
from bot.analytics.words import text as of_page


def report(shelf: Shelf, period: Period, before: Period | None, rule: Publication,
           language: str, country: str = ALL,
           spent: Ledger | None = None) -> Report:  # fmt: skip
    """The report on a quarter or a year: of all countries, or the numbers that the page shows of
    one. `spent`: what noise has cost."""
    then = shelf.figures(before) if before else None
    reader = Reader(shelf.figures(period), then, language, country)
    place = capital(place_name(country, language))
    kind = "quarterly" if len(period.months) == 3 else "yearly"
    front = [reader.say("front", threshold=rule.threshold, step=rule.step)]
    if rule.epsilon:
        front.append(reader.say("noise", epsilon=rule.epsilon))
    if country != ALL:
        front.append(reader.say("of_one", place=place_name(country, language)))
    front.append(reader.say("published", day=words.day(rule.published_at, language)))
    chapters = [
        _where(reader, shelf),
        *(_theme(reader, name) for name in THEMES),
        _children(reader), _phases(reader), _flows(reader), _services(reader),
        _put_right(reader), *([_delivery(reader)] if country == ALL else []),
        *_plain(reader, rule, spent),
    ]  # fmt: skip
    return Report(language, reader.say("title"), reader.say(kind), span(period, language),
                  reader.say("all_places") if country == ALL else reader.say("place", place=place),
                  front, keys(reader.now, then, language, country), chapters, rule)  # fmt: skip


def _chapter(reader: Reader, title: str, says: Sequence[str], blocks: Sequence[Block]) -> Chapter:
    lead = " ".join(each for each in says if each)
    if not blocks:
        return Chapter(reader.say(title), reader.say("nothing"), (), on_new_page=False)
    return Chapter(reader.say(title), lead, blocks)


def _where(reader: Reader, shelf: Shelf) -> Chapter:
    language = reader.language
    at = (*COUNTRIES, OTHERS) if reader.country == ALL else ()
    totals = [(each, reader.now.total("volume", each)) for each in at]
    lines = [Line(capital(place_name(at, language)), each.value, number(each, language))
             for at, each in totals if each]  # fmt: skip
    lines.sort(key=lambda line: -line.value)
    months = [
        Line(capital(month(one.period.name, language)), each.value, number(each, language))
        for one in shelf.by_month(reader.now.period.months, "volume")
        if (each := one.total("volume", reader.country))
    ]
    blocks: list[Block] = [Bars(reader.say("by_country"), lines)] if lines else []
    blocks += [Bars(reader.say("by_month"), months)] if months else []
    blocks += reader.bars("themes", "themes", [*themes(), REST], in_order=True)
    blocks += reader.grid("themes_where", "themes", [*themes(), REST], "theme")
    blocks += reader.bars("by_channel", "channels", [*reader.rows("channels")])
    blocks += reader.bars("outcomes", "outcomes", [*reader.rows("outcomes")])
    says = [reader.say("several")]
    for key, cut in (("topics_rest", "topics"), ("open_rest", "unanswered")):
        if rest := reader.at(cut, REST):  # no chapter below has it
            says.append(reader.say(key, number=number(rest, language)))
    return _chapter(reader, "where", says, blocks)


def _topics(reader: Reader, title: str, rests: Sequence[str], says: Sequence[str],
            more: Sequence[Block] = ()) -> Chapter:  # fmt: skip
    """Of a theme; or of children and adolescents."""
    rows = themes()[title]
    blocks: list[Block] = [*reader.bars("asked", "topics", [*rows, *rests])]
    blocks += reader.grid("asked_where", "topics", [*rows, *rests], "topic")
    unanswered = [*reader.bars("open", "unanswered", [*rows, *rests])]
    if blocks and not unanswered:
        unanswered_says: Sequence[str] = [reader.say("nothing_open")]
    else:
        unanswered_says = [reader.most("most_open", "unanswered", rows)]
    told = [reader.in_all("theme_total", "themes", title),
            reader.most("most_asked", "topics", rows), *unanswered_says, *says]  # fmt: skip
    return _chapter(reader, title, [*told, reader.say("several")], [*blocks, *unanswered, *more])


def _theme(reader: Reader, name: str) -> Chapter:
    rests = [f"{REST}:{group}" for group in THEMES[name]]
    crises: list[Block] = []
    if name == "violence":
        note = reader.say("violence_note")
        if total := reader.now.total("crises", reader.country):
            in_all = reader.say("crises_total", number=number(total, reader.language))
            note = f"{in_all} {note}"
        found = reader.bars("crises", "crises", [*reader.rows("crises")])
        crises = [replace(each, note=note) for each in found]
    return _topics(reader, name, rests, (), crises)


def _children(reader: Reader) -> Chapter:
    return _topics(reader, CHILDREN, (), [reader.say("minors_note")])


def _phases(reader: Reader) -> Chapter:
    rows = [*reader.rows("phases")]
    known = [row for row in rows if row not in (UNKNOWN, REST)]
    blocks: list[Block] = [*reader.bars("phases_all", "phases", rows)]
    blocks += reader.grid("phases_where", "phases", rows, "phase")
    says = [reader.most("most_phase", "phases", known)]
    says += [reader.in_all("phase_total", "phases", row) for row in PHASES]
    return _chapter(reader, "phases", [*says, reader.say("several")], blocks)


def _flows(reader: Reader) -> Chapter:
    if reader.country != ALL:
        rows = [*reader.rows("origins")]
        known = [row for row in rows if row not in (OTHER, UNKNOWN) and not is_rest(row)]
        says = [reader.most("most_origin", "origins", known), reader.say("several")]
        return _chapter(reader, "origins", says, [*reader.bars("origins", "origins", rows)])
    found = flows(reader.now, reader.language)
    says = []
    blocks: list[Block] = []
    if found:
        most = found.widest
        says = [reader.say("widest", origin=most.origin.name, country=most.country.name,
                           number=most.told), reader.say("streams_note")]  # fmt: skip
        blocks = [Streams(reader.say("flows"), found)]
        blocks += reader.grid("flows_table", "origins", [*reader.now.rows("origins")], "origin")
    return _chapter(reader, "flows", says, blocks)


def _services(reader: Reader) -> Chapter:
    kinds = sought(reader.now, reader.country)
    lines = [(capital(row_name(each.kind, reader.language)), [each.asked, each.found, each.gap])
             for each in kinds]  # fmt: skip
    missing = [f"{each.kind}{GAP}" for each in kinds]
    rests = [each for row, each in reader.rows("services").items() if is_rest(row)]
    says = [reader.most("most_missing", "services", missing), reader.say("several")]
    if rests and lines:
        rest = added(rests, is_least=not reader.now.is_whole("services", reader.country))
        says.append(reader.say("rest_beside", number=number(rest, reader.language)))
    columns = [reader.say(each) for each in ("sought", "found", "not_found")]
    blocks: list[Block] = []
    if lines:
        blocks = [Grid(reader.say("services_all"), reader.say("type"), columns, lines)]
        blocks += reader.grid("missing_where", "services", missing, "type")
    elif rests:
        blocks = [*reader.bars("services_all", "services", [*reader.rows("services")])]
    return _chapter(reader, "services", says, blocks)


def _put_right(reader: Reader) -> Chapter:
    """What women reported, and what the network made of it."""
    ends = [*cuts()["corrections"].rows]
    blocks: list[Block] = []
    says: list[str] = []
    if asked := reader.at("topics", REPORT):
        says = [reader.say("reported", number=number(asked, reader.language))]
    blocks += reader.grid("reported_where", "topics", [REPORT], "topic")
    blocks += reader.bars("put_right_in", "corrections", [*ends, REST], in_order=True)
    blocks += reader.grid("put_right_where", "corrections", [*ends, REST], "took")
    says.append(reader.say("put_right_note"))
    return _chapter(reader, "put_right", says, blocks)


def _delivery(reader: Reader) -> Chapter:
    ends = [*cuts()["delivery"].rows]
    blocks: list[Block] = [*reader.bars("left_in", "delivery", [*ends, REST], in_order=True)]
    blocks += reader.grid("left_by", "delivery", [*ends, REST], "waited")
    says = [reader.say("delivery_note"), reader.say("several")]
    if reader.now.at("delivery", FAILED) is None:
        says.insert(0, of_page("failed_few", reader.language))
    return _chapter(reader, "delivery", says, blocks)


def _plain(reader: Reader, rule: Publication, spent: Ledger | None) -> Iterator[Chapter]:
    told = words.words()
    for name, parts in (("method", told.method), ("caveats", told.caveats)):
        texts = [
            each.get(reader.language).format(threshold=rule.threshold, step=rule.step)
            for each in parts
        ]
        if spent and name == "method":
            texts.append(spent.sentence(reader.language))
        yield Chapter(reader.say(name), "", [Paragraphs(texts)], on_new_page=name == "method")
