"""The directory of Honduras, filled once and copied for every test that changes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.database import transaction
from bot.knowledge.content import read_country
from bot.knowledge.load import fill
from tests.conftest import Copied, opened


def one_country(engine: Engine) -> None:
    with transaction(engine) as session:
        fill(session, {"HN": read_country("HN")})


@pytest.fixture
def honduras(kind: str, copied: Copied) -> Iterator[Engine]:
    yield from opened(copied(kind, one_country))


@pytest.fixture(scope="session")
def shared_honduras(copied: Copied) -> Iterator[Engine]:
    """On SQLite, for all tests that only read from it."""
    yield from opened(copied("sqlite", one_country))
