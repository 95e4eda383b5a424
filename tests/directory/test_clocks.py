"""Eleven in Tijuana is not eleven in Cancún: a place is open by its own clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.opening import is_open
from bot.directory.clocks import zones_at, zones_of
from bot.directory.places import every_town, state_key
from bot.directory.text import fold, fold_state
from bot.knowledge.content import country_record
from bot.knowledge.schema import COUNTRY_CODES
from tests.countries import country_files

SEVERAL = ("CA", "MX", "US")
OFFICE = [("MO,TU,WE,TH,FR", "08:00", "16:00")]
EVENING = datetime(2026, 11, 25, 22, tzinfo=UTC)  # Wednesday: 14:00 in Tijuana, 17:00 in Cancún


@pytest.mark.parametrize(("country", "state", "town", "zones"), [
    ("MX", "Baja California", "Tijuana", ["America/Tijuana"]),
    ("MX", None, "Tijuana", ["America/Tijuana"]),
    ("MX", "Quintana Roo", None, ["America/Cancun"]),
    ("MX", "Chihuahua", "Ciudad Juárez", ["America/Ciudad_Juarez"]),
    ("MX", "Chihuahua", "Chihuahua", ["America/Mexico_City"]),
    ("MX", "Chihuahua", None, ["America/Mexico_City", "America/Ciudad_Juarez",
                               "America/Matamoros"]),
    ("MX", "Tamaulipas", "Reynosa", ["America/Matamoros"]),
    ("US", "Texas", "El Paso", ["America/Denver"]),
    ("US", "Texas", "Houston", ["America/Chicago"]),
    ("US", "Carolina del Norte", "Charlotte", ["America/New_York"]),
    ("CA", "Quebec", "Montreal", ["America/Toronto"]),
    ("HN", "Cortés", "Choloma", ["America/Tegucigalpa"]),
    ("HN", None, None, ["America/Tegucigalpa"]),
    ("XX", None, None, []),
])  # fmt: skip
def test_the_town_or_the_state_tells_the_clock(
    country: str, state: str | None, town: str | None, zones: list[str]
) -> None:
    assert list(zones_at(country, state, town)) == zones


@pytest.mark.parametrize(("state", "town"), [(None, None), (None, "Nowhere"), ("Atlantis", "Reno")])
def test_where_nothing_tells_it_all_of_the_country_s_clocks_must_agree(
    state: str | None, town: str | None
) -> None:
    assert list(zones_at("US", state, town)) == country_record("US").timezones


def test_a_town_that_several_states_have_may_be_in_any_of_them() -> None:
    assert {"America/New_York", "America/Chicago"} <= set(zones_at("US", None, "Springfield"))


def test_open_in_tijuana_and_closed_in_cancun_at_the_same_moment() -> None:
    there, here = zones_at("MX", None, "Tijuana"), zones_at("MX", None, "Cancún")

    assert is_open(OFFICE, there, EVENING) is True
    assert is_open(OFFICE, here, EVENING) is False
    assert is_open(OFFICE, zones_at("MX", None, None), EVENING) is None


@pytest.mark.parametrize("country", SEVERAL)
def test_every_state_has_its_clock_and_every_zone_of_the_file_is_one(country: str) -> None:
    zones = zones_of(country)
    assert zones is not None
    there = {state_key(country, each.state) for each in every_town(country) if each.state}
    towns = {(state_key(country, each.state), fold(each.name)) for each in every_town(country)}

    assert there <= {fold_state(each) for each in zones.states}
    for state, others in zones.towns.items():
        for zone, names in others.items():
            assert ZoneInfo(zone)
            assert {(fold_state(state), fold(each)) for each in names} <= towns
    assert all(ZoneInfo(each) for each in zones.states.values())


def test_only_countries_of_one_clock_have_no_such_file() -> None:
    several = [each for each in COUNTRY_CODES if len(country_record(each).timezones) > 1]

    assert several == list(SEVERAL) == [each for each in COUNTRY_CODES if zones_of(each)]


@pytest.mark.parametrize("country", ["MX", "US"])
def test_places_with_a_town_and_hours_have_one_clock(country: str) -> None:
    """Of the files: what says so of itself is enough to say "open now"."""
    placed = [each.location for each in country_files(country).services
              if each.schedules and each.location and each.location.city]  # fmt: skip

    zones = [zones_at(each.country or country, each.state, each.city) for each in placed]
    assert zones
    assert all(len(each) == 1 for each in zones)
