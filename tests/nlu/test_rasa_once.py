"""What bot/rasa does in place of Rasa, in fewer steps, comes to the same."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from bot.commands.model import RASA_PYTHON
from bot.paths import ROOT

pytestmark = pytest.mark.skipif(
    not RASA_PYTHON.exists(), reason="Rasa's environment is not installed"
)


@pytest.fixture(scope="module")
def found() -> Any:
    """Both ways, from Rasa's environment."""
    done = subprocess.run(  # noqa: S603
        [RASA_PYTHON, "-W", "ignore", "-m", "tests.nlu.rasa_compared"], cwd=ROOT, check=False,
        capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SQLALCHEMY_SILENCE_UBER_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_same_rules_fit_every_course_of_a_conversation(found: Any) -> None:
    assert len(found["rules"]) > 1_000
    assert sum(bool(theirs) for _, theirs in found["rules"]) > 100
    assert [ours for ours, _ in found["rules"]] == [theirs for _, theirs in found["rules"]]


def test_the_same_answers_of_the_action_server_are_refused(found: Any) -> None:
    ours, theirs = zip(*found["answers"], strict=True)

    assert ours == theirs
    assert set(ours) == {True, False}


def test_a_graph_run_straight_through_gives_the_same(found: Any) -> None:
    straight, planned = found["runs"]

    assert straight == planned
    assert straight[0] == {"last": 12 * 10 + 2 * 10 + 12}


def test_calls_of_the_action_server_share_a_connection(found: Any) -> None:
    assert found["connections"] == [1, 10]


def test_copies_of_slots_and_what_is_remembered_are_as_before(found: Any) -> None:
    assert found["slots"]
    assert found["the same"]
