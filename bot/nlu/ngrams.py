"""Scores from the words themselves: a linear model over word and character n-grams.

Trained with scikit-learn, stored as plain arrays and lists (no pickles: loading runs no code).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.nlu.ngram_views import CHARACTERS, TOKEN, WORDS, View, character_ngrams, word_ngrams
from bot.nlu.normalise import plain

PENALTY = 0.3
ROUGHLY = 0.1  # when to stop: a thousand times finer is no better on voices kept out
# Rarer n-grams make the model twice as large and no better.
OPTIONS: tuple[dict[str, Any], ...] = (
    {"ngram_range": WORDS, "min_df": 2, "token_pattern": TOKEN},
    {"analyzer": "char_wb", "ngram_range": CHARACTERS, "min_df": 3},
)
SPLITS = (word_ngrams, character_ngrams)


class NgramModel:
    """Margins for every intent: positive means the words speak for it."""

    def __init__(self, views: Sequence[View], weights: Any, bias: Any) -> None:
        self.views = tuple(views)
        self.weights = weights  # (features, intents) float32
        self.bias = bias
        self._starts = np.cumsum([0, *(len(view.vocabulary) for view in views)])

    @classmethod
    def train(cls, texts: Sequence[str], numbers: Any) -> NgramModel:
        """From messages and the numbers of their intents."""
        # Only training needs them, and importing them takes seconds.
        from scipy.sparse import hstack
        from sklearn.svm import LinearSVC

        plains = [plain(text) for text in texts]
        vectorizers = [vectorizer(options) for options in OPTIONS]
        features = hstack([each.fit_transform(plains) for each in vectorizers]).tocsr()
        classifier = LinearSVC(C=PENALTY, tol=ROUGHLY).fit(features, numbers)
        weights, bias = classifier.coef_, classifier.intercept_
        if len(bias) == 1:  # two intents: scikit-learn keeps one row for both
            weights, bias = np.concatenate([-weights, weights]), np.concatenate([-bias, bias])
        weights = np.ascontiguousarray(weights.T, dtype=np.float32)
        views = [
            View(split, list(each.get_feature_names_out()), each.idf_.astype(np.float32))
            for split, each in zip(SPLITS, vectorizers, strict=True)
        ]
        return cls(views, weights, bias.astype(np.float32))

    def scores(self, texts: Sequence[str]) -> Any:
        """`(n, intents)` float32."""
        return np.stack([self._score(plain(text)) for text in texts])

    def _score(self, text: str) -> Any:
        total = self.bias
        for start, view in zip(self._starts[:-1], self.views, strict=True):
            rows, shares = view.weigh(text)
            total = total + shares @ self.weights[start + rows]
        return total

    def arrays(self) -> dict[str, Any]:
        """What `restore` needs beside the vocabularies."""
        idf = {f"ngram_idf{i}": view.idf for i, view in enumerate(self.views)}
        weights = self.weights.astype(np.float16)
        return {"ngram_weights": weights, "ngram_bias": self.bias, **idf}

    def vocabularies(self) -> list[list[str]]:
        """The n-grams of each view, in the order of the weights."""
        return [list(view.vocabulary) for view in self.views]

    @classmethod
    def restore(cls, arrays: Any, vocabularies: Sequence[Sequence[str]]) -> NgramModel:
        """The model that gave `arrays` and `vocabularies`."""
        views = [
            View(split, words, arrays[f"ngram_idf{i}"])
            for i, (split, words) in enumerate(zip(SPLITS, vocabularies, strict=True))
        ]
        return cls(views, arrays["ngram_weights"].astype(np.float32), arrays["ngram_bias"])


def vectorizer(options: dict[str, Any]) -> Any:
    """scikit-learn's own view with `options`, not yet fitted."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(**options, sublinear_tf=True, lowercase=False, dtype=np.float32)
