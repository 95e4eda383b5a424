"""The kind of service and the relative that a message names, from word lists (data/lexicon).

What is asked for and who is meant is decided with the intent: lexicon_asked, lexicon_meant.
The longest match decides, so that "refugio para mujeres" is a violence shelter though "refugio"
alone is not; of equally long matches the first in the message. No accents, no capitals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from .place_names import DATA, read_yaml
from .place_text import name_key

_STEM_START = 3
_ENDING = 6  # letters that an ending may add to a starred word
_ABOUT_THE_WORDS = ("needs", "owners", "mine")


@dataclass(frozen=True)
class Mention:
    """A phrase of a list in words[first:last]; `mine`: "mi", "my" stands before it."""

    first: int
    last: int
    value: str
    mine: bool

    def rank(self) -> tuple[int, bool, int]:
        """The longer, her own, the earlier one counts more."""
        return self.last - self.first + int(self.mine), self.mine, -self.first


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
        best = max(self.mentions(words), key=Mention.rank, default=None)
        return best.value if best else None

    def mentions(self, words: list[str]) -> Iterator[Mention]:
        """At every word the longest phrase that begins there."""
        for first, word in enumerate(words):
            if word not in self.longest and word[:_STEM_START] not in self.stem_starts:
                continue
            mine = bool(first) and words[first - 1] in self.mine
            for last in range(min(first + self.longest.get(word, 1), len(words)), first, -1):
                value = self._value(words[first:last])
                if value is not None and not self._is_unowned(words, first, last):
                    yield Mention(first, last, value, mine)
                    break

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
def services() -> WordList:
    """Words for kinds of service (service_types of the vocabulary)."""
    return _word_list(read_yaml(DATA / "lexicon" / "service_types.yml"))


@cache
def relatives() -> WordList:
    """Words for relatives: spouse, partner, child, parent, sibling, other."""
    return _word_list(read_yaml(DATA / "lexicon" / "relatives.yml"))
