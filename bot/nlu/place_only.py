"""Whether a message names a place and says nothing else: "masaya", "en San José, Costa Rica"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from bot.nlu.normalise import strip_accents

_WORD = re.compile(r"\w+")
# Words that go with a place and ask nothing.
_WITH = frozenset((
    "en", "el", "la", "los", "las", "de", "del", "y", "por", "a", "al", "aqui", "aca", "alla",
    "estoy", "estoi", "toy", "ando", "cerca", "ciudad", "estado", "pais", "usa", "eeuu", "mx", "cr",
    "in", "the", "at", "near", "by", "of", "and", "here", "im", "am", "i", "m", "city", "town",
))  # fmt: skip


class Span(Protocol):
    """What is needed of a place that was found."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def value(self) -> str | None: ...


def says_only_places(text: str, places: Sequence[Span]) -> bool:
    """Whether every word belongs to a known place, or to the few that go with one."""
    known = [place for place in places if place.value]
    if not known:
        return False
    rest = [
        word[0].lower()
        for word in _WORD.finditer(text)
        if not any(p.start <= word.start() and word.end() <= p.end for p in known)
    ]
    return all(strip_accents(word) in _WITH for word in rest)
