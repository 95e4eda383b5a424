"""A portal with Honduras and Belize in it, filled once and copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from bot.database import migrate, open_engine, transaction
from bot.knowledge.content import read_country
from bot.knowledge.load import fill
from tests.conftest import ON_BOTH, NewUrl
from tests.portal.desk import Desk

_NUMBERS = count(1)


@pytest.fixture(scope="session", params=ON_BOTH)
def filled_url(request: pytest.FixtureRequest, new_database_url: NewUrl) -> str:
    url = new_database_url(request.param)
    migrate(url)
    engine = open_engine(url)
    with transaction(engine) as session:
        fill(session, {code: read_country(code) for code in ("HN", "BZ")})
    if request.param == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return url


@pytest.fixture
def engine(filled_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(_copy(filled_url, tmp_path))
    yield engine
    engine.dispose()


def _copy(url: str, folder: Path) -> str:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        shutil.copy(str(parsed.database), folder / "test.db")
        return f"sqlite:///{folder / 'test.db'}"
    name = f"{parsed.database}_{next(_NUMBERS)}"
    admin = create_engine(
        parsed.set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {parsed.database}"))
    admin.dispose()
    return parsed.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk.open(engine)
