"""Her country's consulate where she is; where there is none, somebody whom she can reach."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.conversation.state import State
from bot.knowledge.load import load_all
from bot.knowledge.trust import Report
from tests.conftest import Copied, opened
from tests.conversation.heard import hear, text

ASKS, PAPERS, BIRTH = "ask_consulate", "ask_identity_documents", "ask_birth_registration"
REPORT = "report_outdated_information"
ROBBED = "me robaron el bolso con el pasaporte, dónde queda mi consulado"
RINGS = "i call the haitian consulate and the phone just ring and ring"
A_WAY = re.compile(r"\d{3}|WhatsApp|https?://|@")  # a number, a page or an address to write to


@pytest.mark.parametrize(("words", "country", "origin"), [
    ("soy colombiana, ¿dónde está mi consulado?", "PA", "CO"),
    ("perdí mi pasaporte, hay consulado de cuba aquí?", "HN", "CU"),
    ("¿dónde queda el consulado de venezuela?", "SV", "VE"),
    ("el consulado de haití", "CR", "HT"),
    ("where is the indian embassy", "BZ", "IN"),
    ("mi consulado, soy de jamaica", "NI", "JM"),
])  # fmt: skip
def test_where_no_consulate_is_known_that_is_said_and_somebody_is_named_whom_she_can_reach(
    filled_engine: Engine, words: str, country: str, origin: str
) -> None:
    decision = hear(filled_engine, words, State(country=country, here=country, origin=origin), ASKS)

    assert "No tengo el dato de un consulado" in text(decision)
    assert "Aquí quizá lo sepan" in text(decision)
    assert A_WAY.search(text(decision).split("Aquí quizá lo sepan")[1])


def test_her_ministry_is_told_where_it_has_a_line(filled_engine: Engine) -> None:
    state = State(country="PA", here="PA", origin="EC")

    decision = hear(filled_engine, "soy ecuatoriana, ¿y mi consulado?", state, ASKS)

    assert "+593 2 299 3200" in text(decision)


def test_a_consulate_of_the_next_country_is_better_than_none(filled_engine: Engine) -> None:
    state = State(country="CR", here="CR", origin="HT")

    decision = hear(filled_engine, "¿dónde está el consulado de haití?", state, ASKS)

    assert "Embajada de Haití en Santo Domingo" in text(decision)  # Panama's is not confirmed
    assert "+1 809-686-7115" in text(decision)  # she calls from another country


@pytest.mark.parametrize(("country", "origin", "words"), [
    ("US", "VE", "cerraron en enero de 2019"), ("MX", "EC", "cerraron el 15 de mayo de 2024"),
    ("GT", "VE", "Cerró el 19 de noviembre de 2020"), ("CR", "VE", "rompió relaciones"),
])  # fmt: skip
def test_that_a_consulate_is_closed_is_told_with_it(
    filled_engine: Engine, country: str, origin: str, words: str
) -> None:
    state = State(country=country, here=country, origin=origin)

    assert words in text(hear(filled_engine, "¿dónde está mi consulado?", state, ASKS))


def test_nobody_is_given_the_line_of_another_country(filled_engine: Engine) -> None:
    for country in ("PA", "CR", "HN"):
        state = State(country=country, here=country, service_type="consulate")
        decision = hear(filled_engine, "¿qué consulados hay?", state, "find_service")
        assert "+593" not in text(decision)
        assert "Itamaraty" not in text(decision)


@pytest.mark.parametrize(("words", "intent"), [
    ("se me venció el pasaporte, soy colombiana", PAPERS),
    (ROBBED, PAPERS),
    ("quiero registrar a mi bebé en mi consulado", BIRTH),
])  # fmt: skip
def test_her_own_passport_is_not_answered_with_that_of_where_she_is(
    filled_engine: Engine, words: str, intent: str
) -> None:
    state = State(country="GT", here="GT", origin="CO")

    decision = hear(filled_engine, words, state, intent)

    assert "Consulado de Colombia en Ciudad de Guatemala" in text(decision)
    assert "2333-4778" in text(decision)


def test_a_birth_where_she_lives_is_registered_there(filled_engine: Engine) -> None:
    state = State(country="GT", here="GT", origin="CO")

    decision = hear(filled_engine, "mi bebé nació aquí, ¿cómo la registro?", state, BIRTH)

    assert "Consulado de Colombia" not in text(decision)


@pytest.fixture
def everywhere(copied: Copied) -> Iterator[Engine]:
    """The content of all countries, for a test that changes it."""
    yield from opened(copied("sqlite", load_all))


def reported(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return [each.record_id for each in session.scalars(select(Report))]


@pytest.mark.parametrize("before", [True, False], ids=["after it was told", "as first message"])
@pytest.mark.parametrize("intent", [REPORT, ASKS])
def test_a_consulate_that_only_rings_is_noted_and_she_gets_another_of_her_country(
    everywhere: Engine, intent: str, before: bool
) -> None:
    state = State(country="US", here="US", origin="HT", city="Orlando", language="en")
    if before:
        state = hear(everywhere, "the haitian consulate", state, ASKS, language="en").state

    decision = hear(everywhere, RINGS, state, intent, language="en")

    assert "Thank you" in text(decision)
    assert reported(everywhere) == ["us.consulado-ht-orlando"]
    assert "cons.orlando@diplomatie.ht" in text(decision)
    other = text(decision).split("Meanwhile, try:")[1]
    assert "Haití" in other
    assert "407-897-1262" not in other


def test_where_it_is_not_clear_which_one_rings_nothing_is_noted(everywhere: Engine) -> None:
    state = State(country="US", here="US", origin="CO", language="en")

    decision = hear(everywhere, "nobody picks up at the colombian consulate, it rings out", state,
                    REPORT, language="en")  # fmt: skip

    assert reported(everywhere) == []
    assert "try what I have" in text(decision)
    assert "Consulado General de Colombia" in text(decision)


def test_where_there_is_one_consulate_alone_she_gets_who_may_help(everywhere: Engine) -> None:
    state = State(country="PA", here="PA", origin="HT")
    state = hear(everywhere, "el consulado de haití", state, ASKS).state

    decision = hear(everywhere, "llamo y no contestan", state, REPORT)

    assert reported(everywhere) == ["pa.embajada-ht"]
    assert "Mientras, prueba con" in text(decision)
    assert "Consulado de Ecuador" not in text(decision)


RISK = "Si pediste refugio o temes a tu gobierno"


@pytest.mark.parametrize(("words", "intent"), [
    ("soy solicitante de refugio, ¿dónde está mi consulado?", ASKS),
    ("huí del gobierno, ¿cuál es el teléfono de mi consulado?", ASKS),
    ("soy refugiada y se me venció el pasaporte", PAPERS),
])  # fmt: skip
@pytest.mark.parametrize("origin", ["CO", "SV"])
def test_whoever_asked_for_refuge_hears_of_the_risk_before_the_number(
    filled_engine: Engine, words: str, intent: str, origin: str
) -> None:
    state = State(country="GT", here="GT", origin=origin)

    said = text(hear(filled_engine, words, state, intent))

    assert RISK in said
    number = re.search(r"\+?\d{4}-?\d{4}|\+503", said.split(RISK)[1])
    assert number is not None
    assert not re.search(r"\d{4}-\d{4}", said.split(RISK)[0])


def test_that_refuge_came_up_is_remembered_over_other_matters(filled_engine: Engine) -> None:
    state = State(country="GT", here="GT", origin="CO")
    state = hear(filled_engine, "¿cómo pido refugio aquí?", state, "ask_asylum").state
    state = hear(filled_engine, "¿hay comida cerca?", state, "find_service").state

    assert RISK in text(hear(filled_engine, "¿dónde está mi consulado?", state, ASKS))


def test_a_list_of_all_consulates_says_so_too(filled_engine: Engine) -> None:
    state = State(country="GT", here="GT", service_type="consulate")
    asks = "soy refugiada, ¿qué consulados hay?"

    assert RISK in text(hear(filled_engine, asks, state, "find_service"))


@pytest.mark.parametrize("words", [
    "soy colombiana, ¿dónde está mi consulado?",
    "busco un albergue, ¿me ayuda mi consulado?",
    "el gobierno da ayuda? quiero el teléfono de mi consulado",
])  # fmt: skip
def test_whoever_never_spoke_of_it_is_not_frightened(filled_engine: Engine, words: str) -> None:
    state = State(country="GT", here="GT", origin="CO")

    assert RISK not in text(hear(filled_engine, words, state, ASKS))


def test_the_warning_is_short_and_has_its_source(filled_engine: Engine) -> None:
    english = ("i fled my government, where is my consulate?", "If you asked")
    for words, begins in (("pedí asilo, ¿y mi consulado?", RISK), english):
        language = "es" if begins == RISK else "en"
        state = State(country="US", here="US", origin="CU", language=language)
        decision = hear(filled_engine, words, state, ASKS)
        told, source = text(decision).split("\n")[:2]
        assert told.startswith(begins)
        assert len(told.split()) <= 25
        assert source.startswith(("Fuente:", "Source:"))
        assert decision.replies[-1].options[1].payload == "/ask_legal_aid"
