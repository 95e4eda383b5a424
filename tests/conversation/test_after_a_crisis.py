"""When a crisis has faded, what she writes is heard as from anybody else."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from bot.conversation.crisis import STAY_TURNS
from bot.conversation.dialogue import play
from bot.conversation.places import inform_location
from bot.conversation.small_talk import repair
from bot.conversation.state import State, Turn
from bot.conversation.world import World
from tests.conversation.heard import hear, text

TODAY = date(2026, 11, 25)
FADED = State(country="HN", here="HN", crisis="danger", crisis_turns=STAY_TURNS + 1, sensitive=True)


def test_a_doubtful_message_is_asked_about_again(honduras: Engine) -> None:
    turn = Turn("nlu_fallback", TODAY, 0.3, ranking=(("report_immediate_danger", 0.2),), words=6)

    decision = play(repair, turn, FADED, World(honduras))

    assert decision.state.pending == "danger_check"


def test_a_kind_of_place_beside_a_town_is_searched_again(honduras: Engine) -> None:
    turn = Turn("inform_location", TODAY, service_type="legal", city="Tegucigalpa", words=3)

    decision = play(inform_location, turn, FADED, World(honduras))

    assert decision.outcome == "service found"


@pytest.mark.parametrize("words", [
    "no no me voy a matar, solo estoy cansada", "No I no want die o. I get pikin. I just tire",
])  # fmt: skip
def test_that_she_does_not_want_to_die_is_believed_and_she_is_not_left(
    filled_engine: Engine, words: str
) -> None:
    state = State(country="PA", here="PA", topic="express_suicidal_distress", crisis="distress",
                  crisis_turns=1, sensitive=True)  # fmt: skip

    decision = hear(filled_engine, words, state, "express_suicidal_distress", 0.98)

    said = text(decision)
    assert "Te creo" in said or "I believe you" in said
    assert decision.state.crisis == "distress"
