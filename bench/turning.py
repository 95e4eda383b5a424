"""Learns the matrix that turns vectors: a message comes nearer to the statement that answers it.

The sentence encoder was made for other texts. What is learnt: a matrix near to doing nothing, under
which what women ask when a statement is the answer lies together, and so do the labelled turns of
data/talks with what answers them. Used by bench/ranking.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

CANDIDATES, TOGETHER = 24, 128
RATE, SHARPNESS, HOLD = 2e-4, 14.0, 2e-3  # HOLD: what keeps it near to doing nothing
FLAT = -1e9


@dataclass(frozen=True)
class Texts:
    """Vectors `(n, d)` of what statements say and are asked for, and whose each is."""

    vectors: Any
    owners: Any  # (n,) numbers of statements
    of_country: Mapping[str, Any]  # rows that may be told there, the region's among them


@dataclass(frozen=True)
class Query:
    """A message, where it is asked, the numbers of the statements that answer it; `row`: its own
    among the texts, where it is one of them."""

    vector: Any
    country: str
    answers: tuple[int, ...]
    row: int | None = None


def candidates(texts: Texts, queries: Sequence[Query]) -> list[dict[int, int]]:
    """Of each query, by statement, the text of it that comes closest: of the closest statements
    and of the answers."""
    found: list[dict[int, int]] = [{} for _ in queries]
    for country, rows in texts.of_country.items():
        there, owners = texts.vectors[rows], texts.owners[rows]
        own = [i for i, query in enumerate(queries) if query.country == country]
        for start in range(0, len(own), TOGETHER):
            some = own[start : start + TOGETHER]
            near = there @ np.stack([queries[i].vector for i in some]).T
            for column, i in enumerate(some):
                found[i] = _closest(near[:, column], rows, owners, queries[i])
    return found


def _closest(near: Any, rows: Any, owners: Any, query: Query) -> dict[int, int]:
    if query.row is not None:
        near[rows == query.row] = FLAT
    few = min(8 * CANDIDATES, len(near) - 1)
    closest = np.argpartition(-near, few)[:few]
    found: dict[int, int] = {}
    for place in closest[np.argsort(-near[closest])]:
        found.setdefault(int(owners[place]), int(rows[place]))
        if len(found) >= CANDIDATES:
            break
    for answer in query.answers:
        own = np.flatnonzero((owners == answer) & (near > FLAT))
        if answer not in found and len(own):
            found[answer] = int(rows[own[np.argmax(near[own])]])
    return found


def learn(texts: Texts, queries: Sequence[Query], epochs: int, seed: int = 0) -> Any:
    """`(d, d)`, by Adam's steps over the queries in a random order."""
    random = np.random.default_rng(seed)
    near = candidates(texts, queries)
    vectors = np.stack([query.vector for query in queries])
    width = vectors.shape[1]
    matrix = np.eye(width, dtype=np.float32)
    first, second, step = np.zeros_like(matrix), np.zeros_like(matrix), 0
    for _ in range(epochs):
        order = random.permutation(len(queries))
        for start in range(0, len(order) - TOGETHER + 1, TOGETHER):
            some = order[start : start + TOGETHER]
            slope = _slope(matrix, vectors[some], [near[i] for i in some],
                           [queries[i].answers for i in some], texts.vectors)  # fmt: skip
            slope += HOLD * (matrix - np.eye(width, dtype=np.float32))
            step += 1
            first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
            size = np.sqrt(second / (1 - 0.999**step)) + 1e-8
            matrix = (matrix - RATE * (first / (1 - 0.9**step)) / size).astype(np.float32)
    return matrix


def _slope(matrix: Any, asked: Any, near: Sequence[Mapping[int, int]],
           answers: Sequence[Sequence[int]], vectors: Any) -> Any:  # fmt: skip
    """Of the loss: how unlikely the answers are among the candidates, by the turned angles."""
    most = max(map(len, near))
    rows = np.array([[*each.values(), *[0] * (most - len(each))] for each in near])
    there = np.array([[True] * len(each) + [False] * (most - len(each)) for each in near])
    right = np.array(
        [[key in wanted for key in each] + [False] * (most - len(each))
         for each, wanted in zip(near, answers, strict=True)]
    )  # fmt: skip
    given = vectors[rows]
    turned_asked, turned = asked @ matrix.T, given @ matrix.T
    of_asked = np.linalg.norm(turned_asked, axis=1, keepdims=True)
    of_given = np.linalg.norm(turned, axis=2, keepdims=True)
    one, many = turned_asked / of_asked, turned / of_given
    angle = np.einsum("bd,bkd->bk", one, many)
    score = np.where(there, SHARPNESS * angle, FLAT)
    likely = np.exp(score - score.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    goal = likely * right
    goal /= np.maximum(goal.sum(axis=1, keepdims=True), 1e-9)
    pull = (likely - goal) * SHARPNESS / len(asked) * right.any(axis=1, keepdims=True)
    of_one = np.einsum("bk,bkd->bd", pull, many) - (pull * angle).sum(1, keepdims=True) * one
    of_many = pull[:, :, None] * (one[:, None, :] - angle[:, :, None] * many) / of_given
    width = matrix.shape[0]
    return (of_one / of_asked).T @ asked + of_many.reshape(-1, width).T @ given.reshape(-1, width)
