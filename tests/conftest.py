"""Databases for the tests: SQLite, and a PostgreSQL server that the tests start themselves."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import ssl
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from bot.database import migrate, open_engine, transaction
from bot.knowledge import load
from bot.knowledge.load import fill, load_all
from tests.countries import all_files, country_files
from tests.kept import kept
from tests.throwaway_postgresql import NoPostgresql, running

# A third of the time went into looking through thirteen thousand tests for garbage among them.
gc.set_threshold(20_000, 20, 20)

# What takes longest in one piece begins first, or a core stands idle at the end.
FIRST = [Path(__file__).parent / each for each in (
    "privacy/test_sweep.py", "portal/test_flows_in_browser.py", "analytics/test_attacks.py",
    "privacy/test_erased_in_an_outage.py", "portal/test_in_browser.py",
    "analytics/test_publishing.py", "conversation/test_secret_places.py",
    "directory/test_hsds_api.py", "project/test_upgrade.py",
    "attacks/test_rasa_door.py", "nlu/test_rasa_once.py",
    "stories/test_any_turn.py", "portal/test_newcomer.py", "portal/test_more_flows_in_browser.py",
    "nlu/test_training_messages.py", "nlu/test_follow_ups.py", "privacy/test_retention.py",
)]  # fmt: skip


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """For the few that start the whole system, not all thirteen thousand are looked through."""
    if config.option.markexpr != "running" or not collection_path.match("test_*.py"):
        return None
    return "mark.running" not in collection_path.read_text(encoding="utf-8") or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In their order, but for those files."""
    place = {path: number for number, path in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(item.path, len(FIRST)))


def pytest_collection_finish() -> None:
    """What is there now stays to the end, and is no more looked through."""
    gc.collect()
    gc.freeze()


ON_BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgresql),
]
# For tests that only read, where PostgreSQL would be asked the very same as elsewhere.
ON_SQLITE = pytest.mark.parametrize("filled_engine", ["sqlite"], indirect=True)
Fill = Callable[[Engine], None]


class NewUrl(Protocol):
    """See new_database_url."""

    def __call__(self, kind: str, like: str = "") -> str: ...


class Copied(Protocol):
    """See copied."""

    def __call__(self, kind: str, fill: Fill) -> str: ...


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
    """Makes a database of a kind ("sqlite", "postgresql") and gives its URL: empty, or as the one
    at the second URL, to which nobody may be connected."""
    numbers = count(1)

    def make(kind: str, like: str = "") -> str:
        if kind == "sqlite":
            path = tmp_path_factory.mktemp("database") / "test.db"
            if like:
                shutil.copy(str(make_url(like).database), path)
            return f"sqlite:///{path}"
        server: str = request.getfixturevalue("postgresql_server")
        name = f"test_{next(numbers)}"
        admin = create_engine(
            make_url(server.format(name="postgres")).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
        )
        # Copied as files: a quarter of a second less than through the server's log.
        template = f" TEMPLATE {make_url(like).database} STRATEGY file_copy" if like else ""
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}{template}"))
        admin.dispose()
        return server.format(name=name)

    return make


def nothing(_: Engine) -> None:
    """No rows."""


@pytest.fixture(scope="session")
def copied(new_database_url: NewUrl) -> Copied:
    """A database with all tables, and what a function writes into it: made once in a run, and a
    copy of it for every call."""
    made: dict[tuple[str, Fill], str] = {}

    def copy(kind: str, fill: Fill) -> str:
        if (kind, fill) == ("sqlite", load_all):
            made[kind, fill] = f"sqlite:///{filled_file()}"
        if (kind, fill) not in made:
            url = new_database_url(kind)
            migrate(url)
            engine = open_engine(url)
            fill(engine)
            engine.dispose()
            made[kind, fill] = url
        return new_database_url(kind, made[kind, fill])

    return copy


@pytest.fixture
def tables(tmp_path: Path, copied: Copied) -> None:
    """The embedded database of an instance in this folder, as its start would make it."""
    shutil.copy(str(make_url(copied("sqlite", nothing)).database), tmp_path / "comadre.db")


@pytest.fixture(autouse=True, scope="session")
def authorities_once() -> Iterator[None]:
    """The certificates of all authorities are read once in a run, not for every client of httpx:
    a tenth of a second each, and nothing here goes beyond loopback."""
    made = ssl.create_default_context

    @cache
    def once(*given: Any, **named: Any) -> ssl.SSLContext:
        context = made(*given, **named)
        context.__class__ = EverybodysContext
        return context

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", once)
        yield


class EverybodysContext(ssl.SSLContext):
    """Shared: whoever wants to trust others, or to look less closely, needs a context of its own,
    or every later test would look as little."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} of a context that all tests share")

    def load_verify_locations(self, *_: object, **__: object) -> None:
        raise AttributeError("authorities of a context that all tests share")

    def load_cert_chain(self, *_: object, **__: object) -> None:
        raise AttributeError("a certificate in a context that all tests share")


@pytest.fixture(params=ON_BOTH)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database a test has: it runs with each of them."""
    found: str = request.param
    return found


@pytest.fixture
def empty_url(kind: str, new_database_url: NewUrl) -> str:
    """The URL of a new database without any table."""
    return new_database_url(kind)


@pytest.fixture
def empty_engine(kind: str, copied: Copied) -> Iterator[Engine]:
    """An engine on a new database with all tables and no rows."""
    yield from opened(copied(kind, nothing))


@pytest.fixture
def sqlite_engine(copied: Copied) -> Iterator[Engine]:
    """The same on SQLite alone, where other tests run the same SQL on both."""
    yield from opened(copied("sqlite", nothing))


def opened(url: str) -> Iterator[Engine]:
    """An engine, for as long as a test needs it; then a database of the server's goes."""
    engine = open_engine(url)
    _knowing_the_statements(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", without_waiting_for_the_disk)
    yield engine
    engine.dispose()
    if engine.dialect.name == "postgresql":
        drop(url)


_FIRST: dict[str, Engine] = {}


def _knowing_the_statements(engine: Engine) -> None:
    """What the first engine of its kind compiled serves all, as in a program that goes on: an
    engine for every test would compile the same SQL thousands of times."""
    first = _FIRST.setdefault(engine.dialect.name, engine)
    engine.dialect = first.dialect
    engine._compiled_cache = first._compiled_cache


def without_waiting_for_the_disk(connection, _record) -> None:  # type: ignore[no-untyped-def]
    """No power fails in a test: what is written need not have reached the disk."""
    connection.execute("PRAGMA synchronous=OFF")


def drop(url: str) -> None:
    """The database is gone, whoever still looks at it."""
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    admin = create_engine(parsed.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {parsed.database} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def filled_engines(
    new_database_url: NewUrl,
) -> Iterator[Callable[[str], Engine]]:
    """By kind, filled once in a run: pytest tears a fixture with parameters down whenever the next
    test has another one, and filling takes half a minute on a busy machine."""
    made: dict[str, Engine] = {}

    def filled(kind: str) -> Engine:
        if kind not in made:
            url = new_database_url(kind)
            if kind == "sqlite":
                shutil.copy(filled_file(), str(make_url(url).database))
            else:
                migrate(url)
            made[kind] = open_engine(url)
            load_from_files(made[kind])  # what is loaded is not loaded again
        return made[kind]

    yield filled
    for engine in made.values():
        engine.dispose()


def filled_file() -> Path:
    """An SQLite file with the countries' content."""
    return kept("filled", _fill_file)


def _fill_file(path: Path) -> None:
    url = f"sqlite:///{path}"
    migrate(url)
    engine = open_engine(url)
    load_from_files(engine)
    with engine.connect() as connection:  # all in the one file
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def load_from_files(engine: Engine) -> None:
    """As the program does, from the files as they were read once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "read_all", all_files)
        load_all(engine)


@pytest.fixture(scope="session", params=ON_BOTH)
def filled_engine(
    request: pytest.FixtureRequest, filled_engines: Callable[[str], Engine]
) -> Engine:
    """An engine on a database with the countries' content. Shared: only read from it."""
    return filled_engines(request.param)


def only_honduras(engine: Engine) -> None:
    """The content of one country."""
    with transaction(engine) as session:
        fill(session, {"HN": country_files("HN")})


@pytest.fixture(scope="session")
def honduras_to_read(copied: Copied) -> Iterator[Callable[[str], Engine]]:
    """By kind: the same for all tests that only read from it. Who writes is refused."""
    made: dict[str, Engine] = {}

    def shared(kind: str) -> Engine:
        if kind not in made:
            made[kind] = open_engine(copied(kind, only_honduras))
            event.listen(made[kind], "connect", _refusing_changes)
        return made[kind]

    yield shared
    for engine in made.values():
        engine.dispose()


def _refusing_changes(connection, _record) -> None:  # type: ignore[no-untyped-def]
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA query_only=ON")
    else:
        connection.read_only = True


@pytest.fixture
def honduras(kind: str, copied: Copied) -> Iterator[Engine]:
    """An engine on a database with Honduras in it, for a test that changes it."""
    yield from opened(copied(kind, only_honduras))
