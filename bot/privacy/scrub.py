"""After rows are deleted: nothing of them in the journal, nothing in free pages.

SQLite: the pages are overwritten by `secure_delete`; here the write-ahead log, which holds copies
of pages from before, is emptied. PostgreSQL: dead rows are given up at once (VACUUM), instead of
some time later; its own write-ahead log is overwritten as it goes round. What a forensic reader
might still find there is sealed, and rotating the root secret makes it unreadable (rotation.py).
"""

from __future__ import annotations

import logging

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)
PATIENCE_MS = 300  # nobody's turn may wait long for this
TABLES = ("person", "inbox", "outbox")


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
