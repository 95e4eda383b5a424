"""The sentence encoder's last layers once more, turned towards what answers her.

The encoder was made to tell whether two texts mean the same. "And if they separate us on the way?"
and "teach your child your name and a meeting point" do not; one answers the other. So the layers
that make a vector out of a whole message are there twice: as they were published, for what a
message means, and learnt anew from questions and the statements that answer them
(bench/turning.py). What comes before them, which is where the time goes, is run once for both.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

PATH = Path(__file__).resolve().parent.parent.parent / "data" / "answering.npz"
WIDTH = 512  # of a vector
POOLED = 1280  # of what the last layers start from, and one number more: for the length
NAMES = ("cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3")
_LEAST = 1e-12
FEW = 8  # rows, up to which one after the other is quicker
_log = logging.getLogger(__name__)


def product(rows: Any, weight: Any) -> Any:
    """`rows @ weight`. All at once, the library first lays the whole weight out anew, which for a
    few rows takes ten times as long as they do."""
    if len(rows) > FEW:
        return rows @ weight
    made = np.empty((len(rows), weight.shape[1]), np.result_type(rows, weight))
    for row, into in zip(rows, made, strict=True):
        np.matmul(row, weight, out=into)
    return made


@dataclass(frozen=True)
class Layers:
    """Weights by the encoder's own names (NAMES)."""

    arrays: Mapping[str, Any]

    def vectors(self, pooled: Any) -> Any:
        """`(n, WIDTH)`, length 1 each, of `(n, POOLED + 1)`."""
        return self.each(pooled)[-1]

    def each(self, pooled: Any) -> tuple[Any, ...]:
        """What every layer makes of it, in order; the last are the vectors."""
        a = self.arrays
        mean = product(pooled[:, :POOLED], a["cnn_W"]) + pooled[:, POOLED:] * a["cnn_b"]
        first = np.maximum(product(mean, a["d0"]), 0)
        second = np.maximum(product(mean, a["p1"]) + product(first, a["d1"]), 0)
        third = np.maximum(product(second, a["d2"]), 0)
        bent = np.tanh(product(second, a["p3"]) + product(third, a["d3"]))
        lengths = np.sqrt(np.maximum(np.einsum("ij,ij->i", bent, bent), _LEAST))[:, None]
        return mean, first, second, third, bent, lengths, bent / lengths

    def changed(self, path: Path = PATH) -> Layers:
        """With the differences in `path` added; as they are where it cannot be read, told once."""
        differences = _read(path)
        if differences is None:
            return self
        return Layers({
            name: array + differences[name].astype(np.float32)
            for name, array in self.arrays.items()
        })  # fmt: skip


def write(learnt: Layers, published: Layers, path: Path = PATH) -> None:
    """The differences, at half the precision."""
    with path.open("wb") as file:
        np.savez_compressed(file, **{
            name: (learnt.arrays[name] - published.arrays[name]).astype(np.float16)
            for name in NAMES
        })  # fmt: skip


@cache
def _read(path: Path) -> Mapping[str, Any] | None:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in NAMES}
        if not all(np.isfinite(each).all() for each in found.values()):
            raise ValueError("a weight is no number")
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        _log.error("data/%s: expected the weights that `python -m bench ranking` writes, got %s: "
                   "statements are found by what messages mean alone", path.name,
                   type(error).__name__)  # fmt: skip
        return None
    return found


class Overheard:
    """A weight of the encoder that keeps what it is multiplied with, until that is taken."""

    __array_ufunc__ = None  # numpy leaves the product to us

    def __init__(self, weight: Any) -> None:
        self.weight = weight
        self._heard: list[Any] = []

    def __rmatmul__(self, left: Any) -> Any:
        self._heard.append(left)
        return left @ self.weight

    def __rmul__(self, left: Any) -> Any:
        self._heard.append(left)
        return left * self.weight

    def taken(self) -> Any:
        """Everything since the last time, one below the other."""
        heard, self._heard = self._heard, []
        return np.concatenate(heard)
