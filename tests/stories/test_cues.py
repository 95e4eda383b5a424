"""What the words themselves give away, row by row."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.conversation.cues import NOTHING, Cues, read_cues, read_flags
from bot.conversation.opening import is_open
from bot.knowledge.asked import read_hint

FOLLOWS = {
    "place": ["¿y en Guatemala?", "and in Canada?", "y si estoy en Panamá", "what about Honduras",
              "y para mi hermana que está en Monterrey", "¿es igual en México?"],
    "cost": ["¿cuánto cuesta?", "y cuanto vale", "and how much?", "how much does it cost",
             "is it free?",
             "¿es gratis?", "¿cuánto hay que pagar?"],
    "time": ["¿cuánto tarda?", "y cuánto tiempo", "how long does it take?",
             "¿en cuánto tiempo me dan eso?"],
    "papers": ["¿qué papeles necesito?", "y qué documentos", "what papers do I need",
               "what do I need?"],
    "phone": ["dame el teléfono", "¿cuál es el número?", "give me the phone number",
              "a qué número llamo",
              "how can I contact them?"],
    "address": ["¿dónde queda?", "dame la dirección", "where is it?", "what's the address"],
    "hours": ["¿a qué hora abren?", "¿qué días atienden?", "what time do they open", "horario"],
    "another": ["otro", "dame otro", "another one", "¿hay otros?", "any others?"],
    "nearer": ["otro más cerca", "uno más cerca", "something closer", "¿cuál queda más cerca?",
               "queda muy lejos", "it's too far"],
    "who": ["¿quién me ayuda?", "¿dónde voy?", "where do I go?", "who can help me with that"],
    "explain": ["no entendí", "repite por favor", "can you repeat that?", "explícame mejor",
                "I don't understand", "dímelo otra vez"],
}  # fmt: skip
ROWS = [(text, kind) for kind, texts in FOLLOWS.items() for text in texts]


@pytest.mark.parametrize(("text", "kind"), ROWS)
def test_an_ellipsis_is_known_by_its_words(text: str, kind: str) -> None:
    assert read_cues(text).follow == kind


@pytest.mark.parametrize("text", [
    "¿cuánto cuesta el pasaporte en Guatemala para mi hija que nació allá?",
    "necesito el teléfono del consulado de Honduras en Tapachula",
    "quiero pedir refugio", "mi marido me pega", "hola", "gracias", "sí", "no", "/ask_asylum",
    "how do I get a work permit in Canada?", "", "¿?", "¿dónde está mi consulado?",
])  # fmt: skip
def test_a_whole_question_is_no_ellipsis(text: str) -> None:
    assert read_cues(text).follow is None


@pytest.mark.parametrize(("text", "cues"), [
    ("el segundo", {"ordinal": 2}), ("the first one", {"ordinal": 1}),
    ("dame la tercera", {"ordinal": 3}), ("la ultima", {"ordinal": -1}),
    ("the last one", {"ordinal": -1}),
    ("7", {"number": 7}),
    ("no, dije Honduras", {"corrects": True}), ("I meant Canada", {"corrects": True}),
    ("estoy en Tapachula", {"present": True}),
    ("I live in Houston", {"present": True, "phase": "destination"}),
    ("mi hermana está en Houston", {"other": True}),
    ("tengo 14 años", {"child": True}), ("I'm 15 and my uncle hits me", {"child": True}),
    ("mi hija tiene 14 años", {}), ("tengo 24 años", {}), ("tengo 3 hijos", {}),
    ("soy hombre", {"man": True}), ("vivo con un hombre", {}),
    ("eres una inútil", {"rude": True}),
    ("este bot es una estúpida máquina", {"rude": True}), ("eres una basura", {"rude": True}),
    ("mierda", {"rude": True}), ("you are trash", {"rude": True}),
    ("mi esposo me dice puta y perra", {}), ("el patrón me dijo estúpida", {}),
    ("me dice que soy una inútil", {}), ("tiraron mis cosas a la basura", {}),
    ("mi perra se perdió", {}), ("my husband calls me stupid bitch", {}),
    ("he says im useless", {}), ("trabajo recogiendo basura", {}),
    ("soy el marido", {"someone": True}),
    ("soy el marido, ¿quién es este número?", {"someone": True}),
    ("I'm the husband, whose number is this", {"someone": True}),
    ("mi marido me pega y soy su esposa", {}),
    ("in English please", {"wants_language": "en"}),
    ("can you speak Spanish?", {"wants_language": "es"}),
    ("me deportaron ayer", {"phase": "return", "present": True}),
    ("voy en camino", {"phase": "transit"}), ("quiero irme", {"phase": "origin"}),
    ("ya regresó, me sigue golpeando", {"returned": True}),
    ("sí ahorita estoy sola", {"safe": True, "alone": True}), ("he's not here", {"safe": True}),
    ("ya no están", {"safe": True}), ("sí puedo hablar pero rápido", {"safe": True}),
    ("no puedo hablar", {"unsafe": True}), ("he is here", {"unsafe": True}),
    ("my roommate is with me now, I called", {"together": True}),
    ("no I'm not gonna hurt myself chill", {"relief": True}),
    ("hoy amanecí mejor", {"relief": True}),
    ("perdone la grosería", {"sorry": True}), ("estaría mejor muerta", {}),
    ("mi marido nos va a matar un día", {"killer": True}),
    ("no quedar embarazada ni enfermarme", {"rape": True, "after_rape": True}),
    ("¿cómo hago para que no vea esto?", {"hide": True}), ("can u hide the texts", {"hide": True}),
    ("¿hay una palabra para esconder la plática?", {"hide": True}),
    ("¿borro el chat de él?", {"hide": True, "proof": True, "erases": True}),
    ("no tengo internet solo mensajes", {"offline": True, "stops": True}),
    ("número equivocado disculpe", {"misdial": True, "sorry": True, "wrong": True}),
    ("el número no sirve", {"wrong": True}), ("en el albergue me pusieron con los hombres", {}),
    ("a quién llamo entonces", {"who_helps": True}),
    ("quién lo paga yo o la señora", {"who_helps": True, "pays": True}),
    ("no ablo ingles", {"wants_language": "es"}),
    ("mejor en español, mi inglés es malo", {"wants_language": "es"}),
    ("I don't speak Spanish", {"wants_language": "en"}),
    ("quiero clases de inglés", {}), ("dónde puedo aprender inglés gratis", {}),
    ("traductor de inglés", {}), ("busco un intérprete de inglés", {}),
    ("I want to learn Spanish", {}), ("are there english classes", {}),
    ("háblame en inglés", {"wants_language": "en"}),
    ("translate it to Spanish please", {"wants_language": "es"}),
    ("she speaks Mixteco btw, not really Spanish", {}),
    ("¿hablan español ahí?", {"listed": "speaks"}),
    ("yo abla poco español", {}), ("my mom's bf comes in my room", {"young": True}),
    ("no quiero que me regresen con mi padrastro", {"young": True}),
    ("my teacher touches me", {"young": True}),
    ("hola tengo 16 y vengo sola", {"child": True}),
    ("hi im 15 can i ask something", {"child": True}),
    ("im 19 and my brothers are 8 and 12", {}), ("cuando era niña mi padrastro me pegaba", {}),
])  # fmt: skip
def test_what_the_words_say(text: str, cues: dict[str, object]) -> None:
    found = read_cues(text)

    expected = {**vars(NOTHING), **cues}
    ignored = {"follow", "asks", "hello", "tells", "evidence", "side", "case", "tongue"}
    assert {k: v for k, v in vars(found).items() if k not in ignored} == {
        k: v for k, v in expected.items() if k not in ignored
    }


@pytest.mark.parametrize("text", [
    "tengo 12 años viviendo en Estados Unidos y quiero la residencia", "tengo 6 años en Costa Rica",
    "tengo 7 años de vivir con mi pareja", "tengo 8 años aquí sin papeles",
    "cumplí 10 años sin ver a mi mamá", "tengo 9 años que no lo veo", "15 años tengo de casada",
    "I have 10 years living in Houston", "i have 8 years in this country",
    "im 10 blocks from the border", "I am 7 hrs from the border", "im 8 and a half months pregnant",
    "I am 12 years in the US", "mi maestra de inglés dice que puedo pedir asilo",
    "my teacher says i can get a visa", "mi padrastro me pegaba y ahora quiero denunciar",
    "my mom's husband is a citizen can he sponsor me",
])  # fmt: skip
def test_a_grown_woman_is_not_taken_for_a_child(text: str) -> None:
    found = read_cues(text)

    assert not found.child
    assert not found.young


@pytest.mark.parametrize("text", [
    "tengo 14 años de edad", "tengo 15 años y estoy en Tapachula", "tengo 12 años pero viajo sola",
    "tengo 14 años cuando llegue qué hago", "cumplí 16 años", "tengo quince años, ando sola",
    "im 16 and pregnant", "i am 15 years old in mexico", "i have 13 years and i am alone", "im 17",
    "12 años tengo", "i just turned 14", "I am 15 years",
])  # fmt: skip
def test_an_age_is_one_whatever_follows(text: str) -> None:
    assert read_cues(text).child


def test_a_tap_has_no_cues() -> None:
    assert read_cues('/find_service{"service_type":"food"}') == Cues()
    assert read_flags("/tengo 14", "child") == frozenset()


@pytest.mark.parametrize(("text", "flags"), [
    ("tengo 14 años", {"child"}), ("soy el marido", {"someone"}), ("hola", set()),
    ("no quiero que me regresen con mi padrastro", {"young"}), ("", set()),
    ("tengo 15 años y mi maestra me toca", {"child", "young"}),
])  # fmt: skip
def test_single_cues_are_those_that_the_whole_reading_finds(text: str, flags: set[str]) -> None:
    names = ("child", "young", "someone")

    assert read_flags(text, *names) == flags
    assert {name for name in names if getattr(read_cues(text), name)} == flags


@pytest.mark.parametrize("text", ["a" * 5_000, "y en " * 900, "¿" * 600, "\u200d" * 300, "😀" * 99])
def test_any_text_is_survived(text: str) -> None:
    read_cues(text)


@pytest.mark.parametrize("kind", ["cost", "time", "papers"])
def test_a_short_question_on_one_side_is_read_the_same_way_everywhere(kind: str) -> None:
    """By its words alone, and in the light of the topic before it."""
    texts = FOLLOWS[kind]

    assert {text: read_hint(text) for text in texts} == dict.fromkeys(texts, kind)


MONDAY_TO_FRIDAY = [("MO,TU,WE,TH,FR", "08:00", "16:00")]


@pytest.mark.parametrize(("hours", "zones", "utc", "expected"), [
    (MONDAY_TO_FRIDAY, ["America/Tegucigalpa"], "2026-11-25T17:00", True),  # Wednesday, 11:00
    (MONDAY_TO_FRIDAY, ["America/Tegucigalpa"], "2026-11-25T23:00", False),  # 17:00
    (MONDAY_TO_FRIDAY, ["America/Tegucigalpa"], "2026-11-28T17:00", False),  # Saturday
    (MONDAY_TO_FRIDAY, ["America/Tijuana", "America/Cancun"], "2026-11-25T22:00", None),
    (MONDAY_TO_FRIDAY, ["America/Tijuana", "America/Cancun"], "2026-11-25T18:00", True),
    ([], ["America/Tegucigalpa"], "2026-11-25T17:00", None),
    (MONDAY_TO_FRIDAY, [], "2026-11-25T17:00", None),
    ([("TU", "20:00", "04:00")], ["America/Tegucigalpa"], "2026-11-25T08:00", True),  # 02:00 of We
    ([("MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59")], ["America/Panama"], "2026-11-25T03:00", True),
])  # fmt: skip
def test_open_now_is_told_only_where_it_is_sure(
    hours: list[tuple[str, str, str]], zones: list[str], utc: str, expected: bool | None
) -> None:
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    assert is_open(hours, zones, now) is expected


@pytest.mark.parametrize("text", [
    "esta abierto ahorita?", "¿están abiertos ahora?", "ya esta abierto?", "are they still open?",
    "siguen abiertos a esta hora?", "atienden ahorita",
])  # fmt: skip
def test_whether_a_place_is_open_now_is_asked_of_its_hours(text: str) -> None:
    assert read_cues(text).side == "hours"


@pytest.mark.parametrize("text", [
    "ahorita hay alguien afuera", "ahora hay alguien siguiéndome", "la herida sigue abierta",
    "no puedo cerrar, la puerta está abierta", "ya abren la puerta", "my wound is still open",
    "mi caso sigue abierto", "is the border still open", "mi marido trabaja hoy",
])  # fmt: skip
def test_a_door_a_wound_and_whoever_stands_outside_are_no_opening_hours(text: str) -> None:
    assert read_cues(text).side is None


@pytest.mark.parametrize("text", [
    "no, me oye", "no, me escucha mi marido", "hay alguien que me escucha", "nos escuchan",
    "mi suegra es quien me escucha", "no, hay alguien que me ve", "ahora no, me oye mi marido",
    "llamar no, me escucha", "por teléfono no, me oye mi esposo",
])  # fmt: skip
def test_that_he_hears_her_is_heard_also_behind_a_no(text: str) -> None:
    found = read_cues(text)

    assert found.unsafe or "silent" in found.tells


@pytest.mark.parametrize("text", [
    "¿quién me escucha a mí, una persona?", "nadie me escucha", "mi marido no me escucha",
    "no me oye nadie",
])  # fmt: skip
def test_who_wants_to_be_listened_to_is_not_overheard(text: str) -> None:
    found = read_cues(text)

    assert not found.unsafe
    assert "silent" not in found.tells


@pytest.mark.parametrize("text", [
    "estan abiertos ahorita?", "¿ya está abierto?", "are they still open?", "atienden ahorita",
    "a qué hora abren?",
])  # fmt: skip
def test_whether_it_is_open_can_be_the_whole_message(text: str) -> None:
    assert read_cues(text).open_now


@pytest.mark.parametrize("text", [
    "no sé a qué hora llega", "nos cierran por fuera", "a qué hora salgo sin que me vea",
    "mis venas están abiertas", "hasta qué hora aguanto", "el balcón está abierto", "cierra",
    "cierra el chat", "abre", "me dice abre", "qué hora es", "a qué hora se borra esto",
    "what time can i run", "la reja está abierta",
])  # fmt: skip
def test_no_alarm_and_no_order_is_taken_for_opening_hours(text: str) -> None:
    assert not read_cues(text).open_now
