"""A number beside the one of the period before, in words: the page and the report say the same."""

from __future__ import annotations

from bot.analytics.figures import Figure, Figures
from bot.analytics.protect import ALL
from bot.analytics.words import percent, text

STEADY = 50  # below, the rounding alone would make a change of several percent
CLEAR = 10  # percent: from here on a drawing points at it


def change(now: Figure | None, then: Figure | None) -> int | None:
    """How many percent more or less; None where that would say nothing: a number is not shown, is
    small beside what it is rounded to, or stands for an unknown part of what it counts."""
    if now is None or then is None or now.is_least or then.is_least:
        return None
    if min(now.value, then.value) < STEADY:
        return None
    return round(100 * (now.value - then.value) / then.value)


def in_percent(now: Figure | None, then: Figure | None) -> str:
    """The same in words: "+12 %"; nothing where it would say nothing."""
    if now is None or then is None or change(now, then) is None:
        return ""
    return percent(now.value, then.value)


def in_words(figure: Figure | None, language: str) -> str:
    """A number as the tables of the page show it."""
    if figure is None:
        return text("hidden", language)
    least = f"{text('least', language)} " if figure.is_least else ""
    return f"{least}{figure.value:,}"


def beside(now: Figure | None, then: Figure | None, language: str) -> str:
    """«120 (antes 100; +20 %)»."""
    told = in_words(now, language)
    if then is None:
        return told
    if now is None or now.is_least or then.is_least:
        return told  # a part beside a whole would look like growth or loss
    much = in_percent(now, then)
    was = in_words(then, language) + (f"; {much}" if much else "")
    return f"{told} ({text('earlier', language, number=was)})"


def with_change(now: Figure | None, then: Figure | None, language: str) -> str:
    """«120 (+20 %)»."""
    much = in_percent(now, then)
    return in_words(now, language) + (f" ({much})" if much else "")


def change_told(now: Figure | None, then: Figure | None, language: str) -> str:
    """The cell of a table: «+20 %», or that a part cannot be compared with a whole; nothing where
    both are small."""
    if now is None or then is None or now.is_least or then.is_least:
        return text("not_compared", language)
    return in_percent(now, then)


def totals(now: Figures, before: Figures | None,
           country: str = ALL) -> tuple[Figure | None, Figure | None]:  # fmt: skip
    """All conversations of the period, and of the one before."""
    return now.total("volume", country), before.total("volume", country) if before else None
