"""What the model hears as something else, but is still about what was spoken of."""

from __future__ import annotations

from datetime import date

import pytest

from bot.conversation.in_context import same_topic
from bot.conversation.reread import PAUSE_S, SURE, stays_on
from bot.conversation.state import SHORT, Turn

TOPIC = "ask_unpaid_wages"


def heard(other: float, same: float, words: int = 4, idle_s: float | None = None) -> Turn:
    intent = "ask_report_rights_abuse"
    return Turn(
        intent, date(2026, 11, 25), confidence=other, ranking=((intent, other), (TOPIC, same)),
        words=words, idle_s=idle_s,
    )  # fmt: skip


def test_a_doubtful_message_stays_with_what_is_spoken_of() -> None:
    assert stays_on(heard(0.6, 0.1), TOPIC)  # "can I complain still?", after wages


@pytest.mark.parametrize(
    ("turn", "why"),
    [
        (heard(SURE, 0.09), "the model is sure"),
        (heard(0.7, 0.02), "nothing in it speaks of the topic"),
        (heard(0.6, 0.1, words=SHORT + 1), "a long message says itself what it is about"),
        (heard(0.6, 0.1, idle_s=PAUSE_S + 1), "she comes back later with something else"),
    ],
)
def test_it_does_not_where(turn: Turn, why: str) -> None:
    assert not stays_on(turn, TOPIC), why


def test_a_long_message_needs_more_to_stay() -> None:
    assert same_topic(heard(0.5, 0.1, words=SHORT + 1)) < same_topic(heard(0.5, 0.1))
    assert stays_on(heard(0.5, 0.2, words=SHORT + 1), TOPIC)
