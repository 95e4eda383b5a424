"""Numbers of which only bounds and sums are known: how small and how large can some of them be?

A linear program, solved by HiGHS (Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised
simplex method", Mathematical Programming Computation 10 (2018), 119-142) through SciPy, which is
loaded where a month is published and not before: it takes memory. The dual values of a solution
tell which bounds and sums it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NOTHING = 1e-6  # what a solver calls nothing
Choice = NDArray[np.float64]  # what all numbers could be


@dataclass(frozen=True)
class Extreme:
    """One possible choice of all numbers, and the bounds and sums that keep it from going on: its
    own first, then those known besides."""

    numbers: Choice
    bounds: frozenset[int]
    sums: frozenset[int]


class Sums:
    """Sums of some of `size` numbers, and between what they lie."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._sums: list[tuple[list[int], list[int], float, float]] = []
        self._matrix: csr_matrix | None = None

    def __len__(self) -> int:
        return len(self._sums)

    def add(self, numbers: list[int], signs: list[int], low: float, high: float) -> int:
        """One more; returns its own number."""
        self._sums.append((numbers, signs, low, high))
        self._matrix = None
        return len(self._sums) - 1

    def matrix(self) -> csr_matrix:
        """A row each."""
        from scipy.sparse import csr_matrix

        if self._matrix is None:
            ends = np.cumsum([0, *(len(numbers) for numbers, *_ in self._sums)])
            numbers = [number for numbers, *_ in self._sums for number in numbers]
            signs = [sign for _, signs, *_ in self._sums for sign in signs]
            self._matrix = csr_matrix((np.array(signs, float), np.array(numbers, int), ends),
                                      (len(self), self._size))  # fmt: skip
        return self._matrix

    def limits(self) -> tuple[list[float], list[float]]:
        """How small they can be, and how large."""
        return [low for _, _, low, _ in self._sums], [high for *_, high in self._sums]


class Numbers:
    """So many numbers, none of them negative. `also`: sums that are known of them besides."""

    def __init__(self, size: int, also: Sums | None = None) -> None:
        self._size = size
        self._bounds = np.tile((0.0, np.inf), (size, 1))
        self._own, self._also = Sums(size), also or Sums(size)
        self._matrix: tuple[csr_matrix, NDArray[np.float64]] | None = None
        self._bound = np.array([], int)  # which sums' bounds are in it

    def within(self, number: int, low: float, high: float) -> None:
        """One of them lies within these bounds."""
        self._bounds[number] = low, high

    def add(self, numbers: list[int], signs: list[int], low: float, high: float) -> int:
        """Their sum lies within these bounds; returns the sum's own number."""
        self._matrix = None
        return self._own.add(numbers, signs, low, high)

    def allowed(self, choices: Sequence[Choice]) -> list[Choice]:
        """Those of these choices of all numbers that keep every bound and sum."""
        if not choices:
            return []
        some = np.array(choices)
        kept = ((some >= self._bounds[:, 0] - NOTHING)
                & (some <= self._bounds[:, 1] + NOTHING)).all(axis=1)  # fmt: skip
        known, limits = self._known()
        left = np.flatnonzero(kept)
        if left.size:
            kept[left] = (known @ some[left].T <= limits[:, None] + NOTHING).all(axis=0)
        return [choice for choice, is_kept in zip(choices, kept, strict=True) if is_kept]

    def smallest(self, of: Iterable[int]) -> Extreme:
        """These numbers together as small as can be."""
        cost = np.zeros(self._size)
        cost[list(of)] = 1
        return self._solve(cost, *self._known(), self._bounds)

    def largest(self, of: Iterable[int], most: Sequence[float]) -> Extreme:
        """These numbers together as large as can be, where each counts for no more than its
        `most`."""
        from scipy.sparse import block_array, csr_matrix, identity

        wanted = list(of)
        more = len(wanted)
        picked = csr_matrix((-np.ones(more), (range(more), wanted)), (more, self._size))
        known, limits = self._known()
        return self._solve(
            np.concatenate([np.zeros(self._size), -np.ones(more)]),
            block_array([[known, None], [picked, identity(more)]], format="csr"),
            np.concatenate([limits, np.zeros(more)]),
            np.vstack([self._bounds, np.column_stack([np.zeros(more), most])]),
        )

    def _known(self) -> tuple[csr_matrix, NDArray[np.float64]]:
        """All sums, as what they do not exceed: first every upper bound, then every lower one."""
        from scipy.sparse import vstack

        if self._matrix is None:
            sums = vstack([self._own.matrix(), self._also.matrix()], format="csr")
            (low, high), (also_low, also_high) = self._own.limits(), self._also.limits()
            limits = np.array([*high, *also_high, *(-each for each in (*low, *also_low))])
            self._bound = np.flatnonzero(np.isfinite(limits))
            self._matrix = vstack([sums, -sums], format="csr")[self._bound], limits[self._bound]
        return self._matrix

    def _solve(self, cost: NDArray[np.float64], known: csr_matrix, limits: NDArray[np.float64],
               bounds: NDArray[np.float64]) -> Extreme:  # fmt: skip
        from scipy.optimize import linprog

        found = linprog(cost, known, limits, bounds=bounds, method="highs")
        if found.status != 0:  # the true numbers are always one solution
            raise RuntimeError(found.message)
        held = abs(found.lower.marginals[: self._size]) + abs(found.upper.marginals[: self._size])
        sums = abs(found.ineqlin.marginals[: len(self._bound)]) > NOTHING
        return Extreme(
            found.x[: self._size],
            frozenset(map(int, np.flatnonzero(held > NOTHING))),
            frozenset(int(each) % (len(self._own) + len(self._also)) for each in self._bound[sums]),
        )
