"""How fresh the directory is: figures about records, not about any woman."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.analytics.sections import Section
from bot.analytics.words import heading, place_name, row_name, text
from bot.directory.models import Service
from bot.knowledge.dates import is_fresh
from bot.knowledge.trust import Hidden

AGES = ("fresh", "old", "undated")


def directory(engine: Engine, today: date, language: str) -> Section:
    """Published services by country and age, and how many numbers wait for a confirmation."""
    counts: Counter[tuple[str, str]] = Counter()
    with Session(engine) as session:
        wanted = select(Service.country, Service.verified_at, Service.as_of)
        for country, verified_at, as_of in session.execute(
            wanted.where(Service.publication == "published")
        ):
            last = verified_at.date().isoformat() if verified_at else as_of
            age = "undated" if not last else "fresh" if is_fresh(last, today) else "old"
            counts[country, age] += 1
        hidden = session.scalar(select(func.count()).select_from(Hidden)) or 0
    countries = sorted({country for country, _ in counts})
    rows = [
        (place_name(each, language), [str(counts[each, age]) for age in AGES])
        for each in countries
    ]  # fmt: skip
    note = f"{text('numbers_hidden', language)}: {hidden}"
    columns = [row_name(age, language) for age in AGES]
    return Section("directory", heading("directory", language), None, columns, rows, note)
