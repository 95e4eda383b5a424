"""A wrong number is worse than none: she calls it when she is in danger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directory.numbers import WrongNumber, is_short_code, read_number
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from tests.countries import country_files


@pytest.mark.parametrize(("country", "text", "number"), [
    ("HN", "2232-5836", "+50422325836"),
    ("HN", "+504 2232 5836", "+50422325836"),
    ("HN", "911", "911"),
    ("HN", "114", "114"),
    ("GT", "1572", "1572"),
    ("MX", "*765", "*765"),
    ("US", "988", "988"),
    ("US", "233733", "233733"),
    ("CA", "1-866-863-0511", "+18668630511"),  # free of charge in all of North America
    ("GT", "+503 2222 0000", "+50322220000"),  # another country's, and it says so
])  # fmt: skip
def test_numbers_of_the_country_are_taken_as_people_write_them(
    country: str, text: str, number: str
) -> None:
    read = read_number(text, country)

    assert (read.number, read.display) == (number, text)


@pytest.mark.parametrize(("country", "text", "key"), [
    ("GT", "00 503 2222 0000", "foreign_phone"),
    ("US", "809 555 0100", "foreign_phone"),  # of the Dominican Republic, with the same +1
    ("DO", "1-424-309-0009", "foreign_phone"),
    ("HN", "12", "short_code"),
    ("HN", "99999", "short_code"),
    ("GT", "114", "short_code"),  # of Honduras
    ("MX", "123456", "short_code"),  # of which some were forgotten
    ("HN", "*#", "short_code"),
    ("HN", "2222-01", "short_code"),
    ("HN", "12345678901234", "phone"),
    ("HN", "llámanos", "phone"),
])  # fmt: skip
def test_any_other_is_refused_and_says_why(country: str, text: str, key: str) -> None:
    with pytest.raises(WrongNumber) as wrong:
        read_number(text, country)

    assert wrong.value.key == key


def test_a_foreign_number_s_fault_shows_how_to_write_it() -> None:
    with pytest.raises(WrongNumber) as wrong:
        read_number("00 503 2222 0000", "GT")

    assert read_number(wrong.value.says, "GT").number == "+50322220000"


def test_a_short_code_is_no_whatsapp() -> None:
    with pytest.raises(WrongNumber):
        read_number("911", "HN", short=False)


@pytest.mark.parametrize("country", [*COUNTRY_CODES, REGIONAL])
def test_every_number_of_the_files_is_known_and_a_foreign_one_shows_its_code(country: str) -> None:
    content = country_files(country)
    lines = [(each.id, each.number, each.kind, each.display) for each in content.emergency]
    phones = [(service.id, each.number, each.kind, each.display)
              for service in content.services for each in service.phones]  # fmt: skip

    for record_id, number, kind, display in (*lines, *phones):
        if kind == "short_code":
            assert is_short_code(number, country), record_id
        if kind == "phone" and country != REGIONAL:
            wrong = fault_of(display, country)
            shows_it = wrong == "foreign_phone" and display.startswith("00")
            assert shows_it or wrong in ("", "phone"), (record_id, display)


def fault_of(text: str, country: str) -> str:
    """Why it is not taken; empty where it is."""
    try:
        read_number(text, country)
    except WrongNumber as error:
        return error.key
    return ""


@given(st.text(), st.sampled_from(COUNTRY_CODES))
def test_any_text_is_judged(text: str, country: str) -> None:
    assert fault_of(text, country) in ("", "phone", "short_code", "foreign_phone")
