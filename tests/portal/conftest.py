"""A portal with Honduras and Belize in it, filled once and copied for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.database import open_engine
from tests.conftest import ON_BOTH, NewUrl
from tests.copies import copy_of, filled
from tests.portal.desk import Desk


@pytest.fixture(scope="session", params=ON_BOTH)
def filled_url(request: pytest.FixtureRequest, new_database_url: NewUrl) -> str:
    return filled(new_database_url(request.param), "HN", "BZ")


@pytest.fixture
def engine(filled_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(copy_of(filled_url, tmp_path))
    yield engine
    engine.dispose()


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk.open(engine)
