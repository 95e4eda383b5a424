"""Honduras, filled once and copied for every test that writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.database import open_engine
from tests.conftest import ON_BOTH, NewUrl
from tests.copies import copy_of, filled


@pytest.fixture(scope="session", params=ON_BOTH)
def honduras_url(request: pytest.FixtureRequest, new_database_url: NewUrl) -> str:
    return filled(new_database_url(request.param), "HN")


@pytest.fixture
def honduras(honduras_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(copy_of(honduras_url, tmp_path))
    yield engine
    engine.dispose()
