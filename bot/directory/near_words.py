"""Words of a search that nobody wrote so: which known words they may have meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

MOST_GUESSED = 2  # words of one search: each is held against thousands
SHORTEST, MOST_MEANT = 4, 8
ALIKE = 0.8  # "abogda" and "abogada" are 0.92 alike, "casa" and "caso" 0.75
Meant = tuple[tuple[str, ...], ...]


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """Every word of folded texts; a number is never meant by another."""
    return frozenset(word for text in texts for word in text.split() if word.isalpha())


def meant(words: Sequence[str], known: Collection[str]) -> Meant:
    """Of each folded word what may stand for it: itself where any known word holds it, else those
    that are spelled nearly so; itself too where none is, or where many before it were not known."""
    guessed = 0
    found: list[tuple[str, ...]] = []
    for word in words:
        near: list[str] = []
        may_be = len(word) >= SHORTEST and word.isalpha() and guessed < MOST_GUESSED
        if may_be and not any(word in each for each in known):
            guessed += 1
            alike = [each for each in known if abs(len(each) - len(word)) <= 2]
            near = get_close_matches(word, alike, MOST_MEANT, ALIKE)
        found.append(tuple(near) or (word,))
    return tuple(found)


def holds(text: str, wanted: Meant) -> bool:
    """Whether each of the words, or what it may have meant, is in the folded text."""
    return all(any(word in text for word in alike) for alike in wanted)
