"""A published quarter, made once in a run; only read from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select

from bot.analytics.models import Publication, PublishedFigure
from bot.analytics.publish import Rule, publish_due
from bot.database import migrate, open_engine, transaction
from bot.knowledge.trust import Report, Verification
from tests.analytics.counting import counts_of, put_month
from tests.analytics.shared import sharing
from tests.analytics.year import counted_month

AT = datetime(2026, 4, 10, tzinfo=UTC)
MONTHS = ("2026-01", "2026-02", "2026-03")


@pytest.fixture(scope="session", autouse=True)
def _each_table_once() -> Iterator[None]:
    with sharing():
        yield


@pytest.fixture(scope="session")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """January to March 2026: March as it was published, the months before as copies of it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('quarter') / 'quarter.db'}"
    migrate(url)
    engine = open_engine(url)
    put_month(engine, date(2026, 3, 1), counted_month(600, 3))
    with transaction(engine) as session:
        for number in range(45):
            looked_at = number < 30
            session.add(Report(record_id=f"record-{number}", number="", mark=None,
                               reported_on=date(2026, 3, 2) if looked_at else date(2026, 1, 20),
                               state="resolved" if looked_at else "expired"))  # fmt: skip
            if looked_at:
                session.add(Verification(record_id=f"record-{number}", role="editor", method="call",
                                         at=datetime(2026, 3, 6, 12, tzinfo=UTC)))  # fmt: skip
    publish_due(counts_of(engine), AT, Rule())
    with transaction(engine) as session:
        march = list(session.scalars(select(PublishedFigure)))
        for month in MONTHS[:2]:
            session.add(Publication(month=month, published_at=AT, threshold=10, step=5))
            session.add_all(
                PublishedFigure(month=month, cut=each.cut, row=each.row, country=each.country,
                                value=each.value)
                for each in march
            )  # fmt: skip
    yield engine
    engine.dispose()
