"""What a locked screen shows of a message must not tell what it is about."""

from __future__ import annotations

import re
from functools import cache

from bot.safety.card import NEUTRAL, load_wording


@cache
def _stems() -> tuple[str, ...]:
    return tuple(stem for stems in load_wording().sensitive.values() for stem in stems)


def betraying_word(text: str) -> str:
    """The word among the first characters that nobody else should see; "" where there is none."""
    shown = text[:NEUTRAL].lower()
    for stem in _stems():
        if (start := shown.find(stem)) >= 0:
            whole = re.search(r"\w*$", text[:start]), re.match(r"\w*", text[start:])
            # A sign may stand first: "¿estás sola".
            return "".join(part[0] for part in whole if part) or stem
    return ""


def gives_away(text: str) -> bool:
    """Whether there is one."""
    return bool(betraying_word(text))
