"""What has been counted and is not published yet: sealed, so that a stolen database tells nothing.

Whoever is alone in her country could be joined over the tables to one visit, were they kept by the
day and in the clear. So each process keeps its own counts of a month (and sums of all countries by
the week, for alerts) in one sealed block, under a key that is not in the database. A block is
a multiple of one length: that shows roughly how many numbers are in it, but not in which tables.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.orm import Session

from bot.analytics.models import DayCount, SealedCount
from bot.analytics.protect import Count
from bot.analytics.vocabulary import WEEK, WEEKLY, WORKERS, monday_of, month_of
from bot.database import transaction
from bot.privacy.keys import Keys, Unreadable, seal, unseal

log = logging.getLogger(__name__)
LENGTH = 1 << 15  # bytes of JSON; blocks are a multiple of it
OPEN = timedelta(days=45)  # after which a process adds nothing to a block of its own
EVERYWHERE = "*"  # the column of sums over all countries
Numbers = tuple[int, int]  # conversations, firsts


@dataclass(frozen=True)
class Cell:
    """One number's place. `since`: the first day of its month, or the Monday of its week."""

    since: date
    cut: str
    row: str
    country: str


Place = tuple[str, str, str]  # cut, row, country


@dataclass
class _Block:
    """What this process has counted of a month or week, and the name of its row."""

    name: str
    numbers: dict[Place, Numbers]


class Counted:
    """All counts that are kept; `add` is safe from several threads."""

    def __init__(self, engine: Engine, keys: Keys) -> None:
        self.engine = engine
        self._key = keys.counts
        self._own: dict[date, _Block] = {}
        self._lock = threading.Lock()

    def add(self, batch: Mapping[Cell, Sequence[int]]) -> None:
        """Add these; raises SQLAlchemyError, and then none of them is counted."""
        with self._lock:
            with transaction(self.engine) as session:
                made = self._written(session, batch)
            self._keep(made)

    def _keep(self, made: Mapping[date, _Block]) -> None:
        """Only once they are written: else what failed would be counted with the next."""
        own = {**self._own, **made}
        newest = max(own, default=date.min)
        self._own = {since: each for since, each in own.items() if newest - since < OPEN}

    def _written(self, session: Session, batch: Mapping[Cell, Sequence[int]], *,
                 apart: bool = False) -> dict[date, _Block]:  # fmt: skip
        """`apart`: in blocks of its own, for another version has counted it."""
        made: dict[date, _Block] = {}
        for cell, (conversations, firsts) in batch.items():
            own = None if apart else self._own.get(cell.since)
            block = made.setdefault(cell.since, _Block(own.name, {**own.numbers}) if own
                                    else _Block(secrets.token_hex(16), {}))  # fmt: skip
            place = cell.cut, cell.row, cell.country
            before = block.numbers.get(place, (0, 0))
            block.numbers[place] = before[0] + conversations, before[1] + firsts
        for since, block in made.items():
            session.merge(
                SealedCount(since=since, block=block.name, sealed=_sealed(self._key, block.numbers))
            )
        return made

    def read(self, first: date, after: date, cut: str | None = None) -> dict[Cell, Count]:
        """The sums of all processes, of months and weeks that begin from `first` to before
        `after`; of one `cut` or of all. What does not open is left out: it was sealed under a
        secret that is lost."""
        found: dict[tuple[date, Place], Numbers] = {}
        for since, numbers in self.blocks(first, after):
            for place, (conversations, firsts) in numbers.items():
                if cut is None or place[0] == cut:
                    before = found.get((since, place), (0, 0))
                    found[since, place] = before[0] + conversations, before[1] + firsts
        return {Cell(since, *place): Count(*numbers) for (since, place), numbers in found.items()}

    def blocks(self, first: date, after: date) -> Iterator[tuple[date, Mapping[Place, Numbers]]]:
        """The same block by block: in none is what two versions of the program have counted."""
        wanted = select(SealedCount.since, SealedCount.sealed).where(
            SealedCount.since >= first, SealedCount.since < after
        )
        with Session(self.engine) as session:
            rows = session.execute(wanted).all()
        for since, sealed in rows:
            try:
                yield since, _opened(self._key, sealed)
            except Unreadable:
                log.error("counts that were sealed under another secret are left out")

    def months(self) -> list[str]:
        """Of which anything is kept: "2026-11"."""
        with Session(self.engine) as session:
            days = session.scalars(select(SealedCount.since).distinct())
            return sorted(f"{each:%Y-%m}" for each in days if each.day == 1)

    def adopt(self) -> int:
        """Seals the days that an earlier version kept in the clear; returns how many rows. While an
        update goes on, a process of that version may still write some: so this is asked again and
        again. Under a secret that does not open what is there, nothing is sealed."""
        with self._lock, transaction(self.engine) as session:
            if session.scalar(select(DayCount.day).limit(1)) is None or self._is_foreign():
                return 0
            gone = session.execute(
                delete(DayCount).returning(
                    DayCount.day,
                    DayCount.cut,
                    DayCount.row,
                    DayCount.country,
                    DayCount.conversations,
                    DayCount.firsts,
                )
            ).all()
            batch: dict[Cell, list[int]] = defaultdict(lambda: [0, 0])
            for day, cut, row, country, *numbers in gone:
                for cell in _cells_of(day, cut, row, country):
                    for place, number in enumerate(numbers):
                        batch[cell][place] += number
            self._written(session, batch, apart=True)
        return len(gone)

    def _is_foreign(self) -> bool:
        """Whether anything that is kept was sealed under another secret."""
        return any(not self.opens(month) for month in self.months())

    def opens(self, month: str) -> bool:
        """Whether all that is kept of the month ("2026-11") can be read: else its figures would be
        too small, for ever."""
        since = date.fromisoformat(f"{month}-01")
        with Session(self.engine) as session:
            sealed = session.scalars(
                select(SealedCount.sealed).where(SealedCount.since == since)
            ).all()
        try:
            for each in sealed:
                _opened(self._key, each)
        except Unreadable:
            return False
        return True


def _cells_of(day: date, cut: str, row: str, country: str) -> list[Cell]:
    """Where a day's number belongs now."""
    if cut == WORKERS:
        return [Cell(month_of(day), cut, f"{day}:{row}", country)]
    cells = [Cell(month_of(day), cut, row, country)]
    told = cut if cut in WEEKLY else row if cut == "outcomes" and row in WEEKLY else ""
    return [*cells, Cell(monday_of(day), WEEK, told, EVERYWHERE)] if told else cells


def _sealed(key: bytes, numbers: Mapping[Place, Numbers]) -> bytes:
    block = {"cells": [[*place, *each] for place, each in sorted(numbers.items())], "pad": ""}
    block["pad"] = "0" * (-len(json.dumps(block)) % LENGTH)
    return seal(key, block)


def _opened(key: bytes, sealed: bytes) -> dict[Place, Numbers]:
    cells = unseal(key, sealed)["cells"]
    return {(cut, row, country): (many, firsts) for cut, row, country, many, firsts in cells}


def rotate_counts(connection: Connection, old: Keys, new: Keys) -> None:
    """Inside the caller's transaction: everything is sealed under the new root secret. A second
    run changes no more; what neither opens stays, and is deleted when it is old."""
    each = SealedCount
    for since, block, sealed in connection.execute(
        select(each.since, each.block, each.sealed)
    ).all():
        try:
            numbers = _opened(old.counts, sealed)
        except Unreadable:
            continue
        connection.execute(
            update(each).where(each.since == since, each.block == block)
            .values(sealed=_sealed(new.counts, numbers))
        )  # fmt: skip
