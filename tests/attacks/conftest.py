"""A portal to attack, a stage to write on, as the tests of both have them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Copied, nothing, opened
from tests.delivery.stage import Stage
from tests.portal.conftest import _quick_passwords as _quick_passwords
from tests.portal.conftest import desk as desk
from tests.portal.conftest import engine as engine
from tests.portal.conftest import kind as kind
from tests.portal.conftest import loop as loop


@pytest.fixture
def stage(kind: str, copied: Copied) -> Iterator[Stage]:
    """Inbox and outbox, and workers that only work when a test tells them to."""
    url = copied(kind, nothing)
    for made in opened(url):
        yield Stage(made, url, "loop")
