"""Where she is on her way decides who is named as her next step."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.state import State
from bot.directory.found import has_number
from bot.directory.search import find_service
from bot.knowledge.content import country_record
from bot.knowledge.kept_for import is_authority
from bot.knowledge.library import Library
from bot.knowledge.next_step import Question, next_step
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics
from tests.conversation.heard import hear
from tests.conversation.heard import text as text_of
from tests.knowledge.conftest import TODAY

PHASES = ("origin", "transit", "destination", "return")
STEPS = [
    (country, phase, intent, service)
    for country in COUNTRY_CODES
    for phase, steps in country_record(country).phase_steps.items()
    for intent, service in steps.items()
]


def _named(engine: Engine, intent: str, country: str, **more: str) -> str | None:
    question = Question(intent, country, "es", TODAY, **more)  # type: ignore[arg-type]
    with engine.connect() as connection:
        found = next_step(Library(connection), question, topics()[intent], None)
    return found.id if found else None


@pytest.mark.parametrize(("country", "phase", "intent", "service"), STEPS)
def test_who_fits_the_phase_comes_before_who_is_there_for_anybody(
    filled_engine: Engine, country: str, phase: str, intent: str, service: str
) -> None:
    named = {each: _named(filled_engine, intent, country, phase=each) for each in PHASES}

    assert named[phase] == service
    assert _named(filled_engine, intent, country) != service
    assert service not in [who for each, who in named.items() if each != phase]


@pytest.mark.parametrize(("country", "phase", "intent", "service"), STEPS)
def test_whoever_is_named_for_a_phase_answers_and_puts_nobody_at_risk(
    filled_engine: Engine, country: str, phase: str, intent: str, service: str
) -> None:
    with filled_engine.connect() as connection:
        found = find_service(Library(connection), service, TODAY)

    assert found is not None
    assert has_number(found)
    assert not is_authority(found)
    assert {*topics()[intent].service_types, "hotline"} & {*found.service_types}


def test_the_centre_for_who_is_back_is_for_her_own_country_alone(filled_engine: Engine) -> None:
    own = _named(filled_engine, "ask_health_care", "GT", phase="return", origin="GT")
    honduran = _named(filled_engine, "ask_health_care", "GT", phase="return", origin="HN")

    assert own == "gt.centro-retornados"
    assert honduran == _named(filled_engine, "ask_health_care", "GT")


@pytest.mark.parametrize(("words", "number"), [
    ("me deportaron a Guatemala, ¿dónde me atiende un doctor?", "4214 3566"),
    ("estoy en Guatemala, ¿dónde me atiende un doctor?", "1555"),
])  # fmt: skip
def test_the_same_question_after_a_deportation_names_another_number(
    filled_engine: Engine, words: str, number: str
) -> None:
    told = hear(filled_engine, words, State(country="GT", here="GT"), "ask_health_care")

    assert [each for each in ("4214 3566", "1555") if each in text_of(told)] == [number]
