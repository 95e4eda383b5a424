"""Runs the revisions on the database named by the caller, or by COMADRE_DATABASE_URL."""

from __future__ import annotations

import importlib
import os
import pkgutil

from alembic import context

import bot
from bot.database import Base, open_engine


def know_all_tables() -> None:
    """Import every `bot.<package>.models`, so that `alembic check` compares with all of them."""
    for package in pkgutil.iter_modules(bot.__path__):
        if package.ispkg and importlib.util.find_spec(f"bot.{package.name}.models"):
            importlib.import_module(f"bot.{package.name}.models")


def run() -> None:
    """One transaction for all revisions: a failed one leaves the database as it was."""
    url = context.config.attributes.get("url") or os.environ.get("COMADRE_DATABASE_URL")
    if not url:
        raise SystemExit("No database named: set COMADRE_DATABASE_URL.")
    engine = open_engine(url)
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.config.attributes.get("compare"):
    know_all_tables()
run()
