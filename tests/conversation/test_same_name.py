"""A town's name that several countries have: hers is meant, unless the other is a great city."""

from __future__ import annotations

import pytest

from bot.conversation.same_name import in_her_country, which_country


def _heard(city: str, country: str, here: str | None, *, beside: str | None = None) -> str | None:
    entities = [{"entity": "city", "value": city, "start": 0, "end": len(city)}]
    entities += [{"entity": "country", "value": beside}] if beside else []
    found = in_her_country({"city": city, "country": country}, entities, city, here)
    return found["country"]


@pytest.mark.parametrize(
    ("city", "elsewhere", "here"), [("Bella Vista", "DO", "BZ"), ("Hopkins", "US", "BZ")]
)
def test_the_town_of_the_country_that_she_told_is_meant(
    city: str, elsewhere: str, here: str
) -> None:
    assert _heard(city, elsewhere, here) == here


def test_a_great_city_is_meant_wherever_she_is() -> None:
    assert _heard("San Francisco", "US", "HN") == "US"


def test_without_a_country_told_before_or_with_one_beside_it_nothing_changes() -> None:
    assert _heard("Bella Vista", "DO", None) == "DO"
    assert _heard("Bella Vista", "DO", "BZ", beside="DO") == "DO"


def test_a_town_that_her_country_does_not_have_is_elsewhere() -> None:
    assert _heard("Tapachula", "MX", "HN") == "MX"


@pytest.mark.parametrize(("city", "reader", "number", "asked"), [
    ("San Pedro", "HN", "BZ", True), ("San José", "CR", "US", True),
    ("Houston", "US", "HN", False), ("Tapachula", "MX", "GT", False),
])  # fmt: skip
def test_a_town_that_the_country_of_her_number_has_too_is_asked_about(
    city: str, reader: str, number: str, *, asked: bool
) -> None:
    entities = [{"entity": "city", "value": city, "start": 0, "end": len(city)}]
    found = which_country({"city": city, "country": reader}, entities, city, number)

    assert (found["country"] is None) is asked
    assert found.get("candidates") == ([reader, number] if asked else None)


def test_a_town_with_its_state_beside_it_is_not_asked_about() -> None:
    text = "San Pedro, Ambergris Caye"
    entities = [{"entity": "city", "value": "San Pedro", "start": 0, "end": len(text)}]
    found = {"city": "San Pedro", "country": "BZ"}

    assert which_country(found, entities, text, "HN") == found
    assert in_her_country(found, entities, text, "HN") == found
