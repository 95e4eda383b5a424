"""An outsider with a linear program: what follows about hidden numbers from all that is shown.

Independent of bot/analytics/audit.py and linked.py on purpose: it knows only what was published
(exactly, as if nothing were rounded; or, where tables stand side by side, as it is rounded) and
that numbers are not negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_array, csr_matrix, identity

from bot.analytics.protect import OTHERS, REST, Place, Plan

Cell = tuple[str, Place]  # a table's name, a cell
Sum = tuple[list[Cell], int]  # cells whose sum is known


def known_sums(name: str, plan: Plan) -> list[Sum]:
    """What a reader of the table knows, under which names whatever was merged is published."""
    at = plan.table.at
    sums: list[Sum] = [([(name, each)], at(each).conversations) for each in plan.shown()]
    for places in plan.column_blocks().values():
        sums.append(([(name, each) for each in places], sum(at(p).conversations for p in places)))
    for rows in plan.row_blocks().values():
        cells = [(row, country) for row in rows for country in plan.table.countries]
        sums.append(([(name, each) for each in cells], sum(at(p).conversations for p in cells)))
    return sums


def bounds(
    sums: Sequence[Sum], targets: Sequence[Cell], parts: Sequence[tuple[Cell, Cell]] = ()
) -> dict[Cell, tuple[int, int]]:
    """The smallest and largest value that each target can have. `parts`: (a part, its whole)."""
    names = sorted({cell for cells, _ in sums for cell in cells})
    column = {cell: number for number, cell in enumerate(names)}
    entries = [(row, column[cell]) for row, (cells, _) in enumerate(sums) for cell in cells]
    rows, columns = zip(*entries, strict=True)
    known = csr_matrix((np.ones(len(entries)), (rows, columns)), (len(sums), len(names)))
    values = np.array([value for _, value in sums], float)
    less = None
    if parts:
        less = np.zeros((len(parts), len(names)))
        for row, (part, whole) in enumerate(parts):
            less[row, column[part]], less[row, column[whole]] = 1, -1
    found = {}
    for target in targets:
        ends = []
        for sign in (1, -1):
            cost = np.zeros(len(names))
            cost[column[target]] = sign
            result = linprog(cost, less, None if less is None else np.zeros(len(parts)),
                             known, values, bounds=(0, None), method="highs")  # fmt: skip
            assert result.status in (0, 3), result.message
            ends.append(sign * result.fun if result.status == 0 else np.inf)
        found[target] = (round(ends[0]), round(min(ends[1], 1e9)))
    return found


def totals_from_elsewhere(plans: Mapping[str, Plan]) -> dict[str, int]:
    """Countries whose conversations follow from a table in which all of them are in own sums.

    Every conversation is in each of these tables once, so that they share these totals.
    """
    found = {}
    for plan in plans.values():
        joined = {place[1] for place in plan.column_blocks().get((REST, OTHERS), [])}
        for country in set(plan.table.countries) - joined:
            cells = [(row, country) for row in plan.table.headings]
            found[country] = sum(plan.table.at(place).conversations for place in cells)
    return found


def recovered(
    plans: Mapping[str, Plan],
    threshold: int,
    most: int = 60,
    totals: Mapping[str, int] | None = None,
) -> list[str]:
    """Hidden numbers below the threshold of which the outsider can tell that somebody is there,
    or that they are below the threshold. Looks at `most` of each table, the rarest first."""
    told = []
    for name, plan in plans.items():
        few = [(name, p) for p in plan.hidden if plan.table.at(p).conversations < threshold]
        few.sort(key=lambda each: (plan.table.at(each[1]).conversations == 0, each))
        sums = known_sums(name, plan)
        for country, total in (totals or {}).items():
            sums.append(([(name, (row, country)) for row in plan.table.headings], total))
        for (_, place), (low, high) in bounds(sums, few[:most]).items():
            if low > 0 or high < threshold:
                told.append(f"{name} {place}: {low} to {high}")
    return told


def opened(
    sums: Sequence[Sum],
    equal: Sequence[tuple[list[Cell], list[Cell]]],
    targets: Sequence[Cell],
    threshold: int,
    at_most: Sequence[tuple[list[Cell], list[Cell]]] = (),
    told: Mapping[Cell, tuple[float, float]] | None = None,
) -> Iterator[str]:
    """The targets that cannot be zero, or not the threshold, for somebody who sees all sums rounded
    to five and knows that none is below ten. `equal`: cells that have the same sum as others;
    `at_most`: whose sum is no more than that of others; `told`: what alerts have told of a cell."""
    pairs = [*equal, *at_most]
    names = sorted({cell for cells, _ in sums for cell in cells}
                   | {cell for pair in pairs for cells in pair for cell in cells})  # fmt: skip
    column = {cell: number for number, cell in enumerate(names)}
    rows, limits = [], []
    for cells, value in sums:
        seen = (value + 2) // 5 * 5
        assert value >= 10, cells
        rows += [[(cell, 1) for cell in cells], [(cell, -1) for cell in cells]]
        limits += [seen + 2, -max(seen - 2, 10)]
    for left, right in equal:
        signed = [*((cell, 1) for cell in left), *((cell, -1) for cell in right)]
        rows += [signed, [(cell, -sign) for cell, sign in signed]]
        limits += [0, 0]
    for left, right in at_most:
        rows.append([*((cell, 1) for cell in left), *((cell, -1) for cell in right)])
        limits.append(0)
    for cell, (least, most) in (told or {}).items():
        rows.append([(cell, -1)])
        limits.append(-round(least))
        if most < float("inf"):
            rows.append([(cell, 1)])
            limits.append(round(most))
    entries = [(row, column[cell], sign) for row, many in enumerate(rows) for cell, sign in many]
    at, of, signs = zip(*entries, strict=True)
    known = csr_matrix((signs, (at, of)), (len(rows), len(names)), dtype=float)
    for sign, what in ((1, "somebody is there"), (-1, "they are few")):
        left, together = [*targets], True  # first all at once: many may be met in one solution
        while left:
            asked = [column[each] for each in (left if together else left[:1])]
            found = _extreme(known, limits, asked, sign, threshold)
            met = {each for each in left
                   if (found[column[each]] < 1e-6 if sign > 0
                       else found[column[each]] > threshold - 1e-6)}  # fmt: skip
            if not together and left[0] not in met:
                yield f"{left[0]}: {what}"
                met.add(left[0])
            together = together and bool(met)
            left = [each for each in left if each not in met]


def _extreme(known: csr_matrix, limits: Sequence[int], asked: Sequence[int], sign: int,
             threshold: int) -> np.ndarray:  # fmt: skip
    """All numbers where those `asked` are as small as can be together; or as large, none of them
    counting for more than the threshold: then what counts of each is a number of its own."""
    size, more = known.shape[1], len(asked) if sign < 0 else 0
    cost = np.zeros(size + more)
    ends = np.tile((0.0, np.inf), (size + more, 1))
    if sign > 0:
        cost[asked] = 1
    else:
        cost[size:], ends[size:, 1] = -1, threshold
        picked = csr_matrix((-np.ones(more), (range(more), asked)), (more, size))
        known = block_array([[known, None], [picked, identity(more)]], format="csr")
        limits = [*limits, *[0] * more]
    result = linprog(cost, known, limits, bounds=ends, method="highs")
    assert result.status == 0, result.message
    found: np.ndarray = result.x
    return found
