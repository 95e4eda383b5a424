"""Whether a message doubts what she was just told, and asks nothing of its own.

The patterns stand in data/doubts.yml; what is left of the message lives for this turn alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

import yaml

from bot.conversation.cues import fold
from bot.paths import DATA

MOST_WORDS = 26
# Whoever tells of somebody adds a name, or where: so many words of it are no question yet.
_TELLS = ("expert", "otherwise")
_YEAR = re.compile(r"20[2-4]\d")
_ON_TIME = ("still", "sure", "really")
# Words left of a message that restates what was told: "are you sure it is 30 days".
MOST_RESTATED = 5
_RESTATES = ("sure", "still")


@dataclass(frozen=True)
class Doubt:
    """`kind` as in data/doubts.yml; `rest`: words that must be of what was told, if there are."""

    kind: str
    rest: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class _Patterns:
    kinds: dict[str, re.Pattern[str]]
    filler: frozenset[str]


@cache
def patterns() -> _Patterns:
    """The file's patterns, compiled; raises re.error or KeyError where it is broken."""
    read = yaml.safe_load((DATA / "doubts.yml").read_text(encoding="utf-8"))
    # A line break in the file stands after a "|" and is no part of the pattern.
    pieces = {name: text.replace("| ", "|").strip() for name, text in read["pieces"].items()}
    any_piece = re.compile(r"\b(" + "|".join(pieces) + r")\b")
    kinds = {name: re.compile(any_piece.sub(lambda each: f"(?:{pieces[each[1]]})", text))
             for name, text in read["kinds"].items()}  # fmt: skip
    # Unquoted, YAML reads a yes and a no where words are meant; here they stand in one text.
    return _Patterns(kinds, frozenset(str(read["filler"]).split()))


def read_doubt(text: str) -> Doubt | None:
    """The doubt in `text`; None where there is none, and of a tap ("/…")."""
    words = fold(text[:600])
    if text.startswith("/") or not 0 < len(words.split()) <= MOST_WORDS:
        return None
    found = patterns()
    first, asks = None, "?" in text
    for kind, pattern in found.kinds.items():
        if kind == "really" and not asks:
            continue
        # The lookaheads want to see what follows: all are sought in what earlier kinds have left.
        left = pattern.sub(" ", words)
        if left != words:
            first, words = first or kind, " ".join(left.split())
    if first is None:
        return None
    rest = [each for each in words.split() if each not in found.filler]
    if first in _ON_TIME:
        rest = [each for each in rest if not _YEAR.fullmatch(each)]
    if first in _TELLS and len(rest) <= 1 and not any(each.isdigit() for each in rest):
        rest = []
    if rest and (first not in _RESTATES or len(rest) > MOST_RESTATED):
        return None
    return Doubt(first, frozenset(rest))
