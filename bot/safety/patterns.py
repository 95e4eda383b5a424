"""The small language in which data/safety/*.yml says what a message may sound like.

    tiene un cuchillo        these words, one after the other, however they are spelt
    (me|nos|la)              one of these; an alternative may hold several words
    [ahora|ya]               may be there or not
    encerrad-a-o-as-os       one stem with any of these endings
    tiene/n                  a word, or that word with one of these endings
    <2>                      up to two words of any kind, within the sentence
    <start>, <end>           the beginning and the end of a sentence
    {weapon}                 a list from the `lists` of the file words.yml

A pattern becomes a regular expression over folded words, each followed by one space.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"\{[a-z_]+\}|<\d+>|<start>|<end>|[()\[\]|]|[^\s()\[\]|{}<>]+")
_STRAY = re.compile(r"[{}<>]")
_BEGIN = r"(?:(?<=\. )|(?<!.))"
_END = r"(?=\. |$)"
START = r"(?<![^ ])"

Spell = Callable[[str], str]


class PatternError(ValueError):
    """A pattern cannot be read; the message holds the pattern."""


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern."""

    source: str
    regex: str  # to be embedded: no groups, no anchors
    words: frozenset[str]  # every word that it can match
    anchor: frozenset[str]  # any match holds at least one of these; empty where nothing is certain
    literals: tuple[str, ...]  # whole phrases as written, where the pattern is only words


@dataclass(frozen=True)
class _Part:
    regex: str
    words: frozenset[str]
    anchor: frozenset[str]


_NOTHING = _Part("", frozenset(), frozenset())


@dataclass(frozen=True)
class Dialect:
    """What the patterns of one language lean on. `spell` folds one written word."""

    lists: Mapping[str, str]
    spell: Spell
    gap_stops: Sequence[str] = ()

    def any_word(self) -> str:
        """The regular expression of a word that a gap may skip."""
        stops = "|".join(re.escape(self.spell(word)) for word in self.gap_stops)
        return f"(?:(?!(?:{stops}) )[^ .]+ )" if stops else "(?:[^ .]+ )"


def compile_pattern(source: str, dialect: Dialect) -> Pattern:
    """`source` as a `Pattern`. Raises PatternError."""
    part = _Parser(source, dialect).whole()
    if not part.regex:
        raise PatternError(f"«{source}» is empty")
    literal = (source,) if not re.search(r"[()\[\]|{}<>/-]", source) else ()
    return Pattern(source, part.regex, part.words, part.anchor, literal)


class _Parser:
    """Recursive descent over the tokens of one pattern."""

    def __init__(self, source: str, dialect: Dialect, inside: tuple[str, ...] = ()) -> None:
        self._source, self._dialect, self._inside = source, dialect, inside
        if _STRAY.search(_TOKEN.sub("", source)):
            raise PatternError(f"«{source}» holds a bracket that means nothing")
        self._tokens = _TOKEN.findall(source)
        self._at = 0

    def whole(self) -> _Part:
        """The part for the whole source."""
        part = self._alternatives()
        if self._at < len(self._tokens):
            raise PatternError(f"«{self._source}» closes a bracket that is not open")
        return part

    def _alternatives(self) -> _Part:
        found = [self._sequence()]
        while self._next() == "|":
            self._at += 1
            found.append(self._sequence())
        if len(found) == 1:
            return found[0]
        anchors = [p.anchor for p in found]
        anchor = frozenset().union(*anchors) if all(anchors) else frozenset()
        # Longer alternatives first, so that a match covers as much as it can.
        parts = sorted((p.regex for p in found), key=len, reverse=True)
        return _Part(f"(?:{'|'.join(parts)})", frozenset().union(*(p.words for p in found)), anchor)

    def _sequence(self) -> _Part:
        parts = list(self._items())
        anchors = [p.anchor for p in parts if p.anchor]
        return _Part(
            "".join(p.regex for p in parts),
            frozenset().union(*(p.words for p in parts)),
            # The rarest part is not known; the one whose shortest word is longest is a good guess.
            max(anchors, key=lambda a: (min(map(len, a)), -len(a)), default=frozenset()),
        )

    def _items(self) -> Iterator[_Part]:
        while (piece := self._next()) not in (None, "|", ")", "]"):
            assert piece is not None
            self._at += 1
            yield self._item(piece)

    def _item(self, piece: str) -> _Part:
        if piece in "([":
            part = self._alternatives()
            if self._next() != (")" if piece == "(" else "]"):
                raise PatternError(f"«{self._source}» leaves a bracket open")
            self._at += 1
            return part if piece == "(" else _Part(f"(?:{part.regex})?", part.words, frozenset())
        if piece == "<start>":
            return _Part(_BEGIN, frozenset(), frozenset())
        if piece == "<end>":
            return _Part(_END, frozenset(), frozenset())
        if piece.startswith("<"):
            return _Part(
                f"{self._dialect.any_word()}{{0,{piece[1:-1]}}}?", frozenset(), frozenset()
            )
        if piece.startswith("{"):
            return self._list(piece[1:-1])
        if "/" in piece:
            stem, *endings = piece.split("/")
            return self._one_of([stem, *(stem + ending for ending in endings)])
        stem, *endings = piece.split("-")
        return self._one_of([stem + ending for ending in endings] or [stem])

    def _list(self, name: str) -> _Part:
        if name not in self._dialect.lists or name in self._inside:
            raise PatternError(f"«{self._source}» names the list {name}: unknown, or inside itself")
        inner = _Parser(self._dialect.lists[name], self._dialect, (*self._inside, name))
        part = inner.whole()
        return _Part(f"(?:{part.regex})", part.words, part.anchor)

    def _one_of(self, written: list[str]) -> _Part:
        phrases = sorted({self._dialect.spell(word) for word in written}, key=len, reverse=True)
        if not all(phrases):
            raise PatternError(f"«{self._source}» holds a word without letters")
        regex = "|".join(f"{re.escape(p)} " for p in phrases)
        words = frozenset(w for p in phrases for w in p.split())
        # A spelling that stands for several words is known by the last of them.
        anchor = frozenset(p.split()[-1] for p in phrases)
        return _Part(f"(?:{regex})", words, anchor)

    def _next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None
