"""Scores from the words themselves: a linear model over word and character n-grams.

Trained with scikit-learn, stored as plain arrays and lists (no pickles: loading runs no code).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.nlu.normalise import plain

PENALTY = 0.3
# Rarer n-grams make the model twice as large and no better.
WORDS = {"ngram_range": (1, 2), "min_df": 2, "token_pattern": r"[^\s.,;:!?¡¿()]+"}
CHARACTERS = {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 3}
OPTIONS = {"sublinear_tf": True, "lowercase": False, "dtype": np.float32}
VIEWS = (WORDS, CHARACTERS)


class NgramModel:
    """Margins for every intent: positive means the words speak for it."""

    def __init__(self, views: Sequence[TfidfVectorizer], weights: Any, bias: Any) -> None:
        self.views = tuple(views)
        self.weights = weights  # (features, intents) float32
        self.bias = bias

    @classmethod
    def train(cls, texts: Sequence[str], numbers: Any) -> NgramModel:
        """From messages and the numbers of their intents."""
        plains = [plain(text) for text in texts]
        views = [TfidfVectorizer(**options, **OPTIONS) for options in VIEWS]
        features = hstack([view.fit_transform(plains) for view in views]).tocsr()
        classifier = LinearSVC(C=PENALTY).fit(features, numbers)
        weights, bias = classifier.coef_, classifier.intercept_
        if len(bias) == 1:  # two intents: scikit-learn keeps one row for both
            weights, bias = np.concatenate([-weights, weights]), np.concatenate([-bias, bias])
        weights = np.ascontiguousarray(weights.T, dtype=np.float32)
        return cls(views, weights, bias.astype(np.float32))

    def scores(self, texts: Sequence[str]) -> Any:
        """`(n, intents)` float32."""
        plains = [plain(text) for text in texts]
        features = hstack([view.transform(plains) for view in self.views]).tocsr()
        return np.asarray(features @ self.weights) + self.bias

    def arrays(self) -> dict[str, Any]:
        """What `restore` needs beside the vocabularies."""
        idf = {f"ngram_idf{i}": v.idf_.astype(np.float32) for i, v in enumerate(self.views)}
        weights = self.weights.astype(np.float16)
        return {"ngram_weights": weights, "ngram_bias": self.bias, **idf}

    def vocabularies(self) -> list[list[str]]:
        """The n-grams of each view, in the order of the weights."""
        return [sorted(v.vocabulary_, key=v.vocabulary_.__getitem__) for v in self.views]

    @classmethod
    def restore(cls, arrays: Any, vocabularies: Sequence[Sequence[str]]) -> NgramModel:
        """The model that gave `arrays` and `vocabularies`."""
        views = []
        for i, (options, words) in enumerate(zip(VIEWS, vocabularies, strict=True)):
            view = TfidfVectorizer(**options, **OPTIONS, vocabulary=words)
            view.idf_ = arrays[f"ngram_idf{i}"]
            views.append(view)
        return cls(views, arrays["ngram_weights"].astype(np.float32), arrays["ngram_bias"])
