"""Learns the layers that turn a message towards what answers it (bot/nlu/answering.py).

The sentence encoder was made for other texts. Its last layers learn here, in plain numpy, from two
things: what women ask when a statement is the answer (each question against all statements of its
country, itself left out), and the labelled turns of data/talks, where the signs beside the meaning
(bot/knowledge/ranking.py) are weighed in the same steps, so that the layers learn what those cannot
tell. Used by bench/ranking.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.nlu.answering import POOLED, Layers

STEPS, RATE, WARM = 500, 1e-3, 20
OF_SIGNS, OF_SHARPNESS = 3e-2, 3e-3  # rates of what is learnt beside the layers
SHARPNESS, TEXT = 14.0, 0.9  # of the angles; what closeness to a statement itself counts
QUESTIONS, TURNS, SHARE = 256, 96, 0.5  # of one step; of a country's questions that are looked at
LOST = 0.15  # share of what the layers start from that is left out
FEW = 60  # turns that a country counts for beside those that it has
NEVER = -1e4


@dataclass(frozen=True)
class Stock:
    """What may be told in a country: its texts and the region's, before the last layers."""

    pooled: Any  # (texts, POOLED + 1)
    owners: Any  # (texts,) the number of the statement that each belongs to
    asked: Any  # (texts,) whether it is asked for, or what the statement says
    statements: int


@dataclass(frozen=True)
class Case:
    """A labelled turn: its vectors before the last layers, its statements' other signs, and how
    well each of them answers; NEVER in `may` where one is not told."""

    country: str
    pooled: Any  # (parts, POOLED + 1)
    rows: Any  # (statements, signs)
    may: Any  # (statements,)
    goal: Any  # (statements,) adding up to 1


@dataclass(frozen=True)
class Segments:
    """Texts in the order of their statements, what each says before what it is asked for."""

    rows: Any
    starts: Any
    counts: Any
    owners: Any  # of each segment
    asked: Any
    has_questions: Any  # of each statement

    @classmethod
    def of(cls, stock: Stock, rows: Any) -> Segments:
        """Of some of the texts; at least one text of every statement."""
        key = stock.owners[rows] * 2 + stock.asked[rows]
        order = np.argsort(key, kind="stable")
        key = key[order]
        starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
        counts = np.diff(np.append(starts, len(key)))
        owners, asked = key[starts] // 2, key[starts] % 2 == 1
        has = np.zeros(stock.statements, dtype=bool)
        has[owners[asked]] = True
        return cls(rows[order], starts, counts, owners, asked, has)

    def closest(self, angles: Any) -> tuple[Any, Any, Any]:
        """Of `(queries, texts)`: of each segment the largest; by statement, that of what it is
        asked for (where nothing is, of what it says) and that of what it says."""
        largest = np.maximum.reduceat(angles, self.starts, axis=1)
        text = np.full((len(angles), len(self.has_questions)), -1.0, dtype=np.float32)
        text[:, self.owners[~self.asked]] = largest[:, ~self.asked]
        questions = text.copy()
        questions[:, self.owners[self.asked]] = largest[:, self.asked]
        return largest, questions, text

    def back(self, of_questions: Any, of_text: Any, largest: Any, angles: Any) -> Any:
        """`(queries, texts)`: the slopes of the angles, from those of what `closest` told."""
        of_text = of_text + of_questions * ~self.has_questions
        slopes = np.where(self.asked, of_questions[:, self.owners], of_text[:, self.owners])
        is_largest = angles == np.repeat(largest, self.counts, axis=1)
        return np.repeat(slopes, self.counts, axis=1) * is_largest


class Adam:
    """Steps of its own size for every number."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self.arrays = {name: array.astype(np.float32).copy() for name, array in arrays.items()}
        self._first = {name: np.zeros_like(array) for name, array in self.arrays.items()}
        self._second = {name: np.zeros_like(array) for name, array in self.arrays.items()}
        self._done = 0

    def step(self, slopes: Mapping[str, Any], rate: float) -> None:
        """One step against the slopes."""
        self._done += 1
        for name, slope in slopes.items():
            first, second = self._first[name], self._second[name]
            first += np.float32(0.1) * (slope - first)
            second += np.float32(0.001) * (slope * slope - second)
            size = np.sqrt(second / (1 - 0.999**self._done)) + np.float32(1e-8)
            self.arrays[name] -= np.float32(rate / (1 - 0.9**self._done)) * first / size


def learn(
    published: Layers, stocks: Mapping[str, Stock], cases: Sequence[Case], seed: int = 0
) -> Layers:
    """The layers after STEPS steps, each on one country; the same every time it is run."""
    dice = np.random.default_rng(seed)
    layers = Adam(published.arrays)
    all_rows = np.concatenate([case.rows[case.may == 0] for case in cases])
    mean, spread = all_rows.mean(axis=0), all_rows.std(axis=0) + np.float32(1e-6)
    signs = Adam({"weights": np.zeros(all_rows.shape[1])})
    sharpness = Adam({"both": np.array([SHARPNESS * 0.6, SHARPNESS * 0.25])})
    of_country: dict[str, list[Case]] = {name: [] for name in stocks}
    for case in cases:
        of_country[case.country].append(case)
    names = sorted(stocks)
    often = np.array([len(of_country[name]) + FEW for name in names], dtype=float)
    for step in range(STEPS):
        name = str(dice.choice(names, p=often / often.sum()))
        own = of_country[name]
        some = [own[i] for i in dice.permutation(len(own))[:TURNS]]
        rate = RATE * min(1.0, (step + 1) / WARM) * (1 - step / STEPS)
        slopes, of_signs, of_both = _slopes(
            Layers(layers.arrays), stocks[name], some, (mean, spread),
            signs.arrays["weights"], sharpness.arrays["both"], dice,
        )  # fmt: skip
        layers.step(slopes, rate)
        if some:
            signs.step({"weights": of_signs}, OF_SIGNS)
            sharpness.step({"both": of_both}, OF_SHARPNESS)
    return Layers(layers.arrays)


def _slopes(layers: Layers, stock: Stock, cases: Sequence[Case], scale: tuple[Any, Any],
            signs: Any, both: Any, dice: Any) -> tuple[dict[str, Any], Any, Any]:  # fmt: skip
    seen = np.flatnonzero((dice.random(len(stock.asked)) < SHARE) | ~stock.asked)
    segments = Segments.of(stock, seen)
    pooled = _thinned(stock.pooled[segments.rows], dice)
    given = layers.each(pooled)
    on_texts = _of_questions(stock, segments, given[-1], dice)
    if not cases:
        return backwards(layers, pooled, given, on_texts), None, None
    parts = _thinned(np.concatenate([case.pooled for case in cases]), dice)
    asked = layers.each(parts)
    more, on_parts, of_signs, of_both = _of_turns(
        segments, given[-1], asked[-1], cases, scale, signs, both
    )
    found = backwards(layers, pooled, given, on_texts + more)
    for name, slope in backwards(layers, parts, asked, on_parts).items():
        found[name] = found[name] + slope
    return found, of_signs, of_both


def _of_questions(stock: Stock, segments: Segments, vectors: Any, dice: Any) -> Any:
    """The slopes of the vectors: each question must come closest to its own statement."""
    questions = np.flatnonzero(stock.asked[segments.rows])
    if not len(questions):
        return np.zeros_like(vectors)
    some = dice.permutation(questions)[:QUESTIONS]
    angles = vectors[some] @ vectors.T
    angles[np.arange(len(some)), some] = -1.0
    largest, asked, text = segments.closest(angles)
    by_questions = asked >= TEXT * text
    likely = _shares(SHARPNESS * np.where(by_questions, asked, TEXT * text))
    likely[np.arange(len(some)), stock.owners[segments.rows[some]]] -= 1
    pull = likely * np.float32(SHARPNESS / len(some))
    slopes = segments.back(pull * by_questions, pull * ~by_questions * np.float32(TEXT), largest,
                           angles)  # fmt: skip
    on_vectors = slopes.T @ vectors[some]
    on_vectors[some] += slopes @ vectors
    return on_vectors


def _of_turns(segments: Segments, vectors: Any, asked: Any, cases: Sequence[Case],
              scale: tuple[Any, Any], signs: Any, both: Any
              ) -> tuple[Any, Any, Any, Any]:  # fmt: skip
    """The slopes of the texts' vectors, of the messages', of the signs' weights and of the two
    sharpnesses: what the readers marked must be likeliest."""
    sizes = [len(case.pooled) for case in cases]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    angles = asked @ vectors.T
    largest, of_questions, of_text = segments.closest(angles)
    questions = np.maximum.reduceat(of_questions, starts, axis=0)
    text = np.maximum.reduceat(of_text, starts, axis=0)
    rows = (np.stack([case.rows for case in cases]) - scale[0]) / scale[1]
    score = rows @ signs + both[0] * questions + both[1] * text
    likely = _shares(score + np.stack([case.may for case in cases]))
    pull = (likely - np.stack([case.goal for case in cases])) / np.float32(len(cases))
    of_signs = np.einsum("cs,csf->f", pull, rows)
    of_both = np.array([(pull * questions).sum(), (pull * text).sum()], dtype=np.float32)
    again = np.repeat(np.arange(len(cases)), sizes)
    slopes = segments.back(
        np.float32(both[0]) * pull[again] * (of_questions == questions[again]),
        np.float32(both[1]) * pull[again] * (of_text == text[again]), largest, angles,
    )  # fmt: skip
    return slopes.T @ asked, slopes @ vectors, of_signs, of_both


def _thinned(pooled: Any, dice: Any) -> Any:
    """With some numbers left out and the others larger for it; never the length."""
    kept = dice.random((len(pooled), POOLED), dtype=np.float32) >= LOST
    thinned = pooled[:, :POOLED] * kept / np.float32(1 - LOST)
    return np.hstack([thinned, pooled[:, POOLED:]])


def _shares(scores: Any) -> Any:
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (likely / likely.sum(axis=1, keepdims=True)).astype(np.float32)


def backwards(layers: Layers, pooled: Any, made: tuple[Any, ...], slopes: Any) -> dict[str, Any]:
    """By weight: its slope, from those of the vectors; `made`: `layers.each(pooled)`."""
    a = layers.arrays
    mean, first, second, third, bent, lengths, vectors = made
    on_bent = (slopes - (slopes * vectors).sum(axis=1, keepdims=True) * vectors) / lengths
    on_last = on_bent * (1 - bent * bent)
    on_third = (on_last @ a["d3"].T) * (third > 0)
    on_second = (on_last @ a["p3"].T + on_third @ a["d2"].T) * (second > 0)
    on_first = (on_second @ a["d1"].T) * (first > 0)
    on_mean = on_second @ a["p1"].T + on_first @ a["d0"].T
    return {
        "cnn_W": pooled[:, :POOLED].T @ on_mean,
        "cnn_b": (pooled[:, POOLED:] * on_mean).sum(axis=0),
        "d0": mean.T @ on_first, "d1": first.T @ on_second, "d2": second.T @ on_third,
        "d3": third.T @ on_last, "p1": mean.T @ on_second, "p3": second.T @ on_last,
    }  # fmt: skip
