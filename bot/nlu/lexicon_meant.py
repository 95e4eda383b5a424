"""Whom a message is about: everybody named in it, weighed by its intent.

A word alone does not tell: a friend who says so is not whom it is about, and where her mother will
bring her son it is the child. What counts for which intent is in data/lexicon/lexicon_meant.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from .lexicon import Mention, WordList, relatives
from .place_names import DATA, read_yaml
from .place_text import words

_REACH, _AFTER = 6, 5  # words around somebody that are looked at
_ONE = ("un", "una")
_OPENING = 2  # words that may stand before whom the message begins with
_MAN = frozenset(("partner", "spouse"))
_OF = (["de"], ["del"], ["of"])
_THE = ("el", "la", "los", "las", "al", "the")


@dataclass(frozen=True)
class _Line:
    """Who counts for one intent."""

    prefers: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    how: str = "own"
    implies: str | None = None
    anyway: bool = False


@dataclass(frozen=True)
class _Person:
    """Somebody named in words[first:last], "mi" included; `words`: how many without it."""

    value: str
    first: int
    last: int
    mine: bool
    words: int

    def rank(self) -> tuple[int, bool, int]:
        """The longer, her own, the earlier one counts more."""
        return self.words + int(self.mine), self.mine, -self.first


class _Reader:
    """Reads messages; made once from the file."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._lines = {intent: _line(line) for intent, line in content["relatives"].items()}
        self._more = WordList()
        for value, written in content["words"].items():
            for phrase in written:
                self._more.add(str(phrase), value)
        self._man = re.compile(content["man"])
        self._passing, self._prepositions, self._for, self._and = (
            re.compile(rf"(?:^|.*\b)(?:{content[key]})$")
            for key in ("passing_before", "prepositions", "for_words", "and")
        )
        self._passing_after = re.compile(content["passing_after"])
        self._after_mine, self._between = (
            frozenset(content[key]) for key in ("after_mine", "between")
        )

    def read(self, text: str, intent: str) -> str | None:
        """Whom a message of this intent is about, or None."""
        line = self._lines.get(intent, _Line())
        if line.how == "never":
            return None
        said = words(text)
        kept = [each for each in self._people(said, line) if self._counts(said, each, line)]
        best = max(kept, key=lambda each: (each.value in line.prefers, each.rank()), default=None)
        return best.value if best else line.implies

    def _people(self, said: list[str], line: _Line) -> Iterable[_Person]:
        """Everybody named; the children's father is her partner, where partners are looked for."""
        seen: set[int] = set()
        if _MAN & set(line.prefers):
            for first, last in self._men(said):
                seen.update(range(first, last))
                yield _Person("partner", first, last, True, last - first)
        for each in (*self._more.mentions(said), *relatives().mentions(said)):
            if each.first not in seen:
                yield self._person(said, each)

    def _person(self, said: list[str], each: Mention) -> _Person:
        """With the "mi" before or the "mía" after it."""
        first, mine = each.first, said[each.first] in relatives().mine
        while first and said[first - 1] in self._between:
            first -= 1
        if first and said[first - 1] in relatives().mine:
            first, mine = first - 1, True
        elif self._after_mine & set(said[each.last - 1 : each.last + 1]):
            mine = True
        start = first if mine else each.first
        return _Person(each.value, start, each.last, mine, each.last - each.first)

    def _men(self, said: list[str]) -> Iterable[tuple[int, int]]:
        plain = " ".join(said)
        for match in self._man.finditer(plain):
            first = plain.count(" ", 0, match.start())
            yield first, first + match[0].strip().count(" ") + 1

    def _counts(self, said: list[str], each: _Person, line: _Line) -> bool:
        if line.only and each.value not in line.only:
            return False
        if each.value == "other" and not each.mine and not _is_one(said, each, line.how):
            return False
        preferred = each.value in line.prefers
        if preferred and each.value in _MAN:
            return True
        before = " ".join(said[max(0, each.first - _REACH) : each.first])
        told = (each.mine or each.words > 1) and not (preferred and line.anyway)
        if told and self._passing.search(before):
            return False
        after = " ".join(said[each.last : each.last + _AFTER])
        if not preferred and self._passing_after.match(after):
            return False
        return self._fits(said, each, line.how, before)

    def _fits(self, said: list[str], each: _Person, how: str, before: str) -> bool:
        """Whether somebody not named in passing is named as `how` demands."""
        if how == "found":
            return True
        if how == "known":
            definite = each.words > 1 or said[each.first - 1] in _THE
            return each.mine or (definite and said[each.last : each.last + 1] not in _OF)
        if how == "opens":
            return each.mine and each.first <= _OPENING
        if how == "for":
            return each.mine and bool(self._for.search(before))
        if how == "subject":
            return each.mine and not self._prepositions.search(before)
        return each.mine and not self._and.search(before)


def _is_one(said: list[str], each: _Person, how: str) -> bool:
    """ "una prima se quedó atrás": hers, though she does not say so."""
    return how == "found" and said[each.first - 1] in _ONE


def _line(line: dict[str, Any]) -> _Line:
    return _Line(
        tuple(line.get("prefers", ())), tuple(line.get("only", ())), line.get("how", "own"),
        line.get("implies"), bool(line.get("anyway")),
    )  # fmt: skip


@cache
def _reader() -> _Reader:
    return _Reader(read_yaml(DATA / "lexicon" / "lexicon_meant.yml"))


def relative_meant(text: str, intent: str) -> str | None:
    """Whom `text`, understood as `intent`, is about, or None."""
    return _reader().read(text, intent)
