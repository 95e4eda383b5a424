"""What a locked screen shows of a message must not tell what it is about."""

from __future__ import annotations

from functools import cache

from bot.safety.card import NEUTRAL, load_wording


@cache
def _stems() -> tuple[str, ...]:
    return tuple(stem for stems in load_wording().sensitive.values() for stem in stems)


def gives_away(text: str) -> bool:
    """Whether the first characters hold a word that nobody else should see."""
    shown = text[:NEUTRAL].lower()
    return any(stem in shown for stem in _stems())
