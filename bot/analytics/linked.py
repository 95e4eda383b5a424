"""What follows from several tables side by side, and which number more is hidden against it.

In a month in which every woman asks one thing, each crisis is one topic and one outcome, each
service that was looked for one outcome: a row of one table is the sum of rows of another. Then
fifteen crises of a country, less the twelve of distress, would be three women in danger. And each
has a phase, a channel and an hour: what one table shows of a country in all takes apart what
another has joined. Here the
program plays somebody who takes that for granted, has all these tables in one linear program, and
knows what everybody can see: which numbers are shown, each rounded (so it lies within a few of the
truth, and is not below the threshold), and that none is negative. Whatever small number this opens
is closed by hiding one of the numbers that the proof rests on, the smallest, in whichever table.
"""

from __future__ import annotations

import logging
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.analytics.cuts import LOST_ROW, UNANSWERED, cuts
from bot.analytics.linear import NOTHING, Extreme, Numbers
from bot.analytics.protect import ALL, REST, Place, Plan, secured, without
from bot.analytics.vocabulary import CHILDREN, COUNTRIES, CRISES, REPORT, themes, with_children

_log = logging.getLogger(__name__)

Cell = tuple[str, Place]  # a table's name, a cell
Rows = tuple[str, tuple[str, ...]]  # a table's name, rows whose sum is meant
# Of whatever she asks: every conversation is in one row of each of these.
ALWAYS = ("visits", "phases", "origins", "channels", "hours", "latency")
ALARMED: tuple[Rows, Rows] = (("outcomes", ("crisis_card",)), ("topics", tuple(CRISES)))
AT_ONCE = 3  # proofs broken before looking again
TRIED = 8  # numbers, for one proof: where each leaves another proof, the first goes all the same


def _rows(cut: str, start: str = "", ending: str = "") -> Rows:
    rows = cuts()[cut].rows
    return cut, tuple(row for row in rows if row.startswith(start) and row.endswith(ending))


def links() -> Iterator[tuple[Rows, Rows]]:
    """Rows of two tables with the same sum in every country, where every woman asks one thing.

    That every card is for danger or distress (ALARMED) is not so (a birth, a ransom): it is taken
    for granted all the same, because a reader may; where it fails, see `_compare`.
    """
    crisis, service = ALARMED[0], ("topics", ("find_service",))
    for intent, kind in CRISES.items():
        yield ("topics", (intent,)), _rows("crises", f"{kind}:")
    yield crisis, _rows("crises")
    yield ALARMED
    for end in ("service_found", "none_found"):
        yield ("outcomes", (end,)), _rows("services", ending=f":{end}")
    yield service, _rows("services")
    yield service, ("outcomes", ("service_found", "none_found"))
    yield ("outcomes", UNANSWERED), _rows("unanswered")
    yield ("outcomes", (LOST_ROW,)), ("unanswered", (LOST_ROW,))
    yield _rows("volume"), _rows("topics")
    for theme, topics in themes().items():
        yield ("themes", (theme,)), ("topics", topics)
    yield _rows("volume"), _rows("outcomes")
    for name in ALWAYS:
        yield _rows("volume"), _rows(name)
    yield ("topics", (REPORT,)), _rows("corrections")


def by_channel(channel: str) -> tuple[list[Cell], list[Cell]]:
    """Who writes by a channel is answered there: both have the same sum."""
    rows, of = cuts()["channels"], cuts()["delivery"]
    return ([("channels", (row, country)) for row in rows.rows for country in rows.columns
             if row.startswith(f"{channel}:")],
            [("delivery", (row, channel)) for row in of.rows])  # fmt: skip


def _at(rows: Rows, country: str) -> list[Cell]:
    return [(rows[0], (row, country)) for row in rows[1]]


@dataclass(frozen=True)
class Proof:
    """That a hidden cell is not zero, or below the threshold, and the published numbers (cells and
    sums) without which it would fail."""

    cell: Cell
    numbers: tuple[Cell, ...]


class Reader:
    """Somebody with all of these tables as they are published, and a linear program."""

    def __init__(self, plans: Mapping[str, Plan], threshold: int, step: int) -> None:
        self._plans, self._threshold, self._step = plans, threshold, step
        self._cells = [(name, (row, country)) for name, plan in plans.items()
                       for row in plan.table.headings for country in plan.table.countries
                       ]  # fmt: skip
        self._at = {cell: number for number, cell in enumerate(self._cells)}
        self._numbers = Numbers(len(self._cells))
        self._published: dict[int, Cell] = {}  # which of them each sum is
        for name, plan in plans.items():
            seen = {} if plan.withheld else self._read(name, plan)
            self._within(name, plan, seen)
        for left, right in links():
            if left[0] in plans and right[0] in plans:
                for country in COUNTRIES:
                    self._compare(_at(left, country), _at(right, country),
                                  of_alarms=(left, right) == ALARMED)  # fmt: skip
        if "channels" in plans and "delivery" in plans:
            for channel in plans["delivery"].table.countries:
                self._compare(*by_channel(channel))
        if "topics" in plans and "unanswered" in plans:
            for name, place in self._cells:
                if name == "unanswered" and place[0] != LOST_ROW:  # part of those who asked
                    both = [self._at[name, place], self._at["topics", place]]
                    self._numbers.add(both, [1, -1], -float("inf"), 0)

        if "themes" in plans and "topics" in plans:
            for theme, topics in themes().items():
                for country in COUNTRIES:
                    self._cover(theme, topics, country)
        if "themes" in plans:
            for country in COUNTRIES:
                self._at_most([("themes", (CHILDREN, country))],
                              [("themes", (theme, country)) for theme in with_children()]
                              )  # fmt: skip

    def _cover(self, theme: str, topics: Sequence[str], country: str) -> None:
        """Whoever asks of a topic asks of its theme, and the other way round: a theme is no less
        than each of its topics and no more than all of them, whatever else a woman asks."""
        cells: list[Cell] = [("topics", (topic, country)) for topic in topics]
        whole = "themes", (theme, country)
        for parts in ([each] for each in cells):
            self._at_most(parts, [whole])
        self._at_most([whole], cells)

    def _at_most(self, left: Sequence[Cell], right: Sequence[Cell]) -> None:
        """The first sum is not more than the second; where it is, as after so many cells that one
        conversation may count in, he knows by how much at most."""
        more = sum(map(self._value, left)) - sum(map(self._value, right))
        signs = [1] * len(left) + [-1] * len(right)
        self._numbers.add([self._at[cell] for cell in (*left, *right)], signs,
                          -float("inf"), max(0, more))  # fmt: skip

    def _within(self, name: str, plan: Plan, seen: Mapping[Place, tuple[float, float]]) -> None:
        """What is seen of cells, and what alerts had told of them, shown or not."""
        for place in {*seen, *plan.table.told}:
            low, high = seen.get(place, (0, float("inf")))
            least, most = plan.table.told.get(place, (0, float("inf")))
            value = self._value((name, place))  # a rule may have been changed since
            low, high = max(low, min(least, value)), min(high, max(most, value))
            self._numbers.within(self._at[name, place], low, high)

    def _read(self, name: str, plan: Plan) -> dict[Place, tuple[float, float]]:
        shown = {place: self._seen(self._value((name, place)), plan) for place in plan.shown()}
        sums = plan.column_blocks()
        sums |= {block: [(row, country) for row in rows for country in plan.table.countries]
                 for block, rows in plan.row_blocks().items()}  # fmt: skip
        for block, places in sums.items():
            cells = [(name, place) for place in places]
            seen = self._seen(sum(map(self._value, cells)), plan)
            number = self._numbers.add([self._at[c] for c in cells], [1] * len(cells), *seen)
            self._published[number] = name, block
        return {**shown}

    def _value(self, cell: Cell) -> int:
        return self._plans[cell[0]].table.at(cell[1]).conversations

    def _seen(self, value: int, plan: Plan) -> tuple[int, int]:
        """What else is rounded to the same number, and is not below the threshold."""
        low = (value + self._step // 2) // self._step * self._step - self._step // 2
        return max(low, min(plan.threshold, value)), low + self._step - 1

    def _compare(self, left: Sequence[Cell], right: Sequence[Cell], *,
                 of_alarms: bool = False) -> None:  # fmt: skip
        """Both sums are the same; where they are not, he knows how much they may differ at most."""
        apart = abs(sum(map(self._value, left)) - sum(map(self._value, right)))
        if apart and of_alarms:
            # These are the cards for another emergency. To be told that there is one is no
            # proof from figures, and to hide figures is no help against it.
            apart = max(apart, self._threshold)
        self._numbers.add([self._at[cell] for cell in (*left, *right)],
                          [1] * len(left) + [-1] * len(right), -apart, apart)  # fmt: skip

    def few(self) -> list[Cell]:
        """The hidden cells with somebody behind them, but fewer than the threshold."""
        return [(name, place) for name, plan in self._plans.items() for place in sorted(plan.hidden)
                if 0 < plan.table.at(place).conversations < plan.threshold]  # fmt: skip

    def proofs(self, of: Iterable[Cell]) -> Iterator[Proof]:
        """What can be proved of these cells."""
        cells = list(of)
        yield from self._proofs(cells, smallest=True)
        yield from self._proofs(cells, smallest=False)

    def _proofs(self, cells: list[Cell], smallest: bool) -> Iterator[Proof]:
        """First of all cells at once: a choice of numbers in which many are zero (or ten) shows
        that nothing can be proved of these. Then of what is left one by one."""
        left, before = cells, len(cells) + 1
        while left and len(left) < before:
            before = len(left)
            left = self._open(left, self._extreme(left, smallest), smallest)
        while left:
            found = self._extreme(left[:1], smallest)
            if self._open(left[:1], found, smallest):
                yield self._proof(left[0], found)
            left = self._open(left[1:], found, smallest)

    def _extreme(self, cells: list[Cell], smallest: bool) -> Extreme:
        numbers = [self._at[cell] for cell in cells]
        if smallest:
            return self._numbers.smallest(numbers)
        return self._numbers.largest(numbers, [self._enough(cell) for cell in cells])

    def _enough(self, cell: Cell) -> int:
        """Records are counted by fewer than conversations (bot/analytics/together.py)."""
        return self._plans[cell[0]].threshold

    def _open(self, cells: list[Cell], found: Extreme, smallest: bool) -> list[Cell]:
        """Those that are not zero (or not ten) in this choice."""
        values = [float(found.numbers[self._at[cell]]) for cell in cells]
        return [cell for cell, value in zip(cells, values, strict=True)
                if (value > NOTHING if smallest else value < self._enough(cell) - NOTHING)
                ]  # fmt: skip

    def _proof(self, cell: Cell, found: Extreme) -> Proof:
        cells = [self._cells[number] for number in sorted(found.bounds)]
        sums = [self._published[each] for each in sorted(found.sums) if each in self._published]
        return Proof(cell, (*(each for each in cells if self._is_shown(each)), *sums))

    def _is_shown(self, cell: Cell) -> bool:
        plan = self._plans[cell[0]]
        return not plan.withheld and cell[1] not in plan.hidden


def close(plans: Mapping[str, Plan], threshold: int, step: int) -> dict[str, Plan]:
    """The same with more hidden, until nothing can be proved of any small number; none of these
    tables where the solver fails."""
    try:
        return _closed(plans, threshold, step)
    except (RuntimeError, ImportError) as error:
        _log.error("the tables that tell of each other are withheld: %s", type(error).__name__)
        return {name: replace(plan, withheld=True) for name, plan in plans.items()}


def _closed(plans: Mapping[str, Plan], threshold: int, step: int) -> dict[str, Plan]:
    made = dict(plans)
    while _is_any_shown(made) and (proofs := _proofs(made, threshold, step)):
        for proof in proofs:
            for still in _proofs(made, threshold, step, {proof.cell})[:1]:
                made = _broken(made, still, threshold, step)
    return made


def _is_any_shown(plans: Mapping[str, Plan]) -> bool:
    """Else nothing is left to hide, whatever might follow: without this a month that told too much
    by its links alone was never published, and kept a processor busy for ever."""
    return not all(plan.withheld for plan in plans.values())


def _proofs(plans: Mapping[str, Plan], threshold: int, step: int,
            of: Container[Cell] | None = None) -> list[Proof]:  # fmt: skip
    """Of AT_ONCE cells, or fewer: each takes the solver a while, and to break one often breaks
    others, too."""
    reader = Reader(plans, threshold, step)
    every = reader.proofs(cell for cell in reader.few() if of is None or cell in of)
    return [*islice(every, AT_ONCE)]


def _broken(plans: Mapping[str, Plan], proof: Proof, threshold: int,
            step: int) -> dict[str, Plan]:  # fmt: skip
    """Without the number that is missed least of those without which nothing follows."""
    helping = _helping(plans, proof)
    if not helping:  # then the solver has lost count, and nothing is shown
        return {name: replace(plan, withheld=True) for name, plan in plans.items()}
    for name, number in helping[:TRIED]:
        tried = {**plans, name: without(plans[name], number)}
        if not _proofs(tried, threshold, step, {proof.cell}):
            break
    else:
        name, number = helping[0]
    return {**plans, name: secured(without(plans[name], number))}


def _helping(plans: Mapping[str, Plan], proof: Proof) -> list[Cell]:
    """Numbers whose loss may help: those that the proof rests on, and the smallest cell beside each
    of its sums; first those that are missed least. All conversations of a week are missed most."""
    found = set(proof.numbers)
    for name, (row, column) in proof.numbers:
        beside = [place for place in plans[name].shown() if row == place[0] or column == place[1]]
        found |= {(name, place) for place in beside[:1]}
    return sorted(
        found, key=lambda each: (each[0] == "volume", _missed(plans[each[0]], each[1]), each)
    )


def _missed(plan: Plan, number: Place) -> int:
    """How many conversations would be shown less."""
    name, column = number
    places = [number]
    if column == ALL:
        places = [(name, country) for country in plan.table.countries]
    elif name == REST:
        places = [place for place in plan.shown() if place[1] == column]
    return sum(plan.table.at(place).conversations for place in places)
