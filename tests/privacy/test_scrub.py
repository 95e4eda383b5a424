"""Nothing of deleted rows stays in the journal; and nobody's turn waits for that."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from bot.privacy import scrub as module
from bot.privacy.scan import Needles, in_folder
from bot.privacy.scrub import Nightly, scrub

HERS = Needles({"hers": ["canaria-canaria"]})


@pytest.fixture
def written(sqlite_engine: Engine) -> Iterator[Engine]:
    """Something of hers was written and deleted, and lies in the journal."""
    with sqlite_engine.begin() as connection:
        connection.execute(text("CREATE TABLE said (words TEXT)"))
        connection.execute(text("INSERT INTO said VALUES ('canaria-canaria')"))
    with sqlite_engine.begin() as connection:
        connection.execute(text("DELETE FROM said"))
    return sqlite_engine


def lies_there(engine: Engine) -> bool:
    return bool(in_folder(Path(str(engine.url.database)).parent, HERS))


def patience_ms(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one())


def test_the_journal_is_emptied_and_that_is_told(written: Engine) -> None:
    assert lies_there(written)

    assert scrub(written) is True

    assert not lies_there(written)


def test_somebody_who_reads_keeps_it_busy_and_the_next_time_it_is_done(written: Engine) -> None:
    with written.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.execute(text("SELECT * FROM said")).all()
        with written.begin() as connection:
            connection.execute(text("INSERT INTO said VALUES ('x')"))

        began = time.monotonic()
        assert scrub(written) is False
        assert time.monotonic() - began < 10, "nobody's turn may wait long for this"
        reader.rollback()

    assert scrub(written) is True


def test_other_work_is_as_patient_afterwards_as_before(written: Engine) -> None:
    before = patience_ms(written)

    scrub(written)

    assert before > module.PATIENCE_MS
    assert patience_ms(written) == before


def test_a_database_that_fails_is_told_and_ends_nothing(written: Engine) -> None:
    @event.listens_for(written, "before_cursor_execute")
    def _(connection: object, cursor: object, statement: str, *_: object) -> None:
        raise written.dialect.loaded_dbapi.OperationalError("disk I/O error")

    assert scrub(written) is False


class Postgresql:
    """Stands for the server: VACUUM is refused inside a transaction, as it is there, and what
    begins with one of `refuses` anyhow."""

    def __init__(self, *refuses: str) -> None:
        self.dialect, self.said, self.isolation = SimpleNamespace(name="postgresql"), [""], ""
        self.another, self.sqlstate = False, "55P03"  # lock_not_available
        self.refuses, self.tables = refuses, ["unanswered", "person", "spatial_ref_sys"]

    @contextmanager
    def connect(self) -> Iterator[Postgresql]:
        yield self

    def execution_options(self, isolation_level: str) -> Postgresql:
        self.isolation = isolation_level
        return self

    def exec_driver_sql(self, statement: str) -> SimpleNamespace:
        if self.isolation != "AUTOCOMMIT":
            raise OperationalError(statement, {}, Exception("cannot run inside a transaction"))
        self.said.append(statement)
        if self.refuses and statement.startswith(self.refuses):
            error = Exception("not now")
            error.sqlstate = self.sqlstate  # type: ignore[attr-defined]
            raise OperationalError(statement, {}, error)
        return SimpleNamespace(scalar_one=lambda: not self.another)

    def execute(self, _: object) -> SimpleNamespace:
        """Which tables there are: another program's among them."""
        return SimpleNamespace(scalars=lambda: self.tables)


def test_on_postgresql_the_tables_of_people_give_up_their_dead_rows_at_once() -> None:
    server = Postgresql()

    assert scrub(server) is True  # type: ignore[arg-type]
    assert server.said[1:] == ["VACUUM person, inbox, outbox"]


BEGIN = [
    "SELECT pg_try_advisory_lock(7341002)", f"SET lock_timeout = {module.PATIENCE_MS}",
    f"SET statement_timeout = {module.LONGEST_MS}",
]  # fmt: skip
END = ["RESET lock_timeout", "RESET statement_timeout", "SELECT pg_advisory_unlock(7341002)"]
GONE = ["SELECT pg_switch_wal()", "CHECKPOINT"]
REWRITTEN = ["VACUUM (FULL) unanswered", "VACUUM (FULL) person"]
ANEW = [*BEGIN, *REWRITTEN, *END, *GONE]
NIGHT = datetime(2026, 11, 20, module.NIGHT, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_once_a_night_the_tables_are_written_anew_and_the_journal_of_before_goes() -> None:
    server = Postgresql()
    nightly = Nightly(server)  # type: ignore[arg-type]

    for at in (NIGHT - MINUTE, NIGHT + 60 * MINUTE):
        nightly(at)
    assert server.said == [""]
    for at in (NIGHT, NIGHT + MINUTE, NIGHT + 59 * MINUTE):
        nightly(at)
    assert server.said[1:] == ANEW
    nightly(NIGHT + DAY)
    assert server.said[1:] == ANEW * 2


def test_a_table_that_is_needed_just_then_is_tried_again_the_next_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Postgresql("VACUUM (FULL)")
    nightly = Nightly(server)  # type: ignore[arg-type]
    nightly(NIGHT)
    assert server.said[1:] == [*BEGIN, REWRITTEN[0], *END], "others wait as long as before"
    first = len(server.said)
    assert "could not be written anew" in caplog.text

    server.refuses = ()
    nightly(NIGHT + MINUTE)
    nightly(NIGHT + 2 * MINUTE)

    assert server.said[first:] == ANEW


def test_a_table_that_takes_too_long_waits_for_the_next_night_and_keeps_nobody_waiting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Postgresql("VACUUM (FULL) unanswered")
    server.sqlstate = "57014"  # query_canceled
    nightly = Nightly(server)  # type: ignore[arg-type]

    nightly(NIGHT)
    nightly(NIGHT + MINUTE)

    assert server.said[1:] == ANEW, "the others are written anew, and no second time"
    assert "unanswered is too large" in caplog.text


def test_one_process_of_all_writes_the_tables_anew() -> None:
    server = Postgresql()
    server.another = True

    Nightly(server)(NIGHT)  # type: ignore[arg-type]

    assert server.said[1:] == BEGIN[:1]


def test_a_role_that_may_not_let_go_of_the_journal_says_so_once_a_night(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Postgresql("SELECT pg_switch_wal()")
    nightly = Nightly(server)  # type: ignore[arg-type]

    with caplog.at_level(logging.WARNING):
        nightly(NIGHT)
        nightly(NIGHT + MINUTE)

    assert caplog.text.count("the journal of before stays: OperationalError") == 1
    assert server.said[1:] == [*BEGIN, *REWRITTEN, *END, GONE[0]]


def test_where_no_table_is_ours_nobodys_is_written_anew() -> None:
    server = Postgresql()
    server.tables = ["spatial_ref_sys"]

    Nightly(server)(NIGHT)  # type: ignore[arg-type]

    assert server.said[1:] == [*BEGIN, *END, *GONE]


def test_the_embedded_database_has_nothing_to_do_at_night(written: Engine) -> None:
    @event.listens_for(written, "before_cursor_execute")
    def _(*_: object) -> None:
        raise AssertionError("asked for nothing")

    Nightly(written)(NIGHT)
