"""One engine for SQLite (embedded, WAL) and PostgreSQL; every table of ours hangs on `Base`."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Row,
    Select,
    Text,
    cast,
    create_engine,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from bot.paths import ROOT

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"
AnySelect: TypeAlias = "Select[*tuple[Any, ...]]"


class Base(DeclarativeBase):
    """Parent of every mapped class."""


class UtcMoment(TypeDecorator[datetime]):
    """An aware UTC moment on both databases (SQLite itself forgets the time zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database, in UTC; raises ValueError on a moment without time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected a moment with a time zone, got {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


PATIENCE_S = 15.0  # for another process that writes
_SHORTLY_S = 0.02


def open_engine(url: str) -> Engine:
    """An engine for `url`; for SQLite it makes the folder and turns on WAL and foreign keys."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True,
                             hide_parameters=True)  # fmt: skip
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed,
        connect_args={"timeout": PATIENCE_S, "check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def write_ahead(connection: sqlite3.Connection) -> None:
    """WAL, once for all; SQLite does not wait by itself for another process that turns it on in
    the same moment (https://www.sqlite.org/wal.html, "sometimes queries return SQLITE_BUSY")."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(_SHORTLY_S)


def _prepare_sqlite(connection, _record) -> None:  # type: ignore[no-untyped-def]  # DB-API object
    write_ahead(connection)
    for pragma in (
        "synchronous=NORMAL",
        "foreign_keys=ON",
        # Deleted text must not survive in free pages of the file.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session that commits at the end of the block, or rolls back on an error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def add_once(session: Session, table: type[Base], **values: object) -> None:
    """A row, unless it is there: also where another process puts it there at the same moment."""
    session.execute(_insert(session.get_bind().dialect.name, table).values(**values)
                    .on_conflict_do_nothing())  # fmt: skip


DIALECTS = ("sqlite", "postgresql")


class AddOnce:
    """`add_once` where every turn does it: built once, for a connection. `told` of the row that
    was added, if it was."""

    def __init__(self, table: type[Base], told: str) -> None:
        self._by_dialect = {
            name: _insert(name, table).on_conflict_do_nothing().returning(table.__table__.c[told])
            for name in DIALECTS
        }

    def __call__(self, connection: Connection, values: Mapping[str, object]) -> bool:
        """Whether the row is new."""
        statement = self._by_dialect[connection.dialect.name]
        return connection.execute(statement, values).first() is not None


class AddOrChange:
    """A row with what it says now: built once. `changing`: the columns that may change."""

    def __init__(self, table: type[Base], key: str, changing: Sequence[str]) -> None:
        self._by_dialect = {}
        for name in DIALECTS:
            insert = _insert(name, table)
            values = {column: insert.excluded[column] for column in changing}
            self._by_dialect[name] = insert.on_conflict_do_update(index_elements=[key], set_=values)

    def __call__(self, connection: Connection, values: Mapping[str, object]) -> None:
        """Written."""
        connection.execute(self._by_dialect[connection.dialect.name], values)


def _insert(dialect: str, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def among(session: Session, ids: Sequence[str]) -> Select[Any]:
    """The ids as rows: no database takes fifty thousand of them one by one."""
    text = json.dumps(list(ids))
    if session.get_bind().dialect.name == "sqlite":
        rows = func.json_each(text).table_valued("value")
    else:
        as_json = cast(literal(text, Text()), JSON)
        rows = func.json_array_elements_text(as_json).table_valued("value")
    return select(rows.c.value)


def migration_config(url: str) -> Config:
    """Alembic's configuration for the database at `url`; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` up to `revision`."""
    command.upgrade(migration_config(url), revision)


def unmigrate(url: str, revision: str = "base") -> None:
    """Take the database at `url` back down to `revision`; what later revisions held is lost."""
    command.downgrade(migration_config(url), revision)
