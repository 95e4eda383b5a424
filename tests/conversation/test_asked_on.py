"""After a list she asks on: each place's own record answers; where it is silent, that is said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event

from bot.conversation.compose import Decision
from bot.conversation.cues import read_cues
from bot.conversation.dialogue import play
from bot.conversation.services import find_service
from bot.conversation.state import State, Turn
from bot.conversation.world import World
from bot.directory.behind import behind
from tests.conversation.heard import hear, text

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
SIDES = {
    "hours": ["¿cierran a qué hora?", "abren sábado?", "el belen hasta que horas recibe gente",
              "hours?", "y si llego de noche me abren?", "is it open sunday"],
    "stay": ["y cuántas noches me puedo quedar", "cuantos dias me dejan estar",
             "how long can i stay", "can i stay a month", "cuanto tiempo puedo estar ahi"],
    "papers": ["piden papeles?", "do they ask for ID", "sin pasaporte me atienden?",
               "do i have to show papers", "ahi me piden mi pasaporte?"],
    "who": ["do they take kids? i have 2 boys, 14 and 6", "aceptan mujeres embarazadas?",
            "can i bring my dog", "are dogs allowed", "puedo llevar a mi mama",
            "y si voy con mi esposo nos reciben a los dos?", "es solo para deportados?",
            "can my 15 year old son stay with me there", "mis hijos pueden dormir conmigo ahi"],
    "speaks": ["hablan kreyol", "do they speak K'iche'", "hablan creol ahi?"],
    "book": ["puedo ir nomas o tengo que llamar primero", "necesito cita?", "puedo ir sin cita",
             "do i need to call before i go", "y si voy sin llamar?"],
    "cost": ["me van a cobrar?", "es verdad que es gratis?", "es caro?", "and is it free"],
    "whatsapp": ["y tienen WhatsApp?", "pasame el whats", "y por whatsapp?"],
    "other_number": ["tienen otro número?", "any other number for them"],
    "government": ["¿es del gobierno?", "is it a government office?"],
    "tells": ["le avisan a migración?", "will they report me to ICE"],
    "checked": ["quién revisa esta lista?", "who checks this list?", "when was this checked",
                "como sé cuánto llevan sin actualizar eso"],
    "best": ["cuál me conviene más, vengo con un bebé", "which one is better for me",
             "cual de los dos esta mejor para una embarazada"],
    "street": ["is it the one on 23rd street?"],
    "town": ["ese queda en otra ciudad?", "hay uno aqui?", "ese esta aqui en esquipulas?"],
    "with_phone": ["tengo 8% de bateria dame uno con telefono", "dame otro que si conteste"],
    "another": ["ya me diste ese, dame otro diferente", "same list again"],
    "address": ["mándame la dirección", "como llego"],
    "secret": ["ese lugar es secreto?", "can he find me there?"],
}  # fmt: skip


@pytest.mark.parametrize(("side", "words"), [(s, w) for s, each in SIDES.items() for w in each])
def test_what_she_asks_of_a_place_is_known_by_her_words(side: str, words: str) -> None:
    assert read_cues(words).side == side


@pytest.mark.parametrize("words", [
    "mi marido me pega", "necesito un abogado", "quiero pedir refugio", "hola", "gracias",
    "tengo miedo de mi esposo", "como saco mi pasaporte", "where can i work",
])  # fmt: skip
def test_what_is_asked_of_no_place_is_none_of_it(words: str) -> None:
    assert read_cues(words).side is None


def listed(engine: Engine, country: str, city: str | None, kind: str = "migrant_shelter",
           **more: str) -> State:  # fmt: skip
    asked = Turn("find_service", NOW.date(), now=NOW, service_type=kind, words=4)
    state = State(country=country, here=country, city=city, **more)
    return play(find_service, asked, state, World(engine)).state


def asks(engine: Engine, words: str, state: State, intent: str = "nlu_fallback",
         likely: float = 0.95) -> Decision:  # fmt: skip
    return hear(engine, words, state, intent, 0.5, stays={"find_service": likely})


SAID = [
    ("how long may she stay: the record's own words", "cuantas noches me puedo quedar", "MX",
     "Tapachula", ["estancia corta", "No sé cuántas noches"], ["800 911 2000"]),
    ("the hours of none, and how to reach them", "¿cierran a qué hora?", "MX", "Tapachula",
     ["No tengo el horario de Albergue Diocesano Belén", "Cahoacán"], ["CNDH"]),
    ("whether to call first", "do i need to call before i go", "CA", "Toronto",
     ["Sojourn House", "llama"], []),
    ("for whom they are", "aceptan niños?", "MX", "Tijuana", ["niñas y niños"], ["DIF"]),
    ("who runs it, and that nobody knows whom it tells", "es del gobierno? le avisan a migracion?",
     "HN", "Danlí", ["Iglesia", "No sé si avisan a Migración", "Yo no le aviso a nadie"], []),
    ("a government office that deals with migration says so", "es del gobierno?", "SV",
     "San Salvador", ["oficina del gobierno que ve temas de migración"], []),
    ("how old the list is, and who published it", "quien revisa esta lista?", "MX", "Tapachula",
     ["enero de 2026", "Balance México", "Nadie de la red"], ["No guardo tu nombre"]),
    ("a language that no record has", "hablan creole?", "HN", "Danlí",
     ["español; de otro idioma no sé"], []),
    ("which one is for her", "cual me conviene mas, vengo con un bebe", "MX", "Ciudad de México",
     ["No puedo elegir por ti", "CAFEMIN: Mujeres y familias"], []),
    ("the pets that no record speaks of", "se puede llevar perro?", "MX", "Tenosique",
     ["Más no sé de a quién reciben", "Pregunta: La 72", "934 342 1111"], []),
    ("no kilometres where only the town is known", "queda lejos?", "MX", "Tijuana",
     ["en Tijuana; no sé a cuántos kilómetros"], ["a unos 1 km"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "words", "country", "city", "said", "never"), SAID,
                         ids=[row[0] for row in SAID])  # fmt: skip
def test_the_places_own_records_answer(
    filled_engine: Engine, what: str, words: str, country: str, city: str, said: list[str],
    never: list[str],
) -> None:  # fmt: skip
    told = text(asks(filled_engine, words, listed(filled_engine, country, city)))

    assert all(each in told for each in said), told
    assert not any(each in told for each in never), told


def test_a_place_in_another_town_is_never_given_without_saying_so(filled_engine: Engine) -> None:
    asked = Turn("find_service", NOW.date(), now=NOW, service_type="migrant_shelter", words=4)
    state = State(country="GT", here="GT", city="Tecún Umán")

    told = text(play(find_service, asked, state, World(filled_engine)))

    assert told.index("En otra ciudad:") < told.index("Quetzaltenango, a unos")


def test_closer_is_no_place_across_the_country(filled_engine: Engine) -> None:
    before = listed(filled_engine, "GT", "Tecún Umán")

    told = asks(filled_engine, "otro mas cerca", before)

    assert "No tengo otro en Tecún Umán" in text(told)
    assert "El más cercano que tengo" in text(told)
    assert len(told.records) == 1


@pytest.mark.parametrize(("words", "intent"), [
    ("y como llego", "quick_exit"), ("anything closer", "quick_exit"),
    ("which one is better for me", "express_suicidal_distress"),
])  # fmt: skip
def test_a_plain_question_on_the_places_is_neither_an_order_nor_an_alarm(
    filled_engine: Engine, words: str, intent: str
) -> None:
    told = asks(filled_engine, words, listed(filled_engine, "MX", "Matamoros"), intent)

    assert told.acted_on == "find_service"
    assert told.state.listed


@pytest.mark.parametrize(("words", "intent"), [
    ("aceptan niños? me quiero matar", "express_suicidal_distress"),
    ("abren? viene con un machete, me va a matar", "report_immediate_danger"),
])  # fmt: skip
def test_an_alarm_in_plain_words_stays_one(filled_engine: Engine, words: str, intent: str) -> None:
    before = listed(filled_engine, "MX", "Matamoros")

    told = hear(filled_engine, words, before, intent, 0.9, stays={"find_service": 0.9})

    assert told.acted_on == intent


def test_with_little_battery_the_first_is_one_that_she_can_call(filled_engine: Engine) -> None:
    told = asks(filled_engine, "8% de bateria, dame uno con telefono",
                listed(filled_engine, "CR", "San José", "food"))  # fmt: skip

    assert "2280 4439" in told.replies[0].text


def test_of_two_that_were_listed_there_is_no_third(filled_engine: Engine) -> None:
    told = text(asks(filled_engine, "la tercera", listed(filled_engine, "CR", "San José", "food"),
                     "ask_repeat_or_more"))  # fmt: skip

    assert "Te di solo 2:" in told


def test_a_number_that_fails_is_none_of_places_without_one(filled_engine: Engine) -> None:
    told = asks(filled_engine, "ese numero no contesta", listed(filled_engine, "MX", "Reynosa"),
                "report_outdated_information")  # fmt: skip

    assert "De estos lugares no tengo teléfono" in text(told)
    assert "911" not in text(told)


def test_the_first_is_the_first_of_the_list_also_after_she_chose_the_second(
    filled_engine: Engine,
) -> None:
    before = listed(filled_engine, "MX", "Tijuana", language="en")
    second = asks(filled_engine, "what about the second one, do they speak english", before)

    told = text(asks(filled_engine, "is the first one open on saturday", second.state))

    assert "Madre Asunta" in told


def test_a_bed_after_violence_begins_with_who_finds_a_refuge(filled_engine: Engine) -> None:
    state = State(country="GT", here="GT", topic="ask_domestic_violence", sensitive=True)
    asked = Turn("find_service", NOW.date(), now=NOW, service_type="migrant_shelter", words=4)

    told = play(find_service, asked, state, World(filled_engine))

    assert told.replies[0].text.startswith("1572")
    assert "Aquí te ayudan a buscar dónde estar" in told.replies[0].text


def test_of_a_secret_place_not_even_who_published_it_is_told(filled_engine: Engine) -> None:
    before = listed(filled_engine, "HN", "San Pedro Sula", "violence_shelter")

    told = text(asks(filled_engine, "quien revisa esta lista?", before))

    assert "Lo publicó" not in told
    assert "La dirección no se publica" in text(asks(filled_engine, "donde queda", before))


@pytest.mark.parametrize("words", [
    "en que ciudad queda", "cual queda mas cerca", "otro mas cerca",
    "la segunda en que ciudad queda",
])  # fmt: skip
def test_of_refuges_whose_place_is_secret_none_is_said_to_be_elsewhere(
    filled_engine: Engine, words: str
) -> None:
    before = listed(filled_engine, "HN", "San Pedro Sula", "violence_shelter")
    assert "hn.casa-refugio-sps" in before.listed  # which is there

    told = text(asks(filled_engine, words, before))

    assert told.startswith("114")
    assert "No tengo" not in told
    assert "El más cercano" not in told


def test_for_a_refuge_nearer_to_her_she_is_told_who_knows(filled_engine: Engine) -> None:
    before = listed(filled_engine, "HN", "San Pedro Sula", "violence_shelter")

    told = text(asks(filled_engine, "otro mas cerca", before))

    assert "No se publica dónde queda" in told
    assert "Aquí te ayudan a buscar dónde estar: Línea 114" in told


def test_the_number_comes_first_whichever_of_them_is_a_refuge_first_of_all(
    filled_engine: Engine,
) -> None:
    before = listed(filled_engine, "GT", "Ciudad de Guatemala", "violence_shelter")

    for words in ("en que ciudad queda", "otro mas cerca"):
        assert text(asks(filled_engine, words, before)).startswith("1572")


@pytest.mark.parametrize("words", ["dame uno con telefono", "tienen telefono?"])
def test_where_no_refuge_has_a_phone_the_number_is_first_and_who_finds_one_is_told(
    filled_engine: Engine, words: str
) -> None:
    before = listed(filled_engine, "HN", "San Pedro Sula", "violence_shelter")

    told = text(asks(filled_engine, words, before))

    assert told.startswith("114")
    assert "Ninguno de estos tiene teléfono en mi lista. Te puede orientar: Línea 114" in told
    assert "CONADEH" not in told


@pytest.mark.parametrize("words", ["dame otro", "ya me diste ese, dame otro diferente"])
def test_that_there_is_no_further_refuge_comes_after_the_number(
    filled_engine: Engine, words: str
) -> None:
    before = listed(filled_engine, "HN", "San Pedro Sula", "violence_shelter")

    assert text(asks(filled_engine, words, before)).startswith("114")


def test_where_no_kitchen_has_a_phone_who_guides_her_is_told_without_a_number_before(
    filled_engine: Engine,
) -> None:
    before = listed(filled_engine, "SV", "San Salvador", "food")

    told = text(asks(filled_engine, "dame uno con telefono", before))

    assert told.startswith("Ninguno de estos tiene teléfono en mi lista")


@pytest.mark.parametrize("words", ["la ultima cobra?", "the last one, is it free", "el ultimo",
                                   "the last one"])  # fmt: skip
def test_the_last_of_two_is_the_second(filled_engine: Engine, words: str) -> None:
    before = listed(filled_engine, "HN", "San Pedro Sula")
    before = before.but(listed=before.listed[:2])

    told = asks(filled_engine, words, before)

    assert told.records == before.listed[-1:]
    assert len(before.listed) == 2
    assert "Te di solo" not in text(told)


def test_the_last_time_that_she_was_there_is_none_of_the_list() -> None:
    assert read_cues("la ultima vez estaba cerrado, a que hora abren").which == 0
    assert read_cues("a que hora abre la ultima").which == -1


def test_behind_a_service_that_is_not_there_is_nothing(filled_engine: Engine) -> None:
    assert behind(filled_engine, ["xx.none"]) == {}


def test_what_stands_behind_several_is_looked_up_at_once(filled_engine: Engine) -> None:
    before = listed(filled_engine, "MX", "Tijuana")
    asked_of: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if "source" in statement.lower() and "publisher" in statement.lower():
            asked_of.append(statement)

    event.listen(filled_engine, "before_cursor_execute", note)
    found = behind(filled_engine, before.listed)
    event.remove(filled_engine, "before_cursor_execute", note)

    assert set(found) == set(before.listed)
    assert len(before.listed) == 3
    assert len(asked_of) == 1
    assert all("es" in each.languages for each in found.values())
