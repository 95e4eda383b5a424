"""What our own sentences mean: their vectors, encoded once and kept in a file beside the model.

A woman's message is encoded where it is understood; what statements answer is encoded here, by
processes that end, so that the application itself never holds the encoder.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import re
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import numpy as np

from .answering import PATH as ANSWERING
from .answering import WIDTH
from .encoder import Encoder, ManyProcesses
from .normalise import clean

# Vectors have length 1 and hundreds of numbers: none of them is far from 0.
SCALE, LIMIT = 400.0, 127
DIGEST = 16  # bytes
BOTH = 2 * WIDTH  # what a text means, and the same turned towards what answers it
LONG, LEAST, MOST_PARTS = 12, 3, 2  # words, words, clauses
_CLAUSE = re.compile(r"[.;:!?¿¡,\n]+|\b(?:pero|porque|but|because)\b")
_log = logging.getLogger(__name__)


def packed(vectors: Any) -> Any:
    """Numbers of one byte, a quarter of the size; angles change by less than half a degree."""
    return np.minimum(np.maximum(np.rint(vectors * SCALE), -LIMIT), LIMIT).astype(np.int8)


def unpacked(vectors: Any) -> Any:
    """What `packed` made smaller, of `(n, d)`: length 1 each again, 0 where there is nothing."""
    numbers = vectors.astype(np.float32)
    return numbers / np.maximum(np.linalg.norm(numbers, axis=1, keepdims=True), 1.0)


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


def from_text(text: str | None) -> Any:
    """What `as_text` wrote: `(n, BOTH)`, each half of length 1; None where there is none, or
    damaged."""
    try:
        numbers = np.frombuffer(b64decode(text or "", validate=True), dtype=np.int8)
        halves = numbers.astype(np.float32).reshape(-1, 2, WIDTH)
    except ValueError:
        return None
    lengths = np.linalg.norm(halves, axis=2, keepdims=True)
    whole = len(halves) and lengths.all()
    return (halves / lengths).reshape(-1, BOTH) if whole else None


@cache
def made_with() -> str:
    """The checksum of the weights that turn: with others every text is encoded again."""
    try:
        return hashlib.blake2b(ANSWERING.read_bytes(), digest_size=DIGEST).hexdigest()
    except OSError:
        return ""


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=DIGEST).digest()


class Meanings:
    """Vectors by text, in memory and in a file that several processes may read and write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._rows: dict[bytes, int] = {}
        self._vectors: Any = np.zeros((0, 0), dtype=np.int8)
        self._wanted: set[str] = set()
        self.learnt = 0  # how often it learnt something: whoever keeps vectors looks again
        self._take(*_read(path))

    def of(self, texts: Sequence[str]) -> tuple[Any, list[int]]:
        """The packed vectors of the texts that are known, and which of `texts` they belong to."""
        rows, vectors = self._rows, self._vectors
        known = [(i, rows[key]) for i, text in enumerate(texts) if (key := _digest(text)) in rows]
        return vectors[[row for _, row in known]], [i for i, _ in known]

    def missing(self, texts: Iterable[str]) -> list[str]:
        """The texts that nothing is known of."""
        return [text for text in dict.fromkeys(texts) if _digest(text) not in self._rows]

    def learn(self, texts: Iterable[str], encoder: Encoder | None = None) -> int:
        """Encode what is new, and keep it in the file; how many that were.

        Where the file cannot be written it is known until the process ends.
        """
        with self._lock:
            new = self.missing(texts)
            if not new:
                return 0
            vectors = packed((encoder or ManyProcesses()).both([clean(text) for text in new]))
            self._take([_digest(text) for text in new], vectors)
            self.learnt += 1
            try:
                self._save()
            except OSError as error:
                _log.warning("%s cannot be written (%s): encoded again at the next start",
                             self._path, error.strerror)  # fmt: skip
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

    def _take(self, keys: Sequence[bytes], vectors: Any) -> None:
        """Add what is not known yet; readers see the old state or the new one."""
        fresh = [i for i, key in enumerate(keys) if key not in self._rows]
        if not fresh:
            return
        before = self._vectors if len(self._vectors) else vectors[:0]
        added = {keys[i]: len(before) + n for n, i in enumerate(fresh)}
        self._vectors = np.concatenate([before, vectors[fresh]])
        self._rows = {**self._rows, **added}

    def _save(self) -> None:
        """What other processes have learnt meanwhile is kept: one writes at a time."""
        self._path.parent.mkdir(exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._take(*_read(self._path))
            keys = np.frombuffer(b"".join(self._rows), dtype=np.uint8).reshape(-1, DIGEST)
            unfinished = self._path.with_name(f"unfinished-{os.getpid()}-{self._path.name}")
            with unfinished.open("wb") as file:
                np.savez(file, keys=keys, vectors=self._vectors, made_with=made_with())
            unfinished.replace(self._path)


def _read(path: Path) -> tuple[list[bytes], Any]:
    """Keys and vectors in the file; nothing where there is none, where it is damaged, or made with
    other weights."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if str(arrays["made_with"]) == made_with():
                return [bytes(key) for key in arrays["keys"]], arrays["vectors"]
    except FileNotFoundError:
        pass
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        _log.warning("%s cannot be read: what it held is encoded again", path)
    return [], np.zeros((0, 0), dtype=np.int8)


@cache
def meanings(path: Path) -> Meanings:
    """The one of this process."""
    return Meanings(path)
