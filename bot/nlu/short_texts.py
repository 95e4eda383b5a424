"""One message and its clauses through the sentence encoder, in a quarter of the package's time.

The package is made for many texts at once. For a few, its time goes into weights that are laid out
anew for every product, and into words that were seen a minute ago. The same network here, whatever
is done: what a piece of a word goes in with, up to the first layer that looks at its neighbours, is
kept; a product with few rows is done row by row. The numbers are the package's own, but for the
order in which they are added (tests/nlu/test_short_texts.py).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from .answering import WIDTH, product
from .kept_words import kept

PIECES = 2_048  # kept: 13 kB each; of 100 pieces of the development set's messages 82 are there
BEGIN, END, UNKNOWN = [1], [2], [0]
REACH = 2  # pieces that a layer looks at to each side, at most
_CHANNELS = 256  # of a branch
_BRANCHES = ((2, 0), (3, 1), (5, 2))  # pieces that it looks at, and how many of them before


@dataclass(frozen=True)
class _Branch:
    """`before`: how far it looks back; `first` holds the first layer's weights beside each other by
    place, `second` the second's, turned."""

    many: int
    before: int
    first: Any  # (channels, many * channels)
    first_bias: Any
    second: Any  # (channels, many * channels)
    second_bias: Any
    at: slice  # its channels of what goes in


class ShortTexts:
    """The package's network (`USE._model`), for a few texts."""

    def __init__(self, network: Any) -> None:
        self._net = network
        self._words = kept(self._pieces_of)
        self._branches = [
            _Branch(many, before, _side_by_side(network.w1[i], many), network.b1[i],
                    np.ascontiguousarray(network.w2[i].T), network.b2[i],
                    slice(i * _CHANNELS, (i + 1) * _CHANNELS))
            for i, (many, before) in enumerate(_BRANCHES)
        ]  # fmt: skip
        # The last row stands for what is before a text and after it: nothing.
        self._inputs = np.zeros((PIECES + 1, len(_BRANCHES) * _CHANNELS), np.float32)
        self._firsts = [np.zeros((PIECES + 1, many, _CHANNELS), np.float32)
                        for many, _ in _BRANCHES]  # fmt: skip
        self._rows: OrderedDict[int, int] = OrderedDict()  # by piece, the longest unused first
        self._lock = Lock()

    def pooled(self, texts: Sequence[str]) -> Any:
        """`(n, POOLED + 1)`: what the last layers start from; None where there are too many
        different pieces."""
        pieces = [self._pieces(text) for text in texts]
        with self._lock:
            rows = self._rows_of(dict.fromkeys(piece for each in pieces for piece in each))
            return None if rows is None else self._pool(pieces, rows)

    def _pieces(self, text: str) -> list[int]:
        """No piece reaches over a space, so each word can be cut by itself."""
        inner = [piece for word in text.split(" ") for piece in self._words(word)]
        return [*BEGIN, *(inner or UNKNOWN), *END]

    def _pieces_of(self, word: str) -> tuple[int, ...]:
        tokenizer = self._net.sp
        normal = tokenizer._normalizer.normalize(word)
        return tuple(tokenizer._viterbi(normal)) if normal else ()

    def _rows_of(self, pieces: dict[int, None]) -> dict[int, int] | None:
        """Where each piece is kept; what is not yet is worked out and takes the place of what was
        not used for longest."""
        if len(pieces) > PIECES:
            return None
        known = self._rows
        new = []
        for piece in pieces:
            if piece in known:
                known.move_to_end(piece)
            else:
                new.append(piece)
        if new:
            free = range(len(known), min(PIECES, len(known) + len(new)))
            rows = [*free, *(known.popitem(last=False)[1] for _ in range(len(new) - len(free)))]
            self._work_out(np.array(new), np.array(rows))
            known.update(zip(new, rows, strict=True))
        return known

    def _work_out(self, pieces: Any, rows: Any) -> None:
        inputs = product(self._embedded(pieces), self._net.proj_W) + self._net.proj_b
        inputs = _levelled(inputs, self._net.eps) * self._net.ln_g_all + self._net.ln_b_all
        self._inputs[rows] = inputs
        for branch, firsts in zip(self._branches, self._firsts, strict=True):
            own = np.ascontiguousarray(inputs[:, branch.at])
            made = product(own, branch.first)
            firsts[rows] = made.reshape(len(pieces), branch.many, _CHANNELS)

    def _embedded(self, pieces: Any) -> Any:
        net = self._net
        part = pieces % len(net.scale)
        return net.table[pieces] * net.scale[part, None] + net.lo[part, None]

    def _pool(self, pieces: Sequence[Sequence[int]], rows: dict[int, int]) -> Any:
        gap = [PIECES] * REACH
        laid: list[int] = []  # all texts in a row, with nothing between them
        starts = []
        for each in pieces:
            laid += gap
            starts.append(len(laid))
            laid += [rows[piece] for piece in each]
        laid += gap
        at = np.array(laid)
        own = np.flatnonzero(at != PIECES)
        found = np.empty((len(own), WIDTH + len(_BRANCHES) * _CHANNELS), np.float32)
        found[:, :WIDTH] = self._embedded(np.array([piece for each in pieces for piece in each]))
        for number, branch in enumerate(self._branches):
            left = WIDTH + number * _CHANNELS
            found[:, left : left + _CHANNELS] = self._branch(number, branch, at, own)
        found -= found.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", found, found) / found.shape[1]
        weights = 1.0 / np.sqrt(spread + np.float32(self._net.eps))
        return self._sums(pieces, found, weights)

    def _sums(self, pieces: Sequence[Sequence[int]], found: Any, weights: Any) -> Any:
        """Added up by text before they are stretched: that need not be done for every piece."""
        made = np.empty((len(pieces), found.shape[1] + 1), np.float32)
        start = 0
        for number, each in enumerate(pieces):
            end = start + len(each)
            total = weights[start:end] @ found[start:end]
            made[number, :-1] = total * self._net.ln_g + len(each) * self._net.ln_b
            made[number, -1] = len(each)
            made[number] /= np.sqrt(np.float32(len(each)))
            start = end
        return made

    def _branch(self, number: int, branch: _Branch, at: Any, own: Any) -> Any:
        """`(pieces, channels)`: two layers, each over a piece and its neighbours."""
        places = range(-branch.before, branch.many - branch.before)
        first = self._firsts[number]
        inner = first[at[own + places[0]], 0] + branch.first_bias
        for place, offset in enumerate(places[1:], 1):
            inner += first[at[own + offset], place]
        np.maximum(inner, 0, out=inner)
        inner += self._inputs[at[own], branch.at]
        wide = np.zeros((len(at), _CHANNELS), np.float32)
        wide[own] = inner
        around = wide[own[:, None] + np.array(places)].reshape(len(own), -1)
        outer = (branch.second @ around.T).T + branch.second_bias
        np.maximum(outer, 0, out=outer)
        return outer + inner


def _side_by_side(weight: Any, many: int) -> Any:
    """`(many * channels, channels)`, for neighbours in a row, as `(channels, many * channels)`."""
    by_place = weight.reshape(many, _CHANNELS, _CHANNELS).transpose(1, 0, 2)
    return np.ascontiguousarray(by_place).reshape(_CHANNELS, many * _CHANNELS)


def _levelled(rows: Any, eps: float) -> Any:
    rows = rows - rows.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
    return rows / np.sqrt(spread + np.float32(eps))[:, None]
