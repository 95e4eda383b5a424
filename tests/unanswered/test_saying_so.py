"""Where questions without an answer are kept, she is told so, and nothing else is promised."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import create_engine

from bot.conversation.privacy import explain
from bot.conversation.state import State, Turn
from bot.conversation.wording import LANGUAGES, say
from bot.conversation.world import World
from bot.poster.poster import words
from bot.serve.parts import assemble
from bot.settings import Settings
from connectors.contract import Reply
from connectors.memory import Memory
from connectors.outcome import Message, Outcome
from connectors.shown import spoken
from connectors.sms import render_sms

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ALL = {"es": "borro todo", "en": "erase all within"}


def on_privacy(language: str, *, keeps: bool) -> str:
    world = World(create_engine("sqlite://"), keeps_unanswered=keeps)
    turn = Turn("ask_privacy", NOW.date(), now=NOW)
    return explain(turn, State(language=language), world).replies[0].text


def first_line(language: str, *, keeps: bool) -> str:
    message = Message("text", "hola", None, None, "telegram", NOW, None, None)
    outcome = Outcome((Reply("…"),), Memory(), "greet", {"language": language})
    return spoken(outcome, message, introduced=False, keeps=keeps)[0].text


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_asks_what_is_kept_hears_what_the_poster_says(language: str) -> None:
    line = words()["kept_unanswered"].get(language)

    assert line == say("kept_unanswered", language)
    assert f". {line} " in on_privacy(language, keeps=True)
    assert line not in on_privacy(language, keeps=False)
    sent, later = render_sms(Reply(on_privacy(language, keeps=True)))
    assert (len(sent), later) == (1, ())  # how one erases is not left for "more"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_introduction_says_that_all_goes_within_a_day_only_where_it_does(language: str) -> None:
    assert ALL[language] in first_line(language, keeps=False)
    assert ALL[language] not in first_line(language, keeps=True)


@pytest.mark.parametrize("keeps", [True, False])
def test_the_running_program_knows_whether_they_are_kept(keeps: bool) -> None:
    settings = Settings("sqlite://", b"k" * 32, unanswered=keeps)
    engine = create_engine("sqlite://")

    assert assemble(settings, httpx.AsyncClient(), engine=engine).world.keeps_unanswered is keeps
