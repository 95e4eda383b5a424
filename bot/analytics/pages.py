"""The page of figures, its exports and its style: routes that a portal mounts behind its own door.

`routes(engine, require, frame=frame)`: `require(request)` returns None for those who may look, or
the answer for those who may not (a redirect to the sign-in). Nothing is read before it has been
asked.
`frame(request, leaf)` puts the page into the portal's own, with its navigation.
"""

from __future__ import annotations

import asyncio
import gzip
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.analytics.alerts.rules import text as alert_text
from bot.analytics.alerts.watch import Watch
from bot.analytics.board import Board, file_name, print_out, printable
from bot.analytics.export import as_csv, as_json
from bot.analytics.figures import Period, Shelf, UnknownPeriod, published_months
from bot.analytics.freshness import directory
from bot.analytics.package import as_package, as_xlsx
from bot.analytics.parts import Asked
from bot.analytics.protect import ALL, OTHERS
from bot.analytics.sections import sections, trend
from bot.analytics.surges import ENOUGH
from bot.analytics.vocabulary import COUNTRIES
from bot.analytics.words import capital, period_name, place_name, short, text

PAGE = Path(__file__).with_name("page")
MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
MOST_ALERTS, FIRST_ALERTS = 5, 4  # of a kind; before the others are folded
Refusal = Response | None
Require = Callable[[Request], Refusal | Awaitable[Refusal]]
HEADERS = {  # beside those of everything (bot/privacy/shield.py)
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True)
class Leaf:
    """What stands in the page's frame. `here`: its address in whatever language."""

    title: str
    body: Markup
    language: str
    style: str
    here: str


Frame = Callable[[Request, Leaf], Response]
_PAGES = Environment(loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined)


def routes(engine: Engine, require: Require, *, frame: Frame, base: str = "/portal/figures",
           clock: Callable[[], datetime] | None = None,
           watch: Watch | None = None,
           language: Callable[[Request], str] = lambda _: "es") -> list[BaseRoute]:  # fmt: skip
    """Page, exports and style under `base`; every one asks `require` first. `language`: of who
    has not chosen one here."""
    clock = clock or (lambda: datetime.now(UTC))
    board = Board(engine, clock, Shelf(engine), watch or Watch(engine, clock))

    def framed(request: Request, query: Mapping[str, str]) -> Response:
        return frame(request, leaf(board, query, base))

    def guarded(answer: Callable[[Mapping[str, str]], Response] | None) -> Callable[..., object]:
        async def endpoint(request: Request) -> Response:
            refusal = require(request)
            if inspect.isawaitable(refusal):
                refusal = await refusal
            if refusal is not None:
                return refusal
            try:
                query = {"lang": language(request), **request.query_params}
                act = partial(answer, query) if answer else partial(framed, request, query)
                # Compressed there too: the loop takes women's messages meanwhile.
                response = await asyncio.to_thread(lambda: _smaller(request, act()))
            except UnknownPeriod as error:
                response = PlainTextResponse(str(error), 400)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return endpoint

    def style(_: Mapping[str, str]) -> Response:
        return Response((PAGE / "style.css").read_text(encoding="utf-8"), media_type="text/css")

    return [
        Route(base, guarded(None)),
        *(
            Route(f"{base}/figures.{kind}", guarded(partial(as_file, board, kind)))
            for kind in (*MEDIA, "json")
        ),
        Route(f"{base}/report.pdf", guarded(lambda query: _pdf(board, query))),
        Route(f"{base}/style.css", guarded(style)),
    ]


def _smaller(request: Request, response: Response) -> Response:
    """Pages as gzip, a tenth of their size, for whoever takes that.

    What is long may be compressed beside what is secret (the mark of the forms) only because
    nothing that a reader chose freely stands in the page: period, country and language are values
    of fixed lists. Else lengths would tell of the mark (BREACH), and no other page does this.
    """
    takes = "gzip" in request.headers.get("accept-encoding", "")
    response.headers["Vary"] = "Accept-Encoding"
    if takes and response.media_type == "text/html" and response.status_code == 200:
        response.body = gzip.compress(bytes(response.body), 6, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
    return response


def leaf(board: Board, query: Mapping[str, str], base: str) -> Leaf:
    """What the page says of the period and country of `query`."""
    listed, period, asked = board.chosen(query)
    language, months = asked.language, published_months(board.engine)
    parts = []
    before = None
    if period:
        before = listed.get(period.previous)
        then = board.shelf.figures(before) if before else None
        first, *others = sections(board.shelf.figures(period), then, asked)
        parts = [first, trend(board.shelf, months, asked, period.months), *others]
    parts.append(directory(board.engine, board.clock().date(), asked, period, before))
    name = period.name if period else ""
    spent = board.spent_in(period) if period else None
    covers = _covers(period, asked) if period else None
    report = printable(listed, period)
    names = [(each, period_name(found, language)) for each, found in listed.items()]
    places = [(each, capital(place_name(each, language))) for each in (ALL, *COUNTRIES, OTHERS)]
    html = _PAGES.get_template("figures.html").render(
        t=lambda key, **values: text(key, language, **values), base=base,
        before=period_name(before, language) if before else None,
        language=language, country=asked.country, period=name, periods=names, countries=places,
        sections=parts, rule=board.rule_of(period) if period else None,
        short=partial(short, language=language),
        query=urlencode({"period": name, "country": asked.country, "lang": language}),
        alerts=alerts(board, language, months),
        covers=covers, spent=spent.sentence(language) if spent else None,
        report=_covers(listed[report], asked) if report else None,
        report_query=urlencode({"period": report, **_of_one(asked.country), "lang": language}),
    )  # fmt: skip
    chosen = {"period": name, "country": asked.country} if name else {"country": asked.country}
    here = f"{base}?{urlencode(chosen)}"
    return Leaf(text("title", language), Markup(html), language, f"{base}/style.css", here)  # noqa: S704 - the template escapes


def _covers(period: Period, asked: Asked) -> str:
    """«Guatemala, julio a septiembre de 2026»."""
    place = capital(place_name(asked.country, asked.language))
    return text("covers", asked.language, place=place,
                period=period_name(period, asked.language))  # fmt: skip


def _of_one(country: str) -> dict[str, str]:
    return {} if country == ALL else {"country": country}


def alerts(board: Board, language: str, months: Sequence[str]) -> dict[str, object]:
    """What operators should look at, at most MOST_ALERTS of a kind, of when, and what that rests
    on."""
    by_kind: dict[str, list[str]] = {}
    for each in board.watch.alerts():
        by_kind.setdefault(each.kind, []).append(each.sentence(language))
    lines: list[str] = []
    for told in by_kind.values():
        lines += told[:MOST_ALERTS]
        if len(told) > MOST_ALERTS:
            lines.append(alert_text("more", language, count=len(told) - MOST_ALERTS))
    note = alert_text(
        "note", language,
        least=max(board.watch.rules.surge_week.least, ENOUGH * board.watch.rule.threshold),
    )  # fmt: skip
    if board.watch.rule.epsilon is not None:
        note += f" {alert_text('no_weeks', language)}"
    of = alert_text("of_now", language)
    if months:
        newest = period_name(Period(months[-1], (months[-1],)), language)
        of = alert_text("of", language, month=newest)
    return {"title": alert_text("title", language), "note": note, "of": of,
            "lines": lines[:FIRST_ALERTS] or [alert_text("none", language)],
            "more": lines[FIRST_ALERTS:]}  # fmt: skip


def _pdf(board: Board, query: Mapping[str, str]) -> Response:
    name, made = print_out(board, query)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(made, media_type="application/pdf", headers=headers)


def as_file(board: Board, kind: str, query: Mapping[str, str]) -> Response:
    """The same figures as a file of this kind: csv, json, xlsx, zip."""
    _, period, asked = board.chosen(query)
    if period is None:
        raise UnknownPeriod("no month is published yet")
    country = None if asked.country == ALL else asked.country
    figures, rule = board.shelf.figures(period), board.rule_of(period)
    spent = board.spent_in(period)
    if kind == "json":
        return JSONResponse(as_json(figures, country, asked.language, rule, spent))
    made: str | bytes
    if kind == "csv":
        made = as_csv(figures, country, asked.language)
    elif kind == "xlsx":
        made = as_xlsx(figures, country, asked.language, spent)
    else:
        made = as_package(figures, country, asked.language, rule, spent)
    name = f"{file_name(period, asked.country)}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type=MEDIA[kind], headers=headers)
