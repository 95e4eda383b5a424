"""The finder of places, loaded once for all tests of it."""

from __future__ import annotations

import pytest

from bot.nlu.places import PlaceFinder


@pytest.fixture(scope="session")
def finder() -> PlaceFinder:
    return PlaceFinder.load()
