"""How much an outsider can work out about a number that is not shown.

Numbers that are not shown still lie in sums that are: of a row, of what was merged in a country.
Seen as a graph, each hidden number is an edge between the sum of its row and the sum of its
column. How far it can move while every sum stays true is a flow problem; with whole numbers the
answer is exact. After D. Gusfield, "A graph theoretic approach to statistical data security",
SIAM Journal on Computing 17 (1988), 552-571. Rounding is left out: the outsider is taken to know
every published number exactly.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

Node = Hashable
Name = tuple[str, str]
ENDLESS = 1 << 60


@dataclass(frozen=True)
class Edge:
    """A hidden number, between the two published sums that it is part of."""

    row: Name
    column: Name
    value: int


class Sums:
    """All hidden numbers with the sums that bind them."""

    def __init__(self, edges: Mapping[Name, Edge]) -> None:
        self._edges = edges
        self.reached: set[Node] = set()  # by the last flow that was not enough: its bottleneck
        self._capacity: dict[Node, dict[Node, int]] = defaultdict(dict)
        for edge in edges.values():
            row, column = ("row", edge.row), ("column", edge.column)
            self._capacity[row][column] = self._capacity[row].get(column, 0) + ENDLESS
            self._capacity[column][row] = self._capacity[column].get(row, 0) + edge.value

    def can_grow(self, name: Name, enough: int) -> int:
        """How much larger the number might be for all that is known; at most `enough`."""
        edge = self._edges[name]
        return self._flow(("column", edge.column), ("row", edge.row), edge, enough)

    def can_shrink(self, name: Name) -> int:
        """How much smaller the number might be."""
        edge = self._edges[name]
        return self._flow(("row", edge.row), ("column", edge.column), edge, edge.value)

    def _flow(self, source: Node, target: Node, without: Edge, enough: int) -> int:
        used: dict[tuple[Node, Node], int] = defaultdict(int)
        row, column = ("row", without.row), ("column", without.column)
        used[row, column], used[column, row] = ENDLESS, without.value
        flow = 0
        while flow < enough:
            path = self._path(source, target, used)
            if not path:
                break
            room = min(self._capacity[a].get(b, 0) - used[a, b] for a, b in path)
            step = min(room, enough - flow)
            for a, b in path:
                used[a, b] += step
                used[b, a] -= step
            flow += step
        return flow

    def _path(self, source: Node, target: Node,
              used: Mapping[tuple[Node, Node], int]) -> list[tuple[Node, Node]]:  # fmt: skip
        came: dict[Node, Node] = {source: source}
        queue = deque([source])
        while queue:
            here = queue.popleft()
            for there, capacity in self._capacity[here].items():
                if there not in came and capacity - used.get((here, there), 0) > 0:
                    came[there] = here
                    if there == target:
                        return _steps(came, source, target)
                    queue.append(there)
        self.reached = set(came)
        return []


def _steps(came: Mapping[Node, Node], source: Node, target: Node) -> list[tuple[Node, Node]]:
    steps = []
    while target != source:
        steps.append((came[target], target))
        target = came[target]
    return steps
