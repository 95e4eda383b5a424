"""Bring the database to the present shape and content."""

from __future__ import annotations

from bot.database import migrate, open_engine
from bot.knowledge.load import load_all
from bot.serve.supervisor import say
from bot.settings import Settings


def load(settings: Settings) -> None:
    """Migrate, then load data/countries where its files have changed; prints a summary."""
    migrate(settings.database_url)
    engine = open_engine(settings.database_url)
    try:
        say(str(load_all(engine)))
    finally:
        engine.dispose()
