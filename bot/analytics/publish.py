"""A month is published once, after it has ended, and never computed again.

Whoever asks twice gets the same numbers; quarters and years are sums of published months; so no
comparison of periods or days tells more than the months themselves. The running month is not shown.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.analytics.alerts.rules import rules
from bot.analytics.counted import Counted
from bot.analytics.cuts import RECORDS, Cut, cuts
from bot.analytics.memory import local_day
from bot.analytics.models import Publication, PublishedFigure, SealedCount, Spent
from bot.analytics.noise import BudgetSpent, noised
from bot.analytics.protect import ALL, REST, Count, Place, Table, people, published, small_countries
from bot.analytics.surges import bounds
from bot.analytics.together import plans
from bot.analytics.vocabulary import COUNTRIES, REPORT, UNKNOWN, WORKERS, month_of, themes
from bot.analytics.vocabulary import corrected as bucket
from bot.database import transaction
from bot.directory.correcting import countries, dealt_with, left_alone

log = logging.getLogger(__name__)
GRACE = timedelta(days=2)  # conversations that began in the month's last hours end in it
DAYS_KEPT = timedelta(days=62)  # from the end of a month that is published
MOST_KEPT = timedelta(days=93)  # of any month: one that cannot be published is let go unread
OFTEN = 10  # minutes of a day; one process relieves another in fewer


@dataclass(frozen=True)
class Rule:
    """How figures are protected. `epsilon`: noise for each cut; `budget`: of a month, all cuts."""

    threshold: int = 10
    step: int = 5
    epsilon: float | None = None
    budget: float = 6.0
    report_days: int = 60  # after which a report counts no longer

    def __post_init__(self) -> None:
        if self.threshold < 3 or self.step < 1:
            raise ValueError("expected a threshold of at least 3 and a step of at least 1")
        # All of them together: a month that could only be begun would never be published.
        if self.epsilon is not None and not 0 < self.epsilon * len(_noisy()) <= self.budget:
            raise ValueError("expected an epsilon above 0, and all cuts' within the budget")


def _noisy() -> list[str]:
    """The cuts that noise can hide: what one woman may add to records has no bound."""
    return [name for name, cut in cuts().items() if cut.unit != RECORDS]


def rounded(value: int, step: int) -> int:
    """To the nearest multiple of `step`."""
    return (value + step // 2) // step * step


def publish_due(counted: Counted, now: datetime, rule: Rule) -> list[str]:
    """Publishes every month that has ended; returns which. Cheap where none has."""
    done: list[str] = []
    for month in _waiting(counted, local_day(now - GRACE)):
        if not counted.opens(month):  # the right secret may come back; it would never be mended
            log.error("%s is not published: some of it was sealed under another secret", month)
            continue
        try:
            publish(counted, month, rule, now)
        except IntegrityError:  # another process was quicker, and its numbers count
            continue
        done.append(month)
    return done


def _waiting(counted: Counted, day: date) -> list[str]:
    with Session(counted.engine) as session:
        done = set(session.scalars(select(Publication.month)))
    return [each for each in counted.months() if each not in done and each < f"{day:%Y-%m}"]


def publish(counted: Counted, month: str, rule: Rule, now: datetime) -> None:
    """Protects and writes down the month; raises IntegrityError where that has been done."""
    engine = counted.engine
    times = processes(counted, *_ends(month))
    tables = _tables(counted, month, rule, times)
    # What may be shown takes seconds to find out, and so does loading what makes noise: nobody who
    # writes must wait for that.
    shown: list[tuple[str, Mapping[Place, int]]]
    if rule.epsilon is None:
        shown = [(name, published(plan)) for name, plan
                 in plans(tables, rule.threshold * times, rule.threshold, rule.step)]  # fmt: skip
    else:
        shown = [(name, _with_noise(cuts()[name], tables[name], rule, rule.epsilon, times))
                 for name in _noisy() if name in tables]  # fmt: skip
    with transaction(engine) as session:
        session.add(Publication(month=month, published_at=now, threshold=rule.threshold,
                                step=rule.step, epsilon=rule.epsilon))  # fmt: skip
        session.flush()
        for name, figures in shown:
            if rule.epsilon is not None:
                spend(session, month, name, rule.epsilon, rule.budget)
            session.add_all(
                PublishedFigure(month=month, cut=name, row=row, country=country,
                                value=rounded(value, rule.step))
                for (row, country), value in figures.items()
            )  # fmt: skip


def _ends(month: str) -> tuple[date, date]:
    """The month's first day, and the first one after it."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=32)).replace(day=1)


def processes(counted: Counted, first: date, after: date) -> int:
    """How many processes answered at once from `first` to before `after`, and so how often one
    conversation may have been counted; what was seen for a short while only (one process relieves
    another) does not count."""
    by_day: dict[date, dict[int, int]] = defaultdict(dict)
    for cell, looks in counted.read(month_of(first), after, WORKERS).items():
        day, _, number = cell.row.partition(":")
        by_day[date.fromisoformat(day)][int(number)] = looks.conversations
    seen = (looks for day, looks in by_day.items() if first <= day < after)
    return max(map(_at_once, seen), default=1)


def _at_once(looks: Mapping[int, int]) -> int:
    """The highest number that was reached for OFTEN minutes of a day, together: it may waver."""
    minutes = 0.0
    for number, many in sorted(looks.items(), reverse=True):
        minutes += many / number  # each of so many processes looks once a minute
        if minutes >= OFTEN:
            return number
    return 1


def _tables(counted: Counted, month: str, rule: Rule, times: int) -> dict[str, Table]:
    first, after = _ends(month)
    found: dict[str, dict[Place, Count]] = {name: {} for name in cuts()}
    for cell, count in counted.read(first, after).items():
        if cell.cut in found and cell.row in cuts()[cell.cut].rows:
            found[cell.cut][cell.row, cell.country] = count
    with Session(counted.engine) as session:
        found["corrections"] = _corrections(session, first, after, rule.report_days)
    reports = _reports(counted, first - timedelta(days=rule.report_days), after)
    made = as_tables(found, rule.threshold * times, reports)
    if _began_late(counted, first, after):
        del made["themes"]
    elif rule.epsilon is None:
        told = bounds(counted, first, rules().surge_week, rule.threshold * times)
        made["themes"] = replace(made["themes"], told=told)
    return made


def _began_late(counted: Counted, first: date, after: date) -> bool:
    """Whether a version that did not count themes yet has answered in this month: then they would
    be fewer than they were. Seen in what it has sealed, block by block: whoever asks of such a
    topic first counts first in its theme, at the same time. In sums over all blocks women of the
    next version would stand in for hers, who first looked for a service and count in a theme later.
    """
    asked = {row for rows in themes().values() for row in rows}
    for _, numbers in counted.blocks(first, after):
        of_topics = sum(firsts for (cut, row, _), (_, firsts) in numbers.items()
                        if cut == "topics" and row in asked)  # fmt: skip
        of_themes = sum(firsts for (cut, *_), (_, firsts) in numbers.items() if cut == "themes")
        if of_themes < of_topics:
            return True
    return False


def _reports(counted: Counted, first: date, after: date) -> dict[str, Count]:
    """By country, the conversations that reported something, in the months that lie wholly from
    `first` on: of the month that `first` cuts in two nobody knows which came after it. A month that
    is gone has none."""
    found: dict[str, Count] = {}
    for cell, count in counted.read(first, after, "topics").items():
        if cell.row == REPORT:
            before = found.get(cell.country, Count())
            found[cell.country] = Count(before.conversations + count.conversations,
                                        before.firsts + count.firsts)  # fmt: skip
    return found


def _corrections(session: Session, first: date, after: date, days: int) -> dict[Place, Count]:
    """What became of everything that was reported, by the record's country."""
    matters = [*dealt_with(session, first, after, days), *left_alone(session, first, after, days)]
    at = countries(session, {each.record_id for each in matters})
    many = Counter(
        (bucket(each.days), country if country in COUNTRIES else UNKNOWN)
        for each in matters
        for country in (at.get(each.record_id, UNKNOWN),)
    )
    return {place: Count(number, number) for place, number in many.items()}


def as_tables(counts: Mapping[str, Mapping[Place, Count]], threshold: int,
              reports: Mapping[str, Count] | None = None) -> dict[str, Table]:  # fmt: skip
    """Every cut as a table to protect. `reports`: by country, the conversations from which
    "corrections" comes, where those are not the month's own."""
    totals = dict.fromkeys(COUNTRIES, 0)
    for (_, country), count in counts.get("volume", {}).items():
        totals[country] += count.conversations
    small = small_countries(totals, threshold)
    made = {
        name: Table(cut.rows, cut.columns, counts.get(name, {}),
                    _whole(counts, cut) if cut.part_of else None, small)
        for name, cut in cuts().items()
    }  # fmt: skip
    if reports is None:
        reports = {country: made["topics"].at((REPORT, country)) for country in COUNTRIES}
    few = {country for country in COUNTRIES
           if reports.get(country, Count()).conversations < threshold}  # fmt: skip
    # Records are counted there, and one woman may report several: so many must have reported,
    # in a country and in all of them together.
    enough = people(reports.values()) >= threshold
    put_right = made["corrections"]
    made["corrections"] = replace(put_right, small=small | few,
                                  counts=put_right.counts if enough else {})  # fmt: skip
    channels = {each: sum(count.conversations for (_, at), count in made["delivery"].counts.items()
                          if at == each) for each in made["delivery"].countries}  # fmt: skip
    made["delivery"] = replace(made["delivery"], small=small_countries(channels, threshold))
    return made


def _whole(counts: Mapping[str, Mapping[Place, Count]], cut: Cut) -> dict[Place, Count]:
    """What a cut is part of. A row that only the part has leaves nobody over."""
    own = {place: count for place, count in counts.get(cut.name, {}).items()
           if place[0] not in cuts()[cut.part_of or ""].rows}  # fmt: skip
    return {**counts.get(cut.part_of or "", {}), **own}


def _with_noise(cut: Cut, table: Table, rule: Rule, epsilon: float,
                times: int) -> Mapping[Place, int]:  # fmt: skip
    """Noise first, for every possible cell; what follows looks at nothing else."""
    places = [(row, country) for row in table.headings for country in table.countries]
    true = [table.at(place).conversations for place in places]
    values = dict(zip(places, noised(true, cut.most * times, epsilon), strict=True))
    found = {place: value for place, value in values.items() if value >= rule.threshold}
    for row in table.headings:
        _add_sum(found, (row, ALL), sum(values[row, c] for c in table.countries), rule)
    for country in table.countries:
        rest = sum(values[row, country] for row in table.headings if (row, country) not in found)
        _add_sum(found, (REST, country), rest, rule)
    return found


def _add_sum(found: dict[Place, int], place: Place, value: int, rule: Rule) -> None:
    if value >= rule.threshold:
        found[place] = value


def spend(session: Session, month: str, cut: str, epsilon: float, budget: float) -> None:
    """Notes it in the ledger; raises BudgetSpent where the month would be overspent."""
    spent = session.scalar(select(func.sum(Spent.epsilon)).where(Spent.month == month)) or 0.0
    if spent + epsilon > budget + 1e-9:
        raise BudgetSpent(f"{month}: {spent} of {budget} is spent, {cut} needs {epsilon} more")
    session.add(Spent(month=month, cut=cut, epsilon=epsilon))
    session.flush()


def forget_counts(counted: Counted, now: datetime) -> int:
    """Deletes the raw counts of months that are old enough; returns how many blocks. One that
    could not be published goes some weeks later, whatever the reason: nothing stays for ever."""
    with transaction(counted.engine) as session:
        done = set(session.scalars(select(Publication.month)))
        kept = session.scalars(select(SealedCount.since).distinct())
        months = {each: f"{each:%Y-%m}" for each in kept}
        old = [each for each, month in months.items() if _ends(month)[1]
               <= local_day(now - (DAYS_KEPT if month in done else MOST_KEPT))]  # fmt: skip
        gone = session.execute(delete(SealedCount).where(SealedCount.since.in_(old)))
        return int(cast("CursorResult[object]", gone).rowcount)
