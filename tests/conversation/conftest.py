"""Conversations are tested on SQLite: what they read is the library's, which test_on_both.py and
tests/knowledge ask on PostgreSQL as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from tests.conftest import Copied, only_honduras, opened


@pytest.fixture(scope="session")
def filled_engine(filled_engines: Callable[[str], Engine]) -> Engine:
    """An engine on a database with the countries' content. Shared: only read from it."""
    return filled_engines("sqlite")


@pytest.fixture
def honduras(kind: str, honduras_to_read: Callable[[str], Engine]) -> Engine:
    """An engine on a database with Honduras in it. Shared: only read from it."""
    return honduras_to_read(kind)


@pytest.fixture
def own_honduras(kind: str, copied: Copied) -> Iterator[Engine]:
    """The same, for a test that changes it."""
    yield from opened(copied(kind, only_honduras))
