"""For which country a message asks, as a conversation goes on: where she is, or another place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation import marks, whereabouts
from bot.conversation.marks import Marks
from bot.conversation.signs import read_nationality, read_signs
from bot.conversation.state import State, absorb
from bot.knowledge.schema import COUNTRY_CODES
from tests.conversation.reading import heard

SERVED = frozenset(COUNTRY_CODES)
PLACE, STATUS, WORK = "inform_location", "ask_regular_status", "ask_unpaid_wages"
Said = tuple[str, str]  # what she writes, what is understood


def countries(said: list[Said], prefix: str | None = None) -> list[tuple[str | None, str | None]]:
    """After each message, the country that is answered for and where she is."""
    state, kept, after = State(), Marks(), []
    for text, intent in said:
        turn = heard(text, intent, prefix, slots=state.as_slots())
        turn, before, kept = whereabouts.settled(turn, state, kept, SERVED)
        state = replace(absorb(turn, before, SERVED), topic=intent)
        kept = whereabouts.noted(turn, before, state, kept)
        after.append((state.country, state.here))
    return after


IN_MEXICO = ("soy de Honduras, estoy en Saltillo", PLACE)


@pytest.mark.parametrize("asked", [
    "a mi mamá allá la amenazan, ¿dónde denuncia?", "y en mi país cuanto pagan",
    "how is it back home", "my mom back in Tela is not paid, what can she do",
    "can I do it over there without travelling", "si me regreso alla me ayudan?",
    "la plata que me deben allá ¿la puedo cobrar desde acá?",
    "si me devuelvo a Honduras me dan algo",
])  # fmt: skip
def test_over_there_is_the_other_place_and_does_not_move_her(asked: str) -> None:
    assert countries([IN_MEXICO, (asked, WORK)])[-1] == ("HN", "MX")


@pytest.mark.parametrize("after", [
    "y aqui quien me ayuda", "and me, can I get the work permit", "y yo como saco el permiso",
    "y a mi me toca aguinaldo?", "mi patrón no me pagó la quincena", "can I bring her here?",
    "mejor me quedo", "ella se quiere venir, que permiso le dan", "what about me here",
])  # fmt: skip
def test_then_she_comes_back_to_where_she_is(after: str) -> None:
    there = ("a mi mamá allá la amenazan, ¿dónde denuncia?", "ask_threats_extortion")

    assert countries([IN_MEXICO, there, (after, WORK)])[-2:] == [("HN", "MX"), ("MX", "MX")]


@pytest.mark.parametrize("after", ["¿cuánto cuesta?", "y ella puede ir sola?", "eso es gratis"])
def test_what_goes_on_stays_with_the_turn_before(after: str) -> None:
    there = ("a mi mamá allá la amenazan, ¿dónde denuncia?", "ask_threats_extortion")

    assert countries([IN_MEXICO, there, (after, "nlu_fallback")])[-1] == ("HN", "MX")


@pytest.mark.parametrize("threat", [
    "te mando a Guatemala dice el", "si me quejo me mandan a Honduras dijo el patron",
    "he say I will send you back to Honduras", "me van a deportar a Honduras",
])  # fmt: skip
def test_a_threat_never_moves_her(threat: str) -> None:
    assert countries([IN_MEXICO, (threat, WORK)])[-1] == ("MX", "MX")


@pytest.mark.parametrize("unless", [
    "si llego a Houston, ¿me dejan trabajar?", "y cuando llegue a San Antonio Texas que me dan",
    "if I cross to Laredo Texas can I ask asylum", "estuve en Houston tres años, ¿me deben algo?",
])  # fmt: skip
def test_if_she_were_there_and_when_she_was_are_not_now(unless: str) -> None:
    assert countries([IN_MEXICO, (unless, STATUS)])[-1] == ("US", "MX")


def test_who_says_that_she_is_there_has_moved() -> None:
    said = [IN_MEXICO, ("ya pasamos, estamos en Laredo, Texas", PLACE)]

    assert countries(said)[-1] == ("US", "US")
    assert countries([*said, ("and back there they owe me two weeks", WORK)])[-1] == ("MX", "US")


@pytest.mark.parametrize("home", [
    "estoy en mi pueblo, soy de El Progreso, Yoro", "ya estoy en mi pais, soy hondureña",
])  # fmt: skip
def test_her_own_village_is_where_she_is_from(home: str) -> None:
    assert countries([(home, PLACE)], "US")[-1] == ("HN", "HN")


def test_who_was_deported_is_not_where_her_number_is_from() -> None:
    assert countries([("me deportaron ayer", "ask_return_home")], "US") == [(None, None)]
    assert countries([("me deportaron ayer", "ask_return_home")], "HN") == [("HN", None)]
    assert countries([("me deportaron ayer", "ask_return_home"), ("tengo hambre", "find_service")],
                     "US")[-1] == (None, None)  # fmt: skip


def test_who_left_her_country_is_not_where_her_number_is_from() -> None:
    said = ("soy guatemalteca, vine con contrato de 8 meses", WORK)

    assert countries([said], "GT") == [(None, None)]
    assert countries([said], "CA")[-1][0] == "CA"


def test_a_paper_of_several_countries_is_no_sign_against_her_word() -> None:
    said = [("vivo en Belmopan", PLACE), ("le piden social security card a mi hijo", STATUS)]

    assert countries(said)[-1] == ("BZ", "BZ")
    assert countries([said[0], ("le aplica el TPS?", STATUS)])[-1] == ("US", "BZ")


def test_the_nationality_of_a_country_is_that_countrys_matter() -> None:
    said = [("I live in Los Angeles", PLACE), ("can she get Belizean nationality too?", STATUS)]

    assert countries(said)[-1] == ("BZ", "US")


def test_where_both_are_told_and_nothing_is_asked_it_is_of_her() -> None:
    assert countries([("im in Chicago, she is in Coban", PLACE)])[-1] == ("US", "US")


def test_a_court_is_where_her_child_is_and_not_where_its_father_is() -> None:
    custody = "ask_child_custody_support"
    child = ("mi hija está en Huehuetenango y el papá no da nada, ¿dónde lo demando?", custody)
    father = ("el papa ta en Boston y no da nada", custody)

    assert countries([IN_MEXICO, child])[-1] == ("GT", "MX")
    assert countries([IN_MEXICO, father])[-1] == ("MX", "MX")


def test_who_fears_to_lose_what_she_has_asks_of_here() -> None:
    asks = ("si me regreso a Honduras un mes ¿pierdo el refugio?", "ask_asylum")

    assert countries([IN_MEXICO, asks])[-1] == ("MX", "MX")


def test_a_petition_goes_on_where_he_lives_who_asks_for_her() -> None:
    said = [("mi esposo está en Maryland y quiere llevarme", "ask_family_reunification"),
            ("yo vivo en Usulután", PLACE)]  # fmt: skip
    state, kept = (
        State(country="SV", here="SV", topic="ask_family_reunification"),
        Marks(there="US"),
    )
    turn = heard("que papeles me piden", "ask_family_reunification_documents")

    assert countries(said, "SV")[-1] == ("SV", "SV")
    assert whereabouts.settled(turn, state, kept, SERVED)[0].country == "US"


@pytest.mark.parametrize(("sign", "text"), [
    ("there", "y alla que piden"), ("there", "¿y allá?"), ("there", "is it free over there"),
    ("here", "y acá"), ("here", "in this country"), ("here", "alla trabajaba, aqui puedo?"),
    ("there", "aqui me cobran, alla es gratis?"), ("home", "en mi tierra"), ("me", "and me?"),
    ("deported", "me acaban de deportar"), ("stays", "pensaba irme pero ya no"),
    ("own_home", "estoy en mi pueblo"), ("from_here", "desde aqui"), ("to_her", "bring him over"),
])  # fmt: skip
def test_signs(sign: str, text: str) -> None:
    assert sign in read_signs(text)


@pytest.mark.parametrize(("sign", "text"), [
    ("there", "is there a shelter"), ("there", "there are no jobs"), ("there", "se me quedo alla"),
    ("there", "22 years over there"), ("here", "desde aqui"), ("me", "y me dice que no"),
    ("me", "y a mi mama"), ("stays", "no voy a morir"), ("there", "/inform_location"),
    ("deported", "si me deportan"), ("home", "me quiero regresar a mi pais"),
])  # fmt: skip
def test_no_sign(sign: str, text: str) -> None:
    assert sign not in read_signs(text)


def test_a_nationality_that_she_has_is_not_asked_about() -> None:
    assert read_nationality("tengo la nacionalidad mexicana") is None
    assert read_nationality("¿le dan la nacionalidad mexicana?") == "MX"


def test_marks_are_kept_beside_what_was_told_and_hold_no_word_of_hers() -> None:
    own = Marks(asked=1, theirs=True, there="US", lost=True)
    state = marks.put_on(State(told=("us.asylum.1",)), own)

    assert marks.taken_off(state) == (State(told=("us.asylum.1",)), own)
    assert state.told == (":asked.1", ":theirs", ":there.US", ":lost", "us.asylum.1")
