"""Learns how likely a statement answers (bot/knowledge/chance.py). Used by bench/ranking.py.

Of every labelled turn the first three in order count, also where nothing answers; one that would do
as well counts half. The turns must be seen by layers and weights that have not learnt from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from bot.knowledge.chance import NAMES, signs

FIRST, STEPS, SHRINK = 3, 25, 1e-3
BANDS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0)


@dataclass(frozen=True)
class Seen:
    """One turn: its likeliest statements' signs, in order, and how well each of them answers."""

    signs: Any  # (FIRST, NAMES)
    worth: Any  # (FIRST,): 1 what answers, less what would do as well, 0

    @classmethod
    def of(cls, rows: Any, values: Any, worth: Any, words: int) -> Seen:
        """Of a turn's candidates; `rows` of ranking.features, `values` their scores."""
        order = np.argsort(-values)[:FIRST]
        return cls(signs(rows, values, words)[order], worth[order])


def fit(seen: Sequence[Seen]) -> Any:
    """`(NAMES,)`: a logistic regression, by Newton's steps."""
    rows = np.concatenate([each.signs for each in seen]).astype(np.float64)
    worth = np.concatenate([each.worth for each in seen])
    goal = np.where(worth >= 1, 1.0, np.where(worth > 0, 0.5, 0.0))
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-rows @ weights))
        bent = rows * (likely * (1 - likely))[:, None]
        slope = rows.T @ (goal - likely) - SHRINK * weights
        weights += np.linalg.solve(rows.T @ bent + SHRINK * np.eye(len(weights)), slope)
    return weights


def told(seen: Sequence[Seen], folds: Sequence[int]) -> Iterable[str]:
    """For people: of the first and the second, what each band of likelihood came to, every turn
    judged by weights that have not seen it."""
    parts = np.array(folds)
    likely = np.zeros((len(seen), FIRST))
    for part in sorted(set(folds)):
        weights = fit([each for each, fold in zip(seen, folds, strict=True) if fold != part])
        for place in np.flatnonzero(parts == part):
            likely[place] = 1 / (1 + np.exp(-seen[place].signs @ weights))
    worth = np.stack([each.worth for each in seen])
    for place, name in enumerate(("first", "second")):
        for low, high in pairwise(BANDS):
            here = (likely[:, place] >= low) & (likely[:, place] < high)
            if here.any():
                right = 100 * (worth[here, place] >= 1).mean()
                some = 100 * (worth[here, place] > 0).mean()
                yield (f"  {name}, {low} to {high} likely: {here.sum()} turns, {right:.0f} % answer"
                       f", {some:.0f} % answer or would do")  # fmt: skip


def lines(weights: Any) -> list[str]:
    """As data/ranking.yml has them."""
    return [f'  "{name}": {weight:.4f}' for name, weight in zip(NAMES, weights, strict=True)]
