"""What she says in an emergency is about that emergency."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.state import State
from tests.conversation.heard import hear, text

DANGER = State(country="HN", here="HN", crisis="danger", crisis_turns=1, sensitive=True,
               topic="report_immediate_danger")  # fmt: skip
DISTRESS = DANGER.but(crisis="distress", topic="express_suicidal_distress")


@pytest.mark.parametrize("words", [
    "puedo quedar embarazada?", "y si quedo embarazada o me pegaron algo",
    "can i get pregnant from that", "what if he gave me hiv",
])  # fmt: skip
@pytest.mark.parametrize("before", [DANGER, State(country="HN", topic="ask_sexual_violence")])
@pytest.mark.parametrize("intent", ["ask_sexual_reproductive_health", "nlu_fallback"])
def test_what_may_follow_from_a_rape_is_answered(
    honduras: Engine, words: str, before: State, intent: str
) -> None:
    told = hear(honduras, words, before, intent)

    assert told.acted_on == "ask_sexual_violence"
    assert "72" in text(told)


def test_a_pregnancy_without_any_of_that_is_a_pregnancy(honduras: Engine) -> None:
    before = State(country="HN", topic="ask_work_permit")

    told = hear(honduras, "y si quedo embarazada?", before, "ask_maternity_at_work")

    assert told.acted_on == "ask_maternity_at_work"


def test_alone_in_despair_is_not_attacked(honduras: Engine) -> None:
    told = hear(honduras, "estoy sola en el cuarto", DISTRESS, "report_immediate_danger", 0.5)

    assert told.state.crisis == "distress"
    assert "aléjate" not in text(told)
    assert "entendí mal" not in text(told)


def test_whoever_attacks_her_in_her_despair_is_heard(honduras: Engine) -> None:
    told = hear(honduras, "me quiere matar, viene con un machete", DISTRESS,
                "report_immediate_danger", 0.9)  # fmt: skip

    assert told.state.crisis in ("danger", "locked")
