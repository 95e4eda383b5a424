"""A language may be spoken of without any wish to change to it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.compose import Decision
from bot.conversation.cues import read_cues
from bot.conversation.dialogue import play
from bot.conversation.small_talk import change_language, talk
from bot.conversation.state import State
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from tests.conversation.reading import heard


def text_of(decision: Decision) -> str:
    return "\n".join(reply.text for reply in decision.replies)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("wenas", "greet"),
        ("q onda", "greet"),
        ("wena", "greet"),
        ("long island", "inform_location"),
        ("Los Angeles", "inform_location"),
        ("in new york", "inform_location"),
    ],
)
def test_slang_and_names_of_places_tell_no_language(text: str, intent: str) -> None:
    assert heard(text, intent, language="en").language is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hello", "greet"),
        ("good morning", "greet"),
        ("hi there", "greet"),
        ("I live in Long Island", "inform_location"),
    ],
)
def test_english_is_heard(text: str, intent: str) -> None:
    assert heard(text, intent, language="en").language == "en"


@pytest.mark.parametrize(
    "text",
    [
        "alguien que hable español",
        "aqui todo es en frances, alguien q hable español?",
        "hay una abogada que hable español",
        "someone who speaks spanish",
        "quien habla español ahi",
        "any lawyer that speaks Spanish?",
        "have organization that speak creole",
    ],
)
def test_who_looks_for_a_speaker_does_not_change_the_language(text: str) -> None:
    cues = read_cues(text)

    assert cues.speaker
    assert cues.wants_language is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("in English please", "en"),
        ("can you speak Spanish?", "es"),
        ("en español por favor", "es"),
        ("no hablo ingles", "es"),
    ],
)
def test_who_wishes_it_changes_it(text: str, language: str) -> None:
    cues = read_cues(text)

    assert (cues.wants_language, cues.shown_in, cues.speaker) == (language, None, False)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("espere, mejor en español si se puede, la vecina me ayudaba con el ingles", "es"),
        ("wait, i write better in english if you can, my mother speaks spanish", "en"),
        ("solo tengo la partida de new york, en ingles", None),
        ("en inglés y en francés no me sale hablar de esto", None),
        ("la carta que me mando la corte esta en ingles", None),
    ],
)
def test_in_which_language_a_paper_is_is_no_wish(text: str, language: str | None) -> None:
    assert read_cues(text).wants_language == language


@pytest.mark.parametrize(
    "text",
    [
        "you can tell me the same in Spanish so I show she?",
        "send that in spanish 2 its for my comadre",
        "can u say it in spanish for my mom",
    ],
)
def test_the_same_in_spanish_is_what_was_told_last(filled_engine: Engine, text: str) -> None:
    world = World(filled_engine)
    told = play(answer_topic, heard("how do I ask asylum in Mexico", "ask_asylum", None, "en"),
                State(language="en"), world)  # fmt: skip

    again = play(change_language, heard(text, "change_language", None, "en"), told.state, world)

    assert again.records == told.records[: len(again.records)]
    assert again.records
    assert "Fuente: " in text_of(again)
    assert "seguimos en español" not in text_of(again)
    assert again.state.language == "en"


def test_in_danger_she_gets_one_line_to_show(filled_engine: Engine) -> None:
    state = State(language="en", country="PA", here="PA", crisis="danger", crisis_turns=1)
    turn = heard("how do I say it in spanish to the guard", "change_language", None, "en")

    decision = play(change_language, turn, state, World(filled_engine))

    assert "«Es una emergencia" in text_of(decision)
    assert decision.state.language == "en"


def test_a_speaker_of_creole_is_looked_for(filled_engine: Engine) -> None:
    state = State(language="en", country="US", here="US")
    turn = heard("have organization that speak creole", "bot_challenge", None, "en")

    decision = play(talk, turn, state, World(filled_engine))

    assert decision.acted_on == "ask_human"
    assert "computer program" not in text_of(decision)


def test_spanish_speakers_are_people_where_she_is(filled_engine: Engine) -> None:
    state = State(country="CA", here="CA", topic="ask_asylum")
    turn = heard("aqui todo es en frances, alguien q hable español?", "change_language")

    decision = play(change_language, turn, state, World(filled_engine))

    assert decision.acted_on == "ask_human"
    assert "seguimos" not in text_of(decision)
    assert "français" not in text_of(decision)
