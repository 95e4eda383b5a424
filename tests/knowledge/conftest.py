"""The whole table of topics and countries, answered once for all tests that look through it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.knowledge.answer import Answer, answer
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics

TODAY = date(2026, 11, 25)
GROUPS = ("violence", "rights", "family", "work")
ASKED = [intent for intent, topic in topics().items() if topic.group in GROUPS]


@pytest.fixture(scope="session")
def filled_engine(filled_engines: Callable[[str], Engine]) -> Engine:
    """An engine on a database with the countries' content. Shared: only read from it. On SQLite:
    tests/conversation/test_on_both.py compares what is said on PostgreSQL."""
    return filled_engines("sqlite")


@pytest.fixture(scope="session")
def table(filled_engine: Engine) -> list[tuple[Answer, Answer]]:
    """Every cell of topics and countries, in Spanish and English."""
    with Session(filled_engine) as session:
        return [
            (
                answer(session, intent, country, "es", TODAY),
                answer(session, intent, country, "en", TODAY),
            )
            for country in COUNTRY_CODES
            for intent in ASKED
        ]
