"""However she writes it, and whatever was spoken of before: the weather, and no memory."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.wording import say
from connectors.memory import Memory
from tests.stories.test_gateway_turns import NotingAssistant, turn

STYLES = ("whatsapp", "sms", "telegram", "web")
OUT = (
    "SALIR",
    "salr",
    "slair",
    "saliir",
    "s a l i r",
    "🏃",
    "❌",
    "❎",
    "EXIT",
    "exti",
    "eixt",
    "exot",
    "ext",
    "exiit",
)
memories = st.builds(
    Memory, introduced=st.booleans(), language=st.sampled_from(("es", "en")),
    country=st.sampled_from((None, "GT", "US")), sensitive=st.booleans(), left_fast=st.booleans(),
    offered=st.sampled_from(((), ("/affirm", "/deny"), ("/more",), ("/unread",))),
    more=st.sampled_from(((), ("el resto",))),
    unread=st.sampled_from(((), ({"text": "tarde"},))),
    topic=st.sampled_from((None, "ask_domestic_violence", "report_immediate_danger",
                           "express_suicidal_distress", "ask_asylum")),
    away=st.booleans(), child=st.booleans(),
)  # fmt: skip


@given(memories, st.sampled_from(OUT), st.sampled_from(STYLES), st.booleans(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_leaving_works_in_every_state(
    memory: Memory, text: str, style: str, down: bool, stopped: bool
) -> None:
    outcome = turn(NotingAssistant(down=down), memory, text=text, style=style, opted_out=stopped)

    assert [reply.text for reply in outcome.replies] in ([say("left", "es")], [say("left", "en")])
    assert outcome.replies[0].kind == "delete"
    assert outcome.memory == Memory(
        introduced=True, left_fast=True, country=memory.country, sensitive=memory.sensitive,
        language=outcome.memory.language,
    )  # fmt: skip
    assert outcome.hush
    assert outcome.stop is None


@given(memories, st.sampled_from(("borra todo", "borra tdo", "delet all")), st.sampled_from(STYLES))
@settings(max_examples=100, deadline=None)
def test_erasing_works_in_every_state(memory: Memory, text: str, style: str) -> None:
    outcome = turn(NotingAssistant(), memory, text=text, style=style)

    assert outcome.erase
    assert outcome.memory == Memory(introduced=True, language=outcome.memory.language)


@pytest.mark.parametrize("text", ["éxito", "exist", "salí", "salud", "salario", "edit"])
def test_a_true_word_goes_to_the_model(text: str) -> None:
    assistant = NotingAssistant()

    turn(assistant, text=text)

    assert assistant.asked[0][0] == text
