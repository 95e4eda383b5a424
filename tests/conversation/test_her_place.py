"""The place that she has named stands: on a border, for her question, for her emergency number."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.conversation.compose import Decision
from bot.conversation.dialogue import play
from bot.conversation.people import person
from bot.conversation.places import inform_location
from bot.conversation.state import State
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from connectors.contract import Reply
from connectors.intro import introduce
from connectors.memory import Memory
from connectors.outcome import Message, Outcome
from tests.conversation.reading import NOW, heard
from tests.turns import tapped


def text_of(decision: Decision) -> str:
    return "\n".join(reply.text for reply in decision.replies)


@pytest.mark.parametrize(("topic", "question", "town"), [
    ("ask_work_permit", "can I work while my asylum is pending", "Miami"),
    ("ask_regular_status", "como consigo papeles", "chicago"),
])  # fmt: skip
def test_a_bare_town_answers_the_question_for_that_place(
    filled_engine: Engine, topic: str, question: str, town: str
) -> None:
    world = World(filled_engine)
    first = play(answer_topic, heard(question, topic, "US"), State(), world)

    then = play(inform_location, heard(f"{town}. soy venezolana", "inform_location", "US"),
                first.state, world)  # fmt: skip

    assert then.acted_on == topic
    assert then.state.origin == "VE"
    assert (then.state.city or "").lower() == town.lower()


def test_a_town_of_the_country_that_she_named_brings_who_is_near(filled_engine: Engine) -> None:
    world = World(filled_engine)
    first = play(answer_topic, heard("¿cómo pido refugio en México?", "ask_asylum", "HN"), State(),
                 world)  # fmt: skip

    then = play(inform_location, heard("en Tapachula", "inform_location", "HN"), first.state, world)

    assert then.acted_on == "find_service"


@pytest.mark.parametrize(("here", "town"), [("MX", "Ciudad Juárez"), ("US", "El Paso")])
def test_a_point_on_the_border_is_on_the_side_that_she_said(
    filled_engine: Engine, here: str, town: str
) -> None:
    said = State(country=here, here=here)
    point = tapped('/inform_location{"city": "El Paso"}', NOW)

    decision = play(inform_location, point, said, World(filled_engine))

    assert (decision.state.country, decision.state.city) == (here, town)
    assert "¿De qué lado" not in text_of(decision)


def test_without_a_side_she_is_asked(filled_engine: Engine) -> None:
    point = tapped('/inform_location{"city": "El Paso"}', datetime(2026, 11, 25, tzinfo=UTC))

    decision = play(inform_location, point, State(), World(filled_engine))

    assert "lado" in text_of(decision)
    assert {payload for _, payload in decision.state.offered} >= {
        '/inform_location{"country": "MX", "city": "Ciudad Juárez"}'}  # fmt: skip


def test_a_person_in_the_town_that_she_names_now(filled_engine: Engine) -> None:
    before = State(country="MX", here="MX", language="en")

    decision = play(person, heard("somebody in austin to talk to", "ask_human", "US", "en"), before,
                    World(filled_engine))  # fmt: skip

    assert "United States" in text_of(decision)


def introduced(prefix: str | None, **slots: str) -> str:
    message = Message("text", "hola", None, None, "telegram", NOW, None, prefix)
    outcome = Outcome((Reply("Hola."),), Memory(), "greet", {"language": "es", **slots})
    return introduce(outcome.replies, outcome, message)[0].text


def test_the_first_number_is_of_where_she_says_she_is() -> None:
    assert "Emergencia: 911" in introduced("GT", here="MX", country="MX")
    assert "Emergencia: 110" in introduced("GT")
    assert "Emergencia: 110" in introduced("GT", country="US")  # only asked about


def test_without_a_number_of_hers_the_country_of_her_words_tells() -> None:
    assert "Emergencia: 104" in introduced(None, here="PA")
    assert "Emergencia:" not in introduced(None)
    assert "Emergencia:" not in introduced(None, country="CO")  # whose number we do not know
