"""Somebody holds her phone, or looks at it: nothing that is said gives her away."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.privacy import GUARDED, LEFT
from bot.conversation.state import State
from bot.conversation.wording import say
from connectors.turns import asks_who, is_someone_else
from tests.conversation.heard import hear, text


@pytest.mark.parametrize("words", [
    "quien es este numero? lo encontre en el telefono de mi esposa",
    "que le dijeron a ella", "que te dijo ella", "con quien hablas?", "con quien estas hablando",
    "mi mujer le ha estado escribiendo a este numero", "¿a dónde le dijiste que fuera ella?",
    "who is this number? my wife been texting this", "what did she say to u",
    "tell me what she asked or where u told her to go",
    "i found this number in my girlfriends phone",
    "¿qué te escribió mi esposa?", "¿por quién preguntó mi mujer?",
    "¿y a quién quiere ayudar mi mujer?",
    "¿con quién habla mi mujer aquí?", "¿qué le dijiste a mi mujer?", "¿qué le contestaste?",
    "¿de dónde sacó eso mi mujer?", "¿qué es esto que tiene mi mujer en el teléfono?",
    "what did you tell my wife", "who did she ask about", "what is my wife asking here",
])  # fmt: skip
def test_it_is_somebody_else_who_asks_about_her(words: str) -> None:
    assert is_someone_else(words)


@pytest.mark.parametrize("words", [
    "mi hermana me dijo que ustedes ayudan", "que le dijeron a ella en migracion si ya firmo",
    "encontre este numero en un cartel", "my sister told me to text you",
    "con quien hablo para el asilo",
    "encontré mensajes de un hombre en el celular de mi hija", "she said you can help with papers",
    "what did they say to her at the court", "mi esposa está detenida, ¿qué hago?",
    "my wife is pregnant, where can she go", "did you tell me where to go?",
    "¿qué pide mi esposa para la visa?", "¿qué le digo a mi hermana?", "mi mujer me pega",
    "¿qué me dijiste?", "no entendí lo que me contestaste", "what did you tell me",
    "¿de dónde sacaste eso?", "where can my wife ask for asylum", "what does my wife need to bring",
])  # fmt: skip
def test_who_asks_in_good_faith_is_nobody_else(words: str) -> None:
    assert not is_someone_else(words)


@pytest.mark.parametrize("words", [
    "¿quién eres?", "quien es usted", "quien sos vos", "hola, quién eres", "¿qué es esto?",
    "quien es usted y que quiere", "con quién estoy hablando", "who are you", "who r u",
    "hi who am i talking to?", "what is this",
])  # fmt: skip
def test_who_answers_here_may_be_asked_by_her_or_by_him(words: str) -> None:
    assert asks_who(words)
    assert not is_someone_else(words)


@pytest.mark.parametrize("words", [
    "¿quién eres para saber de leyes?", "con quién hablo", "con quien hablo para el asilo",
    "qué es esto del parole", "what is this paper they gave me", "who are you to tell me that",
    "quién es usted abogada", "qué es refugio", "¿eres una persona?",
])  # fmt: skip
def test_who_asks_for_more_than_that_is_answered_by_what_was_asked(words: str) -> None:
    assert not asks_who(words)


@pytest.mark.parametrize(("words", "intent"), [
    ("soy yo pues, la esposa, repetime lo ultimo q me mandaste", "ask_threats_extortion"),
    ("que te contó", "ask_domestic_violence"),
    ("its me, send the last message again", "ask_asylum"),
    ("perra maquina", "out_of_scope"), ("what does she want", "ask_safe_shelter"),
])  # fmt: skip
def test_while_somebody_else_may_have_it_nothing_is_repeated(
    filled_engine: Engine, words: str, intent: str
) -> None:
    english = words.startswith(("its", "what"))
    state = State(pending=GUARDED, sensitive=True, language="en" if english else "es")

    assert text(hear(filled_engine, words, state, intent)) == say("someone_else", state.language)


@pytest.mark.parametrize(("words", "intent"), [
    ("mi esposo me pega, ¿dónde me ayudan?", "ask_domestic_violence"),
    ("¿cómo pido refugio en México?", "ask_asylum"),
])  # fmt: skip
def test_her_own_question_is_answered_again(filled_engine: Engine, words: str, intent: str) -> None:
    state = State(pending=GUARDED, sensitive=True)

    assert hear(filled_engine, words, state, intent).acted_on == intent


@pytest.mark.parametrize(("words", "intent"), [
    ("espera", "ask_child_custody_support"), ("un momento", "nlu_fallback"),
    ("wait a sec", "ask_asylum"), ("hold on", "quick_exit_none"),
])  # fmt: skip
def test_she_is_waited_for_without_a_word_of_the_matter(
    filled_engine: Engine, words: str, intent: str
) -> None:
    language = "en" if words in ("wait a sec", "hold on") else "es"
    state = State(country="CR", here="CR", topic="ask_domestic_violence", language=language)
    intent = intent if intent != "quick_exit_none" else "nlu_fallback"

    decision = hear(filled_engine, words, state, intent)

    assert text(decision) == say("hold", language)
    assert decision.state.topic == "ask_domestic_violence"


@pytest.mark.parametrize(("words", "intent", "language"), [
    ("el me revisa el celular", "ask_digital_violence", "es"),
    ("mi pareja me lee los mensajes", "nlu_fallback", "es"),
    ("my husband checks my phone every night", "ask_domestic_violence", "en"),
    ("he goes through my texts", "out_of_scope", "en"),
])  # fmt: skip
def test_where_he_reads_her_phone_she_is_first_asked_and_told_how_to_hide(
    filled_engine: Engine, words: str, intent: str, language: str
) -> None:
    said = text(
        hear(filled_engine, words, State(country="MX", here="MX", language=language), intent)
    )

    assert say("safe_first", language) in said
    assert "BORRA TODO" in said or "DELETE ALL" in said
    assert "079" not in said


def test_what_is_forbidden_about_it_is_still_told(filled_engine: Engine) -> None:
    decision = hear(filled_engine, "¿es delito que mi esposo me revise el celular?",
                    State(country="MX", here="MX"), "ask_digital_violence")  # fmt: skip

    assert decision.acted_on == "ask_digital_violence"


@pytest.mark.parametrize("words", ["receta de horchata porfa", "a recipe for rice please"])
def test_a_recipe_is_a_recipe(filled_engine: Engine, words: str) -> None:
    language = "en" if "recipe" in words else "es"

    said = text(hear(filled_engine, words, State(pending=LEFT, language=language), "out_of_scope"))

    assert said == say("recipe", language)


def test_she_is_told_that_it_is_erased(filled_engine: Engine) -> None:
    decision = hear(filled_engine, "ya estoy sola. borraste lo de antes?", State(pending=LEFT),
                    "report_immediate_danger", 0.4)  # fmt: skip

    assert text(decision) == say("erased_yes", "es")
