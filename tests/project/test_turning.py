"""What turns a message towards its answer learns by slopes that are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bench import turning
from bench.turning import Case, Segments, Stock, _of_questions, _of_turns, backwards, learn
from bot.nlu.answering import NAMES, POOLED, Layers

SHAPES = {"cnn_W": (POOLED, 6), "cnn_b": (6,), "d0": (6, 5), "d1": (5, 5), "p1": (6, 5),
          "d2": (5, 6), "p3": (5, 7), "d3": (6, 7)}  # fmt: skip
STATEMENTS = 4


def layers(dice: np.random.Generator) -> Layers:
    return Layers({name: dice.normal(0, 0.3, SHAPES[name]) for name in NAMES})


def stock(dice: np.random.Generator) -> Stock:
    """Three texts a statement, of the last one only what it says."""
    owners = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
    asked = np.array([False, True, True] * 3 + [False])
    pooled = np.abs(dice.normal(0, 0.2, (len(owners), POOLED + 1)))
    return Stock(pooled, owners, asked, STATEMENTS)


def test_the_slopes_are_those_of_small_steps() -> None:
    """Of a turn of two parts: what it loses when one weight of each layer is a little larger."""
    dice = np.random.default_rng(3)
    there, made = stock(dice), layers(dice)
    segments = Segments.of(there, np.arange(len(there.owners)))
    case = Case("GT", np.abs(dice.normal(0, 0.2, (2, POOLED + 1))), dice.normal(size=(4, 3)),
                np.zeros(4), np.array([0.0, 0.7, 0.3, 0.0]))  # fmt: skip
    scale, signs, both = (np.zeros(3), np.ones(3)), np.array([0.1, -0.2, 0.3]), np.array([8.0, 3.0])

    def lost(some: Layers) -> float:
        angles = some.vectors(case.pooled) @ some.vectors(there.pooled[segments.rows]).T
        _, questions, text = segments.closest(angles)
        score = case.rows @ signs + both[0] * questions.max(axis=0) + both[1] * text.max(axis=0)
        return float(np.log(np.exp(score).sum()) - (case.goal * score).sum())

    given, asked = made.each(there.pooled[segments.rows]), made.each(case.pooled)
    on_texts, on_parts, _, _ = _of_turns(segments, given[-1], asked[-1], [case], scale, signs, both)
    found = backwards(made, there.pooled[segments.rows], given, on_texts)
    for name, slope in backwards(made, case.pooled, asked, on_parts).items():
        found[name] = found[name] + slope

    for name in NAMES:
        at = np.unravel_index(np.argmax(np.abs(found[name])), found[name].shape)
        small = np.zeros(SHAPES[name])
        small[at] = 1e-3
        more = Layers({**made.arrays, name: made.arrays[name] + small})
        less = Layers({**made.arrays, name: made.arrays[name] - small})
        assert found[name][at] == pytest.approx((lost(more) - lost(less)) / 2e-3, rel=2e-2), name


def test_a_question_is_drawn_to_its_own_statement_and_never_to_itself() -> None:
    dice = np.random.default_rng(5)
    there, made = stock(dice), layers(dice)
    segments = Segments.of(there, np.arange(len(there.owners)))
    vectors = made.vectors(there.pooled[segments.rows])

    slopes = _of_questions(there, segments, vectors, dice)
    nearer = vectors - 0.05 * slopes / np.abs(slopes).max()

    def own(of: np.ndarray) -> float:
        angles = of @ of.T
        np.fill_diagonal(angles, -1.0)
        _, questions, _ = segments.closest(angles)
        rows = np.flatnonzero(there.asked[segments.rows])
        mine = questions[rows, there.owners[segments.rows[rows]]]
        return float((mine - questions[rows].mean(axis=1)).mean())

    assert own(nearer) > own(vectors)


def test_what_is_learnt_brings_a_turn_to_what_answers_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turning, "LOST", 0.0)  # so few texts would be noise alone
    monkeypatch.setattr(turning, "STEPS", 150)
    dice = np.random.default_rng(7)
    there, made = stock(dice), layers(dice)
    case = Case("GT", np.abs(dice.normal(0, 0.2, (1, POOLED + 1))), np.zeros((4, 2), np.float32),
                np.zeros(4, np.float32), np.array([0.0, 0.0, 1.0, 0.0], np.float32))  # fmt: skip

    def place(some: Layers) -> int:
        near = (some.vectors(case.pooled) @ some.vectors(there.pooled).T)[0]
        best = [near[there.owners == each].max() for each in range(STATEMENTS)]
        return int(np.argsort(np.argsort(-np.array(best)))[2])

    assert place(learn(made, {"GT": there}, [case])) == 0
