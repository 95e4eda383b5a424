"""The sentence encoder, its upper layers trained on our own messages (by `bot.nlu.tuning`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.nlu.encoder import Encoder, UniversalSentenceEncoder, open_use

TUNED = Path(__file__).resolve().parent / "weights" / "tuned.npz"

ORDERS = ((2, 0), (3, 1), (5, 2))  # of the three branches: pieces in a window, of which before
WIDTH = 256  # of each branch
HEAD, TAIL = 64, 64  # pieces read of a very long message: the question stands first or last
BATCH = 400  # pieces encoded together: enough to use the processor, small enough for its cache
LENGTH = 8.0  # of the first half of a tuned vector, so that both halves weigh alike


def load_encoder(weights: Path = TUNED) -> Encoder:
    """The tuned encoder where its weights are there, otherwise the general one."""
    return TunedEncoder(weights) if weights.exists() else UniversalSentenceEncoder()


class Pieces:
    """Texts as the encoder's word pieces, and each piece's own vector: the part never trained."""

    def __init__(self) -> None:
        # Inner parts (`table`, `proj_W`, …) of a package that is pinned by hash.
        use = open_use()
        self._tokenizer, self.network = use._tokenizer, use._model

    def split(self, text: str) -> Any:
        """Piece numbers, with the signs for beginning and end."""
        ids = self._tokenizer.encode(text or " ", out_type=int, add_bos=True, add_eos=True)
        if len(ids) > HEAD + TAIL:
            ids = ids[:HEAD] + ids[-TAIL:]
        return np.array(ids, dtype=np.int64)

    def vectors(self, ids: Any) -> Any:
        """`(n, 512 + 3 * 256)`: each piece's vector, then what each of the three branches reads."""
        net = self.network
        chunk = (ids % len(net.scale))[:, None]
        raw = net.table[ids].astype(np.float32) * net.scale[chunk] + net.lo[chunk]
        read = _normal(raw @ net.proj_W + net.proj_b, net.eps) * net.ln_g_all + net.ln_b_all
        return np.concatenate([raw, read], axis=1)


class TunedEncoder:
    """The encoder after training on messages like hers; also knows which intents it was shown."""

    def __init__(self, weights: Path = TUNED) -> None:
        self.name = "tuned-" + hashlib.sha256(weights.read_bytes()).hexdigest()[:16]
        with np.load(weights, allow_pickle=False) as arrays:
            self._w = {k: arrays[k].astype(np.float32) for k in arrays.files if k != "labels"}
            self.labels = tuple(map(str, arrays["labels"]))
        self._pieces = Pieces()

    @property
    def head(self) -> tuple[Any, Any]:
        """Weights `(d, intents)` and bias of the last layer, in the order of `labels`."""
        return self._w["out_W"], self._w["out_b"]

    def encode(self, texts: Sequence[str]) -> Any:
        """`(n, 1024)` float32: what the sentence says as a whole, then its strongest signs."""
        with self._pieces.network._threadpool(limits=1, user_api="blas"):
            parts = [self._encode(batch) for batch in _batches(map(self._pieces.split, texts))]
        return np.concatenate(parts) if parts else np.zeros((0, self._w["out_W"].shape[0]), "f")

    def _encode(self, sentences: Sequence[Any]) -> Any:
        lengths = np.array([len(s) for s in sentences])
        starts = np.cumsum(lengths) - lengths
        read = self._pieces.vectors(np.concatenate(sentences))
        features = [read[:, :512]]
        for i, (n, left) in enumerate(ORDERS):
            window = _window(starts, lengths, n, left)
            x = read[:, 512 + i * WIDTH : 512 + (i + 1) * WIDTH]
            for layer in ("1", "2"):
                x = x + self._convolve(x, window, layer, n)
            features.append(x)
        joined = _normal(np.concatenate(features, axis=1), self._pieces.network.eps)
        joined = joined * self._w["ln_g"] + self._w["ln_b"]
        whole = self._whole(np.add.reduceat(joined, starts, axis=0), lengths.astype(np.float32))
        signs = np.maximum(joined @ self._w["mp_W"] + self._w["mp_b"], 0)
        return np.concatenate([whole, np.maximum.reduceat(signs, starts, axis=0)], axis=1)

    def _convolve(self, x: Any, window: Any, layer: str, n: int) -> Any:
        padded = np.concatenate([x, np.zeros((1, WIDTH), np.float32)])
        seen = padded[window].reshape(len(x), n * WIDTH)
        return np.maximum(seen @ self._w[f"w{layer}_{n}"] + self._w[f"b{layer}_{n}"], 0)

    def _whole(self, total: Any, lengths: Any) -> Any:
        w = self._w
        mean = total @ w["cnn_W"] + lengths[:, None] * w["cnn_b"]
        mean /= np.sqrt(lengths)[:, None]
        first = np.maximum(mean @ w["p1"] + np.maximum(mean @ w["d0"], 0) @ w["d1"], 0)
        vector = np.tanh(first @ w["p3"] + np.maximum(first @ w["d2"], 0) @ w["d3"])
        squares = (vector * vector).sum(axis=1, keepdims=True)
        return LENGTH * vector / np.sqrt(squares + 1e-6)


def _normal(x: Any, eps: float) -> Any:
    """Rows of mean 0 and variance 1."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(eps))


def _window(starts: Any, lengths: Any, n: int, left: int) -> Any:
    """For each piece the rows of the `n` around it; a row past the last where its sentence ends."""
    total = int(lengths.sum())
    rows = np.arange(total)[:, None] + np.arange(-left, n - left)
    first, end = np.repeat(starts, lengths)[:, None], np.repeat(starts + lengths, lengths)[:, None]
    return np.where((rows >= first) & (rows < end), rows, total)


def _batches(sentences: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for sentence in sentences:
        if batch and sum(map(len, batch)) + len(sentence) > BATCH:
            yield batch
            batch = []
        batch.append(sentence)
    if batch:
        yield batch
