"""Which service a message asks for: the words found, weighed by its intent.

A word alone does not tell: a pharmacy where she hides is no service that she looks for. What counts
for which intent is in data/lexicon/lexicon_asked.yml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from .lexicon import Mention, services
from .place_names import DATA, read_yaml
from .place_text import words

_REACH = 6  # words before a service that may ask for it
_ANY = "any"


@dataclass(frozen=True)
class _Line:
    """What one intent implies, counts and never counts."""

    implies: str | None = None
    counts: frozenset[str] = frozenset()
    words: dict[str, re.Pattern[str]] = field(default_factory=dict)
    where: dict[str, re.Pattern[str]] = field(default_factory=dict)
    unless: re.Pattern[str] | None = None
    never: bool = False


class _Reader:
    """Reads messages; made once from the file."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._where = _word(content["asks_where"])
        self._asked = re.compile(rf"\b(?:{content['asked']})$")
        self._asked_kinds = frozenset(content["asked_kinds"])
        self._lines = {intent: _line(line) for intent, line in content["services"].items()}

    def read(self, text: str, intent: str) -> str | None:
        """The kind of service that a message of this intent asks for, or None."""
        line = self._lines.get(intent, _Line())
        if line.implies or line.never:
            return line.implies
        plain = " ".join(words(text))
        if line.unless is not None:
            plain = line.unless.sub(" ", plain)
        said = plain.split()
        found = max(services().mentions(said), key=Mention.rank, default=None)
        if found is not None and (line.counts & {found.value, _ANY} or self._is_asked(said, found)):
            return found.value
        asks_where = bool(line.where) and bool(self._where.search(plain))
        patterns = {**line.words, **(line.where if asks_where else {})}
        return next((kind for kind, each in patterns.items() if each.search(plain)), None)

    def _is_asked(self, said: list[str], found: Mention) -> bool:
        before = " ".join(said[max(0, found.first - _REACH) : found.first])
        return found.value in self._asked_kinds and bool(self._asked.search(before))


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b")


def _patterns(written: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {kind: _word(pattern) for kind, pattern in written.items()}


def _line(line: dict[str, Any]) -> _Line:
    counts = line.get("counts", ())
    return _Line(
        line.get("implies"),
        frozenset([counts] if isinstance(counts, str) else counts),
        _patterns(line.get("words", {})),
        _patterns(line.get("where", {})),
        _word(line["unless"]) if "unless" in line else None,
        bool(line.get("never")),
    )


@cache
def _reader() -> _Reader:
    return _Reader(read_yaml(DATA / "lexicon" / "lexicon_asked.yml"))


def service_asked(text: str, intent: str) -> str | None:
    """The kind of service that `text`, understood as `intent`, asks for, or None."""
    return _reader().read(text, intent)
