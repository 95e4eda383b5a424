"""How long every view of the figures takes: `python -m bench figures MILLIONS[x10]|full [URL]`.

`10x10`: ten million one by one, each counted ten times; `--days 100`: over a hundred days in place
of three years, for a look within a minute or two: publishing a month and opening each view takes
seconds, however few the turns are. Invented turns go through the recorder and
are published month by month; then the pages, the four downloads, the reports (four quarters, the
year, one country) and the look for alerts are timed after a restart, pages and a report also from a
full cache. The time of our own processor is told beside the clock's, because a busy machine makes
the clock tell of others.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, func, make_url, select, text
from sqlalchemy.orm import Session
from starlette.responses import Response

from bench.full import fill_full
from bench.invented import DAYS, FIRST, KEYS, fill
from bench.record import Record, command_line
from bot.analytics.alerts.watch import Watch
from bot.analytics.board import Board, print_out
from bot.analytics.counted import Counted
from bot.analytics.figures import Shelf, periods, published_months
from bot.analytics.models import PublishedFigure, SealedCount
from bot.analytics.pages import as_file, leaf
from bot.analytics.protect import ALL
from bot.analytics.publish import Rule
from bot.analytics.vocabulary import COUNTRIES
from bot.database import migrate, open_engine
from bot.portal.guard import in_frame
from bot.serve.supervisor import say
from tests.analytics.door import visit_of

LIMIT_MS = 300
BASE = "/portal/figures"
LEAST_DAYS = 95  # a whole quarter, and the days until its last month is published
Times = list[tuple[float, float]]  # of the clock and of the processor, in milliseconds


@dataclass(frozen=True)
class Filled:
    """A database with figures, and the moment at which they are looked at."""

    engine: Engine
    now: datetime

    def board(self) -> Board:
        """As after a restart: nothing is in memory."""
        watch = Watch(self.engine, lambda: self.now, counted=Counted(self.engine, KEYS))
        return Board(self.engine, lambda: self.now, Shelf(self.engine), watch)


def page(board: Board, query: dict[str, str]) -> Response:
    """As it is served, in the portal's frame, to an analyst."""
    return in_frame(visit_of(board.engine, board.clock), leaf(board, query, BASE))


def timed(do: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds by the clock and by the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    do()
    return (1e3 * (time.perf_counter() - clock), 1e3 * (time.process_time() - processor))


def _first_page(filled: Filled, query: dict[str, str]) -> object:
    return page(filled.board(), query)


def _first_file(filled: Filled, query: dict[str, str], kind: str) -> object:
    return as_file(filled.board(), kind, query)


def _first_print(filled: Filled, query: dict[str, str]) -> object:
    return print_out(filled.board(), query)


def _first_alerts(filled: Filled) -> object:
    return filled.board().watch.alerts()


def summary(times: Times) -> dict[str, float]:
    """Of one kind of view."""
    clock, processor = (sorted(each[side] for each in times) for side in (0, 1))
    return {"views": len(times), "median_ms": round(median(clock), 1),
            "p95_ms": round(clock[ceil(0.95 * len(clock)) - 1], 1), "most_ms": round(clock[-1], 1),
            "processor_median_ms": round(median(processor), 1),
            "processor_most_ms": round(processor[-1], 1)}  # fmt: skip


def measured(filled: Filled) -> dict[str, Any]:
    """Each kind of view that there is: without a whole year, no report of one."""
    listed = list(periods(published_months(filled.engine)))
    places = (ALL, *COUNTRIES)
    every = [{"period": name, "country": place} for name in listed for place in places]
    some = [{"period": name} for name in listed] + [{"country": place} for place in places]
    quarters = [name for name in listed if "Q" in name]
    years = [name for name in listed if len(name) == 4]
    of_country = [{"period": name, "country": "MX"} for name in (*quarters[:1], *years[:1])]
    page(filled.board(), {})  # templates, words and the database's own cache
    gc.collect()
    gc.freeze()  # as bot/serve/program.py does
    warm = filled.board()
    for query in every:
        page(warm, query)
    views: dict[str, Sequence[Callable[[], Any]]] = {
        "page_first": [partial(_first_page, filled, query) for query in some],
        "page_again": [partial(page, warm, query) for query in every],
        **{
            f"{kind}_first": [partial(_first_file, filled, query, kind) for query in some]
            for kind in ("csv", "json", "xlsx", "zip")
        },
        "alerts_first": [partial(_first_alerts, filled)] * 10,
        "pdf_first": [partial(_first_print, filled, {"period": name}) for name in quarters[:4]],
        "pdf_year_first": [partial(_first_print, filled, {"period": name}) for name in years],
        "pdf_country_first": [partial(_first_print, filled, query) for query in of_country],
        "pdf_again": [partial(print_out, warm, {"period": quarters[0]})] * 5,
    }
    print_out(warm, {"period": quarters[0]})
    return {
        **{name: summary([timed(view) for view in many]) for name, many in views.items() if many},
        "page_kb": round(max(len(page(warm, {"period": q}).body) for q in listed) / 1e3),
    }  # fmt: skip


def size(engine: Engine) -> dict[str, float]:
    """Rows and megabytes."""
    with Session(engine) as session:
        rows = {each.__tablename__: session.scalar(select(func.count()).select_from(each)) or 0
                for each in (SealedCount, PublishedFigure)}  # fmt: skip
        if engine.dialect.name == "postgresql":
            taken = session.scalar(text(
                "SELECT pg_total_relation_size('sealed_count')"
                " + pg_total_relation_size('published_figure')"
            ))  # fmt: skip
        else:
            pages = session.scalar(text("PRAGMA page_count")) or 0
            taken = pages * (session.scalar(text("PRAGMA page_size")) or 0)
    return {**rows, "mb": round((taken or 0) / 1e6, 1)}


@contextmanager
def database(url: str | None) -> Iterator[Engine]:
    """The one at `url`, which should be empty; else a new file."""
    with tempfile.TemporaryDirectory(prefix="comadre-figures-") as folder:
        url = url or f"sqlite:///{Path(folder) / 'figures.db'}"
        migrate(url)
        engine = open_engine(url)
        yield engine
        engine.dispose()


def run(much: str, url: str | None = None, days: int = DAYS) -> dict[str, Any]:
    """Fill, measure, tell."""
    now = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=days + 9)
    with database(url) as engine:
        started = time.perf_counter(), time.process_time()
        if much == "full":
            fill_full(engine, Rule())
        else:
            one_by_one, _, times = much.partition("x")
            fill(engine, round(float(one_by_one) * 1e6), Rule(), int(times or 1), days=days)
        say("Filled and published; now every view.")
        filled_s = round(time.perf_counter() - started[0])
        processor_s = round(time.process_time() - started[1])
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        return {"millions_of_turns": much, "days": days, "database": engine.dialect.name,
                "filled_s": filled_s, "filled_processor_s": processor_s, **size(engine),
                **measured(Filled(engine, now))}  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """The command line."""
    parser = command_line("figures", __doc__)
    parser.add_argument("much", nargs="?", default="1", metavar="MILLIONS[x10]|full")
    parser.add_argument("url", nargs="?", help="of an empty database; else a new SQLite file")
    parser.add_argument("--days", type=int, default=DAYS, help=f"at least {LEAST_DAYS}")
    given = parser.parse_args(arguments)
    if not LEAST_DAYS <= given.days <= DAYS or (given.much == "full" and given.days != DAYS):
        parser.error(f"expected {LEAST_DAYS} to {DAYS} days; of full, all")
    kind = make_url(given.url).get_backend_name() if given.url else "sqlite"
    short = f"-{given.days}-days" if given.days != DAYS else ""
    record = Record(f"figures-{kind}-{given.much}{short}", given.to, changed=given.changed)
    found = run(given.much, given.url, given.days)
    record.write(found)
    slow = [name for name, each in found.items()
            if isinstance(each, dict) and each["processor_most_ms"] > LIMIT_MS]  # fmt: skip
    say(f"Over {LIMIT_MS} ms: {', '.join(slow) or 'none'}")
