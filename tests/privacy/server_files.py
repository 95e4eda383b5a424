"""PostgreSQL's own files: what lies on the disk beside the rows that the program sees."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from bot.privacy.scan import Finding, Needles, in_file

PARTS = ("base", "pg_wal", "log")  # tables and their temporary files; journal; what it says


def in_server(engine: Engine, needles: Needles, since: float) -> set[Finding]:
    """In the tables' files of this database, its temporary files, the journal and the server's log,
    so far as anything was written since then (seconds since 1970)."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))  # what is only in memory comes to the files
        data = Path(str(connection.execute(text("SHOW data_directory")).scalar_one()))
        number = connection.execute(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        ).scalar_one()
    files = {"base": [*(data / "base" / str(number)).iterdir(),
                      *(data / "base").glob("pgsql_tmp/*")],
             "pg_wal": list((data / "pg_wal").iterdir()),
             "log": [data.parent / "log", *(data / "log").glob("*")]}  # fmt: skip
    return {Finding(f"{part}, PostgreSQL", kind) for part in PARTS for path in files[part]
            if path.is_file() and path.stat().st_mtime >= since
            for kind in in_file(path, needles)}  # fmt: skip


def as_in_deploy(engine: Engine) -> None:
    """What `deploy/` sets of the journal; the tests' own server is left as it was made."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER SYSTEM SET wal_recycle = off"))
        connection.execute(text("ALTER SYSTEM SET min_wal_size = '32MB'"))
        connection.execute(text("SELECT pg_reload_conf()"))
