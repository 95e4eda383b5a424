"""A portal with Honduras and Guatemala in it, and people of every role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.database import transaction
from bot.knowledge.content import read_country
from bot.knowledge.load import fill
from tests.portal.desk import Desk


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    with transaction(empty_engine) as session:
        fill(session, {code: read_country(code) for code in ("HN", "BZ")})
    return empty_engine


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    yield Desk.open(engine)
