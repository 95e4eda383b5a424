"""In danger she is read: what she tells is answered, and the number stays first."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.state import State
from tests.conversation.heard import hear, text

ALARM = "report_immediate_danger"
ASKED = State(country="HN", here="HN", crisis="danger", pending="safe_to_talk", sensitive=True,
              topic=ALARM)  # fmt: skip
SPOKEN = ASKED.but(pending=None, crisis_turns=1)
ENGLISH = ASKED.but(language="en")
WOMENS_LINE, DANGER = "114", "911"


@pytest.mark.parametrize(("words", "state", "says"), [
    ("no puedo hablar me oyen", SPOKEN, "línea abierta"),
    ("no podemos hacer ruido, nos escuchan", SPOKEN, "línea abierta"),
    ("they can hear me", ENGLISH, "line open"),
    ("i cant talk hes listening", ENGLISH, "line open"),
    ("hes outside in the truck", ENGLISH, "Don't go out"),
    ("esta afuera en el carro", ASKED, "No salgas"),
    ("he is at the door", ENGLISH, "Don't go out"),
    ("sigue en la puerta gritando", ASKED, "No salgas"),
    ("nobody here speak english", ENGLISH, "Es una emergencia"),
    ("aqui nadie habla español", ASKED, "Emergency"),
    ("how do I say it in spanish to the guard", ENGLISH, "Es una emergencia"),
    ("im scared to call cops im undocumented", ENGLISH, "fear makes sense"),
    ("me da miedo llamar, me pueden deportar", SPOKEN, "miedo tiene sentido"),
    ("no quiero policia", SPOKEN, "miedo tiene sentido"),
    ("ya me meti a un oxxo", ASKED, "Bien hecho"),
    ("im at hospital now", ENGLISH, "Well done"), ("we ran into a church", ENGLISH, "Well done"),
    ("ya estoy en la farmacia de la esquina", SPOKEN, "Bien hecho"),
    ("ok calling", ENGLISH, "don't hang up"),
    ("ya los llame", SPOKEN, "no cuelgues"),
    ("se fue el", SPOKEN, "Puede volver"),
    ("he left", ENGLISH, "may come back"),
    ("si cuento mi hermana se va a quedar en la calle por mi culpa", ASKED, "No es tu culpa"),
    ("nobody will believe me", ENGLISH, "not your fault"),
])  # fmt: skip
@pytest.mark.parametrize("intent", ["affirm", ALARM, "nlu_fallback", "change_language"])
def test_what_she_tells_in_danger_is_answered(
    honduras: Engine, words: str, state: State, says: str, intent: str
) -> None:
    decision = hear(honduras, words, state, intent)

    assert says in text(decision)
    assert text(decision).startswith(DANGER)
    assert "ve a un lugar con gente" not in text(decision)
    assert "where there are people" not in text(decision)


def test_the_police_who_do_not_come_are_not_all_there_is(honduras: Engine) -> None:
    decision = hear(honduras, "la policia no viene, nunca llegaron la otra vez", SPOKEN, "affirm")

    assert text(decision).startswith(WOMENS_LINE)
    assert "Te creo" in text(decision)


@pytest.mark.parametrize("words", [
    "mi pareja me tiene encerrada con llave", "he locked me in the house", "no nos dejan salir",
])  # fmt: skip
def test_who_is_locked_in_is_not_told_to_walk_away(honduras: Engine, words: str) -> None:
    state = State(country="HN", here="HN", language="en" if "he " in words else "es")
    card = hear(honduras, words, state, ALARM)
    yes = hear(honduras, "yes" if "he " in words else "si", card.state, "affirm")
    town = hear(honduras, "san pedro sula", yes.state, "nlu_fallback", 0.3,
                places={"country": "HN", "city": "San Pedro Sula"})  # fmt: skip

    for decision in (card, yes, town):
        assert "donde haya gente" not in text(decision)
        assert "lugar con gente" not in text(decision)
        assert "where there are people" not in text(decision)
    assert text(card).startswith(DANGER)


@pytest.mark.parametrize("words", ["mi ex. ecatepec", "anda tomado y armado", "my ex again"])
def test_no_sentence_is_taken_for_yes(honduras: Engine, words: str) -> None:
    decision = hear(honduras, words, ASKED, "affirm", places={"country": "HN"})

    assert text(decision).startswith(DANGER)
    assert "Bien." not in text(decision).split("\n")[0]


@pytest.mark.parametrize("words", ["si", "sí puedo", "yes", "ya se fue a trabajar, puedo escribir"])
def test_a_plain_yes_is_one(honduras: Engine, words: str) -> None:
    assert text(hear(honduras, words, ASKED, "affirm")).startswith((WOMENS_LINE, DANGER))


def test_a_place_to_sleep_is_looked_for_once_the_police_are_there(honduras: Engine) -> None:
    decision = hear(honduras, "llego la patrulla. hay albergue de mujeres para hoy?", SPOKEN,
                    "find_service", 0.8)  # fmt: skip

    assert decision.acted_on == "find_service"


def test_a_real_question_in_danger_is_answered(honduras: Engine) -> None:
    decision = hear(honduras, "tengo miedo de la policia, ¿cómo pido refugio en Honduras?", SPOKEN,
                    "ask_asylum", places={"country": "HN"})  # fmt: skip

    assert decision.acted_on == "ask_asylum"


@pytest.mark.parametrize(
    ("need", "says"), [("lost", "números del mapa"), ("medical", "dónde están")]
)
def test_after_the_ambulance_s_card_she_is_not_left_alone(
    honduras: Engine, need: str, says: str
) -> None:
    state = State(country="HN", here="HN")
    card = hear(honduras, "auxilio", state, ALARM, force_intent=ALARM, need=need)

    after = hear(honduras, "bateria 8%", card.state, "nlu_fallback", 0.2)

    assert text(after).startswith("911")
    assert says in text(after)
    assert "pesa" not in text(after)


def test_thoughts_without_a_plan_are_heard(honduras: Engine) -> None:
    state = State(country="HN", here="HN", crisis="distress", crisis_turns=2, sensitive=True,
                  topic="express_suicidal_distress")  # fmt: skip

    decision = hear(honduras, "no tengo nada listo, solo lo pienso", state,
                    "express_suicidal_distress", 0.7)  # fmt: skip

    assert "Gracias por decírmelo claro" in text(decision)


def test_she_is_not_asked_the_same_twice(honduras: Engine) -> None:
    state = State(country="HN", here="HN", crisis="distress", sensitive=True, pending=None,
                  topic="express_suicidal_distress")  # fmt: skip
    said = []
    for words in ("nadie me entiende", "no duermo", "ya no le veo sentido"):
        decision = hear(honduras, words, state, "express_suicidal_distress", 0.7)
        said.append(text(decision))
        state = decision.state

    assert len(set(said)) == 3


@pytest.mark.parametrize("words", ["ando con mi bebe", "somos tres mujeres", "una es d 14"])
def test_a_few_words_right_after_the_card_are_no_other_topic(honduras: Engine, words: str) -> None:
    decision = hear(honduras, words, SPOKEN, "ask_emotional_support", 0.6)

    assert text(decision).startswith(DANGER)
    assert decision.outcome == "crisis card"


@pytest.mark.parametrize("crisis", ["danger", "locked", "lost", "medical"])
def test_a_place_told_in_a_crisis_brings_its_card_and_no_other(
    honduras: Engine, crisis: str
) -> None:
    before = SPOKEN.but(crisis=crisis)

    places = {"country": "HN", "city": "Choluteca"}
    decision = hear(honduras, "estoy en choluteca", before, "inform_location", places=places)

    assert decision.acted_on == ALARM
    assert decision.state.crisis == crisis
