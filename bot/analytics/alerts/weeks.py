"""Alerts from the last whole week: sums over all countries, of which only is told that they passed
a limit.

The weeks are fixed (Monday to Sunday) and looked at once they are over, so that no two of them
overlap. Where figures carry noise there are none: they would be exact knowledge beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.analytics.alerts.rules import Alert, Rules
from bot.analytics.memory import local_day
from bot.analytics.models import DayCount
from bot.analytics.protect import Count, people
from bot.analytics.publish import GRACE, Rule, processes

LOST = ("not_understood", "unavailable")
WEEK = timedelta(days=7)
Counts = Mapping[tuple[str, str], Sequence[Count]]  # by cut and row: one a country


def monday(now: datetime) -> date:
    """Of the last week that is over, its last conversations too."""
    day = local_day(now - GRACE)
    return day - timedelta(days=day.weekday()) - WEEK


def of_weeks(engine: Engine, now: datetime, rules: Rules, rule: Rule) -> Iterator[Alert]:
    """What was too much in the week."""
    if rule.epsilon is not None:
        return
    start = monday(now)
    week = _counted(engine, start, 1)
    weeks = rules.crisis_week.weeks
    with Session(engine) as session:
        threshold = rule.threshold * processes(session, start - weeks * WEEK, start + WEEK)
    if _is_lost(week, rules, threshold):
        told = {"monday": start.isoformat(), "share": f"{100 * rules.fallback.share:.0f}"}
        yield Alert("fallback", told)
    before = _counted(engine, start - weeks * WEEK, weeks)
    if _is_crisis(week, before, rules, threshold):
        yield Alert("crisis_week", {"monday": start.isoformat(),
                                    "times": f"{rules.crisis_week.times:g}"})  # fmt: skip


def _counted(engine: Engine, start: date, weeks: int) -> Counts:
    found: dict[tuple[str, str], list[Count]] = defaultdict(list)
    days = [start + timedelta(days=number) for number in range(7 * weeks)]
    wanted = (
        select(DayCount.cut, DayCount.row, DayCount.country,
               func.sum(DayCount.conversations), func.sum(DayCount.firsts))
        .where(DayCount.day.in_(days))  # day by day: so the index finds the three cuts at once
        .where(DayCount.cut.in_(("outcomes", "crises", "volume")))
        .group_by(DayCount.cut, DayCount.row, DayCount.country)
    )  # fmt: skip
    with Session(engine) as session:
        for cut, row, _, conversations, firsts in session.execute(wanted):
            found[cut, row].append(Count(int(conversations), int(firsts)))
    return found


def _of(counts: Counts, cut: str, rows: Sequence[str] | None = None) -> list[Count]:
    return [each for (of, row), many in counts.items()
            if of == cut and (rows is None or row in rows) for each in many]  # fmt: skip


def _sum(counts: Sequence[Count]) -> int:
    return sum(each.conversations for each in counts)


def _is_lost(week: Counts, rules: Rules, threshold: int) -> bool:
    rule = rules.fallback
    whole = _of(week, "volume")
    # The largest of the rows: one conversation may be in several of them.
    lost = max((_of(week, "outcomes", [row]) for row in LOST), key=_sum)
    others = _sum(whole) - _sum(lost)
    enough = people(whole) >= max(rule.least, threshold) and people(lost) >= threshold
    return enough and others >= threshold and _sum(lost) > rule.share * _sum(whole)


def _is_crisis(week: Counts, before: Counts, rules: Rules, threshold: int) -> bool:
    rule = rules.crisis_week
    crises, usual = _of(week, "crises"), _of(before, "crises")
    least = max(rule.least, threshold)
    if people(crises) < least or people(_of(before, "volume")) < least:
        return False  # too few, or nothing is known of the weeks before
    return _sum(crises) > rule.times * _sum(usual) / rule.weeks
