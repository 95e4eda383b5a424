"""Which places are in her town, and which are a short way from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from bot.conversation.near import in_town, is_near
from bot.conversation.state import State
from bot.conversation.world import World
from bot.directory.found import FoundService
from tests.conversation.heard import NOW


@pytest.fixture
def shelter(filled_engine: Engine) -> FoundService:
    found = World(filled_engine).service("mx.madre-asunta", NOW.date())
    assert found is not None
    return replace(found, town="Ciudad Juárez", state="Chihuahua")


def test_it_is_in_the_town_however_that_is_written(shelter: FoundService) -> None:
    assert in_town("ciudad juarez", shelter)
    assert not in_town("Tijuana", shelter)
    assert not in_town(None, shelter)
    assert not in_town("Tijuana", replace(shelter, town=None))


def test_the_state_of_that_name_counts_only_where_asked_for(shelter: FoundService) -> None:
    assert not in_town("Chihuahua", shelter)
    assert in_town("Chihuahua", shelter, or_state=True)


def test_a_secret_place_is_in_no_town(shelter: FoundService) -> None:
    secret = replace(shelter, confidential_location=True)

    assert not in_town("Ciudad Juárez", secret)
    assert not in_town("Chihuahua", secret, or_state=True)


def test_a_short_way_off_is_near(shelter: FoundService) -> None:
    assert is_near("Tijuana", replace(shelter, distance_km=79.0))
    assert not is_near("Tijuana", replace(shelter, distance_km=81.0))
    assert not is_near("Tijuana", replace(shelter, distance_km=None))


def test_what_is_hours_away_is_found_only_where_far_places_are_wanted(
    filled_engine: Engine,
) -> None:
    world, state = World(filled_engine), State(country="MX", here="MX", city="Tijuana")

    near = world.services("migrant_shelter", state, NOW.date(), most=None)
    every = world.services("migrant_shelter", state, NOW.date(), most=None, far=True)

    assert {each.town for each in near} <= {"Tijuana", "Tecate", None, "Mexicali", "Ensenada"}
    assert "Tapachula" in {each.town for each in every}
