"""What a reader of the figures chose, and the published figures for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.analytics.alerts.watch import Watch
from bot.analytics.figures import (
    Period,
    Shelf,
    UnknownPeriod,
    checked_country,
    periods,
    published_months,
)
from bot.analytics.ledger import Ledger, ledger
from bot.analytics.models import Publication
from bot.analytics.parts import Asked
from bot.analytics.protect import ALL

KEPT = 24  # reports that are not made anew for the next reader


@dataclass
class Board:
    """Where the figures come from; the recorder publishes them (bot/analytics/recorder.py)."""

    engine: Engine
    clock: Callable[[], datetime]
    shelf: Shelf
    watch: Watch
    printed: dict[tuple[str, str, str], bytes] = field(default_factory=dict)

    def chosen(self, query: Mapping[str, str]) -> tuple[dict[str, Period], Period | None, Asked]:
        """The fixed list, what was chosen of it; raises UnknownPeriod."""
        listed = periods(published_months(self.engine))
        language = "en" if query.get("lang") == "en" else "es"
        asked = Asked(checked_country(query.get("country") or ALL), language)
        newest = max((each.months[-1] for each in listed.values()), default=None)
        name = query.get("period") or newest
        if name and name not in listed:
            raise UnknownPeriod("expected a period of the list")
        return listed, listed[name] if name else None, asked

    def spent_in(self, period: Period) -> Ledger | None:
        """What noise has cost, where there is any."""
        return ledger(self.engine, period.months, published_months(self.engine))

    def rule_of(self, period: Period) -> Publication:
        """By which the period's last month was published."""
        with Session(self.engine) as session:
            return session.get_one(Publication, period.months[-1])


def printable(listed: Mapping[str, Period], period: Period | None) -> str | None:
    """The quarter or year to print beside `period`: itself, the quarter that it is in, else the
    newest; None where no quarter is whole yet."""
    if period is None:
        return None
    if len(period.months) > 1:
        return period.name
    quarter = f"{period.name[:4]}-Q{(int(period.name[5:]) + 2) // 3}"
    newest = max((name for name in listed if "Q" in name), default=None)
    return quarter if quarter in listed else newest


def print_out(board: Board, query: Mapping[str, str]) -> tuple[str, bytes]:
    """The report's file name and PDF; raises UnknownPeriod where there is no such quarter."""
    listed, period, asked = board.chosen(query)
    if period is None or len(period.months) < 3:
        raise UnknownPeriod("expected a quarter or a year of the list")
    key = (period.name, asked.language, asked.country)
    if key not in board.printed:
        from bot.analytics.report.contents import report  # fpdf2: a second of imports
        from bot.analytics.report.pdf import as_pdf

        made = report(board.shelf, period, listed.get(period.previous), board.rule_of(period),
                      asked.language, asked.country, board.spent_in(period))  # fmt: skip
        board.printed[key] = as_pdf(made)
        while len(board.printed) > KEPT:
            board.printed.pop(next(iter(board.printed)), None)
    return f"{file_name(period, asked.country)}-{asked.language}.pdf", board.printed[key]


def file_name(period: Period, country: str) -> str:
    """Of a download, without its ending: two countries are two files."""
    return f"comadre-{period.name}" + (f"-{country}" if country != ALL else "")
