"""He is near, or may look at her phone later: what a locked screen shows of our answers then."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from bot.conversation.compose import Decision
from bot.conversation.cues import read_cues
from bot.conversation.dialogue import play
from bot.conversation.privacy import GUARDED, LEFT
from bot.conversation.small_talk import repair
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.safety.card import NEUTRAL

TOLD_TALES = ("sola", "alone", "prueba", "proof", "borr", "delete", "salir", "exit")


def said(engine: Engine, text: str, state: State, intent: str = "nlu_fallback") -> Decision:
    cues = read_cues(text)
    turn = Turn(intent, date(2026, 11, 25), 0.3, cues=cues, words=len(text.split()))
    return play(repair, turn, state, World(engine))


@pytest.mark.parametrize(("text", "language", "pending"), [
    ("no, aquí está él", "es", "alone"), ("no, he is here", "en", "alone"),
    ("¿cómo borro este chat?", "es", None), ("how do I delete this chat", "en", None),
    ("¿borro el chat de él?", "es", None), ("should I delete his texts", "en", None),
])  # fmt: skip
def test_it_shows_neither_the_exit_word_nor_that_she_hides(
    filled_engine: Engine, text: str, language: str, pending: str | None
) -> None:
    before = State(language=language, pending=pending, topic="ask_domestic_violence")

    decision = said(filled_engine, text, before)

    assert decision.acted_on in ("deny", "ask_privacy")
    assert decision.state.sensitive
    for reply in decision.replies:
        shown = reply.text[:NEUTRAL].lower()
        assert not any(each in shown for each in TOLD_TALES), shown


@pytest.mark.parametrize("intent", ["nlu_fallback", "ask_privacy", "out_of_scope"])
@pytest.mark.parametrize(("text", "language"), [
    ("how do I delete this chat", "en"), ("¿hay una palabra secreta?", "es"),
])  # fmt: skip
def test_he_who_has_her_phone_is_not_told_how_one_hides(
    filled_engine: Engine, text: str, language: str, intent: str
) -> None:
    before = State(language=language, pending=GUARDED, sensitive=True)

    decision = said(filled_engine, text, before, intent)

    assert [reply.text for reply in decision.replies] == [say("someone_else", language)]


def test_she_herself_is_told_after_she_left_fast(filled_engine: Engine) -> None:
    decision = said(filled_engine, "¿hay una palabra secreta?", State(pending=LEFT))

    assert any("SALIR" in reply.text for reply in decision.replies)
