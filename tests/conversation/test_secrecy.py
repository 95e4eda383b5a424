"""Whose secret she asks for: ours gets our notice, that of others the topic."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.secrecy import NO_SECRET, read_secrecy
from bot.conversation.state import State
from tests.conversation.heard import hear, text

NOTICE = ("No guardo tu nombre", "I don't keep your name")
HURT = State(country="SV", here="SV", topic="ask_domestic_violence", sensitive=True)


@pytest.mark.parametrize(("words", "of"), [
    ("¿llamo a la PNC es anónimo de verdad?", "ask_protection_order"),
    ("y si le digo a la policia le avisan a el", "ask_protection_order"),
    ("is the hotline anonymous", "ask_protection_order"),
    ("quiero hacer una denuncia anonima", "ask_protection_order"),
    ("¿es confidencial el albergue?", "ask_safe_shelter"),
    ("does the clinic call ICE", "ask_health_care"),
    ("puedo denunciar a mi jefe sin dar mi nombre", "ask_labour_rights"),
    ("if i tell the teacher will she keep it secret", "ask_education"),
    ("can the school report me", "ask_education"),
    ("hay que dar el nombre en la fiscalia", "ask_protection_order"),
    ("do they keep my name at the shelter", "ask_safe_shelter"),
    ("can i see him", NO_SECRET), ("they will ask my papers?", NO_SECRET),
])  # fmt: skip
def test_what_others_keep_is_no_question_on_us(words: str, of: str) -> None:
    assert read_secrecy(words) == of


@pytest.mark.parametrize("words", [
    "¿esto es anónimo?", "¿le avisas a la policía?", "do you tell the police?",
    "¿guardan mi número?",
    "¿quién lee esto?", "la policía puede ver este chat?", "la policia lee mis mensajes?",
    "is it confidential", "borras todo?", "es seguro hablar aqui",
])  # fmt: skip
def test_this_chat_is_ours(words: str) -> None:
    assert read_secrecy(words) is None


def test_the_notice_comes_for_this_chat_only(filled_engine: Engine) -> None:
    police = hear(filled_engine, "¿llamo a la PNC es anónimo de verdad?", HURT, "ask_privacy")
    ours = hear(filled_engine, "¿esto es anónimo?", HURT, "ask_privacy")

    assert not any(line in text(police) for line in NOTICE)
    assert any(line in text(ours) for line in NOTICE)


def test_without_a_topic_the_body_tells_it(filled_engine: Engine) -> None:
    words = "¿el hospital guarda el secreto?"

    decision = hear(filled_engine, words, State(country="MX", here="MX"), "ask_privacy")

    assert decision.acted_on == "ask_health_care"
