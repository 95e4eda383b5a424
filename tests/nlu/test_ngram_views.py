"""Our quick view of a message's n-grams says what scikit-learn's own would."""

from __future__ import annotations

import pickle
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


def test_a_view_comes_back_from_the_process_that_trained_it() -> None:
    from bot.nlu.ngram_views import View, character_ngrams

    view = View(character_ngrams, [" ho", "ol", "hola"], np.ones(3, np.float32))
    view.weigh("hola")

    again = pickle.loads(pickle.dumps(view))  # noqa: S301

    for mine, its in zip(view.weigh("hola hol"), again.weigh("hola hol"), strict=True):
        assert np.array_equal(mine, its)
