"""A portal with Honduras and Belize in it, filled once and copied for every test.

SQLite alone, but for the tests marked with `on_both`: of every kind of page and of every act one
runs on PostgreSQL too. Passwords are hashed as seldom as they can be: how slowly, one test asks.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from argon2 import PasswordHasher
from sqlalchemy import Engine

from bot.database import transaction
from bot.knowledge.load import fill
from bot.portal import secrets, understanding
from tests.conftest import Copied, opened
from tests.countries import country_files
from tests.portal.desk import Desk


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    found: str = getattr(request, "param", "sqlite")
    return found


QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NOBODY = QUICK.hash("nobody")


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_HASHER", QUICK)
    monkeypatch.setattr(secrets, "_NOBODY", NOBODY)


@pytest.fixture(autouse=True)
def _room_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the machine of the tests has memory left for a training is none of their matter."""
    monkeypatch.setattr(understanding, "room_mb", lambda: None)


def two_countries(engine: Engine) -> None:
    with transaction(engine) as session:
        fill(session, {code: country_files(code) for code in ("HN", "BZ")})


@pytest.fixture
def engine(kind: str, copied: Copied) -> Iterator[Engine]:
    yield from opened(copied(kind, two_countries))


@pytest.fixture(scope="session")
def loop() -> Iterator[BlockingPortal]:
    """One event loop for all requests of a run."""
    with start_blocking_portal() as opened:
        yield opened


@pytest.fixture
def desk(engine: Engine, loop: BlockingPortal) -> Desk:
    return Desk.open(engine, loop)
