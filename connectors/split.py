"""Cutting a long text where a reader would pause: paragraph, sentence, word; not in a number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

Fits = Callable[[str], bool]

# (where a cut may be, the least share of the possible length that such a cut must use)
_CUTS = (
    (re.compile(r"\n\s*\n"), 0.5),
    # Three letters before the full stop: "Av. Juárez" and "p. m." are not ends of sentences.
    (re.compile(r"(?<=[^\W_]{3})[.!?…][\"”»)]?(?=\s)|\n"), 0.3),
    (re.compile(r"(?<![\d)])\s|\s(?![\d(])"), 0.0),
    (re.compile(r"\s"), 0.0),
)


def utf16_length(text: str) -> int:
    """Length as the vendors count it: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def within(limit: int) -> Fits:
    """Whether a text has at most `limit` UTF-16 units."""
    return lambda text: utf16_length(text) <= limit


def cut(text: str, fits: Fits) -> tuple[str, str]:
    """The longest natural beginning of `text` that fits, and the rest ("" where all of it fits)."""
    text = text.strip()
    if fits(text):
        return text, ""
    longest = _longest(text, fits)
    position = _natural(text, longest)
    head, tail = text[:position].rstrip(), text[position:].lstrip()
    return (head, tail) if head else (text[:longest], text[longest:].lstrip())


def parts(text: str, fits: Fits) -> list[str]:
    """All of `text` in pieces that fit."""
    pieces: list[str] = []
    while text.strip():
        head, text = cut(text, fits)
        pieces.append(head)
    return pieces


def shorten(text: str, limit: int) -> str:
    """At most `limit` code points, cut at a word where possible, with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space >= limit // 2 else head).rstrip(" ,;:.-") + "…"


def _longest(text: str, fits: Fits) -> int:
    """The most characters that fit, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text[:middle]) else (low, middle - 1)
    return low


def _natural(text: str, longest: int) -> int:
    for pattern, share in _CUTS:
        found = (m.end() for m in pattern.finditer(text))
        ends = [end for end in found if end <= longest or not text[longest:end].strip()]
        if ends and ends[-1] >= longest * share:
            return ends[-1]
    return _whole_character(text, longest)


def _whole_character(text: str, position: int) -> int:
    """Not between a letter and its accent, nor inside a joined emoji."""
    start = position
    while position > 1 and (
        unicodedata.combining(text[position])
        or text[position] in "\u200d\ufe0f"
        or text[position - 1] == "\u200d"
        or "\U0001f3fb" <= text[position] <= "\U0001f3ff"
    ):
        position -= 1
    return position if position > 1 else start
