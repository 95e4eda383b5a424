"""A child is hurt: nothing says that reporting is hers to decide; a grown woman still hears it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.conversation.hurt_child import TOPIC
from bot.conversation.state import State
from bot.knowledge import part
from bot.knowledge.library import Library
from bot.knowledge.models import Statement
from bot.knowledge.part import leaves_it_to_her
from bot.knowledge.schema import COUNTRY_CODES
from tests.conversation.heard import hear, text

CHILD = State(country="MX", here="MX", topic=TOPIC, sensitive=True, told=("mx.child_abuse.1",))
RAPE = "ask_sexual_violence"
HERS = ("lo decides tú", "sin denunciar", "aunque no hayas denunciado")


@pytest.mark.parametrize("words", [
    "tengo que denunciarlo?", "y si la mama no quiere denunciar",
    "le hacen el examen sin denuncia?", "how do we report it",
    "does she need to go to the hospital",
])  # fmt: skip
@pytest.mark.parametrize("intent", [RAPE, "ask_protection_order", "ask_domestic_violence", TOPIC])
def test_it_stays_with_the_child(filled_engine: Engine, words: str, intent: str) -> None:
    decision = hear(filled_engine, words, CHILD, intent)

    assert decision.state.topic == TOPIC
    assert not any(line in text(decision) for line in HERS)


@pytest.mark.parametrize("words", ["a mi tambien me violo", "he raped me too"])
def test_what_happened_to_herself_is_hers(filled_engine: Engine, words: str) -> None:
    decision = hear(filled_engine, words, CHILD, RAPE)

    assert decision.state.topic == RAPE


def test_a_girl_of_twelve_is_a_child_from_the_first_word(filled_engine: Engine) -> None:
    state = State(country="MX", here="MX")

    decision = hear(filled_engine, "a mi hija de 12 la violo su padrastro", state, RAPE)

    assert not any(line in text(decision) for line in HERS)


def test_a_grown_woman_hears_that_it_is_hers(filled_engine: Engine) -> None:
    words = "me violaron hace un mes"

    decision = hear(filled_engine, words, State(country="MX", here="MX"), RAPE)

    assert "denunci" in text(decision)


def test_the_sentences_that_leave_it_to_her_are_known(filled_engine: Engine) -> None:
    with Session(filled_engine) as session:
        hidden = {each.id for each in session.scalars(select(Statement)) if leaves_it_to_her(each)}

    assert {"mx.sexual_violence.3", "bz.sexual_violence.2", "us.sexual_violence.3"} <= hidden
    assert not any(".child_abuse." in each for each in hidden)


def test_what_is_hidden_from_a_childs_talk_stays_hidden_in_a_part_of_it(
    filled_engine: Engine,
) -> None:
    """Her family is threatened and a child is hurt: both parts hide."""
    topic = "ask_domestic_violence"
    with filled_engine.connect() as connection:
        whole = Library(connection)
        both = part.on(topic, part.for_a_child(whole))
        again = part.for_a_child(part.on(topic, whole))
        for country in COUNTRY_CODES:
            shown = set(both.of(country).statement)
            wanted = {each.id for each in whole.of(country).by_topic.get(topic, ())
                      if not leaves_it_to_her(each)}  # fmt: skip
            assert shown == set(again.of(country).statement) == wanted
