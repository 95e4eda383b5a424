"""A database that is filled once, and a copy of it for every test that writes."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot.database import migrate, open_engine, transaction
from bot.knowledge.content import read_country
from bot.knowledge.load import fill

_NUMBERS = count(1)


def filled(url: str, *countries: str) -> str:
    """`url`, whose database now holds these countries and no open connection."""
    migrate(url)
    engine = open_engine(url)
    with transaction(engine) as session:
        fill(session, {code: read_country(code) for code in countries})
    if make_url(url).get_backend_name() == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return url


def copy_of(url: str, folder: Path) -> str:
    """The URL of a copy: a file in `folder`, or another database of the same server."""
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
