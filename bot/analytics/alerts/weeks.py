"""Alerts from the last whole week: sums over all countries, and themes by country where many asked,
of which only is told that they passed a limit.

The weeks are fixed (Monday to Sunday) and looked at once they are over, so that no two of them
overlap. Where figures carry noise there are none: they would be exact knowledge beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from bot.analytics.alerts.rules import Alert, Rules
from bot.analytics.counted import Counted
from bot.analytics.memory import local_day
from bot.analytics.publish import GRACE, Rule, processes
from bot.analytics.surges import judged, newest
from bot.analytics.vocabulary import LOST, WEEK, monday_of

DAYS = timedelta(days=7)
Counts = Mapping[str, int]  # of a row of WEEKLY, how many conversations: none of them twice


def monday(now: datetime) -> date:
    """Of the last week that is over, its last conversations too."""
    day = local_day(now - GRACE)
    return monday_of(day) - DAYS


def of_weeks(counted: Counted, now: datetime, rules: Rules, rule: Rule) -> Iterator[Alert]:
    """What was too much in the week."""
    if rule.epsilon is not None:
        return
    start = monday(now)
    week = _sums(counted, start, 1)
    weeks = rules.crisis_week.weeks
    threshold = rule.threshold * processes(counted, start - weeks * DAYS, start + DAYS)
    if _is_lost(week, rules, threshold):
        told = {"monday": start.isoformat(), "share": f"{100 * rules.fallback.share:.0f}"}
        yield Alert("fallback", told)
    before = _sums(counted, start - weeks * DAYS, weeks)
    if _is_crisis(week, before, rules, threshold):
        yield Alert("crisis_week", {"monday": start.isoformat(),
                                    "times": f"{rules.crisis_week.times:g}"})  # fmt: skip


def surges(counted: Counted, now: datetime, rules: Rules, rule: Rule) -> Iterator[Alert]:
    """Themes of which much more than usual was asked in a country in the last week of a month that
    is over; how much, nobody is told."""
    if rule.epsilon is not None:
        return
    part = newest(local_day(now - GRACE))
    times = processes(counted, part.month, part.after)
    found = judged(counted, [part], rules.surge_week, rule.threshold * times)[part]
    told = {"month": f"{part.month:%Y-%m}"}
    for (theme, country), each in sorted(found.items(), key=lambda item: -item[1].number):
        if each.is_surge:
            yield Alert("surge_week", told, theme, country, part=part.name)


def _sums(counted: Counted, start: date, weeks: int) -> Counts:
    found: Counter[str] = Counter()
    for cell, count in counted.read(start, start + weeks * DAYS, WEEK).items():
        found[cell.row] += count.conversations
    return found


def _is_lost(week: Counts, rules: Rules, threshold: int) -> bool:
    rule, whole = rules.fallback, week["volume"]
    # The largest of the rows: one conversation may be in several of them.
    lost = max(week[row] for row in LOST)
    enough = whole >= max(rule.least, threshold) and lost >= threshold
    return enough and whole - lost >= threshold and lost > rule.share * whole


def _is_crisis(week: Counts, before: Counts, rules: Rules, threshold: int) -> bool:
    rule = rules.crisis_week
    least = max(rule.least, threshold)
    if week["crises"] < least or before["volume"] < least:
        return False  # too few, or nothing is known of the weeks before
    return week["crises"] > rule.times * before["crises"] / rule.weeks
