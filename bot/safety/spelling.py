"""Mending words that are one slip of the finger away from a word of the patterns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

SHORTEST = 5  # shorter words have too many neighbours


@dataclass(frozen=True)
class Spelt:
    """Words after mending, and which of them (by position) were mended."""

    text: str  # each word followed by one space
    mended: frozenset[int]


class Speller:
    """Knows the words of one language's patterns.

    `same` maps a way of writing to the words it stands for. `real` are true words that look like a
    slip of a pattern's word (`pagando`, `pegando`): they are left alone.
    """

    def __init__(
        self, words: Collection[str], real: Collection[str], same: Mapping[str, str]
    ) -> None:
        self._known = frozenset(words) | frozenset(real)
        self._same = dict(same)
        self._shortened: dict[str, list[str]] = {}
        for word in sorted(words):
            if len(word) >= SHORTEST and word.isalpha():
                for form in {word, *_one_less(word)}:
                    self._shortened.setdefault(form, []).append(word)

    def spell(self, folded: str) -> Spelt:
        """`folded` words, mended."""
        written = [w for word in folded.split() for w in self._same.get(word, word).split()]
        mended: set[int] = set()
        for at, word in enumerate(written):
            better = word if word in self._known else self._mend(word)
            if better != word:
                written[at] = better
                mended.add(at)
        return Spelt(" ".join(written) + " ", frozenset(mended))

    def _mend(self, word: str) -> str:
        if not SHORTEST - 1 <= len(word) <= 20 or not word.isalpha():
            return word
        for form in (word, *_one_less(word)):
            for candidate in self._shortened.get(form, ()):
                if is_one_slip(word, candidate):
                    return candidate
        return word


def is_one_slip(written: str, meant: str) -> bool:
    """Whether one letter is missing, too many, wrong, or swapped with its neighbour."""
    start = 0
    while start < min(len(written), len(meant)) and written[start] == meant[start]:
        start += 1
    a, b = written[start:], meant[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b if len(a) == len(b) + 1 else a == b[1:]


def _one_less(word: str) -> Iterator[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))
