"""What our own sentences mean: their vectors, encoded once and kept in a file beside the model.

A woman's message is encoded where it is understood; what statements answer is encoded here, by
processes that end, so that the application itself never holds the encoder.
"""

from __future__ import annotations

import hashlib
import logging
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import numpy as np

from .encoder import Encoder, ManyProcesses
from .normalise import clean

# Vectors have length 1 and hundreds of numbers: none of them is far from 0.
SCALE, LIMIT = 400.0, 127
DIGEST, WIDTH = 16, 512  # bytes, numbers
LONG, LEAST, MOST_PARTS = 12, 3, 3  # words, words, clauses
_CLAUSE = re.compile(r"[.;:!?¿¡,\n]+|\b(?:pero|porque|but|because)\b")
_log = logging.getLogger(__name__)


def packed(vectors: Any) -> Any:
    """Numbers of one byte, a quarter of the size; angles change by less than half a degree."""
    return np.clip(np.rint(vectors * SCALE), -LIMIT, LIMIT).astype(np.int8)


def parts(text: str) -> list[str]:
    """`text`, and of a long one the clauses that may hold her question: at most MOST_PARTS."""
    if len(text.split()) < LONG:
        return [text]
    found = [each.strip() for each in _CLAUSE.split(text)]
    clauses = [each for each in found if len(each.split()) >= LEAST and each != text]
    return [text, *clauses[-MOST_PARTS:]]


def as_text(vectors: Any) -> str:
    """`(n, d)`, for JSON."""
    return b64encode(packed(vectors).tobytes()).decode()


def from_text(text: str | None, width: int = WIDTH) -> Any:
    """What `as_text` wrote: `(n, width)`, length 1 each; None where there is none, or damaged."""
    try:
        numbers = np.frombuffer(b64decode(text or "", validate=True), dtype=np.int8)
        vectors = numbers.astype(np.float32).reshape(-1, width)
    except ValueError:
        return None
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths if len(vectors) and lengths.all() else None


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=DIGEST).digest()


class Meanings:
    """Vectors by text. One writer at a time; readers see the old state or the new one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._rows: dict[bytes, int] = {}
        self._vectors: Any = np.zeros((0, 0), dtype=np.int8)
        self._wanted: set[str] = set()
        self.learnt = 0  # how often it learnt something: whoever keeps vectors looks again
        if path.exists():
            with np.load(path, allow_pickle=False) as arrays:
                self._vectors = arrays["vectors"]
                self._rows = {bytes(key): i for i, key in enumerate(arrays["keys"])}

    def of(self, texts: Sequence[str]) -> tuple[Any, list[int]]:
        """The packed vectors of the texts that are known, and which of `texts` they belong to."""
        rows = self._rows
        known = [(i, rows[key]) for i, text in enumerate(texts) if (key := _digest(text)) in rows]
        return self._vectors[[row for _, row in known]], [i for i, _ in known]

    def missing(self, texts: Iterable[str]) -> list[str]:
        """The texts that nothing is known of."""
        return [text for text in dict.fromkeys(texts) if _digest(text) not in self._rows]

    def learn(self, texts: Iterable[str], encoder: Encoder | None = None) -> int:
        """Encode what is new, and keep it in the file; how many that were."""
        with self._lock:
            new = self.missing(texts)
            if not new:
                return 0
            vectors = packed((encoder or ManyProcesses()).encode([clean(text) for text in new]))
            before = self._vectors if len(self._vectors) else vectors[:0]
            rows = dict(self._rows)
            rows.update({_digest(text): len(rows) + i for i, text in enumerate(new)})
            self._vectors, self._rows = np.concatenate([before, vectors]), rows
            self._save()
            self.learnt += 1
            return len(new)

    def learn_later(self, texts: Sequence[str]) -> None:
        """The same, beside whatever is going on: until then the words themselves decide."""
        new = set(self.missing(texts)) - self._wanted
        if new:
            self._wanted |= new
            Thread(target=self._learn_quietly, args=(sorted(new),), daemon=True).start()

    def _learn_quietly(self, texts: Sequence[str]) -> None:
        try:
            self.learn(texts)
        except Exception:  # the words still decide; the next start tries again
            _log.exception("what %d texts mean could not be encoded", len(texts))

    def _save(self) -> None:
        self._path.parent.mkdir(exist_ok=True)
        keys = np.frombuffer(b"".join(self._rows), dtype=np.uint8).reshape(-1, DIGEST)
        unfinished = self._path.with_name(f"unfinished-{self._path.name}")
        with unfinished.open("wb") as file:
            np.savez(file, keys=keys, vectors=self._vectors)
        unfinished.replace(self._path)


@cache
def meanings(path: Path) -> Meanings:
    """The one of this process."""
    return Meanings(path)
