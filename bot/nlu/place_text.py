"""Words of a message as places are compared: no accents, no capitals, no drawn-out letters.

Positions always point into the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .kept_words import kept

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b(?!\w))?"  # E.U.A. · D.F. · U.S
    r"|[^\W\d_]{2}\.\s?[^\W\d_]{2}\.(?!\w)"  # EE.UU. · EE. UU.
    r"|[^\W_]+(?:['’][^\W_]+)*"
)
_STOP = re.compile(r"[.!?;:\n\"“”()]")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
# Shortened words that a full stop goes on after, as letters do: "Sto. Domingo", "U. S."
_SHORTENED = frozenset((
    "sto", "sta", "st", "sn", "sgo", "stgo", "fco", "gpe", "pto", "pta", "cd", "edo", "mpio",
    "prov", "rep", "col", "av", "ave", "dr", "dra", "sr", "sra", "lic", "ing", "mr", "mrs", "ms",
    "mt", "ft", "ee", "uu", "eu", "df", "km", "gral",
))  # fmt: skip
_DROPPED = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True)
class Token:
    """One word: where it stands, how it compares, what stands between it and the word before."""

    start: int
    end: int
    key: str
    capital: bool
    stop_before: bool
    comma_before: bool


def plain(word: str) -> str:
    """The word without accents, capitals, marks, drawn-out letters: "Hondurasss" → "honduras"."""
    lowered = word.lower()
    if not lowered.isascii():
        parts = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(c for c in parts if not unicodedata.combining(c))
    letters = lowered if lowered.isascii() and lowered.isalnum() else _DROPPED.sub("", lowered)
    return _DRAWN_OUT.sub(r"\1", letters)


_plain = kept(plain)


def tokens(text: str) -> list[Token]:
    """The words of `text`, in order."""
    found: list[Token] = []
    shouted = text.isupper()
    last_end = 0
    for match in _TOKEN.finditer(text):
        key = _plain(match[0])
        if not key:
            continue
        gap = text[last_end : match.start()]
        stop = not found or (gap != " " and _stops(found[-1], gap))
        capital = match[0][0].isupper() and not shouted
        found.append(Token(match.start(), match.end(), key, capital, stop, "," in gap))
        last_end = match.end()
    return found


def words(text: str) -> list[str]:
    """The words of `text` as they compare, where nobody asks for their positions."""
    return list(filter(None, map(_plain, _TOKEN.findall(text))))


def name_key(name: str) -> str:
    """How a name from our files is looked up: its plain words, one space between."""
    return " ".join(token.key for token in tokens(name))


def _stops(previous: Token, gap: str) -> bool:
    return bool(_STOP.search(gap)) and not _abbreviation(previous, gap)


def _abbreviation(previous: Token, gap: str) -> bool:
    """Whether the full stop belongs to a shortened word, as in "Sto. Domingo"."""
    return gap.strip() == "." and (len(previous.key) == 1 or previous.key in _SHORTENED)
