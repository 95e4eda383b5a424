"""After the card of a bodily emergency: what speaks of just that, and that she must be seen."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.conversation.state import State
from bot.conversation.urgent_care import must_be_seen
from bot.knowledge.models import Statement
from tests.conversation.heard import hear, text

ALARM = "report_immediate_danger"


def test_the_card_comes_alone_and_what_is_known_after_it(filled_engine: Engine) -> None:
    words, state = "se hincha mi cara y pie y duele la cabeza", State(country="GT", here="GT")

    decision = hear(filled_engine, words, state, ALARM, force_intent=ALARM, need="medical")
    first, *more = decision.replies

    assert first.text.startswith("122")
    assert "Ve ya a la emergencia" in first.text
    assert any("se te hinchan de golpe" in reply.text for reply in more)
    assert decision.replies[-1].options
    assert decision.state.crisis == "medical"


def test_nothing_that_is_merely_close_is_told(filled_engine: Engine) -> None:
    words, state = "me picó una culebra en la finca", State(country="PA", here="PA")

    decision = hear(filled_engine, words, state, ALARM, force_intent=ALARM, need="medical")

    assert len(decision.replies) == 1
    assert "Ve ya a la emergencia" in text(decision)


def test_the_statements_that_she_must_be_seen_are_there(filled_engine: Engine) -> None:
    with Session(filled_engine) as session:
        known = set(
            session.scalars(select(Statement.id).where(Statement.intent == "ask_health_care"))
        )

    assert set(must_be_seen()) <= known
