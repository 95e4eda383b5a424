"""The plan on paper says what was measured and what is assumed, and nothing else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml

from bench import scale
from bench.record import DATA

GIVEN = yaml.safe_load(scale.GIVEN.read_text(encoding="utf-8"))
MEASURED: dict[str, Any] = json.loads((DATA / "scaling.json").read_text(encoding="utf-8"))


def test_the_page_that_is_published_is_made_of_the_files_that_are_published() -> None:
    assert scale.PAGE.read_text(encoding="utf-8") == scale.render()  # else: python -m bench scale


@pytest.fixture
def dearer() -> dict[str, Any]:
    """As if each turn had cost twice as much in the worker."""
    found = copy.deepcopy(MEASURED)
    for each in found["sizes"]:
        each["processor_ms"]["worker"] *= 2
    return found


def test_a_turn_that_costs_twice_wants_twice_the_pods_and_gives_out_at_half(
    dearer: dict[str, Any],
) -> None:
    before, after = (scale.need(10_000_000, GIVEN, each) for each in (MEASURED, dearer))

    assert after["pods"] in (2 * before["pods"], 2 * before["pods"] - 1)
    assert after["gateways"] == before["gateways"]
    at = {what: women for women, what, _ in scale.breaks(GIVEN, MEASURED)}
    then = {what: women for women, what, _ in scale.breaks(GIVEN, dearer)}
    assert then["one process `worker`"] == pytest.approx(at["one process `worker`"] / 2)


def test_what_is_asked_for_is_enough_for_the_busiest_second() -> None:
    found = scale.need(GIVEN["women_a_day"], GIVEN, MEASURED)
    turns_s = GIVEN["women_a_day"] * GIVEN["turns_each"] * GIVEN["peak"] / 86_400

    assert found["peak_s"] == pytest.approx(turns_s)
    for name in scale.POD:
        busy = turns_s * found["dearest"][name] / 1000 / found["pods"]
        assert busy <= GIVEN["busy"], name
    assert scale.need(1, GIVEN, MEASURED)["pods"] == scale.LEAST  # one may go


def test_who_asks_is_no_part_of_what_a_turn_costs() -> None:
    assert all("bench" not in each["processor_ms"] for each in scale.sizes(MEASURED))


def test_no_limit_and_no_price_stands_without_its_source_and_date() -> None:
    page = scale.PAGE.read_text(encoding="utf-8")
    for each in (*GIVEN["limits"], GIVEN["sms_usd"]):
        assert each["source"].startswith("https://")
        assert each["read"].year >= 2026
        assert each["source"] in page
