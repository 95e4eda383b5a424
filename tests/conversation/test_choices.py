"""Yes to a question that can only be answered by choosing; and what goes on when she is alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from actions.registry import DECIDERS
from bot.conversation.compose import MAX_WORDS, Decision
from bot.conversation.dialogue import play
from bot.conversation.notification import gives_away
from bot.conversation.services import find_service
from bot.conversation.small_talk import affirm, repair
from bot.conversation.state import ALONE, State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)


def titles(decision: Decision) -> list[str]:
    return [option.title for reply in decision.replies for option in reply.options]


def doubted(
    engine: Engine, *ranking: tuple[str, float], topic: str | None = "ask_unpaid_wages"
) -> Decision:
    """After an answer on wages she writes what we do not understand."""
    state = State(country="HN", here="HN", topic=topic)
    turn = Turn("nlu_fallback", NOW.date(), 0.2, ranking, now=NOW, words=12)
    return play(repair, turn, state, World(engine))


def yes(engine: Engine, state: State) -> Decision:
    return play(affirm, Turn("affirm", NOW.date(), now=NOW, words=1), state, World(engine))


def test_yes_to_the_one_topic_that_it_may_be_is_that_topic(filled_engine: Engine) -> None:
    asked = doubted(filled_engine, ("ask_asylum", 0.2), topic=None)

    assert yes(filled_engine, asked.state).acted_on == "ask_asylum"


def test_what_is_spoken_of_is_the_first_that_it_may_be(filled_engine: Engine) -> None:
    asked = doubted(filled_engine, ("ask_asylum", 0.2), ("ask_find_job", 0.2))

    assert asked.replies[-1].options[0].payload == "/ask_unpaid_wages"


def test_yes_to_one_of_several_topics_shows_them_again(filled_engine: Engine) -> None:
    asked = doubted(filled_engine, ("ask_asylum", 0.2), ("ask_find_job", 0.2))

    again = yes(filled_engine, asked.state)

    assert again.replies[0].text.startswith("Elige una opción con su número")
    assert titles(again) == titles(asked)


def test_yes_to_what_kind_of_place_shows_the_kinds_again(filled_engine: Engine) -> None:
    turn = Turn("find_service", NOW.date(), now=NOW, words=2)
    asked = play(find_service, turn, State(country="HN", here="HN"), World(filled_engine))

    again = yes(filled_engine, asked.state)

    assert len(titles(asked)) > 3
    assert titles(again) == titles(asked)


@pytest.mark.parametrize("language", ["es", "en"])
def test_when_she_is_alone_it_goes_on_in_short_messages_that_no_notification_gives_away(
    filled_engine: Engine, language: str
) -> None:
    """On every topic that asks whether she is."""
    world, gone_on = World(filled_engine), []
    for country in ("HN", "MX", "US", "BZ"):
        for topic in world.topics_of("violence"):
            state = State(country=country, here=country, language=language)
            turn = Turn(topic, NOW.date(), now=NOW, words=9)
            asked = play(answer_topic, turn, state, world)
            if asked.state.pending != ALONE:
                continue
            told = play(DECIDERS["action_affirm"], Turn("affirm", NOW.date(), now=NOW, words=1),
                        asked.state, world)  # fmt: skip
            gone_on.append(told)

    assert len(gone_on) > 10
    texts = [reply.text for told in gone_on for reply in told.replies]
    assert [text for text in texts if len(text.split()) > MAX_WORDS or gives_away(text)] == []
    lead = ("Aquí estoy. Te cuento, corto:", "I'm here. In short:")[language == "en"]
    assert any(lead in text for text in texts)
