"""Much more than usual of a theme in a country, within a week of the month.

The weeks are those of the figures (days 1 to 7, 8 to 14, 15 to 21, 22 to the end): each lies in one
month. What an alert tells beside the month's figures, and what it tells where there is none, is
known before the month is published (`bounds`), and is taken into account there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.analytics.alerts.rules import GrownWeek
from bot.analytics.counted import Counted
from bot.analytics.protect import Place
from bot.analytics.vocabulary import COUNTRIES, THEME_WEEK, THEMES, UNKNOWN, WEEKS, month_of, themes

ENDLESS = float("inf")
ENOUGH = 3  # times the threshold of the figures: below that nothing is told of a week
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Part:
    """A week of a month; `place` counts from 0 to 3."""

    month: date
    place: int

    @property
    def name(self) -> str:
        """As the figures call it."""
        return WEEKS[self.place]

    @property
    def after(self) -> date:
        """The day after its last one."""
        if self.place < len(WEEKS) - 1:
            return self.month + timedelta(days=7 * (self.place + 1))
        return month_of(self.month + timedelta(days=32))

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.after - self.month).days - 7 * self.place

    def before(self) -> Part:
        """The one that ended when this one began."""
        if self.place:
            return Part(self.month, self.place - 1)
        return Part(month_of(self.month - timedelta(days=1)), len(WEEKS) - 1)


def newest(day: date) -> Part:
    """The last part of a month that was over before `day` began."""
    part = Part(month_of(day), len(WEEKS) - 1)
    while part.after > day:
        part = part.before()
    return part


def back(part: Part, many: int) -> list[Part]:
    """So many before it, the oldest first."""
    found = [part]
    for _ in range(many):
        found.insert(0, found[0].before())
    return found[:-1]


@dataclass(frozen=True)
class Judged:
    """A theme in a country in a part: how many conversations, and which number they had to reach
    to be told of; None: nothing is known of before, and nothing can be told."""

    number: int
    limit: int | None

    @property
    def is_surge(self) -> bool:
        """Whether it is told."""
        return self.limit is not None and self.number >= self.limit

    @property
    def bounds(self) -> Bounds:
        """What follows from being told or not, for who knows the limit."""
        if self.limit is None:
            return 0, ENDLESS
        return (self.limit, ENDLESS) if self.is_surge else (0, self.limit - 1)


def judged(counted: Counted, parts: Sequence[Part], rule: GrownWeek,
           threshold: int) -> dict[Part, dict[Place, Judged]]:  # fmt: skip
    """Every theme in every country, in each of these parts. `threshold`: of the figures."""
    first = min((back(part, rule.weeks)[0].month for part in parts), default=None)
    if first is None:
        return {}
    counts: Counter[tuple[date, str, str, str]] = Counter()
    after = max(part.after for part in parts)
    for cell, count in counted.read(first, after, THEME_WEEK).items():
        name, _, theme = cell.row.partition(":")
        counts[cell.since, name, theme, cell.country] += count.conversations
    least = max(rule.least, ENOUGH * threshold)

    def many(part: Part, theme: str, country: str) -> int:
        return counts[part.month, part.name, theme, country]

    found: dict[Part, dict[Place, Judged]] = {}
    for part in parts:
        earlier = back(part, rule.weeks)
        share = part.days / sum(each.days for each in earlier)
        found[part] = {}
        for country in COUNTRIES:
            if country == UNKNOWN:
                continue
            now = {theme: many(part, theme, country) for theme in themes()}
            then = {theme: sum(many(each, theme, country) for each in earlier)
                    for theme in themes()}  # fmt: skip
            for theme in themes():
                limit = _limit(theme, now, then, share, rule, least, threshold)
                found[part][theme, country] = Judged(now[theme], limit)
    return found


def _limit(theme: str, now: Mapping[str, int], then: Mapping[str, int], share: float,
           rule: GrownWeek, least: int, threshold: int) -> int | None:  # fmt: skip
    """From which number on it is a surge. A campaign makes all themes grow, and is none."""
    if sum(then[each] for each in THEMES) < threshold:
        return None
    others = [each for each in THEMES if each != theme]
    usual = share * sum(then[each] for each in others)
    grown = sum(now[each] for each in others) / usual if usual >= threshold else 1.0
    return max(least, math.floor(rule.times * share * then[theme] * max(1.0, grown)) + 1)


def bounds(counted: Counted, month: date, rule: GrownWeek, threshold: int) -> dict[Place, Bounds]:
    """What the alerts of a month, and their absence, tell of its themes by country."""
    parts = [Part(month, place) for place in range(len(WEEKS))]
    found: dict[Place, Bounds] = {}
    for of_part in judged(counted, parts, rule, threshold).values():
        for place, each in of_part.items():
            low, high = found.get(place, (0.0, 0.0))
            found[place] = low + each.bounds[0], high + each.bounds[1]
    return found
