"""Which intent a message has: what its words say and what the sentence means, weighed together.

Stored as plain arrays and JSON (no pickles: loading runs no code). Why these parts and these
weights: docs/decisions/0003-intent-model.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from bot.nlu.encoder import Encoder
from bot.nlu.head import Head
from bot.nlu.ngrams import NgramModel
from bot.nlu.normalise import clean
from bot.processes import die_with_parent


@dataclass(frozen=True)
class Weights:
    """How much each opinion counts; together they set how sure the model sounds."""

    words: float
    meaning: float


# Messages whose vectors are learnt from. All 51,000: 82.3 % right on voices kept out, 30,000: 82.0,
# none (the words alone): 80.0. The rest is not worth a minute and a half of every training.
MOST_VECTORS = 26_000
MANY = 5_000
# Fitted on voices kept out of training, so that a confidence of 0.8 is right 8 times in 10.
ALONE = Weights(words=7.0, meaning=0.0)
TOGETHER = Weights(words=4.4, meaning=0.62)


class IntentModel:
    """Scores for every intent, best first, as probabilities."""

    def __init__(self, encoder: Encoder | None, labels: Sequence[str], words: NgramModel,
                 head: Head | None, weights: Weights) -> None:  # fmt: skip
        self.encoder = encoder
        self.labels = tuple(labels)
        self.words = words
        self.head = head
        self.weights = weights

    @classmethod
    def train(
        cls, texts: Sequence[str], intents: Sequence[str], encoder: Encoder | None
    ) -> IntentModel:
        """From messages and their intents; without an encoder it goes by the words alone."""
        labels = sorted(set(intents))
        number = {label: i for i, label in enumerate(labels)}
        numbers = np.array([number[intent] for intent in intents])
        if encoder is None:
            return cls(None, labels, NgramModel.train(texts, numbers), None, ALONE)
        sample = _sample(len(texts))
        with _beside(len(texts)) as other:  # scikit-learn keeps Python's lock while it fits
            words = other.submit(NgramModel.train, texts, numbers)
            vectors = encoder.encode([clean(texts[i]) for i in sample])
            head = Head.train(vectors, numbers[sample], len(labels))
            return cls(encoder, labels, words.result(), head, TOGETHER)

    def vectors(self, texts: Sequence[str]) -> Any:
        """`(n, d)`; `(n, 0)` without an encoder."""
        if self.encoder is None:
            return np.zeros((len(texts), 0), dtype=np.float32)
        return self.encoder.encode([clean(text) for text in texts])

    def both(self, texts: Sequence[str]) -> Any:
        """`(n, 2 d)`: the vectors, and the same turned towards what answers; as `vectors` else."""
        if self.encoder is None:
            return np.zeros((len(texts), 0), dtype=np.float32)
        return self.encoder.both([clean(text) for text in texts])

    def probabilities(self, texts: Sequence[str], vectors: Any = None) -> Any:
        """`(n, intents)`, each row adding up to 1, in the order of `labels`."""
        scores = self.words.scores(texts) * self.weights.words
        if self.encoder is not None and self.head is not None:
            vectors = self.vectors(texts) if vectors is None else vectors
            scores = scores + self.head.scores(vectors) * self.weights.meaning
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    def ranked(self, shares: Any, most: int | None = None) -> list[tuple[str, float]]:
        """Every intent, or as many, with its probability, best first, from one row of
        `probabilities`."""
        return [(self.labels[i], float(shares[i])) for i in np.argsort(-shares)[:most]]

    def rank(self, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
        """For each text every intent with its probability, best first."""
        return [self.ranked(row) for row in self.probabilities(texts)]

    def save(self, folder: Path) -> None:
        """Into `folder`, which must exist."""
        arrays = self.words.arrays()
        if self.head is not None:
            arrays |= self.head.arrays()
        np.savez(folder / "intents.npz", **arrays)
        described = {
            "encoder": self.encoder.name if self.encoder else None,
            "labels": self.labels,
            "weights": [self.weights.words, self.weights.meaning],
            "vocabularies": self.words.vocabularies(),
        }
        (folder / "intents.json").write_text(
            json.dumps(described, ensure_ascii=False), encoding="utf-8"
        )

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None) -> IntentModel:
        """What `save` wrote; ValueError where it was trained with another encoder."""
        described = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        here = encoder.name if encoder else None
        if described["encoder"] != here:
            raise ValueError(
                f"{folder}: trained with the encoder {described['encoder']}, here is {here}: "
                "train again"
            )
        with np.load(folder / "intents.npz", allow_pickle=False) as arrays:
            words = NgramModel.restore(arrays, described["vocabularies"])
            head = Head.restore(arrays) if encoder else None
        return cls(encoder, described["labels"], words, head, Weights(*described["weights"]))


def _sample(size: int) -> Any:
    """Which messages' vectors are learnt from: the same ones every time."""
    if size <= MOST_VECTORS:
        return np.arange(size)
    return np.sort(np.random.default_rng(1).choice(size, MOST_VECTORS, replace=False))


def _beside(size: int) -> Executor:
    """A process of its own where there is enough to do for one."""
    if size < MANY:
        return ThreadPoolExecutor(1)
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=die_with_parent)
