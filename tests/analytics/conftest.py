"""A published quarter, made once in a run; only read from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from bot.analytics.models import DayCount
from bot.analytics.publish import Rule, publish_due
from bot.database import migrate, open_engine, transaction
from tests.analytics.year import counted_month

SIZES = {1: 500, 2: 600, 3: 1_200}


@pytest.fixture(scope="session")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """January to March 2026; in March there were twice as many conversations."""
    url = f"sqlite:///{tmp_path_factory.mktemp('quarter') / 'quarter.db'}"
    migrate(url)
    engine = open_engine(url)
    with transaction(engine) as session:
        for month, number in SIZES.items():
            for cut, cells in counted_month(number, month).items():
                session.add_all(
                    DayCount(day=date(2026, month, 5), cut=cut, row=row, country=country,
                             conversations=count.conversations, firsts=count.firsts)
                    for (row, country), count in cells.items()
                )  # fmt: skip
    publish_due(engine, datetime(2026, 4, 10, tzinfo=UTC), Rule())
    yield engine
    engine.dispose()
