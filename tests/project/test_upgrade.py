"""A new version meets an old database: processes that start together, and rows of long ago."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.database import migrate, migration_config, open_engine, unmigrate, write_ahead
from bot.paths import ROOT

TOGETHER = 6
# What every role of every pod does first; most modules are read once, and all go at the same
# moment: when the pipe at which they wait is closed.
START = """
import os, sys
import alembic.autogenerate, psycopg, sqlalchemy.dialects.postgresql.psycopg
from bot.database import migrate, open_engine
gate, go = os.pipe()
started = []
for _ in range(int(sys.argv[2])):
    if not (child := os.fork()):
        os.close(go)
        os.read(gate, 1)
        migrate(sys.argv[1])
        open_engine(sys.argv[1]).connect().close()
        sys.exit()
    started.append(child)
os.close(go)
print(*(os.waitpid(child, 0)[1] for child in started))
"""


def start_together(url: str) -> str:
    """What the processes died of, empty where all lived."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", START, url, str(TOGETHER)], text=True, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=100,
    )  # fmt: skip
    return "" if done.stdout.split() == ["0"] * TOGETHER else done.stderr + done.stdout


def head() -> str:
    found = ScriptDirectory.from_config(migration_config("")).get_current_head()
    assert found is not None
    return found


def revision(url: str) -> str | None:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return found


def test_six_that_start_together_make_the_tables_once(empty_url: str) -> None:
    assert start_together(empty_url) == ""
    assert revision(empty_url) == head()


def test_who_starts_while_another_turns_the_journal_on_tries_again(tmp_path: Path) -> None:
    """SQLite refuses at once where two do it together: once in twenty starts of six."""
    asked: list[str] = []

    class Busy(sqlite3.Connection):
        def execute(self, statement: str, *rest: Any) -> sqlite3.Cursor:
            asked.append(statement)
            if len(asked) < 3:
                raise sqlite3.OperationalError("database is locked")
            return super().execute(statement, *rest)

    connection = sqlite3.connect(tmp_path / "new.db", factory=Busy)
    write_ahead(connection)

    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert asked[:3] == ["PRAGMA journal_mode=WAL"] * 3
    connection.close()


def test_six_of_a_new_version_bring_the_tables_up_once(empty_url: str) -> None:
    migrate(empty_url)
    unmigrate(empty_url, "-3")
    before = revision(empty_url)

    assert start_together(empty_url) == ""
    assert before != head()
    assert revision(empty_url) == head()


# What the database's own checks want to read; everything else is made up by its type.
WANTED = {"publication": "published", "location_type": "physical", "role": "editor",
          ("statement", "status"): "published", ("emergency_line", "status"): "published",
          ("service", "status"): "active", "name": "Casa Ñandú"}  # fmt: skip
MADE: dict[type, Any] = {
    bool: True, int: 1, float: 1.5, date: date(2025, 3, 8), bytes: b"sealed",
    datetime: datetime(2025, 3, 8, 12, tzinfo=UTC), object: {"a": "ñ"},  # JSON
}  # fmt: skip
Rows = dict[str, list[dict[str, Any]]]


def made(column: sa.Column[Any]) -> Any:
    """A value that fits; of what points elsewhere, the other row's."""
    for key in column.foreign_keys:
        return made(key.column)
    table = column.table.name
    wanted = WANTED.get((table, column.name)) or WANTED.get(column.name)
    if wanted:
        return wanted
    if issubclass(column.type.python_type, str):
        return column.name[: getattr(column.type, "length", None) or 60]
    return MADE[column.type.python_type]


def tables(engine: sa.Engine) -> sa.MetaData:
    found = sa.MetaData()
    found.reflect(engine)
    return found


def fill_every_table(engine: sa.Engine) -> None:
    """A row in each, as somebody who has used that version for long would have."""
    with engine.begin() as connection:
        for table in tables(engine).sorted_tables:
            if table.name not in ("alembic_version", "told_change", "told_stamp"):  # have theirs
                row = {column.name: made(column) for column in table.columns}
                connection.execute(table.insert().values(row))


def rows(engine: sa.Engine) -> Rows:
    with engine.connect() as connection:
        return {table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
                for table in tables(engine).sorted_tables}  # fmt: skip


def kept(before: Rows, after: Rows) -> tuple[Rows, Rows]:
    """Of both, the tables and columns that both have."""
    both = [name for name in before if name in after and name != "alembic_version"]
    columns = {name: before[name][0].keys() & after[name][0].keys() if after[name] else set()
               for name in both}  # fmt: skip

    def cut(some: Rows) -> Rows:
        return {name: [{key: row[key] for key in columns[name]} for row in some[name]]
                for name in both}  # fmt: skip

    return cut(before), cut(after)


@pytest.mark.parametrize("old", ["0001", "0002", "0005", "0008", "0012", "0014"])
def test_what_an_older_version_has_written_is_still_there(empty_url: str, old: str) -> None:
    migrate(empty_url, old)
    engine = open_engine(empty_url)
    fill_every_table(engine)
    before = rows(engine)
    engine.dispose()

    migrate(empty_url)

    after = rows(engine)
    was, now = kept(before, after)
    for name in ("told_stamp", "told_change"):  # they change whenever something is changed
        was.pop(name, None)
        now.pop(name, None)
    assert len(was) >= 9
    assert all(len(each) == 1 for each in was.values())
    assert now == was
    # What moved has arrived: names as they are searched for, reports in their new table.
    assert after["service"][0]["searched"].startswith("casa nandu\n")
    if old == "0002":
        assert [each["record_id"] for each in after["report"]] == ["id"]
        assert "service_report" not in after
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    engine.dispose()


def test_of_whom_the_version_before_had_forgotten_only_the_mark_stays(empty_url: str) -> None:
    migrate(empty_url, "0005")
    engine = open_engine(empty_url)
    inbox = tables(engine).tables["inbox"]
    row = {column.name: made(column) for column in inbox.columns}
    with engine.begin() as connection:
        connection.execute(inbox.insert().values({**row, "state": "done", "sealed": None}))
    engine.dispose()

    migrate(empty_url)

    (left,) = rows(engine)["inbox"]
    engine.dispose()
    assert (left["mark"], left["pseudonym"], left["sort"]) == (row["mark"], "", 0)
