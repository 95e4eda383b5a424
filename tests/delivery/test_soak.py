"""Processes of the running program are killed while hundreds of people write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.soak import Plan, soak

WAYS = [
    pytest.param(("sqlite", "rows", 1), id="sqlite"),
    pytest.param(("postgresql", "jobs", 2), id="procrastinate", marks=pytest.mark.postgresql),
]


@pytest.mark.running
@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_lost_or_answered_in_another_order_while_processes_are_killed(
    way: tuple[str, str, int], new_database_url: Callable[[str], str], tmp_path: Path
) -> None:
    database, queue, workers = way
    plan = Plan(database, queue, messages=250, per_s=25, people=80, workers=workers, kill_every_s=4)

    figures = asyncio.run(soak(plan, new_database_url(database), tmp_path))

    assert sum(figures["kills"].values()) > 0
    assert figures["lost"] == figures["never_accepted"] == figures["out_of_order"] == 0
    assert figures["sent_twice"]["twilio"] == 0
    # Telegram cannot be asked: what was on its way in the instant of a kill (docs/decisions/0004).
    assert figures["sent_twice"]["telegram"] <= 8 * sum(figures["kills"].values())
