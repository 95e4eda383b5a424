"""On Telegram a conversation on violence goes from her chat two hours after her last message: she
noted no number, looked for it the next day, and it was gone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from actions.registry import DECIDERS
from bot.conversation import vanishing
from bot.conversation.compose import MAX_WORDS, Decision
from bot.conversation.dialogue import play
from bot.conversation.notification import gives_away
from bot.conversation.privacy import GUARDED, LEFT
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.schema import COUNTRY_CODES
from bot.safety.card import NEUTRAL
from bot.settings import SENSITIVE_S
from connectors.contract import Reply
from tests.conversation.heard import text
from tests.turns import RULES

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
HURT = "ask_domestic_violence"


def asks(engine: Engine, intent: str = HURT, state: State | None = None, *, language: str = "es",
         style: str = "telegram", country: str = "GT") -> Decision:  # fmt: skip
    turn = Turn(intent, NOW.date(), 0.95, now=NOW, words=8, language=language, style=style,
                country=country, here=country)  # fmt: skip
    before = state or State(language=language)
    return play(DECIDERS[RULES[intent]], turn, before, World(engine))


def line(language: str = "es") -> str:
    return say("vanishes", language)


@pytest.mark.parametrize("country", COUNTRY_CODES)
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_first_number_after_violence_comes_with_the_line_and_only_the_first(
    filled_engine: Engine, country: str, language: str
) -> None:
    first = asks(filled_engine, language=language, country=country)
    again = asks(filled_engine, "ask_safe_shelter", first.state, language=language, country=country)

    assert text(first).count(line(language)) == 1
    assert line(language) not in text(again)
    assert all(len(reply.text.split()) <= MAX_WORDS for reply in first.replies)
    assert not any(gives_away(reply.text) for reply in first.replies)
    assert first.replies[-1].options == asks(
        filled_engine, language=language, country=country, style="web"
    ).replies[-1].options  # fmt: skip


@pytest.mark.parametrize("style", ["whatsapp", "sms", "web"])
def test_elsewhere_nothing_goes_from_her_chat(filled_engine: Engine, style: str) -> None:
    assert line() not in text(asks(filled_engine, style=style))


def test_what_is_kept_a_day_says_nothing_of_two_hours(filled_engine: Engine) -> None:
    assert line() not in text(asks(filled_engine, "ask_work_permit"))


def test_nothing_stands_beside_the_card_of_an_emergency(filled_engine: Engine) -> None:
    danger = asks(filled_engine, "report_immediate_danger")

    assert danger.state.sensitive
    assert line() not in text(danger)


def test_who_asks_for_a_person_after_the_card_is_told(filled_engine: Engine) -> None:
    danger = asks(filled_engine, "report_immediate_danger")
    person = asks(filled_engine, "ask_human", danger.state)

    assert line() in text(person)


@pytest.mark.parametrize("pending", [GUARDED, LEFT])
def test_nor_beside_a_neutral_line(filled_engine: Engine, pending: str) -> None:
    given = Decision((Reply("Llama al 1572"),), State(sensitive=True, pending=pending), HURT)
    turn = Turn(HURT, NOW.date(), style="telegram")

    assert not vanishing.goes(turn, given, World(filled_engine))


@pytest.mark.parametrize(("said", "is_number"), [
    ("1572 · todo el día", True), ("*1572*", True), ("Llama al 2222 1234", True),
    ("Línea de la mujer (1572)", True), ("En 2024 (2024) la ley dice", False), ("Ve mañana", False),
])  # fmt: skip
def test_only_a_number_is_to_be_noted(filled_engine: Engine, said: str, is_number: bool) -> None:
    given = Decision((Reply(said),), State(sensitive=True), HURT)
    turn = Turn(HURT, NOW.date(), style="telegram")

    assert vanishing.goes(turn, given, World(filled_engine)) is is_number


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_line_says_the_time_that_is_true_and_begins_in_no_betraying_way(language: str) -> None:
    hours = f"{SENSITIVE_S // 3_600} "
    for key in ("vanishes", "privacy_telegram"):
        said = say(key, language)
        assert hours in said
        assert not gives_away(said)
        shown = said[:NEUTRAL].lower()
        assert not any(each in shown for each in ("borra", "erase", "delete", "sola"))


def test_who_asks_what_is_kept_is_told_on_telegram_alone(filled_engine: Engine) -> None:
    for style, told in (("telegram", True), ("whatsapp", False), ("sms", False), ("web", False)):
        kept = asks(filled_engine, "ask_privacy", style=style)
        assert (say("privacy_telegram", "es") in text(kept)) is told
