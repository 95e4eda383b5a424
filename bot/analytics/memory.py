"""Who wrote within the last day, in this process's memory alone, so that one woman counts once.

A conversation is everything she writes without a silence of a day. Of each it is remembered which
cells it has been counted in, under a mark that means nothing outside this process: its key is made
at the start, never stored, and gone with it. What is counted leaves here as numbers of a cell.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b

from bot.analytics.counted import EVERYWHERE, Cell
from bot.analytics.cuts import MAX_CELLS, cuts
from bot.analytics.vocabulary import (
    CRISIS_CARD,
    EMERGENCY,
    LOST,
    THEME_WEEK,
    UNKNOWN,
    WEEK,
    Turn,
    depth,
    monday_of,
    month_of,
    week,
)

SILENCE = timedelta(days=1)
LOCAL = timedelta(hours=-6)  # Central American time: days and hours as women there live them
MAX_HELD = 50_000


@dataclass(frozen=True)
class Step:
    """What is added to a cell. `firsts` counts each conversation in one cell of a cut at most:
    its sum over any cells is never more than the conversations in them."""

    cell: Cell
    conversations: int
    firsts: int


@dataclass
class _Talk:
    seen_at: datetime
    day: date
    again: bool
    country: str = UNKNOWN
    turns: int = 0
    crisis: str | None = None
    ending: str = "silent"
    counted: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    waiting: list[tuple[str, str]] = field(default_factory=list)  # until a country is known


class Conversations:
    """The conversations that go on now. `on_crisis`: called when one of them becomes a crisis."""

    def __init__(self, most: int = MAX_HELD, on_crisis: Callable[[], None] = lambda: None) -> None:
        self._key = secrets.token_bytes(32)
        self._most, self._on_crisis = most, on_crisis
        self._talks: OrderedDict[bytes, _Talk] = OrderedDict()

    def __len__(self) -> int:
        return len(self._talks)

    def take(self, pseudonym: str, turn: Turn, at: datetime, *, again: bool,
             over: bool) -> list[Step]:  # fmt: skip
        """What one turn adds; also what conversations that ended meanwhile add.

        `again`: she had written before; `over`: she says that the danger has passed.
        """
        steps = list(self.ended(at))
        mark = blake2b(pseudonym.encode(), key=self._key, digest_size=16).digest()
        talk = self._talks.setdefault(mark, _Talk(at, local_day(at), again))
        self._talks.move_to_end(mark)
        talk.seen_at, talk.day = at, local_day(at)
        talk.turns += 1
        was_none = talk.crisis is None
        _follow_crisis(talk, turn, over)
        if was_none and talk.crisis:
            self._on_crisis()
        talk.waiting += [
            (cut.name, row) for cut in cuts().values() if cut.rows_of for row in cut.rows_of(turn)
        ]
        if turn.outcome in LOST:
            steps += _of_week(talk, turn.outcome)
        if turn.country != UNKNOWN:
            talk.country = turn.country
        if talk.country != UNKNOWN:
            steps += _counted(talk)
        if len(self._talks) > self._most:
            steps += _closed(self._talks.popitem(last=False)[1])
        return steps

    def sent(self, pseudonym: str, row: str, channel: str) -> list[Step] | None:
        """What the sending of an answer adds; None where nobody of that name is remembered."""
        mark = blake2b(pseudonym.encode(), key=self._key, digest_size=16).digest()
        talk = self._talks.get(mark)
        return None if talk is None else list(_step(talk, "delivery", row, channel))

    def forget(self, pseudonym: str) -> None:
        """She asked for everything to be erased."""
        mark = blake2b(pseudonym.encode(), key=self._key, digest_size=16).digest()
        self._talks.pop(mark, None)

    def ended(self, now: datetime) -> Iterator[Step]:
        """What conversations add that are over by `now`."""
        while self._talks:
            mark = next(iter(self._talks))
            if now - self._talks[mark].seen_at < SILENCE:
                return
            yield from _closed(self._talks.pop(mark))

    def close(self) -> Iterator[Step]:
        """The process stops: every conversation ends here."""
        while self._talks:
            yield from _closed(self._talks.popitem(last=False)[1])


def local_day(at: datetime) -> date:
    """The day of a moment, in Central America."""
    return (at + LOCAL).date()


def _follow_crisis(talk: _Talk, turn: Turn, over: bool) -> None:
    before = talk.crisis
    if turn.crisis and (before is None or turn.crisis != EMERGENCY):
        talk.crisis = turn.crisis  # an attack stays one, though she needs a doctor afterwards
    if before is None or turn.is_alarm:
        talk.ending = "silent"
    elif over:
        talk.ending = "over"
    elif turn.outcome == "person_offered":
        talk.ending = "person"
    elif turn.outcome == "left":
        talk.ending = "left"
    elif turn.outcome != CRISIS_CARD and talk.ending == "silent":
        talk.ending = "went_on"


def _counted(talk: _Talk) -> Iterator[Step]:
    waiting, talk.waiting = talk.waiting, []
    for cut, row in waiting:
        for step in _step(talk, cut, row):
            yield step
            if cut == "themes":  # once too: the weeks add up to the month
                place = replace(step.cell, cut=THEME_WEEK, row=f"{week(talk.day.day)}:{row}")
                yield Step(place, 1, step.firsts)


def _step(talk: _Talk, cut: str, row: str, column: str | None = None) -> Iterator[Step]:
    cells = talk.counted.setdefault(cut, set())
    place = (row, column or talk.country)
    if place in cells or len(cells) >= MAX_CELLS:
        return
    is_first = not cells
    cells.add(place)
    since = monday_of(talk.day) if cut == WEEK else month_of(talk.day)
    yield Step(Cell(since, cut, *place), 1, int(is_first))


def _of_week(talk: _Talk, row: str) -> Iterator[Step]:
    """Into the sums over all countries that alerts are made of: nobody twice."""
    yield from _step(talk, WEEK, row, EVERYWHERE)


def _closed(talk: _Talk) -> Iterator[Step]:
    yield from _counted(talk)
    yield from _step(talk, "volume", week(talk.day.day))
    yield from _of_week(talk, "volume")
    yield from _step(talk, "visits", f"{depth(talk.turns)}:{'again' if talk.again else 'first'}")
    if talk.crisis:
        yield from _step(talk, "crises", f"{talk.crisis}:{talk.ending}")
        yield from _of_week(talk, "crises")
