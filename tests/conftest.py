"""Databases for the tests: SQLite, and a PostgreSQL server that the tests start themselves."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from bot.database import migrate, open_engine
from bot.knowledge.load import load_all
from tests.throwaway_postgresql import NoPostgresql, running

ON_BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgresql),
]
# For tests that only read, where PostgreSQL would be asked the very same as elsewhere.
ON_SQLITE = pytest.mark.parametrize("filled_engine", ["sqlite"], indirect=True)
NewUrl = Callable[[str], str]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a server of our own, with `{name}` for the database; skips where there is none.

    COMADRE_TEST_REQUIRE_POSTGRESQL=1 turns the skip into a failure.
    """
    server = running()
    try:
        url = server.__enter__()
    except NoPostgresql as reason:
        if os.environ.get("COMADRE_TEST_REQUIRE_POSTGRESQL") == "1":
            pytest.fail(f"PostgreSQL is required, but {reason}")
        pytest.skip(f"PostgreSQL left out: {reason}")
    try:
        yield url
    finally:
        server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def new_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> NewUrl:
    """Makes an empty database of a kind ("sqlite", "postgresql") and gives its URL."""
    numbers = count(1)

    def make(kind: str) -> str:
        if kind == "sqlite":
            folder: Path = tmp_path_factory.mktemp("database")
            return f"sqlite:///{folder / 'test.db'}"
        server: str = request.getfixturevalue("postgresql_server")
        name = f"test_{next(numbers)}"
        admin = create_engine(
            make_url(server.format(name="postgres")).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
        )
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        return server.format(name=name)

    return make


@pytest.fixture(params=ON_BOTH)
def empty_url(request: pytest.FixtureRequest, new_database_url: NewUrl) -> str:
    """The URL of a new database without any table."""
    return new_database_url(request.param)


@pytest.fixture
def empty_engine(empty_url: str) -> Iterator[Engine]:
    """An engine on a new database with all tables and no rows."""
    migrate(empty_url)
    engine = open_engine(empty_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", params=ON_BOTH)
def filled_engine(request: pytest.FixtureRequest, new_database_url: NewUrl) -> Iterator[Engine]:
    """An engine on a database with the countries' content. Shared: only read from it."""
    url = new_database_url(request.param)
    migrate(url)
    engine = open_engine(url)
    load_all(engine)
    yield engine
    engine.dispose()
