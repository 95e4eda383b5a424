"""The words of one message, and which of them are to be replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.privacy.word_lists import Lists


@dataclass(frozen=True)
class Word:
    """One word, number or sign of punctuation. `capital`: with a capital; `inside`: and not at
    the head of a sentence."""

    start: int
    end: int
    plain: str
    capital: bool
    inside: bool

    @property
    def is_word(self) -> bool:
        return self.plain[:1].isalpha()

    @property
    def is_number(self) -> bool:
        return self.plain[:1].isdigit()


@dataclass
class Marks:
    """`kinds`: what a word is replaced as; `wide`: words of countries, states, public bodies."""

    words: Sequence[Word]
    signs: Mapping[str, Sequence[tuple[int, int]]]  # where each list of signs.yml was found
    known: Lists
    kinds: dict[int, str] = field(default_factory=dict)
    wide: set[int] = field(default_factory=set)
    covered: list[tuple[int, int, str]] = field(default_factory=list)

    def cover(self, start: int, end: int, kind: str) -> None:
        """The characters go, with every word that they touch."""
        self.covered.append((start, end, kind))
        for place, word in enumerate(self.words):
            if word.start < end and start < word.end:
                self.kinds.setdefault(place, kind)

    def mark(self, places: Iterable[int], kind: str) -> None:
        """These words go."""
        for place in places:
            self.kinds.setdefault(place, kind)

    def after(self, *names: str) -> Iterator[int]:
        """The places right after each sign of these lists, without a colon or dot between."""
        for name in names:
            for _, end in self.signs.get(name, ()):
                while end < len(self.words) and self.words[end].plain in (":", ".", ",", '"', "-"):
                    end += 1
                if end < len(self.words):
                    yield end

    def following(self, place: int, most: int) -> range:
        """This place and those after it, so many at most."""
        return range(len(self.words))[place : place + most]

    def before(self, place: int, most: int) -> range:
        """The places before this one, the nearest first, so many at most."""
        return range(len(self.words))[max(0, place - most) : place][::-1]

    def is_joint(self, place: int) -> bool:
        return self.words[place].plain in self.known.signs["joints"]

    def is_common(self, place: int) -> bool:
        """Whether everybody writes this word, so."""
        word = self.words[place]
        plain = word.plain.removesuffix("'s")
        if not word.is_word:
            return True
        if word.inside:  # "La" of "La Esperanza" is a joint, "Escuela" of "Hospital Escuela" is not
            return plain in self.known.capital or plain in self.known.signs["joints"]
        return plain in self.known.small

    def is_odd(self, place: int) -> bool:
        """Whether the word may be a name where a name is likely."""
        word = self.words[place]
        if word.plain in self.known.everywhere:
            return word.inside and word.plain not in self.known.capital
        return word.capital or not self.is_common(place) or word.plain in self.known.also_words

    def pieces(self) -> list[tuple[int, int, str]]:
        """What goes, in order, without overlaps."""
        single = [(self.words[p].start, self.words[p].end, k) for p, k in self.kinds.items()]
        merged: list[tuple[int, int, str]] = []
        for start, end, kind in sorted([*self.covered, *single]):
            if merged and start < merged[-1][1]:
                before = merged[-1]
                merged[-1] = (before[0], max(before[1], end), before[2])
            else:
                merged.append((start, end, kind))
        return merged
