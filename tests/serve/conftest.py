"""One running system for all tests that need one, and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.model import ensure_model
from tests.serve.axe import Axe, checker
from tests.serve.chat import Browser, Chat
from tests.serve.system import System


@pytest.fixture(scope="session")
def model() -> Path:
    """The model for the present training data; `make test` has made it, so this takes no time."""
    named = os.environ.get("COMADRE_MODEL")
    return Path(named) if named else ensure_model()


@pytest.fixture(scope="session")
def running(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system, ready. At the end Ctrl-C must stop it and leave nothing behind."""
    with System.running(tmp_path_factory.mktemp("running"), model) as system:
        yield system


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Debian's browser. COMADRE_TEST_REQUIRE_CHROMIUM=1 makes its absence a failure."""
    found = shutil.which("chromium")
    if found:
        return Path(found)
    reason = "there is no chromium here: apt-get install chromium"
    if os.environ.get("COMADRE_TEST_REQUIRE_CHROMIUM") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """Per module: Playwright's event loop must not stand open while asynchronous tests run."""
    with Browser.open(chromium) as opened:
        yield opened


@pytest.fixture
def chat(browser: Browser, running: System) -> Iterator[Chat]:
    """The simulator on a wide screen. Whatever a test does: no foreign host, no console error."""
    with browser.chat(running.url) as opened:
        yield opened
        assert opened.foreign == []
        assert opened.complaints == []


@pytest.fixture(scope="session")
def axe() -> Axe:
    """The accessibility checker."""
    return checker()
