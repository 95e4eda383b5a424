"""Her family is threatened where they are: it stays with what she told, and with her own line."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.state import State
from tests.conversation.heard import hear, text

TRAFFICKED = State(country="US", here="US", topic="ask_trafficking_exploitation", sensitive=True)
LINE = "1-888-373-7888"


@pytest.mark.parametrize("words", [
    "mis hijos estan con mi mama alla y la señora sabe donde viven. quien los cuida si yo hablo",
    "y si le hacen algo a mis hijos", "amenazo con matar a mi familia",
    "he knows where my family lives", "what if they do something to my kids",
])  # fmt: skip
@pytest.mark.parametrize("intent", ["ask_family_reunification", "ask_child_custody_support",
                                    "ask_protection_order", "nlu_fallback"])  # fmt: skip
def test_it_stays_on_what_she_told(filled_engine: Engine, words: str, intent: str) -> None:
    decision = hear(filled_engine, words, TRAFFICKED, intent)

    assert decision.state.topic == TRAFFICKED.topic
    assert text(decision).startswith(LINE)


def test_where_they_are_does_not_move_her(filled_engine: Engine) -> None:
    words = "mis hijos estan en Choluteca y la señora sabe donde viven"
    entities = [
        {"entity": "city", "value": "Choluteca", "role": "location", "start": 19, "end": 28}
    ]

    decision = hear(filled_engine, words, TRAFFICKED, "ask_family_reunification",
                    entities=entities, places={"country": "HN", "city": "Choluteca"})  # fmt: skip

    assert (decision.state.country, decision.state.city) == ("US", None)


@pytest.mark.parametrize("words", ["quiero traer a mis hijos", "how do i bring my kids"])
def test_a_wish_to_have_them_here_is_another_matter(filled_engine: Engine, words: str) -> None:
    decision = hear(filled_engine, words, TRAFFICKED, "ask_family_reunification", 0.95)

    assert decision.state.topic == "ask_family_reunification"
