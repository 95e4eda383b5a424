"""The directory of Honduras, for tests that only read from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.conftest import Copied, only_honduras, opened


@pytest.fixture(scope="session")
def shared_honduras(copied: Copied) -> Iterator[Engine]:
    """On SQLite, for all tests that only read from it."""
    yield from opened(copied("sqlite", only_honduras))
