"""Our quick view of a message's n-grams says what scikit-learn's own would."""

from __future__ import annotations

import random

import numpy as np
import pytest

LETTERS = "aáeiñoxkq 1?¿,.  \t"


@pytest.fixture(scope="module")
def ngrams():
    pytest.importorskip("sklearn", reason="the model lives in Rasa's environment")
    from bot.nlu import ngrams

    return ngrams


def made_up(seed: int, count: int) -> list[str]:
    dice = random.Random(seed)  # noqa: S311
    return ["".join(dice.choices(LETTERS, k=dice.randint(0, 60))) for _ in range(count)]


@pytest.mark.parametrize("number", [0, 1])
def test_the_same_numbers_as_scikit_learn(ngrams, number: int) -> None:
    vectorizer = ngrams.vectorizer(ngrams.OPTIONS[number]).fit(made_up(1, 400))
    names = list(vectorizer.get_feature_names_out())
    view = ngrams.View(ngrams.SPLITS[number], names, vectorizer.idf_.astype(np.float32))
    unseen = [*made_up(2, 300), "", " ", "a", "?", "no no", "no, no no", "no, no no"]

    for text, expected in zip(unseen, vectorizer.transform(unseen).toarray(), strict=True):
        rows, shares = view.weigh(text)
        found = np.zeros(len(names), np.float32)
        found[rows] = shares
        assert np.allclose(found, expected, atol=1e-6), text
