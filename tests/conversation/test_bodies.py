"""She asks for an office by its name, or for her consulate."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from bot.conversation.bodies import read_bodies
from bot.conversation.state import State
from bot.conversation.world import World
from tests.conversation.heard import hear, text

TODAY = date(2026, 11, 25)
MEXICO = State(country="MX", here="MX", topic="ask_asylum", told=("x",))
SALVADOR = State(country="SV", here="SV", topic="ask_unaccompanied_children", told=("x",))


@pytest.mark.parametrize(("words", "named"), [
    ("Deme el numero del ACNUR porfa", ("acnur",)),
    ("Thank you. please where is UNHCR office", ("unhcr",)),
    ("vaya gracias y el numero de esa procuraduria", ("procuraduria",)),
    ("donde queda el ministerio ese, tiene telefono", ("ministerio",)),
    ("how do i call the PANI", ("pani",)),
    ("dond keda la oficina de la oim en danli", ("oim",)),
])  # fmt: skip
def test_the_name_stands_beside_the_word_for_a_telephone(
    words: str, named: tuple[str, ...]
) -> None:
    assert read_bodies(words)[:1] == named


@pytest.mark.parametrize("words", [
    "mi marido me quito el telefono", "me agarro migracion y no tengo abogado",
    "si llamamos al 911 la matan", "/ask_asylum", "",
])  # fmt: skip
def test_a_telephone_alone_names_nobody(words: str) -> None:
    assert not set(read_bodies(words)) & {"migracion", "abogado", "911"}


@pytest.mark.parametrize(("words", "state", "name"), [
    ("Deme el numero del ACNUR porfa", MEXICO, "ACNUR México"),
    ("where is the UNHCR office", MEXICO.but(language="en"), "ACNUR"),
    ("y el numero de esa procuraduria", SALVADOR, "Procuraduría General"),
    ("donde queda la COMAR", MEXICO.but(city="Tapachula"), "COMAR Tapachula"),
])  # fmt: skip
@pytest.mark.parametrize("intent", ["find_service", "thank", "nlu_fallback"])
def test_that_office_is_described(
    filled_engine: Engine, words: str, state: State, name: str, intent: str
) -> None:
    assert name in hear(filled_engine, words, state, intent).replies[0].text


def test_an_office_that_is_not_known_leaves_the_question_as_it_was(filled_engine: Engine) -> None:
    decision = hear(filled_engine, "el numero de la ZZTOP", MEXICO, "ask_asylum")

    assert decision.acted_on == "ask_asylum"


def test_her_country_s_line_is_never_another_country_s_consulate(filled_engine: Engine) -> None:
    """Mexico's directory has consulates of Honduras; for a Mexican in the US they are no help."""
    state = State(language="en", country="US", here="US", origin="MX")

    said = text(hear(filled_engine, "what is the number of my consulate", state, "ask_consulate"))

    assert "520" in said
    assert "Honduras" not in said


def test_a_consulate_there_is_found_for_a_country_that_we_do_not_serve(
    filled_engine: Engine,
) -> None:
    state = State(country="DO", here="DO", origin="HT")

    decision = hear(filled_engine, "donde esta mi consulado", state, "ask_consulate")

    assert "Haití" in text(decision)


def test_after_the_consulates_another_matter_is_not_answered_with_them(
    filled_engine: Engine,
) -> None:
    state = State(country="CA", here="CA", origin="MX", topic="ask_consulate",
                  told=("consulates",), listed=("ca.mexico-consulates",))  # fmt: skip

    decision = hear(filled_engine, "no tengo ni cómo ir al doctor, la casa está lejos", state,
                    "ask_health_care", 0.6, stays={"ask_consulate": 0.8})  # fmt: skip

    assert decision.acted_on == "ask_health_care"


@pytest.mark.parametrize("topic", ["ask_legal_aid", "ask_identity_documents", "ask_labour_rights"])
@pytest.mark.parametrize(("country", "city"), [("US", "Los Angeles"), ("MX", "Tapachula"),
                                               ("CA", None)])  # fmt: skip
def test_another_country_s_consulate_is_named_as_no_help(
    filled_engine: Engine, topic: str, country: str, city: str | None
) -> None:
    state = State(country=country, here=country, city=city, topic=topic, told=("x",))

    helper = World(filled_engine).helper(topic, state, TODAY)

    assert helper is None or "consulate" not in helper.service_types


def test_where_she_is_from_does_not_make_a_hospital_a_consulate(filled_engine: Engine) -> None:
    words = "hello i am from el salvador live in belmopan. where is the hospital and phone"
    entities = [{"entity": "service_type", "value": "health"}]

    decision = hear(filled_engine, words, State(language="en"), "ask_consulate", 0.9,
                    places={"country": "BZ", "city": "Belmopan", "origin": "SV"},
                    entities=entities)  # fmt: skip

    assert decision.acted_on == "find_service"


def test_that_they_answered_in_english_is_no_wish_for_english(filled_engine: Engine) -> None:
    state = State(country="CA", here="CA", topic="ask_work_permit", told=("x",))

    decision = hear(filled_engine, "cuando marque me contestaron en ingles y colgue", state,
                    "change_language", 0.9)  # fmt: skip

    assert decision.state.language == "es"
