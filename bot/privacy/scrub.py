"""After rows are deleted: nothing of them in the journal, nothing in free pages.

SQLite: the pages are overwritten by `secure_delete`; here the write-ahead log, which holds copies
of pages from before, is emptied. PostgreSQL: dead rows are given up at once (VACUUM), instead of
some time later; until the night they lie in its files, sealed, with the wrapped keys. At night the
tables are written anew and the write-ahead log of before is let go of: then neither holds anything
of who was forgotten. Rotating the root secret makes it unreadable at once (rotation.py).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

log = logging.getLogger(__name__)
PATIENCE_MS = 300  # nobody's turn may wait long for this
TABLES = ("person", "inbox", "outbox")
OF_WOMEN = (  # whatever ever held her pseudonym, a key of hers, or something sealed
    *TABLES, "opt_out", "owed_deletion", "owed_forgetting", "procrastinate_jobs", "report",
    "unanswered", "unanswered_key",
)  # fmt: skip
LONGEST_MS = 5_000  # a table is closed while it is written anew: no longer than this
_CANCELED = (
    "57014"  # query_canceled: https://www.postgresql.org/docs/current/errcodes-appendix.html
)
_ONE = 7_341_002  # the advisory lock: one process of all
NIGHT = 9  # hour of UTC: between one and four in the morning, from Los Angeles to Santo Domingo


def scrub(engine: Engine) -> bool:
    """Whether nothing of deleted rows is left where this can reach; never raises."""
    try:
        if engine.dialect.name == "sqlite":
            return _empty_journal(engine)
        with engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql(f"VACUUM {', '.join(TABLES)}")
    except SQLAlchemyError as error:
        log.warning("scrubbing failed: %s", type(error).__name__)
        return False
    return True


def _empty_journal(engine: Engine) -> bool:
    """A reader in the middle of something keeps the log busy: the next minute tries again."""
    with engine.connect() as connection:
        patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE_MS}")
        row = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(patience)}")
        return int(row[0]) == 0


@dataclass
class Nightly:
    """Once a night, for whoever calls it every minute; a table that somebody needs just then is
    tried again the next minute, until the hour is over."""

    engine: Engine
    done: date | None = None

    def __call__(self, now: datetime) -> None:
        """Never raises."""
        is_time = now.hour == NIGHT and self.done != now.date()
        if is_time and self.engine.dialect.name == "postgresql" and write_anew(self.engine):
            self.done = now.date()


def write_anew(engine: Engine) -> bool:
    """PostgreSQL: nothing of deleted rows is left in the tables' files, and nothing of before in
    its journal, where the role may let go of that. Whether the tables are done; never raises."""
    try:
        with engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_ONE})").scalar_one():
                return True  # another process is at it
            connection.exec_driver_sql(f"SET lock_timeout = {PATIENCE_MS}")
            connection.exec_driver_sql(f"SET statement_timeout = {LONGEST_MS}")
            try:
                for each in _there(connection):
                    _rewrite(connection, each)
            finally:
                connection.exec_driver_sql("RESET lock_timeout")
                connection.exec_driver_sql("RESET statement_timeout")
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_ONE})")
            _let_go_of_journal(connection)
    except SQLAlchemyError as error:
        log.warning("tables could not be written anew: %s", type(error).__name__)
        return False
    return True


def _rewrite(connection: Connection, table: str) -> None:
    """A table too large for the time is left until the next night, and said so: women must not
    wait for it every minute of the hour."""
    try:
        connection.exec_driver_sql(f"VACUUM (FULL) {table}")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _CANCELED:
            raise
        log.warning("%s is too large to be written anew in %s ms", table, LONGEST_MS)


def _there(connection: Connection) -> list[str]:
    """The queue's own table is made by its library."""
    asked = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return [each for each in connection.execute(asked).scalars() if each in OF_WOMEN]


def _let_go_of_journal(connection: Connection) -> None:
    """With `wal_recycle=off` what is before a checkpoint is deleted; all of it, once another file
    was begun (docs/deploy.md, "What PostgreSQL keeps")."""
    try:
        connection.exec_driver_sql("SELECT pg_switch_wal()")
        connection.exec_driver_sql("CHECKPOINT")
    except SQLAlchemyError as error:  # the role was not granted it
        log.warning("the journal of before stays: %s", type(error).__name__)
