"""One more message on what was spoken of, whatever it would mean alone; and what is none."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from bot.conversation.on_the_topic import GOES_ON, SURELY_ON, goes_on
from bot.conversation.state import State, Turn
from tests.conversation.heard import hear, text

TODAY = date(2026, 11, 26)
WAGES = State(country="US", here="US", topic="ask_unpaid_wages")
LISTED = State(country="US", here="US", topic="ask_legal_aid", service_type="food",
               listed=("us.hotline.211",))  # fmt: skip


def turn(intent: str, stays: float, **more: object) -> Turn:
    return Turn(intent, TODAY, confidence=0.95, stays=stays, words=5, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("intent", ["ask_detention_deportation", "out_of_scope", "nlu_fallback",
                                    "inform_location", "report_outdated_information"])  # fmt: skip
def test_likely_on_with_it_is_on_with_it(intent: str) -> None:
    assert goes_on(turn(intent, GOES_ON))
    assert not goes_on(turn(intent, GOES_ON - 0.1))


def test_a_place_or_a_consulate_that_is_looked_for_is_looked_for() -> None:
    assert not goes_on(turn("find_service", 0.99))
    assert not goes_on(turn("ask_consulate", 0.99))


def test_a_yes_is_a_yes_where_it_says_no_more() -> None:
    assert not goes_on(turn("affirm", GOES_ON))
    assert goes_on(turn("affirm", SURELY_ON))
    assert not goes_on(Turn("affirm", TODAY, stays=SURELY_ON, words=1))


def test_where_nothing_was_found_out_it_is_not_decided() -> None:
    assert not goes_on(Turn("ask_asylum", TODAY))


def test_her_papers_after_her_wages_are_about_her_wages(honduras: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_unpaid_wages")

    decision = hear(honduras, "es que no tengo papeles", state, "ask_regular_status", 0.9,
                    stays={"ask_unpaid_wages": 0.9})  # fmt: skip

    assert decision.state.topic == "ask_unpaid_wages"


def test_a_clear_new_matter_is_one(honduras: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_unpaid_wages")

    decision = hear(honduras, "y para inscribir a mi niña en la escuela", state, "ask_education",
                    0.99, stays={"ask_unpaid_wages": 0.02})  # fmt: skip

    assert decision.state.topic == "ask_education"


def test_danger_is_never_one_more_on_anything(honduras: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_unpaid_wages")

    decision = hear(honduras, "me tiene encerrada y viene con el machete", state,
                    "report_immediate_danger", 0.9,
                    stays={"ask_unpaid_wages": 0.95})  # fmt: skip

    assert decision.outcome == "crisis card"


def test_what_no_record_tells_of_the_listed_places_is_asked_of_them(honduras: Engine) -> None:
    listed = hear(honduras, "comida en Tegucigalpa", State(country="HN", here="HN"),
                  "find_service", places={"country": "HN", "city": "Tegucigalpa"})  # fmt: skip
    state = listed.state.but(service_type="food", listed=listed.state.listed or ("hn.line_911",))

    decision = hear(honduras, "¿ahí piden identificación?", state, "ask_identity_documents", 0.8,
                    stays={"find_service": 0.95})  # fmt: skip

    assert "No sé si piden papeles en" in text(decision)


@pytest.mark.parametrize(("words", "intent"), [
    ("es que él me maltrata, por eso me voy", "ask_domestic_violence"),
    ("he choked her last week", "ask_domestic_violence"),
])  # fmt: skip
def test_violence_told_plainly_is_never_one_more_on_papers(
    honduras: Engine, words: str, intent: str
) -> None:
    state = State(country="HN", here="HN", topic="ask_child_travel_permission")

    decision = hear(honduras, words, state, intent, 0.7,
                    stays={"ask_child_travel_permission": 0.95})  # fmt: skip

    assert decision.state.topic == intent


def test_what_men_did_to_them_is_heard_where_trafficking_was_spoken_of(honduras: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_trafficking_exploitation", sensitive=True)

    decision = hear(honduras, "some of the girls, the men did bad thing to them", state,
                    "ask_trafficking_exploitation", 0.8)  # fmt: skip

    assert decision.state.topic == "ask_sexual_violence"
