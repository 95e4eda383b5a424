"""A month is published once, after it has ended, and never computed again.

Whoever asks twice gets the same numbers; quarters and years are sums of published months; so no
comparison of periods or days tells more than the months themselves. The running month is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.analytics.cuts import Cut, cuts
from bot.analytics.memory import local_day
from bot.analytics.models import DayCount, Publication, PublishedFigure, Spent
from bot.analytics.noise import BudgetSpent, noised
from bot.analytics.protect import ALL, REST, Count, Place, Table, protected, small_countries
from bot.analytics.vocabulary import COUNTRIES
from bot.database import transaction

GRACE = timedelta(days=2)  # conversations that began in the month's last hours end in it
DAYS_KEPT = timedelta(days=62)


@dataclass(frozen=True)
class Rule:
    """How figures are protected. `epsilon`: noise for each cut; `budget`: of a month, all cuts."""

    threshold: int = 10
    step: int = 5
    epsilon: float | None = None
    budget: float = 6.0

    def __post_init__(self) -> None:
        if self.threshold < 3 or self.step < 1:
            raise ValueError("expected a threshold of at least 3 and a step of at least 1")
        # Each cut costs it: a month that could only be begun would never be published.
        if self.epsilon is not None and not 0 < self.epsilon * len(cuts()) <= self.budget:
            raise ValueError("expected an epsilon above 0, and all cuts' within the budget")


def rounded(value: int, step: int) -> int:
    """To the nearest multiple of `step`."""
    return (value + step // 2) // step * step


def publish_due(engine: Engine, now: datetime, rule: Rule) -> list[str]:
    """Publishes every month that has ended; returns which. Cheap where none has."""
    done: list[str] = []
    for month in _waiting(engine, local_day(now - GRACE)):
        try:
            publish(engine, month, rule, now)
        except IntegrityError:  # another process was quicker, and its numbers count
            continue
        done.append(month)
    return done


def _waiting(engine: Engine, day: date) -> list[str]:
    with Session(engine) as session:
        days = session.scalars(select(DayCount.day).distinct().where(DayCount.day < day))
        months = {f"{each:%Y-%m}" for each in days}
        return sorted(months - set(session.scalars(select(Publication.month))) - {f"{day:%Y-%m}"})


def publish(engine: Engine, month: str, rule: Rule, now: datetime) -> None:
    """Protects and writes down the month; raises IntegrityError where that has been done."""
    with transaction(engine) as session:
        session.add(Publication(month=month, published_at=now, threshold=rule.threshold,
                                step=rule.step, epsilon=rule.epsilon))  # fmt: skip
        session.flush()
        tables = dict(_tables(session, month, rule))
        for name, table in tables.items():
            figures = (
                protected(table, rule.threshold)
                if rule.epsilon is None
                else _with_noise(session, month, cuts()[name], table, rule)
            )
            session.add_all(
                PublishedFigure(month=month, cut=name, row=row, country=country,
                                value=rounded(value, rule.step))
                for (row, country), value in figures.items()
            )  # fmt: skip


def _tables(session: Session, month: str, rule: Rule) -> Iterator[tuple[str, Table]]:
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=32)).replace(day=1)
    found: dict[str, dict[Place, Count]] = {name: {} for name in cuts()}
    rows = session.execute(
        select(DayCount.cut, DayCount.row, DayCount.country,
               func.sum(DayCount.conversations), func.sum(DayCount.firsts))
        .where(DayCount.day >= first, DayCount.day < after)
        .group_by(DayCount.cut, DayCount.row, DayCount.country)
    )  # fmt: skip
    for of, row, country, conversations, firsts in rows:
        if of in found and row in cuts()[of].rows:
            found[of][row, country] = Count(int(conversations), int(firsts))
    yield from as_tables(found, rule.threshold).items()


def as_tables(counts: Mapping[str, Mapping[Place, Count]], threshold: int) -> dict[str, Table]:
    """Every cut as a table to protect."""
    totals = dict.fromkeys(COUNTRIES, 0)
    for (_, country), count in counts.get("volume", {}).items():
        totals[country] += count.conversations
    small = small_countries(totals, threshold)
    return {
        name: Table(cut.rows, COUNTRIES, counts.get(name, {}),
                    counts.get(cut.part_of, {}) if cut.part_of else None, small)
        for name, cut in cuts().items()
    }  # fmt: skip


def _with_noise(session: Session, month: str, cut: Cut, table: Table,
                rule: Rule) -> Mapping[Place, int]:  # fmt: skip
    """Noise first, for every possible cell; what follows looks at nothing else."""
    epsilon = rule.epsilon or 0.0
    spend(session, month, cut.name, epsilon, rule.budget)
    places = [(row, country) for row in table.headings for country in table.countries]
    true = [table.at(place).conversations for place in places]
    values = dict(zip(places, noised(true, cut.most, epsilon), strict=True))
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


def forget_days(engine: Engine, now: datetime) -> int:
    """Deletes the raw counts of published months when they are old enough; returns how many."""
    last = local_day(now - DAYS_KEPT)
    with transaction(engine) as session:
        published = set(session.scalars(select(Publication.month)))
        days = session.scalars(select(DayCount.day).distinct().where(DayCount.day < last))
        old = [day for day in days if f"{day:%Y-%m}" in published]
        gone = session.execute(delete(DayCount).where(DayCount.day.in_(old)))
        return int(gone.rowcount)  # type: ignore[attr-defined]  # CursorResult
