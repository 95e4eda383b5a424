"""Honduras, filled once and copied for every test that writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.database import transaction
from bot.knowledge.content import read_country
from bot.knowledge.load import fill
from tests.conftest import Copied, opened


def only_honduras(engine: Engine) -> None:
    with transaction(engine) as session:
        fill(session, {"HN": read_country("HN")})


@pytest.fixture
def honduras(kind: str, copied: Copied) -> Iterator[Engine]:
    yield from opened(copied(kind, only_honduras))
