"""Which intent a message has: a linear model over word and character n-grams and a sentence vector.

Trained with scikit-learn, stored as plain arrays and JSON (no pickles: loading runs no code).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.nlu.encoder import Encoder
from bot.nlu.normalise import clean, plain

ENCODER_WEIGHT = 2.0  # against n-grams of unit length; chosen on the development set
PENALTY = 0.3
WORDS = {"ngram_range": (1, 2), "sublinear_tf": True, "token_pattern": r"[^\s.,;:!?¡¿()]+"}
CHARACTERS = {"analyzer": "char_wb", "ngram_range": (2, 5), "sublinear_tf": True, "min_df": 2}


class IntentModel:
    """Scores for every intent, best first, as probabilities."""

    def __init__(self, encoder: Encoder | None, vectorizers: Sequence[TfidfVectorizer],
                 weights: Any, bias: Any, labels: Sequence[str], temperature: float) -> None:  # fmt: skip
        self.encoder = encoder
        self.vectorizers = tuple(vectorizers)
        self.weights = weights  # (features, intents) float32
        self.bias = bias
        self.labels = tuple(labels)
        self.temperature = temperature

    @classmethod
    def train(
        cls, texts: Sequence[str], intents: Sequence[str], encoder: Encoder | None
    ) -> IntentModel:
        """From messages and their intents."""
        vectorizers = [TfidfVectorizer(**WORDS), TfidfVectorizer(**CHARACTERS)]
        plains = [plain(text) for text in texts]
        for vectorizer in vectorizers:
            vectorizer.fit(plains)
        features = _features(encoder, vectorizers, texts)
        classifier = LinearSVC(C=PENALTY).fit(features, list(intents))
        model = cls(
            encoder,
            vectorizers,
            np.ascontiguousarray(classifier.coef_.T, dtype=np.float32),
            classifier.intercept_.astype(np.float32),
            list(classifier.classes_),
            temperature=4.0,
        )
        return model

    def rank(self, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
        """For each text every intent with its probability, best first."""
        scores = np.asarray(_features(self.encoder, self.vectorizers, texts) @ self.weights)
        scores = (scores + self.bias) * self.temperature
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        order = np.argsort(-scores, axis=1)
        return [
            [(self.labels[i], float(row[i])) for i in indexes]
            for row, indexes in zip(scores, order, strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Into `folder`, which must exist."""
        np.savez(folder / "intents.npz", weights=self.weights.astype(np.float16), bias=self.bias,
                 **{f"idf{i}": v.idf_ for i, v in enumerate(self.vectorizers)})  # fmt: skip
        described = {
            "labels": self.labels,
            "temperature": self.temperature,
            "vocabularies": [
                sorted(v.vocabulary_, key=v.vocabulary_.__getitem__) for v in self.vectorizers
            ],
        }
        (folder / "intents.json").write_text(json.dumps(described, ensure_ascii=False))

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None) -> IntentModel:
        """What `save` wrote."""
        described = json.loads((folder / "intents.json").read_text())
        with np.load(folder / "intents.npz", allow_pickle=False) as arrays:
            vectorizers = []
            for i, (options, words) in enumerate(
                zip((WORDS, CHARACTERS), described["vocabularies"], strict=True)
            ):
                vectorizer = TfidfVectorizer(**options, vocabulary=words)
                vectorizer.idf_ = arrays[f"idf{i}"]
                vectorizers.append(vectorizer)
            return cls(encoder, vectorizers, arrays["weights"].astype(np.float32), arrays["bias"],
                       described["labels"], described["temperature"])  # fmt: skip


def _features(
    encoder: Encoder | None, vectorizers: Sequence[TfidfVectorizer], texts: Sequence[str]
) -> Any:
    plains = [plain(text) for text in texts]
    parts = [vectorizer.transform(plains) for vectorizer in vectorizers]
    if encoder is not None:
        parts.append(csr_matrix(encoder.encode([clean(t) for t in texts]) * ENCODER_WEIGHT))
    return hstack(parts).tocsr()
