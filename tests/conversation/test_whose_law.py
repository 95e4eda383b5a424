"""Whose law is told: where she is or where the petition runs, never where a relative is."""

from __future__ import annotations

import pytest

from bot.conversation.state import State, absorb
from bot.knowledge.schema import COUNTRY_CODES
from tests.conversation.reading import heard

COMING, STATUS, WORK = "ask_family_reunification", "ask_regular_status", "ask_unpaid_wages"
SERVED = frozenset(COUNTRY_CODES)


def answered_for(text: str, intent: str, prefix: str | None = None,
                 before: State | None = None) -> str | None:  # fmt: skip
    return absorb(heard(text, intent, prefix), before or State(), SERVED).country


@pytest.mark.parametrize(("country", "text"), [
    ("US", "hey so im a us citizen and i wanna bring my mom from el salvador"),
    ("US", "soy ciudadana de EEUU y quiero traer a mi mamá de El Salvador"),
    ("US", "soy estadounidense, puedo pedir a mi hermano que vive en guatemala?"),
    ("US", "tengo green card, puedo pedir a mi esposo que esta en nicaragua?"),
    ("US", "my husband is a us citizen, i live in Honduras, can he bring me"),
    ("US", "mi marido es ciudadano americano, me puede pedir?"),
    ("US", "I'm a permanent resident in the US, my daughter is in Honduras"),
    ("MX", "mi mamá vive en Olancho y yo estoy acá en Saltillo, la puedo traer a vivir conmigo?"),
    ("CA", "Hola estoy en montreal, mi compañero esta en san salvador, lo puedo traer?"),
    ("CA", "I have asylum in Canada, my kids are in Honduras, can I bring them"),
    ("CR", "soy residente en costa rica y mi hijo vive en managua, como lo traigo"),
    ("PA", "estoy en panama y mis hijos estan en colombia, como los traigo"),
    ("US", "mi hermana ta en Nueva York y quiere pedir a su hijo que ta aqui en santo domingo"),
    ("US", "mi esposo está en Houston y me quiere pedir"),
])  # fmt: skip
def test_a_petition_runs_where_the_one_who_asks_lives(country: str, text: str) -> None:
    assert answered_for(text, COMING) == country


@pytest.mark.parametrize(
    "text",
    [
        "my children dey Lagos, two. when I fit bring them",
        "mis hijos estan en Tegucigalpa, cuando los puedo traer",
        "my mother lives in San Salvador, can I bring her",
    ],
)
def test_a_relatives_place_does_not_move_her(text: str) -> None:
    state = absorb(heard(text, COMING), State(country="CA", here="CA"), SERVED)

    assert (state.country, state.here) == ("CA", "CA")


@pytest.mark.parametrize(("country", "intent", "text"), [
    ("CA", STATUS, "mi esposo esta en Honduras, yo vivo en Toronto, puedo pedir papeles?"),
    ("HN", "ask_education", "mi sobrina esta en estados unidos y tengo a sus niños aca en la "
                            "ceiba, los puedo matricular?"),
    ("HN", "inform_location", "yo no soy migrante, es mi sobrina q esta en estados unidos y yo "
                              "tengo a los niños de ella aca en la ceiba"),
])  # fmt: skip
def test_status_work_school_are_of_her_own_place(country: str, intent: str, text: str) -> None:
    assert answered_for(text, intent) == country


@pytest.mark.parametrize(("country", "intent", "text"), [
    ("CR", STATUS, "mi hermana esta en Upala, ella donde iria"),
    ("GT", WORK, "estoy en Miami pero a mi hermana en Guatemala no le pagan"),
    ("GT", "ask_domestic_violence", "yo en los angeles, mi hermana esta en guatemala y la golpean"),
    ("GT", STATUS, "es para mi hermana que esta en Guatemala, yo vivo en Houston"),
])  # fmt: skip
def test_she_may_ask_for_somebody_there(country: str, intent: str, text: str) -> None:
    assert answered_for(text, intent) == country


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        ("NI", "q es el tps y si aplica pa nicaragua"),
        ("HN", "is tps for Honduras still open"),
        (None, "my cuz has DACA and wants to see our abuela in michoacan, can she come back"),
    ],
)
def test_a_programme_of_the_united_states_is_theirs(origin: str | None, text: str) -> None:
    turn = heard(text, STATUS, "US")

    assert (turn.country, turn.origin) == ("US", origin)


def test_she_entered_one_country_from_another() -> None:
    assert answered_for("I enter Canada from USA, how to ask refugee", "ask_asylum") == "CA"
    assert answered_for("entre a Costa Rica desde Nicaragua, como pido refugio",
                        "ask_asylum") == "CR"  # fmt: skip


def test_letters_after_a_town_tell_its_country() -> None:
    turn = heard("vivo en San Carlos CR, tengo el carnet vencido", STATUS)

    assert (turn.country, turn.city) == ("CR", "San Carlos")


def test_the_fathers_town_is_not_hers() -> None:
    before = State(country="DO", here="DO")
    assert answered_for("el papa ta en boston", "ask_child_custody_support", None, before) == "DO"


@pytest.mark.parametrize(
    "text",
    [
        "I need info on custody, me and my kids in Brooklyn",
        "estoy con mis hijos en Chicago, el papa no paga",
        "yo y mis niñas en Miami, quiero la custodia",
    ],
)
def test_her_children_with_her_are_where_she_is(text: str) -> None:
    assert answered_for(text, "ask_child_custody_support") == "US"


def test_where_she_is_follows_her_own_words() -> None:
    came = heard("I enter Canada from USA, how to ask refugee", "ask_asylum")
    lives = heard("mi mamá vive en Olancho y yo estoy acá en Saltillo, la puedo traer?", COMING)

    assert absorb(came, State(), SERVED).here == "CA"
    assert absorb(lives, State(), SERVED).here == "MX"


@pytest.mark.parametrize(
    ("country", "text"),
    [
        (
            "PA",
            "soy dominicana y me voy a casar con un panameño, ¿me dan la residencia allá?",
        ),
        ("CR", "mi novio es tico, si me caso me dan papeles alla?"),
        ("CA", "I will marry a Canadian, do I get papers there"),
    ],
)
def test_who_marries_one_of_there_asks_about_there(country: str, text: str) -> None:
    state = absorb(heard(text, STATUS, "DO"), State(), SERVED)

    assert (state.country, state.here) == (country, "DO")


def test_a_husband_of_elsewhere_does_not_move_her_papers() -> None:
    assert answered_for("mi esposo es mexicano, ¿puedo trabajar aquí?", STATUS, "HN") == "HN"


@pytest.mark.parametrize("text", [
    "si salgo a Panamá dos días a buscar un dinero que me mandaron, pierdo la solicitud?",
    "if i travel to guatemala for two days do i lose my asylum",
    "puedo ir a nicaragua un fin de semana y volver",
])  # fmt: skip
def test_a_trip_of_some_days_does_not_move_her(text: str) -> None:
    state = absorb(heard(text, "ask_asylum"), State(country="CR", here="CR"), SERVED)

    assert (state.country, state.here) == ("CR", "CR")


@pytest.mark.parametrize(("country", "text"), [
    ("PA", "voy a Panamá, ¿puedo pedir refugio?"), ("MX", "si voy a mexico me dan refugio?"),
])  # fmt: skip
def test_a_way_to_somewhere_asks_of_there(country: str, text: str) -> None:
    state = absorb(heard(text, "ask_asylum"), State(country="CR", here="CR"), SERVED)

    assert state.country == country
