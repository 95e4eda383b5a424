"""What has been counted, put there and looked at as the program itself does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Engine, delete

from bot.analytics.counted import EVERYWHERE, Cell, Counted
from bot.analytics.models import SealedCount
from bot.analytics.protect import Count
from bot.analytics.vocabulary import WEEK
from bot.database import transaction
from bot.privacy.keys import Keys

KEYS = Keys(b"k" * 32)


def counts_of(engine: Engine) -> Counted:
    """As a process that has just been started."""
    return Counted(engine, KEYS)


def put(engine: Engine, month: date, cut: str, rows: Mapping[tuple[str, str], Count]) -> None:
    """More of a month."""
    counts_of(engine).add(
        {Cell(month.replace(day=1), cut, *place): (count.conversations, count.firsts)
         for place, count in rows.items()}
    )  # fmt: skip


def put_month(engine: Engine, month: date, cuts: Mapping[str, Mapping[tuple[str, str], Count]],
              ) -> None:  # fmt: skip
    """All of a month, and nothing that was there."""
    first = month.replace(day=1)
    with transaction(engine) as session:
        session.execute(delete(SealedCount).where(SealedCount.since == first))
    counts_of(engine).add(
        {Cell(first, cut, *place): (count.conversations, count.firsts)
         for cut, rows in cuts.items() for place, count in rows.items()}
    )  # fmt: skip


def put_week(engine: Engine, monday: date, rows: Mapping[str, int]) -> None:
    """More of a week, of all countries."""
    counts_of(engine).add(
        {Cell(monday, WEEK, row, EVERYWHERE): (many, many) for row, many in rows.items()}
    )


def table_of(engine: Engine, cut: str) -> dict[tuple[str, str], tuple[int, int]]:
    """All that is counted of a cut, in whatever month or week."""
    return {(cell.row, cell.country): (count.conversations, count.firsts)
            for cell, count in counts_of(engine).read(date.min, date.max).items()
            if cell.cut == cut}  # fmt: skip


def months_in(engine: Engine) -> Iterable[date]:
    """Of which anything is counted."""
    return {cell.since for cell in counts_of(engine).read(date.min, date.max)}
