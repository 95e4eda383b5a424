"""The largest that the figures can ever be: every cell of every table published for three years,
every cell counted in every month that is kept. More traffic than any cannot make more rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert

from bench.invented import DAYS, FIRST, KEYS
from bot.analytics.counted import Cell, Counted
from bot.analytics.cuts import cuts
from bot.analytics.models import Publication, PublishedFigure
from bot.analytics.protect import ALL, REST
from bot.analytics.publish import DAYS_KEPT, Rule
from bot.analytics.vocabulary import month_of
from bot.database import transaction


def fill_full(engine: Engine, rule: Rule) -> None:
    """Numbers as of hundreds of millions of turns."""
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    kept = {month_of(day) for day in days[-DAYS_KEPT.days - 31 :]}
    at = datetime.combine(days[-1], datetime.min.time(), UTC)
    places = [(cut.name, row, country) for cut in cuts().values() for row in cut.rows
              for country in cut.columns]  # fmt: skip
    published = places + [(cut.name, row, ALL) for cut in cuts().values() for row in cut.rows]
    published += [(cut.name, REST, country) for cut in cuts().values() for country in cut.columns]
    with transaction(engine) as session:
        for month in sorted({f"{day:%Y-%m}" for day in days}):
            session.add(Publication(month=month, published_at=at, threshold=rule.threshold,
                                    step=rule.step))  # fmt: skip
            session.flush()
            session.execute(insert(PublishedFigure), [
                {"month": month, "cut": cut, "row": row, "country": country, "value": 12_345}
                for cut, row, country in published
            ])  # fmt: skip
    Counted(engine, KEYS).add(
        {Cell(month, *place): (12_345, 9_000) for month in kept for place in places}
    )
