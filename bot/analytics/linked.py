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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from bot.analytics.linear import NOTHING, Choice, Extreme, Numbers
from bot.analytics.links import Cell, Granted
from bot.analytics.protect import ALL, REST, Place, Plan, secured, without

_log = logging.getLogger(__name__)

AT_ONCE = 3  # proofs broken before looking again
TRIED = 8  # numbers, for one proof: where each leaves another proof, the first goes all the same


@dataclass(frozen=True)
class Proof:
    """That a hidden cell is not zero, or below the threshold, and the published numbers (cells and
    sums) without which it would fail."""

    cell: Cell
    numbers: tuple[Cell, ...]


class Reader:
    """Somebody with all of these tables as they are published, and a linear program."""

    def __init__(self, plans: Mapping[str, Plan], granted: Granted) -> None:
        self._plans, self._granted, self._at = plans, granted, granted.at
        self._numbers = Numbers(len(granted.cells), granted.sums)
        self._published: dict[int, Cell] = {}  # which of them each sum is
        for name, plan in plans.items():
            seen = {} if plan.withheld else self._read(name, plan)
            self._within(name, plan, seen)

    def _within(self, name: str, plan: Plan, seen: Mapping[Place, tuple[float, float]]) -> None:
        """What is seen of cells, and what alerts had told of them, shown or not."""
        for place in {*seen, *plan.table.told}:
            low, high = seen.get(place, (0, float("inf")))
            least, most = plan.table.told.get(place, (0, float("inf")))
            value = self._granted.values[name, place]  # a rule may have been changed since
            low, high = max(low, min(least, value)), min(high, max(most, value))
            self._numbers.within(self._at[name, place], low, high)

    def _read(self, name: str, plan: Plan) -> dict[Place, tuple[float, float]]:
        shown = {place: self._seen(self._granted.values[name, place], plan)
                 for place in plan.shown()}  # fmt: skip
        sums = plan.column_blocks()
        sums |= {block: [(row, country) for row in rows for country in plan.table.countries]
                 for block, rows in plan.row_blocks().items()}  # fmt: skip
        for block, places in sums.items():
            cells = [(name, place) for place in places]
            seen = self._seen(self._granted.of(cells), plan)
            number = self._numbers.add([self._at[c] for c in cells], [1] * len(cells), *seen)
            self._published[number] = name, block
        return {**shown}

    def _seen(self, value: int, plan: Plan) -> tuple[int, int]:
        """What else is rounded to the same number, and is not below the threshold."""
        step = self._granted.step
        low = (value + step // 2) // step * step - step // 2
        return max(low, min(plan.threshold, value)), low + step - 1

    def few(self) -> list[Cell]:
        """The hidden cells with somebody behind them, but fewer than the threshold."""
        return [(name, place) for name, plan in self._plans.items() for place in sorted(plan.hidden)
                if 0 < plan.table.at(place).conversations < plan.threshold]  # fmt: skip

    def proofs(self, of: Iterable[Cell]) -> Iterator[Proof]:
        """What can be proved of these cells."""
        cells, choices = list(of), self._granted.choices
        before, known = len(choices), self._numbers.allowed(choices)
        for smallest in (True, False):
            left = cells
            for choice in (*known, *choices[before:]):
                left = self._open(left, choice, smallest)
            yield from self._proofs(left, smallest)

    def _proofs(self, cells: list[Cell], smallest: bool) -> Iterator[Proof]:
        """First of all cells at once: a choice of numbers in which many are zero (or ten) shows
        that nothing can be proved of these. Then of what is left one by one."""
        left, before = cells, len(cells) + 1
        while 1 < len(left) < before:
            before = len(left)
            left = self._open(left, self._extreme(left, smallest).numbers, smallest)
        while left:
            found = self._extreme(left[:1], smallest)
            if self._open(left[:1], found.numbers, smallest):
                yield self._proof(left[0], found)
            left = self._open(left[1:], found.numbers, smallest)

    def _extreme(self, cells: list[Cell], smallest: bool) -> Extreme:
        numbers = [self._at[cell] for cell in cells]
        if smallest:
            found = self._numbers.smallest(numbers)
        else:
            found = self._numbers.largest(numbers, [self._enough(cell) for cell in cells])
        self._granted.choices.append(found.numbers)
        return found

    def _enough(self, cell: Cell) -> int:
        """Records are counted by fewer than conversations (bot/analytics/together.py)."""
        return self._plans[cell[0]].threshold

    def _open(self, cells: list[Cell], choice: Choice, smallest: bool) -> list[Cell]:
        """Those that are not zero (or not ten) in this choice."""
        values = choice[[self._at[cell] for cell in cells]].tolist()
        return [cell for cell, value in zip(cells, values, strict=True)
                if (value > NOTHING if smallest else value < self._enough(cell) - NOTHING)
                ]  # fmt: skip

    def _proof(self, cell: Cell, found: Extreme) -> Proof:
        cells = [self._granted.cells[number] for number in sorted(found.bounds)]
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
    granted = Granted({name: plan.table for name, plan in plans.items()}, threshold, step)
    made = dict(plans)
    while _is_any_shown(made) and (proofs := _proofs(made, granted)):
        before = made
        for proof in proofs:
            for still in [proof] if made is before else _proofs(made, granted, proof):
                made = _broken(made, still, granted)
    return made


def _is_any_shown(plans: Mapping[str, Plan]) -> bool:
    """Else nothing is left to hide, whatever might follow: without this a month that told too much
    by its links alone was never published, and kept a processor busy for ever."""
    return not all(plan.withheld for plan in plans.values())


def _proofs(plans: Mapping[str, Plan], granted: Granted, of: Proof | None = None) -> list[Proof]:
    """Of AT_ONCE cells, or fewer: each takes the solver a while, and to break one often breaks
    others, too. Or one `of` the same cell as that."""
    reader = Reader(plans, granted)
    if of is not None:
        return [*islice(reader.proofs([of.cell]), 1)]
    return [*islice(reader.proofs(reader.few()), AT_ONCE)]


def _broken(plans: Mapping[str, Plan], proof: Proof, granted: Granted) -> dict[str, Plan]:
    """Without the number that is missed least of those without which nothing follows."""
    helping = _helping(plans, proof)
    if not helping:  # then the solver has lost count, and nothing is shown
        return {name: replace(plan, withheld=True) for name, plan in plans.items()}
    for name, number in helping[:TRIED]:
        tried = {**plans, name: without(plans[name], number)}
        if not _proofs(tried, granted, proof):
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
