"""After a list: hours, distance, language, women only, full; and a bed asked for in few words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from actions.turn import read_turn
from bot.conversation.compose import Decision
from bot.conversation.dialogue import play
from bot.conversation.listed import ask_them
from bot.conversation.questions import go_on
from bot.conversation.reread import _of_the_list
from bot.conversation.services import find_service
from bot.conversation.small_talk import repair
from bot.conversation.state import State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from bot.knowledge.asked import says_for_women

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)


def turn(words: str, intent: str = "nlu_fallback", sure: float = 0.3) -> Turn:
    return read_turn(
        {
            "text": words,
            "intent": {"name": intent, "confidence": sure},
            "entities": [],
            "metadata": {"now": NOW.isoformat(), "typed": len(words.split())},
        },
        {},
    )


def said(engine: Engine, words: str, state: State, intent: str = "nlu_fallback") -> Decision:
    return play(repair, turn(words, intent), state, World(engine))


def text(decision: Decision) -> str:
    return "\n".join(reply.text for reply in decision.replies)


def shelters(engine: Engine, city: str | None = "Tijuana", kind: str = "migrant_shelter") -> State:
    asked = Turn("find_service", NOW.date(), now=NOW, service_type=kind, words=4)
    state = State(country="MX", here="MX", city=city)
    return play(find_service, asked, state, World(engine)).state


OF_THEM = [
    ("el primero a que hora abre", "out_of_scope", ["Abierto", "horario", ":00"]),
    ("pero abren en la tarde? salgo a las 2", "nlu_fallback", ["Abierto", "horario", ":00"]),
    ("what time do they close tonight", "nlu_fallback", ["Abierto", "horario", ":00"]),
    ("how far, i got no car", "nlu_fallback", ["km", "kilómetros"]),
    ("y eso queda muy lejos para ir a pie", "nlu_fallback", ["km", "kilómetros"]),
    ("ahi hablan ingles o frances", "nlu_fallback", ["idiomas", "español"]),
    ("does anyone speak creole there", "ask_human", ["idiomas", "español"]),
    ("pero que sea de puras mujeres", "nlu_fallback", ["Madre Asunta"]),
    ("only for women please", "nlu_fallback", ["Madre Asunta"]),
    ("tienen telefono? no quiero ir y que este lleno", "ask_travel_safety", ["teléfono", "Casa"]),
]


@pytest.mark.parametrize(("words", "intent", "any_of"), OF_THEM)
def test_what_she_asks_of_the_places_is_answered_of_them(
    filled_engine: Engine, words: str, intent: str, any_of: list[str]
) -> None:
    told = said(filled_engine, words, shelters(filled_engine), intent)

    assert told.acted_on == "find_service"
    assert any(each in text(told) for each in any_of), text(told)


@pytest.mark.parametrize(
    "words", ["they say full. another 1?", "ya fui y esta lleno", "no me recibieron, no hay cupo"]
)
def test_where_it_is_full_another_is_told(filled_engine: Engine, words: str) -> None:
    before = shelters(filled_engine, None)

    told = said(filled_engine, words, before)

    assert told.records
    assert set(told.records).isdisjoint(before.listed)


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("how far along must i be", None),
        ("no puedo abrir la puerta", None),
        ("hablan ingles en la escuela", "ask_education"),
    ],
)
def test_without_a_list_nothing_is_read_as_one(
    filled_engine: Engine, words: str, topic: str | None
) -> None:
    told = said(filled_engine, words, State(country="MX", here="MX", topic=topic))

    assert told.acted_on != "find_service"


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("y mientras dnd duermo", "find_service"),
        ("donde dormimos hoy", "nlu_fallback"),
        ("where i can sleep", "find_service"),
        ("some place to sleep tonight", "out_of_scope"),
    ],
)
def test_a_bed_is_looked_for_whatever_was_spoken_of(
    filled_engine: Engine, words: str, intent: str
) -> None:
    state = State(country="MX", here="MX", city="Tenosique", topic="ask_unaccompanied_children")
    decider = find_service if intent == "find_service" else repair

    told = play(decider, turn(words, intent), state, World(filled_engine))

    assert "934 342 1111" in text(told)
    assert "Take It Down" not in text(told)


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("y eso lo cobran?", "nlu_fallback"),
        ("no me dijo cuanto se paga", "ask_unpaid_wages"),
        ("y ahora lo cobran? antes era gratis", "report_outdated_information"),
        ("no podemos pagar mucho", "ask_unpaid_wages"),
        ("they charge for that?", "nlu_fallback"),
    ],
)
def test_a_question_on_money_stays_with_its_topic(
    filled_engine: Engine, words: str, intent: str
) -> None:
    state = State(country="PA", here="PA", topic="ask_asylum", told=("pa.asylum.1",))

    told = said(filled_engine, words, state, intent)

    assert told.acted_on == "ask_asylum"


def test_after_work_that_was_not_paid_it_is_about_the_wage(filled_engine: Engine) -> None:
    asked = turn("no me pagan lo que se paga", "ask_unpaid_wages", 0.9)
    state = State(country="PA", here="PA", topic="ask_labour_rights")

    assert play(answer_topic, asked, state, World(filled_engine)).acted_on == "ask_unpaid_wages"


def test_what_was_promised_is_told_when_she_is_alone(filled_engine: Engine) -> None:
    world = World(filled_engine)
    state = State(country="HN", here="HN", topic="ask_threats_extortion", sensitive=True)

    told = go_on(turn("estoy en la rivera, no no estan aqui ahorita"), state, world)

    assert told.records
    assert "no tengo un dato seguro" not in text(told)


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("ask_domestic_violence", "no me pega pero me quita la plata y la cedula"),
        ("ask_labour_rights", "ellos dicen que fue renuncia pero yo no firme"),
    ],
)
def test_what_she_tells_of_herself_is_no_question_without_an_answer(
    filled_engine: Engine, topic: str, words: str
) -> None:
    world = World(filled_engine)
    first = play(answer_topic, turn("hola", topic, 0.9), State(country="PA", here="PA"), world)

    told = play(answer_topic, turn(words, topic, 0.9), first.state.but(pending=None), world)

    assert told.records
    assert "no tengo un dato seguro" not in text(told)


def test_what_is_not_known_is_said_without_a_lead(filled_engine: Engine) -> None:
    world = World(filled_engine)
    state = State(country="HN", here="HN", topic="ask_threats_extortion", sensitive=True,
                  told=tuple(f"hn.threats_extortion.{n}" for n in range(1, 20)))  # fmt: skip

    told = go_on(turn("ya, y que dia es la luna llena"), state, world)

    assert "Te cuento, corto" not in text(told) or told.records


@pytest.mark.parametrize("words", ["ahorita no esta se fue a trabajar", "he is at work now"])
def test_that_he_went_out_is_no_search_for_the_missing(filled_engine: Engine, words: str) -> None:
    state = State(country="US", here="US", topic="ask_domestic_violence", pending="alone",
                  sensitive=True)  # fmt: skip

    told = play(answer_topic, turn(words, "ask_missing_relative", 0.9), state,
                World(filled_engine))  # fmt: skip

    assert told.acted_on == "ask_domestic_violence"


@pytest.mark.parametrize(("described", "expected"), [
    ("Casa solo para mujeres con sus hijos", True), ("Refugio para mujeres migrantes", True),
    ("Mujeres que viajan solas", True),
    ("Para hombres, mujeres y familias", False), ("Albergue mixto: mujeres y varones", False),
    ("Personas migrantes", False),
])  # fmt: skip
def test_a_place_for_women_takes_no_men(described: str, expected: bool) -> None:
    assert says_for_women(described) is expected


def test_a_medicine_that_ran_out_is_not_asked_of_the_listed_places() -> None:
    words = "mi mama ocupa insulina, se nos acabo en el bus. donde dan sin pagar"
    asks = replace(turn(words, "ask_health_care", 0.93), stays_listed=0.97)

    assert not _of_the_list(asks)


@pytest.mark.parametrize("words", ["piden papeles ahi", "do they take babies"])
def test_where_no_listed_place_has_a_phone_she_is_not_left_with_a_colon(
    filled_engine: Engine, words: str
) -> None:
    asked = Turn("find_service", NOW.date(), now=NOW, service_type="food", words=4)
    state = State(country="SV", here="SV", city="San Salvador")
    listed = play(find_service, asked, state, World(filled_engine)).state

    lines = text(play(ask_them, turn(words), listed, World(filled_engine))).splitlines()

    assert any(len(line) > 20 for line in lines)
    assert not lines[-1].endswith(":")
