"""What was worked out for a word is kept for the next message that has it.

Of single words only, and of none with a digit or another sign: no number, address or name that is
written together with one stays behind in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

MOST = 1 << 14  # words; the one unused for longest goes first
_WORD = re.compile(r"[^\W\d_]{1,20}[.,;:!?…]{0,3}")

Found = TypeVar("Found")


def kept(of_word: Callable[[str], Found]) -> Callable[[str], Found]:
    """The same function; `Found` must not be changed by whoever gets it."""
    remembered = lru_cache(MOST)(of_word)

    def found(word: str) -> Found:
        return remembered(word) if _WORD.fullmatch(word) else of_word(word)

    return found
