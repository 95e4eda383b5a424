"""Conversations are tested on SQLite: what they read is the library's, which test_on_both.py and
tests/knowledge ask on PostgreSQL as well."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine


@pytest.fixture(scope="session")
def filled_engine(filled_engines: Callable[[str], Engine]) -> Engine:
    """An engine on a database with the countries' content. Shared: only read from it."""
    return filled_engines("sqlite")
