"""Words of harm in what everybody says: "they will cut off the light", "my phone died".

The phrases stand in data/harmless.yml. What is left beside them decides: one word of a person who
does it, of a weapon, of fear or of dying, and the message is no such thing. The gate's own alarms
never come here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.conversation.cues import fold
from bot.knowledge.files import read_yaml
from bot.paths import DATA

_MOST = 28  # words: who tells more may be in the middle of it


@dataclass(frozen=True)
class _Known:
    phrases: tuple[re.Pattern[str], ...]
    hard: re.Pattern[str]


@cache
def _known() -> _Known:
    read = read_yaml(DATA / "harmless.yml")
    phrases = tuple(re.compile(text) for text in read["phrases"].values())
    return _Known(phrases, re.compile(read["hard"]))


def is_harmless(text: str) -> bool:
    """Whether its words of harm are only a way of speaking; nothing of a tap."""
    words = fold(text)
    if text.startswith("/") or len(words.split()) > _MOST:
        return False
    left = words
    for each in _known().phrases:
        left = each.sub(" ", left)
    return left != words and not _known().hard.search(left)
