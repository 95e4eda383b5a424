"""Services looked for: of each kind how often, and how much of it was found and not found.

What was not found says little beside nothing: a kind that is looked for much is also missed much.
So each kind stands with both, on one scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.analytics.charts import pairs
from bot.analytics.compare import in_words
from bot.analytics.cuts import FOUND, GAP
from bot.analytics.figures import Figure, Figures, added
from bot.analytics.protect import ALL
from bot.analytics.vocabulary import OTHER
from bot.analytics.words import capital, row_name, text
from bot.directory.schema import SERVICE_TYPES

CUT = "services"


@dataclass(frozen=True)
class Sought:
    """A kind of service; what is not shown is None."""

    kind: str
    found: Figure | None
    gap: Figure | None

    @property
    def asked(self) -> Figure:
        """Both together: at least that, where one is a part or is not shown."""
        known = [each for each in (self.found, self.gap) if each]
        return added(known, is_least=len(known) < 2 or any(each.is_least for each in known))


def sought(figures: Figures, country: str = ALL) -> list[Sought]:
    """Every kind of which anything is shown, the most looked for first."""
    every = [
        Sought(kind, *(figures.at(CUT, f"{kind}{end}", country) for end in (FOUND, GAP)))
        for kind in (*SERVICE_TYPES, OTHER)
    ]
    shown = [each for each in every if each.found or each.gap]
    return sorted(shown, key=lambda each: (-each.asked.value, each.kind))


def lead(found: Sequence[Sought], language: str) -> str:
    """What was looked for most, and what was missing most."""
    told = []
    known = [each for each in found if each.kind != OTHER]
    if known:
        told.append(_told("sought_lead", known[0], known[0].asked, language))
    missing = [(each, each.gap) for each in known if each.gap]
    if missing:
        most, gap = max(missing, key=lambda each: each[1].value)
        told.append(_told("gap_lead", most, gap, language))
    return " ".join(told)


def _told(key: str, each: Sought, number: Figure, language: str) -> str:
    what = row_name(each.kind, language)
    return text(key, language, what=what, number=in_words(number, language))


def drawing(found: Sequence[Sought], title: str, language: str) -> Markup | None:
    """Two bars a kind, on one scale: found, and not found."""
    lines = []
    for each in found:
        name = text("sought", language, what=capital(row_name(each.kind, language)),
                    number=in_words(each.asked, language))  # fmt: skip
        found_words, gap_words = (
            text(key, language, number=in_words(number, language))
            for key, number in (("sought_found", each.found), ("sought_gap", each.gap))
        )
        lines.append((name, _bar(each.found, found_words), _bar(each.gap, gap_words)))
    return pairs(lines, title) if lines else None


def _bar(each: Figure | None, words: str) -> tuple[int, str, bool]:
    """What is not shown has no bar."""
    return (each.value, words, each.is_least) if each else (0, words, False)


def has_least(found: Sequence[Sought]) -> bool:
    """Whether a bar of the drawing is only known to be at least so long."""
    return any(part.is_least for each in found for part in (each.found, each.gap) if part)
