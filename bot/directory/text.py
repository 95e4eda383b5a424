"""Comparing names as people type them: no accents, no capitals, no punctuation."""

from __future__ import annotations

import re
import unicodedata

_STATE_WORDS = re.compile(
    r"\b(estado|departamento|provincia|distrito|state|department|province|district|of|de|del)\b"
)


def fold(text: str) -> str:
    """`text` in small letters without accents, single spaces between its words."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", plain.lower()))


def fold_state(text: str) -> str:
    """A state's name without the word for state: `Belize District` and `Belize` are the same."""
    return " ".join(_STATE_WORDS.sub(" ", fold(text)).split()) or fold(text)
