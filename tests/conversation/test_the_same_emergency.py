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


def test_what_she_tells_of_herself_in_danger_is_no_search_for_work(honduras: Engine) -> None:
    told = hear(honduras, "tengo 2 niños y no trabajo", DANGER, "ask_find_job", 0.65)

    assert told.outcome == "crisis card"
    assert text(told).startswith("911")


def test_what_she_asks_in_danger_is_answered(honduras: Engine) -> None:
    told = hear(honduras, "¿dónde busco trabajo?", DANGER, "ask_find_job", 0.65)

    assert told.acted_on == "ask_find_job"


@pytest.mark.parametrize("words", ["no ahora no se puede", "no i cant right now", "no todavia no"])
def test_no_she_is_not_alone_shows_nothing(honduras: Engine, words: str) -> None:
    asked = State(country="HN", topic="ask_domestic_violence", pending="alone", sensitive=True)

    told = hear(honduras, words, asked, "deny")

    assert len(text(told)) < 120
    assert not any(word in text(told).lower() for word in ("violencia", "denuncia", "114", "ley"))


@pytest.mark.parametrize("words", [
    "they want 3000 dollars for my son or they hurt him",
    "piden 5000 dolares para soltarla y dicen que la van a golpear",
    "pidieron 2000 dolares y tienen a mi hermano amarrado",
])  # fmt: skip
@pytest.mark.parametrize("intent", ["report_immediate_danger", "ask_threats_extortion"])
def test_a_ransom_is_no_fraud(honduras: Engine, words: str, intent: str) -> None:
    told = hear(honduras, words, State(country="HN", topic="ask_unaccompanied_children"), intent,
                0.75)  # fmt: skip

    assert told.acted_on == intent or told.state.pending == "danger_check"
    assert "engaño" not in text(told)


@pytest.mark.parametrize("words", ["SOS Tapachula", "vengan rapido Reynosa", "come fast Houston"])
def test_a_cry_with_a_place_is_a_cry(honduras: Engine, words: str) -> None:
    told = hear(honduras, words, State(topic="ask_regular_status", told=("x",)),
                "report_immediate_danger", 0.9, places={"country": "MX"})  # fmt: skip

    assert "911" in text(told)
    assert told.state.pending == "danger_check"


def test_they_can_hear_me_is_an_alarm_after_any_matter(honduras: Engine) -> None:
    before = State(country="HN", here="HN", topic="ask_work_permit", told=("x",))

    told = hear(honduras, "they can hear me at work", before, "report_immediate_danger", 0.9)

    assert told.acted_on == "report_immediate_danger"


@pytest.mark.parametrize("words", [
    "he left but came back with his brother", "se fueron pero volvieron con mas gente",
])  # fmt: skip
def test_whoever_came_back_is_there(honduras: Engine, words: str) -> None:
    told = hear(honduras, words, DANGER, "report_immediate_danger", 0.9)

    assert "Puede volver" not in text(told)
    assert "may come back" not in text(told)


def test_whether_she_is_alone_is_asked_to_be_answered(honduras: Engine) -> None:
    asked = hear(honduras, "mi marido me revisa el celular", State(country="HN"), "nlu_fallback")

    assert asked.state.pending == "alone"
    assert "114" in text(hear(honduras, "si, estoy sola", asked.state, "affirm"))
