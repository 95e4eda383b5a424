"""The kind of service and the relative that a message names, from word lists (data/lexicon).

The longest match decides, so that "refugio para mujeres" is a violence shelter though "refugio"
alone is not; of equally long matches the first in the message. No accents, no capitals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from .place_names import DATA, read_yaml
from .place_text import name_key, words

_STEM_START = 3
_ENDING = 6  # letters that an ending may add to a starred word
_ABOUT_THE_WORDS = ("needs", "owners", "mine")


@dataclass
class WordList:
    """Phrases with the value each stands for. `stems` holds those written with a star."""

    phrases: dict[str, str] = field(default_factory=dict)
    stems: dict[str, str] = field(default_factory=dict)
    stem_starts: set[str] = field(default_factory=set)
    longest: dict[str, int] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    mine: frozenset[str] = frozenset()

    def add(self, written: str, value: str) -> None:
        """Takes in one phrase of the file."""
        key = name_key(written.rstrip("*"))
        if written.endswith("*"):
            self.stems.setdefault(key, value)
            self.stem_starts.add(key.split(" ")[0][:_STEM_START])
        else:
            self.phrases.setdefault(key, value)
        parts = key.split(" ")
        self.longest[parts[0]] = max(self.longest.get(parts[0], 1), len(parts))

    def find(self, words: list[str]) -> str | None:
        """The value of the longest phrase in `words`, her own ("mi prima") before others'."""
        best: tuple[int, bool, int] | None = None
        found: str | None = None
        for first, word in enumerate(words):
            if word not in self.longest and word[:_STEM_START] not in self.stem_starts:
                continue
            mine = bool(first) and words[first - 1] in self.mine
            for last in range(min(first + self.longest.get(word, 1), len(words)), first, -1):
                value = self._value(words[first:last])
                if value is None or self._is_unowned(words, first, last):
                    continue
                rank = (last - first + int(mine), mine, -first)
                if best is None or rank > best:
                    best, found = rank, value
                break
        return found

    def _value(self, words: list[str]) -> str | None:
        phrase = " ".join(words)
        if phrase in self.phrases:
            return self.phrases[phrase]
        shortest = max(2, len(phrase) - min(_ENDING, len(words[-1]) - 1))
        for end in range(len(phrase), shortest - 1, -1):
            if phrase[:end] in self.stems:
                return self.stems[phrase[:end]]
        return None

    def _is_unowned(self, words: list[str], first: int, last: int) -> bool:
        """Whether a word that needs "mi", "my" … before it stands without."""
        if first and words[first - 1] in self.owners:
            return False
        return " ".join(words[first:last]) in self.needs


def _word_list(content: dict[str, Any]) -> WordList:
    needs, owners, mine = (
        frozenset(name_key(str(word)) for word in content.pop(name, ()))
        for name in _ABOUT_THE_WORDS
    )
    words = WordList(needs=needs, owners=owners, mine=mine)
    for value, written in content.items():
        for phrase in written:
            words.add(str(phrase), value)
    return words


@cache
def _load(name: str) -> WordList:
    return _word_list(read_yaml(DATA / "lexicon" / name))


def service_type(text: str) -> str | None:
    """The kind of service that `text` asks for (a service_type of the vocabulary), or None."""
    return _load("service_types.yml").find(words(text))


def relative(text: str) -> str | None:
    """Whom `text` is about: spouse, partner, child, parent, sibling, other, or None."""
    return _load("relatives.yml").find(words(text))
