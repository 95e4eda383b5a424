"""How the whole system ends: asked to, or because one of its parts has died."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.system import APPLICATION, GREETING, RASA, System

pytestmark = pytest.mark.running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all of these: the countries' data are loaded into it once."""
    return tmp_path_factory.mktemp("stopping")


@pytest.fixture
def started(model: Path, folder: Path) -> Iterator[System]:
    """Both processes are there, nothing is ready yet. The wait for readiness is not needed here."""
    system = System.start(folder, model)
    try:
        system.wait_for_part(RASA)
        system.wait_for_part(APPLICATION)
        yield system
    finally:
        system.end()


def test_ctrl_c_while_it_starts_leaves_no_process(started: System) -> None:
    started.tell(signal.SIGINT)

    assert started.exit_code() == 0
    assert GREETING not in started.output
    started.assert_nothing_is_left()


@pytest.mark.parametrize(
    ("words", "name"),
    [(RASA, "Rasa"), (APPLICATION, "Application (gateway, worker, actions)")],
    ids=["Rasa", "application"],
)
def test_when_a_part_is_killed_it_says_which_and_stops(
    started: System, words: str, name: str
) -> None:
    os.kill(started.wait_for_part(words), signal.SIGKILL)

    assert started.exit_code() == 1
    assert f"{name} was ended by signal 9 (SIGKILL). Its last lines (" in started.output
    assert ".log):\n  " in started.output
    assert "Traceback" not in started.output
    started.assert_nothing_is_left()
