"""Runs the revisions on the database named by the caller, or by COMADRE_DATABASE_URL."""

from __future__ import annotations

import importlib
import os
import pkgutil

from alembic import context
from sqlalchemy import Connection, text

import bot
from bot.database import Base, open_engine

LOCK = 7262  # of PostgreSQL's advisory locks; 7261 is connectors/jobs.py's
PATIENCE_S = 600  # of SQLite, with another's migration


def know_all_tables() -> None:
    """Import every `bot.<package>.models`, so that `alembic check` compares with all of them."""
    for package in pkgutil.iter_modules(bot.__path__):
        if package.ispkg and importlib.util.find_spec(f"bot.{package.name}.models"):
            importlib.import_module(f"bot.{package.name}.models")


def run() -> None:
    """One transaction for all revisions: a failed one leaves the database as it was. Processes that
    start together wait here for one of them, and find its work done."""
    url = context.config.attributes.get("url") or os.environ.get("COMADRE_DATABASE_URL")
    if not url:
        raise SystemExit("No database named: set COMADRE_DATABASE_URL.")
    engine = open_engine(url)
    with engine.connect() as connection, connection.begin():
        _be_the_only_one(connection)
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True
        )
        context.run_migrations()
    engine.dispose()


def _be_the_only_one(connection: Connection) -> None:
    """Until the end of the transaction, and before anybody reads at which revision we are."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    else:
        # Of its own accord Python's driver begins no transaction before a table is made.
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {1000 * PATIENCE_S}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


if context.config.attributes.get("compare"):
    know_all_tables()
run()
