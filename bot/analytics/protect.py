"""What of a table may be shown.

A number is shown where at least `threshold` conversations stand behind it. Others are merged: in
their country (by heading, else with all others of the country, else with other countries), and in
their row (all countries together). Every number so lies in one published sum of its country and in
one of its row; further numbers are merged until nobody can tell from these sums whether a merged
number is nothing at all, or less than the threshold (bot/analytics/audit.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.analytics.audit import Edge, Sums

ALL, REST, OTHERS = "*", "rest", "others"
ROW, COLUMN, BOTH, HELP = "row", "column", "both", "help"
AT_ONCE = 3  # cells strengthened before looking again: each hidden number often protects others
Place = tuple[str, str]  # row, country
Block = tuple[str, str]  # "rest:heading" or "rest" or a row's name; a country, OTHERS or ALL


@dataclass(frozen=True)
class Count:
    """One cell: its conversations; `firsts` may be added up over cells without counting anybody
    twice."""

    conversations: int = 0
    firsts: int = 0


NOBODY = Count()


@dataclass(frozen=True)
class Table:
    """A cut with its counts. `parts_of`: the counts of a table that this one is part of; `small`:
    countries that are shown together only, in every table alike (see `small_countries`)."""

    headings: Mapping[str, str]  # of each row
    countries: tuple[str, ...]
    counts: Mapping[Place, Count]
    parts_of: Mapping[Place, Count] | None = None
    small: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()  # columns whose totals a reader has from another table
    # What alerts have told already of cells: how small and how large they may be.
    told: Mapping[Place, tuple[float, float]] = field(default_factory=dict)

    def at(self, place: Place) -> Count:
        """The count of a cell."""
        return self.counts.get(place, NOBODY)

    def tells_of_others(self, places: Iterable[Place], threshold: int) -> bool:
        """Whether the table that this is part of, less these cells, would leave a few people."""
        if self.parts_of is None:
            return False
        places = list(places)
        whole = sum(self.parts_of.get(each, NOBODY).conversations for each in places)
        rest = whole - sum(self.at(each).conversations for each in places)
        return 0 < rest < threshold


def people(counts: Iterable[Count]) -> int:
    """How many conversations are surely behind these cells together."""
    found = list(counts)
    most = max((each.conversations for each in found), default=0)
    return max(most, sum(each.firsts for each in found))


@dataclass
class Plan:
    """Which cells are hidden, and which sums are published instead."""

    table: Table
    threshold: int
    hidden: set[Place] = field(default_factory=set)
    joined_rows: set[str] = field(default_factory=set)  # without a sum of their own
    whole_rows: bool = False  # rows share one rest, whatever their heading
    joined: set[str] = field(default_factory=set)  # countries without any number of their own
    flat: set[str] = field(default_factory=set)  # countries with one rest for all headings
    withheld: bool = False

    def column_blocks(self) -> dict[Block, list[Place]]:
        """The hidden cells by the sum of their country in which they are."""
        by_country: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
        for place in sorted(self.hidden):
            heading = self.table.headings[place[0]]
            by_country[place[1]][heading].append(place)
        blocks: dict[Block, list[Place]] = {}
        others: list[Place] = []
        for country, headings in by_country.items():
            if country in self.joined:
                others += [place for places in headings.values() for place in places]
                continue
            rest: list[Place] = []
            for heading, places in headings.items():
                if heading and country not in self.flat and self._is_enough(places):
                    blocks[f"{REST}:{heading}", country] = places
                else:
                    rest += places
            if rest:
                blocks[REST, country] = rest
        if others:
            blocks[REST, OTHERS] = others
        return blocks

    def join(self, country: str) -> None:
        """Show the country together with the others that are joined, and nothing of it alone."""
        self.joined.add(country)
        self.hidden |= {(row, country) for row in self.table.headings}

    def row_blocks(self) -> dict[Block, list[str]]:
        """The rows by the sum over all countries in which they are."""
        blocks: dict[Block, list[str]] = {}
        rest: list[str] = []
        merged: dict[str, list[str]] = defaultdict(list)
        for row, heading in self.table.headings.items():
            if row in self.joined_rows:
                merged[heading].append(row)
            else:
                blocks[row, ALL] = [row]
        for heading, rows in merged.items():
            enough = self._is_enough([(r, c) for r in rows for c in self.table.countries])
            if heading and enough and not self.whole_rows:
                blocks[f"{REST}:{heading}", ALL] = rows
            else:
                rest += rows
        if rest:
            blocks[REST, ALL] = rest
        return blocks

    def edges(self) -> dict[Place, Edge]:
        """Every hidden cell between its two sums."""
        row_of = {row: block for block, rows in self.row_blocks().items() for row in rows}
        return {
            place: Edge(row_of[place[0]], self._column_of(place, block),
                        self.table.at(place).conversations)
            for block, places in self.column_blocks().items()
            for place in places
        }  # fmt: skip

    def _column_of(self, place: Place, block: Block) -> Block:
        """A country whose total is known is not hidden among those that it is joined with."""
        return (REST, place[1]) if block[1] == OTHERS and place[1] in self.table.known else block

    def shown(self) -> list[Place]:
        """The cells that are shown, smallest first."""
        every = [(r, c) for r in self.table.headings for c in self.table.countries]
        seen = [place for place in every if place not in self.hidden]
        return sorted(seen, key=lambda each: (self.table.at(each).conversations, each))

    def _is_enough(self, places: Iterable[Place]) -> bool:
        return people(map(self.table.at, places)) >= self.threshold


def plan_for(table: Table, threshold: int) -> Plan:
    """What of a table by itself may be shown."""
    plan = Plan(table, threshold)
    every = [(row, country) for row in table.headings for country in table.countries]
    plan.hidden = {place for place in every if _is_few(table, [place], threshold)}
    for country in table.countries:
        whole = [table.at((row, country)) for row in table.headings]
        if country in table.small or people(whole) < threshold:
            plan.join(country)
    for row in table.headings:
        if _is_few(table, [(row, country) for country in table.countries], threshold):
            plan.joined_rows.add(row)
    return secured(plan)


def without(plan: Plan, number: Place) -> Plan:
    """The same without one of its numbers, as `published` names them: a cell is hidden as well, a
    sum merged with others. What this would tell is left to `secured`."""
    made = replace(plan, hidden={*plan.hidden}, joined_rows={*plan.joined_rows},
                   joined={*plan.joined}, flat={*plan.flat})  # fmt: skip
    name, column = number
    if name in plan.table.headings:
        if column == ALL:
            made.joined_rows.add(name)
        else:
            made.hidden.add(number)
    elif column in (ALL, OTHERS):
        _merge_more(made, ROW if column == ALL else COLUMN)
    elif name == REST:
        made.join(column)
    else:
        made.flat.add(column)
    return made


def secured(plan: Plan) -> Plan:
    """Hides and merges until nothing can be worked out; withholds all where nothing else helps."""
    while not plan.withheld and (weak := _weak(plan)):
        for axis, place in weak[:AT_ONCE]:
            _strengthen(plan, axis, place)
    return plan


def _is_few(table: Table, places: list[Place], threshold: int) -> bool:
    few = people(map(table.at, places)) < threshold
    return few or table.tells_of_others(places, threshold)


def _weak(plan: Plan) -> list[tuple[str, Place]]:
    """Hidden cells of which too much can be worked out, and by which sum: first those of few.

    With BOTH comes the cell that would help most if it were hidden as well, where there is one.
    """
    edges = plan.edges()
    by_sum: dict[tuple[str, Block], list[Place]] = defaultdict(list)
    for place, edge in edges.items():
        by_sum[ROW, edge.row].append(place)
        by_sum[COLUMN, edge.column].append(place)
    few = [
        (axis, places[0])
        for (axis, _), places in by_sum.items()
        if people(map(plan.table.at, places)) < plan.threshold
    ]
    if few:
        return few
    sums = Sums(edges)
    found: list[tuple[str, Place]] = []
    for place in sorted(edges):
        if len(found) < AT_ONCE and not _is_safe(plan, sums, place):
            help_ = _beyond(plan, sums.reached)
            found.append((HELP, help_) if help_ else (BOTH, place))
    return found


def _beyond(plan: Plan, reached: set[Hashable]) -> Place | None:
    """The smallest shown cell that would lead out of the sums within which numbers can move."""
    row_of = {row: block for block, rows in plan.row_blocks().items() for row in rows}
    for row, country in plan.shown():
        column = ("column", (REST, country))
        if ("row", row_of[row]) in reached and column not in reached:
            return row, country
    return None


def _is_safe(plan: Plan, sums: Sums, place: Place) -> bool:
    value, threshold = plan.table.at(place).conversations, plan.threshold
    if value < threshold:
        may_be_none = sums.can_shrink(place) == value
        return may_be_none and sums.can_grow(place, threshold - value) == threshold - value
    if plan.table.tells_of_others([place], threshold):
        return sums.can_shrink(place) + sums.can_grow(place, threshold) >= threshold
    return True


def _strengthen(plan: Plan, axis: str, place: Place) -> None:
    """Hide the smallest number beside `place`; where there is none, merge its sums with others."""
    row, country = place
    if axis == HELP:
        plan.hidden.add(place)
        return
    if axis == COLUMN and country not in plan.joined | plan.flat:
        plan.flat.add(country)
        return
    shown = plan.shown()
    in_row = [each for each in shown if each[0] == row and axis != COLUMN]
    in_column = [each for each in shown if each[1] == country and axis != ROW]
    if in_row or in_column:
        plan.hidden.add(min(in_row + in_column, key=shown.index))
    elif axis != COLUMN and row not in plan.joined_rows:
        plan.joined_rows.add(row)
    else:
        _merge_more(plan, axis)


def _merge_more(plan: Plan, axis: str) -> None:
    """Nothing is left to hide beside it: give the sum of what is left over more members."""
    table = plan.table
    rows = [each for each in table.headings if each not in plan.joined_rows]
    alone = [each for each in table.countries if each not in plan.joined]
    if axis != COLUMN and not plan.whole_rows:
        plan.whole_rows = True
    elif axis == COLUMN and alone:
        plan.join(min(alone, key=lambda each: (_total(table, each), each)))
    elif rows:
        plan.joined_rows.add(min(rows, key=lambda each: (_size(table, each), each)))
    elif shown := plan.shown():
        plan.hidden.add(shown[0])
    else:
        plan.withheld = True


def small_countries(totals: Mapping[str, int], threshold: int) -> frozenset[str]:
    """The countries that are shown together, by their conversations of the month.

    One choice for all tables: were a country alone in one and joined in another, its total in the
    first would take the joined ones of the second apart.
    """
    small = {country for country, total in totals.items() if total < threshold}
    larger = sorted(set(totals) - small, key=lambda each: (totals[each], each))
    while small and larger and sum(totals[each] for each in small) < threshold:
        small.add(larger.pop(0))
    if len(small) == 1 and larger:
        small.add(larger[0])
    return frozenset(small)


def _total(table: Table, country: str) -> int:
    return sum(table.at((row, country)).conversations for row in table.headings)


def _size(table: Table, row: str) -> int:
    return sum(table.at((row, country)).conversations for country in table.countries)


def protected(table: Table, threshold: int) -> dict[Place, int]:
    """Every number of a table that may be shown."""
    return published(plan_for(table, threshold))


def published(plan: Plan) -> dict[Place, int]:
    """The same of a plan, not rounded yet; `ALL`, `REST`, `OTHERS` name the sums."""
    table = plan.table
    if plan.withheld:
        return {}
    found = {place: table.at(place).conversations for place in plan.shown()}
    for column, places in plan.column_blocks().items():
        found[column] = sum(table.at(place).conversations for place in places)
    for (name, _), rows in plan.row_blocks().items():
        found[name, ALL] = sum(_size(table, row) for row in rows)
    return found
