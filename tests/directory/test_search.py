"""Who helps, near her and for what she needs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.directory.found import FoundService
from bot.directory.models import Service
from bot.directory.places import distance_km, find_places
from bot.directory.schema import SERVICE_TYPES
from bot.directory.search import find_services
from bot.directory.text import fold, fold_state
from bot.knowledge.schema import COUNTRY_CODES

TODAY = date(2026, 11, 25)
TAPACHULA = (14.9, -92.26)


def find(
    engine: Engine,
    country: str,
    *types: str,
    city: str | None = None,
    near: tuple[float, float] | None = None,
    limit: int = 3,
    skip: int = 0,
) -> list[FoundService]:
    with Session(engine) as session:
        return find_services(session, country, types, city, near, limit, skip, today=TODAY)


def test_a_shelter_in_her_town_comes_first(filled_engine: Engine) -> None:
    first, *_ = find(filled_engine, "MX", "migrant_shelter", city="TAPACHULA")

    assert (first.id, first.town) == ("mx.belen-tapachula", "Tapachula")


@pytest.mark.parametrize("typed", ["juarez", "Ciudad Juárez", "CIUDAD JUAREZ"])
def test_accents_and_capitals_do_not_matter(filled_engine: Engine, typed: str) -> None:
    first, *_ = find(filled_engine, "MX", "migrant_shelter", city=typed)

    assert first.town == "Ciudad Juárez"


def test_a_state_is_enough(filled_engine: Engine) -> None:
    found = find(filled_engine, "MX", "migrant_shelter", city="Tamaulipas", limit=2)

    assert {each.state for each in found} == {"Tamaulipas"}


@pytest.mark.parametrize("said", ["Carolina del Norte", "North Carolina", "Raleigh"])
def test_a_state_is_the_same_in_both_languages(filled_engine: Engine, said: str) -> None:
    found = find(filled_engine, "US", "consulate", city=said, limit=3)

    assert {each.state for each in found} == {"Carolina del Norte"}


def test_a_town_has_its_place_also_where_its_state_is_named_in_spanish(
    filled_engine: Engine,
) -> None:
    first, *_ = find(filled_engine, "US", "consulate", near=(40.714, -74.006))

    assert (first.town, first.distance_km) == ("Nueva York", 0.0)


def test_the_line_of_her_state_comes_before_those_of_others(filled_engine: Engine) -> None:
    first, *_ = find(filled_engine, "US", "violence_shelter", city="Queens")

    assert first.state == "New York State"


def test_in_a_town_without_services_those_of_the_state_come_first(filled_engine: Engine) -> None:
    first, *_ = find(filled_engine, "CA", "legal", city="Ottawa")

    assert (first.id, first.state) == ("ca.lao", "Ontario")


def test_another_provinces_line_is_no_country_wide_line(filled_engine: Engine) -> None:
    found = find(filled_engine, "CA", "legal", city="Toronto", limit=30)

    ids = [each.id for each in found]

    assert ids.index("ca.ircc") < ids.index("ca.labc")


def test_then_come_country_wide_lines_and_then_those_of_the_region(filled_engine: Engine) -> None:
    found = find(filled_engine, "CR", "legal", city="Liberia", limit=30)

    where = ["region" if each.is_regional else each.town or "country" for each in found]

    assert where.index("country") < where.index("region")
    assert "region" in where


def test_a_shared_location_gives_distances(filled_engine: Engine) -> None:
    found = find(filled_engine, "MX", "migrant_shelter", near=TAPACHULA)

    distances = [each.distance_km for each in found]

    assert distances[0] is not None
    assert distances[0] < 15
    # Whose place is not told, or is everywhere, comes after all that is near.
    assert distances == sorted(distances, key=lambda each: (each is None, each or 0.0))


def test_where_a_towns_name_is_not_unique_no_distance_is_invented(filled_engine: Engine) -> None:
    assert len(find_places("MX", "Ciudad Hidalgo")) > 1

    first, *_ = find(filled_engine, "MX", "migrant_shelter", city="Ciudad Hidalgo")

    assert (first.state, first.distance_km) == ("Chiapas", None)


def test_the_next_page_does_not_repeat_the_first(filled_engine: Engine) -> None:
    first = find(filled_engine, "US", "legal")
    second = find(filled_engine, "US", "legal", skip=3)

    assert second
    assert {each.id for each in first}.isdisjoint(each.id for each in second)


@pytest.mark.parametrize("country", COUNTRY_CODES)
def test_shelters_from_violence_come_only_when_asked_for(
    filled_engine: Engine, country: str
) -> None:
    for types in ((), ("legal", "psychological"), ("hotline",), ("migrant_shelter", "food")):
        found = find(filled_engine, country, *types, limit=100)

        assert not [each.id for each in found if "violence_shelter" in each.service_types]


def test_a_secret_shelter_gives_neither_address_nor_town_nor_distance(
    filled_engine: Engine,
) -> None:
    for country in COUNTRY_CODES:
        for here in (None, TAPACHULA):
            found = find(filled_engine, country, "violence_shelter", near=here, limit=100)
            secret = [each for each in found if each.confidential_location]

            assert {(each.address, each.town, each.distance_km) for each in secret} <= {
                (None, None, None)
            }


def test_no_secret_place_is_in_the_database(filled_engine: Engine) -> None:
    with Session(filled_engine) as session:
        secret = session.scalars(select(Service).where(Service.confidential_location)).all()
        places = [place for service in secret for place in service.locations]

    assert len(secret) == len(places) >= 19
    for place in places:
        assert (place.address_1, place.city, place.latitude, place.longitude) == (None,) * 4
        assert place.location_type == "virtual"


def test_towns_of_open_places_have_coordinates(filled_engine: Engine) -> None:
    [first, *_] = find(filled_engine, "GT", "migrant_shelter", city="Tecún Umán", limit=1)

    assert first.town == "Tecún Umán"
    assert first.distance_km == 0.0
    assert first.is_distance_to_town


def test_a_number_that_nobody_confirmed_is_not_given(filled_engine: Engine) -> None:
    found = find(filled_engine, "HN", "legal", "hotline", limit=100)

    [conadeh] = [each for each in found if each.id == "hn.conadeh"]

    assert "132" not in conadeh.phone_displays
    assert conadeh.call_first
    assert conadeh.freshness.es == "no está confirmado, llama o pregunta antes de ir"


def test_numbers_are_given_as_people_dial_them(filled_engine: Engine) -> None:
    in_the_us = find(filled_engine, "US", "labour", limit=100)
    in_mexico = find(filled_engine, "MX", "hotline", limit=100)

    assert "1-866-487-9243" in {shown for each in in_the_us for shown in each.phone_displays}
    assert "800 911 2000" in {shown for each in in_mexico for shown in each.phone_displays}


def test_a_line_that_works_in_one_country_is_not_given_in_another(filled_engine: Engine) -> None:
    in_belize = {each.id for each in find(filled_engine, "BZ", "hotline", limit=100)}
    in_region = {each.id for each in find(filled_engine, "XX", "hotline", limit=100)}

    assert not {"xx.nhth", "xx.cht", "xx.linea-vida"} & in_belize
    assert in_region >= {"xx.nhth", "xx.cht", "xx.linea-vida"}


def test_the_region_does_not_repeat_a_countrys_own_line(filled_engine: Engine) -> None:
    found = find(filled_engine, "US", "hotline", "labour", limit=100)

    assert "us.cdm" in {each.id for each in found}
    assert "xx.cdm" not in {each.id for each in found}


@pytest.mark.parametrize("country", COUNTRY_CODES)
def test_every_kind_of_service_can_be_asked_for(filled_engine: Engine, country: str) -> None:
    for kind in SERVICE_TYPES:
        for each in find(filled_engine, country, kind):
            assert kind in each.service_types
            assert each.name
            assert each.freshness.en


def test_names_compare_without_accents_and_the_word_for_state() -> None:
    assert fold("  Tecún   UMÁN ") == "tecun uman"
    assert fold_state("Belize District") == fold_state("Belize")
    assert fold_state("Estado de México") == fold_state("México")


points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(points, points)
def test_it_is_as_far_there_as_back(here: tuple[float, float], there: tuple[float, float]) -> None:
    assert distance_km(here, there) == pytest.approx(distance_km(there, here))
    assert 0 <= distance_km(here, there) <= 20_038
