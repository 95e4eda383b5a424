"""What scikit-learn's TfidfVectorizer says of one text, without scikit-learn.

Its own `transform` takes 3 ms for a message, and importing it 2 s of every start; a test holds the
two to the same numbers. Only what `bot.nlu.ngrams` uses: sublinear tf, smooth idf, l2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from bot.nlu.kept_words import kept

TOKEN = r"[^\s.,;:!?¡¿()]+"  # noqa: S105  # what a word is
WORDS = (1, 2)
CHARACTERS = (2, 5)
_TOKEN = re.compile(TOKEN)
_NONE = np.zeros(0, np.int64)


def word_ngrams(text: str) -> Iterator[str]:
    """Words and pairs of words."""
    words = _TOKEN.findall(text)
    for n in range(WORDS[0], WORDS[1] + 1):
        for i in range(len(words) - n + 1):
            yield " ".join(words[i : i + n])


def character_ngrams(text: str) -> Iterator[str]:
    """Runs of letters inside words, a space at both ends of a word."""
    for each in text.split():
        word = f" {each} "
        for n in range(CHARACTERS[0], CHARACTERS[1] + 1):
            if len(word) <= n:
                yield word  # a short word counts once, as the whole
                break
            for i in range(len(word) - n + 1):
                yield word[i : i + n]


class View:
    """One kind of n-gram with its vocabulary, in the order of the model's weights."""

    def __init__(
        self, split: Callable[[str], Iterator[str]], vocabulary: Sequence[str], idf: Any
    ) -> None:
        self._split = split
        self._of_word = kept(self._known) if split is character_ngrams else None
        self.vocabulary = vocabulary
        self.idf = idf  # (features,) float32
        self._rows = {ngram: row for row, ngram in enumerate(vocabulary)}

    def __getstate__(self) -> dict[str, Any]:
        """Without what was kept of words: a model that was trained in a process of its own comes
        back from it."""
        return {name: value for name, value in self.__dict__.items() if name != "_of_word"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._of_word = kept(self._known) if self._split is character_ngrams else None

    def weigh(self, text: str) -> tuple[Any, Any]:
        """Rows of the n-grams that are known, and each one's share (a vector of length 1)."""
        if self._of_word is None:
            found = self._known(text)
        else:  # none reaches over a space
            found = np.concatenate([_NONE, *map(self._of_word, text.split())])
        rows, often = np.unique(found, return_counts=True)
        shares = (np.log(often.astype(np.float32)) + 1) * self.idf[rows]
        length = float(np.sqrt(shares @ shares))
        return rows, shares / length if length else shares

    def _known(self, text: str) -> Any:
        """Rows of the n-grams that are known, as often as they are written."""
        rows = map(self._rows.get, self._split(text))
        return np.array([row for row in rows if row is not None], np.int64)
