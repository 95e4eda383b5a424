"""How fresh the directory is: figures about records, not about any woman."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from bot.analytics.charts import bars
from bot.analytics.figures import Period
from bot.analytics.parts import Asked, Section
from bot.analytics.protect import ALL
from bot.analytics.words import capital, heading, percent, place_name, row_name, text
from bot.directory.models import Service
from bot.knowledge.dates import is_fresh
from bot.knowledge.trust import Hidden, Verification

AGES = ("fresh", "old", "undated")


def directory(engine: Engine, today: date, asked: Asked, period: Period | None,
              before: Period | None) -> Section:  # fmt: skip
    """Published services by country and age, how many were checked in the period and in the one
    before, and how many numbers wait for a confirmation."""
    language = asked.language
    with Session(engine) as session:
        counts = _ages(session, today)
        checks = [_checks(session, each) for each in (period, before) if each]
        hidden = session.scalar(select(func.count()).select_from(Hidden)) or 0
    every = sorted({country for country, _ in counts}.union(*checks))
    at = [each for each in every if asked.country in (ALL, each)]
    title, note = heading("directory", language), text("directory_note", language)
    note = f"{note} {text('numbers_hidden', language)}: {hidden}."
    if not at:
        return Section("directory", title, None, (), (), note)
    columns = [capital(row_name(age, language)) for age in AGES]
    columns += [capital(text(key, language)) for key, _ in
                zip(("confirmed", "confirmed_before"), checks, strict=False)]  # fmt: skip
    rows, values = [], []
    for each in at:
        numbers = [counts[each, age] for age in AGES] + [found.get(each, 0) for found in checks]
        rows.append((place_name(each, language), [f"{number:,}" for number in numbers]))
        share = round(100 * numbers[0] / (sum(numbers[: len(AGES)]) or 1))
        values.append((place_name(each, language), share, f"{share} %"))
    lead = _lead(counts, checks, at, language)
    # Of one, the lead says it.
    chart = bars(values, title, of_hundred=True) if len(values) > 1 else None
    return Section("directory", title, chart, columns, rows, note, lead, folds=chart is not None)


def _lead(counts: Counter[tuple[str, str]], checks: list[Mapping[str, int]], at: list[str],
          language: str) -> str:  # fmt: skip
    fresh = sum(counts[each, "fresh"] for each in at)
    every = sum(counts[each, age] for each in at for age in AGES)
    lead = text("fresh_lead", language, all=f"{every:,}", fresh=f"{fresh:,}",
                share=round(100 * fresh / (every or 1)))  # fmt: skip
    made = [sum(found.get(each, 0) for each in at) for found in checks]
    if made:
        number = f"{made[0]:,}"
        if len(made) > 1:
            much = f"; {percent(made[0], made[1])}" if made[1] else ""
            number += f" ({text('earlier', language, number=f'{made[1]:,}')}{much})"
        lead += f" {text('confirmed_lead', language, number=number)}"
    return lead


def _ages(session: Session, today: date) -> Counter[tuple[str, str]]:
    """Counted by the database: fifty thousand services have a few hundred dates."""
    counts: Counter[tuple[str, str]] = Counter()
    # Days of UTC: PostgreSQL would take those of the session's time zone.
    is_utc = session.get_bind().dialect.name == "sqlite"
    at = Service.verified_at if is_utc else func.timezone("UTC", Service.verified_at)
    checked: ColumnElement[date] = func.date(at)
    wanted = (
        select(Service.country, checked, Service.as_of, func.count())
        .where(Service.publication == "published")
        .group_by(Service.country, checked, Service.as_of)
    )
    for country, on, as_of, many in session.execute(wanted):
        last = str(on) if on else as_of
        age = "undated" if not last else "fresh" if is_fresh(last, today) else "old"
        counts[country, age] += many
    return counts


def _checks(session: Session, period: Period) -> Mapping[str, int]:
    """How often somebody confirmed a service, by country."""
    first, last = (date.fromisoformat(f"{period.months[end]}-01") for end in (0, -1))
    after = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    since, until = (datetime.combine(each, time(), UTC) for each in (first, after))
    wanted = (
        select(Service.country, func.count())
        .join(Verification, Verification.record_id == Service.id)
        .where(Verification.at >= since, Verification.at < until)
        .group_by(Service.country)
    )
    return {country: many for country, many in session.execute(wanted)}
