# ruff: noqa: E501  (lines of a page for people)
"""For the report on thieves: what PostgreSQL's files keep of rows that are gone, and how far back.

What is said here of the night is done by scrub.Nightly.
"""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.privacy.scrub import NIGHT


def left_in_files(engine: Engine) -> list[str]:
    """Lines of Markdown; none for SQLite, whose pages and journal are overwritten at once."""
    if engine.dialect.name != "postgresql":
        return []
    lines = [
        f"- of women forgotten since the last night ({NIGHT:02}:00 UTC), in dead rows of PostgreSQL's tables: pseudonym, wrapped key, "
        "and with it what was sealed and is not written over yet",
        _journal(engine),
    ]
    with engine.connect() as connection:
        is_copied = connection.exec_driver_sql("SHOW archive_mode").scalar_one() != "off"
    if is_copied:
        lines.append("- **PostgreSQL's journal is copied elsewhere** (`archive_mode`): whoever has the copies has the same of all who "
                     "wrote while they were made. Turn it off; the copies end with the next new root secret.")  # fmt: skip
    return lines


def _journal(engine: Engine) -> str:
    try:
        with engine.connect() as connection:
            asked = "SELECT count(*), min(modification) FROM pg_ls_waldir()"
            files, oldest = connection.exec_driver_sql(asked).one()
            is_kept = connection.exec_driver_sql("SHOW wal_recycle").scalar_one() == "on"
    except SQLAlchemyError:  # the role may not look
        return ("- the same in PostgreSQL's journal (`pg_wal`), which this role may not look into: since the last night where the role may "
                "let go of it (docs/deploy.md, \"What PostgreSQL keeps\"), else of weeks")  # fmt: skip
    since = f"{oldest.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    back = (
        "**and of before: `wal_recycle` is on, old files are kept to be written over, for weeks**"
    )
    return f"- the same in PostgreSQL's journal (`pg_wal`): {files} files, the oldest of {since}; {back if is_kept else 'nothing of before'}"
