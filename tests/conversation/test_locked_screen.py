"""He is near, or may look at her phone later: what a locked screen shows of our answers then."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from sqlalchemy import Engine

from actions.registry import DECIDERS
from bot.conversation.compose import Decision
from bot.conversation.cues import read_cues
from bot.conversation.dialogue import play
from bot.conversation.privacy import GUARDED, LEFT
from bot.conversation.small_talk import repair
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.schema import COUNTRY_CODES
from bot.safety.card import NEUTRAL
from tests.turns import RULES

TOLD_TALES = ("sola", "alone", "prueba", "proof", "borr", "delete", "salir", "exit")
STYLES = ("whatsapp", "sms", "telegram")


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


@pytest.mark.parametrize("country", COUNTRY_CODES)
def test_the_first_answer_on_violence_does_not_show_that_she_hides(
    filled_engine: Engine, country: str
) -> None:
    """The number may stand there; whether she is alone, and the word that hides, may not."""
    world, intent = World(filled_engine), "ask_domestic_violence"
    for style, language in product(STYLES, ("es", "en")):
        turn = Turn(intent, date(2026, 11, 25), 0.95, words=5, style=style, language=language,
                    country=country, here=country)  # fmt: skip

        decision = play(DECIDERS[RULES[intent]], turn, State(language=language), world)

        assert decision.state.pending == "alone"
        for reply in decision.replies:
            shown = reply.text[:NEUTRAL].lower()
            assert not any(each in shown for each in TOLD_TALES), shown
