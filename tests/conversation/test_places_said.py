"""Where she says she is not, and where somebody else is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.conversation.places_said import Said, places_said
from bot.conversation.state import State, Turn, absorb

TODAY = date(2026, 11, 25)
SERVED = frozenset({"NI", "CR", "US", "GT", "HN", "SV", "MX"})


def said(text: str, intent: str, found: dict[str, Any], *places: tuple[str, str, str]) -> Said:
    entities = [{"entity": kind, "value": value, "start": text.index(written)}
                for kind, value, written in places]  # fmt: skip
    return places_said(text, entities, found, intent)


def test_a_denied_country_is_not_where_she_is() -> None:
    text = "yo no estoy en nicaragua ese es mi numero nomas, estoy en costa rica"
    found = said(text, "inform_location", {"country": "NI"},
                 ("country", "NI", "nicaragua"), ("country", "CR", "costa rica"))  # fmt: skip

    assert (found.country, found.not_in) == ("CR", ("NI",))


@pytest.mark.parametrize("text", ["no estoy en Nicaragua", "I am not in Nicaragua"])
def test_a_denied_country_alone_leaves_none(text: str) -> None:
    found = said(text, "inform_location", {"country": "NI"}, ("country", "NI", "Nicaragua"))
    turn = Turn("inform_location", TODAY, country=found.country, not_in=found.not_in,
                prefix_country="NI")  # fmt: skip

    state = absorb(turn, State(country="NI", here="NI"), SERVED)

    assert (state.country, state.here) == (None, None)


def test_a_correction_is_no_denial() -> None:
    text = "no I'm in Austin"
    found = said(text, "inform_location", {"country": "US", "city": "Austin"},
                 ("city", "Austin", "Austin"))  # fmt: skip

    assert (found.country, found.not_in) == ("US", ())


def test_her_sisters_country_is_asked_about_and_hers_is_kept() -> None:
    text = "yo estoy en los angeles pero es para mi hermana q esta en guatemala"
    read = {"country": "US", "city": "Los Angeles"}
    places = (("city", "Los Angeles", "los angeles"), ("country", "GT", "guatemala"))
    found = said(text, "ask_domestic_violence", read, *places)

    assert (found.country, found.here, found.other) == ("GT", "US", True)


def test_her_husband_abroad_does_not_move_her_danger() -> None:
    text = "mi suegro me quiere abusar. mi esposo esta en el norte"
    found = said(text, "ask_sexual_violence", {"country": "US"}, ("country", "US", "el norte"))

    assert found.country is None


def test_a_job_abroad_does_not_move_her() -> None:
    turn = Turn("ask_find_job", TODAY, country="GT", prefix_country="SV")

    state = absorb(turn, State(), SERVED)

    assert (state.country, state.here) == ("GT", "SV")
