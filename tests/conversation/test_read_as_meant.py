"""A sentence that only sounds like an order, an answer or an alarm is read as she means it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine

from bot.conversation.cues import fold
from bot.conversation.state import ALONE, State
from bot.conversation.tells import read_tells
from bot.knowledge.topics import topics
from tests.conversation.heard import hear, text
from tests.nlu.test_training_messages import MARK, messages

HURT = State(country="HN", here="HN", topic="ask_domestic_violence", sensitive=True)
DESPAIR = State(country="US", here="US", language="en", topic="express_suicidal_distress",
                crisis="distress", sensitive=True)  # fmt: skip
ON_THE_WAY = State(country="PA", here="PA", topic="ask_travel_safety")
LIKE = re.compile("toc|manose|agarr|touch|grop|kiss|peg|golp|pate|empuj|hit|beat|punch|kick", re.I)
STOP, DANGER, DISTRESS = "stop_messages", "report_immediate_danger", "express_suicidal_distress"


@pytest.mark.parametrize(("words", "state"), [
    ("don't send no police", DESPAIR),
    ("no me mande nada con esa palabra porque él ve las notificaciones", HURT),
    ("ya no me manden cosas de esas", State(country="HN")),
])  # fmt: skip
def test_a_sentence_mutes_nobody(filled_engine: Engine, words: str, state: State) -> None:
    decision = hear(filled_engine, words, state, STOP)

    assert decision.acted_on != STOP
    assert text(decision)


def test_whoever_wants_no_more_messages_is_told_how_and_may_tap(filled_engine: Engine) -> None:
    asked = hear(filled_engine, "ya no me manden mensajes de eso", State(country="HN"), STOP)

    assert "ALTO" in text(asked)
    assert [o.payload for o in asked.replies[-1].options] == ["/stop_messages"]
    assert hear(filled_engine, "/stop_messages", asked.state, STOP).acted_on == STOP


def test_in_danger_she_hears_that_nobody_is_called(filled_engine: Engine) -> None:
    danger = DESPAIR.but(topic="report_immediate_danger", crisis="danger")

    said = text(hear(filled_engine, "don't send nobody please", danger, STOP))

    assert "I call nobody" in said
    assert "911" in said


def test_that_nobody_should_be_sent_is_heard_in_despair(filled_engine: Engine) -> None:
    assert "988" in text(hear(filled_engine, "don't send no police", DESPAIR, STOP))


def test_a_report_that_they_are_full_does_not_shut_the_door(filled_engine: Engine) -> None:
    asked = HURT.but(pending=ALONE)

    assert "seguimos en otro momento" not in text(
        hear(filled_engine, "ese me dijo que no hay cupo ahi", asked, "deny", 0.6)
    )
    assert "seguimos en otro momento" in text(
        hear(filled_engine, "no, ahorita no", asked, "deny", 0.9)
    )


@pytest.mark.parametrize("words", ["bueno soy yo", "la verdad es que es por mi"])
def test_she_who_asked_for_a_friend_is_thanked_for_her_trust(
    filled_engine: Engine, words: str
) -> None:
    said = text(hear(filled_engine, words, HURT, "greet", 0.7))

    assert "Gracias por decírmelo" in said
    assert "¿En qué te puedo ayudar?" not in said
    assert not said.startswith("Gracias")  # a locked screen shows a neutral line


@pytest.mark.parametrize("words", [
    "ya estoy con mi comadre, la nena esta viendo tele", "ya salimos, estamos en un cuarto",
])  # fmt: skip
def test_who_got_away_is_not_asked_whether_she_is_in_danger(
    filled_engine: Engine, words: str
) -> None:
    decision = hear(filled_engine, words, HURT, DANGER, 0.4)

    assert "¿Estás en peligro ahora?" not in text(decision)
    assert decision.outcome != "crisis card"


def test_who_is_only_lonely_gets_warmth_and_no_card(filled_engine: Engine) -> None:
    words = "no sé si esto es para esto, solo quería escribirle a alguien"
    decision = hear(filled_engine, words, State(country="MX"), DISTRESS, 0.5)
    likelier = hear(filled_engine, words, State(country="MX"), DISTRESS, 0.7)

    assert decision.acted_on == "ask_emotional_support"
    assert "800 911 2000" in text(decision)
    assert "¿Piensas en hacerte daño?" in text(likelier)


@pytest.mark.parametrize("words", ["y el pequeño esta con fiebre y vomito",
                                   "my baby has a high fever"])  # fmt: skip
def test_an_ill_child_comes_before_the_journey(filled_engine: Engine, words: str) -> None:
    decision = hear(filled_engine, words, ON_THE_WAY, "ask_health_care", 0.5,
                    stays={"ask_travel_safety": 0.9})  # fmt: skip

    assert decision.acted_on == "ask_health_care"


@pytest.mark.parametrize(("words", "topic"), [
    ("ola buenas quiero refugio", "ask_asylum"),
    ("necesito refugio para esta noche, me echó mi marido", "ask_safe_shelter"),
])  # fmt: skip
def test_refuge_is_asylum_unless_somebody_drives_her_out(
    filled_engine: Engine, words: str, topic: str
) -> None:
    assert hear(filled_engine, words, State(country="MX"), "ask_safe_shelter").acted_on == topic


@pytest.mark.parametrize("words", [
    "me tome todo el frasco, estoy en Tapachula",
    "estoy en el albergue y ya lo decidí, no me busquen",
])  # fmt: skip
def test_a_place_in_it_takes_no_despair_away(filled_engine: Engine, words: str) -> None:
    shelter = [{"entity": "service_type", "value": "migrant_shelter"}]
    decision = hear(filled_engine, words, State(country="MX"), DISTRESS, 0.75,
                    places={"country": "MX", "city": "Tapachula"}, entities=shelter)  # fmt: skip

    assert decision.outcome == "crisis card"


@pytest.mark.parametrize("words", [
    "ya me metí al baño y está tumbando la puerta",
    "ya salimos, nos va a matar, no llamen a la policía",
])  # fmt: skip
def test_who_hides_from_him_is_not_safe(filled_engine: Engine, words: str) -> None:
    said = text(hear(filled_engine, words, HURT, DANGER, 0.7))

    assert "911" in said
    assert "Qué bueno" not in said


def test_a_long_no_is_a_no(filled_engine: Engine) -> None:
    words = "ahorita no porque ya viene llegando mi esposo"

    assert "seguimos en otro momento" in text(
        hear(filled_engine, words, HURT.but(pending=ALONE), "deny", 0.7)
    )


def test_the_friend_who_wants_to_die_is_herself(filled_engine: Engine) -> None:
    asked = DESPAIR.but(pending="accompanied")

    assert "988" in text(hear(filled_engine, "there is no friend", asked, "greet", 0.6))


def test_an_ill_child_is_no_reason_to_overhear_violence(filled_engine: Engine) -> None:
    words = "me corrió a golpes y el niño tiene fiebre"

    decision = hear(filled_engine, words, State(country="HN"), "ask_domestic_violence", 0.6)

    assert decision.acted_on == "ask_domestic_violence"


def test_the_tells_of_a_blow_and_a_touch_are_hardly_ever_in_other_messages() -> None:
    """«¿Me toca aguinaldo?» is about what is due, «me pegó una infección» about her health."""
    hurt = ("ask_workplace_harassment", "ask_sexual_violence", "ask_child_abuse",
            "ask_domestic_violence", "ask_protection_order", "report_immediate_danger",
            "ask_safe_shelter", "ask_digital_violence", "express_suicidal_distress")  # fmt: skip
    heard = {"touched": 0, "struck": 0, "all": 0}
    for _, intent, _, words in messages():
        if intent in hurt or intent not in topics():
            continue
        heard["all"] += 1
        if LIKE.search(words):  # the patterns themselves take a millisecond
            tells = read_tells(fold(MARK.sub(r"\1", words)))
            heard["touched"] += "touched" in tells
            heard["struck"] += "struck" in tells

    assert heard["all"] > 10_000
    assert heard["touched"] / heard["all"] < 0.001, heard
    assert heard["struck"] / heard["all"] < 0.002, heard


@pytest.mark.parametrize(("words", "state", "intent", "heard"), [
    ("le pregunto algo aparte, mi marido anoche me pego delante de los niños por lo de la plata",
     ON_THE_WAY, "ask_family_reunification_cost_time", "ask_domestic_violence"),
    ("My employer the husband is touching me in kitchen. What will I do", State(country="CA"),
     "ask_domestic_work", "ask_workplace_harassment"),
    ("no se leer mucho no puedo meterme en esa cosa de computadora ay un numero que llame yo",
     State(country="US", topic="ask_detention_deportation"), "ask_digital_violence",
     "ask_detention_deportation"),
])  # fmt: skip
def test_plain_words_say_what_it_is_about(
    filled_engine: Engine, words: str, state: State, intent: str, heard: str
) -> None:
    assert hear(filled_engine, words, state, intent, 0.4).acted_on == heard


def test_no_place_to_sleep_is_no_wish_to_die(filled_engine: Engine) -> None:
    words = "I want to go out this Sunday but I dont have place to sleep"
    decision = hear(
        filled_engine, words, State(country="CA", language="en"), DISTRESS, 0.81,
        entities=[{"entity": "service_type", "value": "migrant_shelter"}],
    )  # fmt: skip

    assert decision.acted_on in ("find_service", "ask_safe_shelter")


@pytest.mark.parametrize(("words", "country", "gone"), [
    ("I not from Belize I come from Guatemala side and my papers expire", "BZ", False),
    ("vengo de regreso, ya no pude pasar a Mexico", "MX", True),
])  # fmt: skip
def test_where_she_is_not_from_she_may_be_and_where_she_could_not_get_she_is_not(
    filled_engine: Engine, words: str, country: str, gone: bool
) -> None:
    name = {"BZ": "Belize", "MX": "Mexico"}[country]
    at = words.index(name)
    places = [{"entity": "country", "value": country, "start": at, "end": at + len(name)}]
    decision = hear(filled_engine, words, State(country="PA" if gone else "BZ"),
                    "ask_return_home", places={"country": country}, entities=places)  # fmt: skip

    assert (decision.state.country != country) == gone


def test_refuge_after_a_question_on_asylum_is_asylum(filled_engine: Engine) -> None:
    spoken = State(country="HN", topic="ask_asylum")

    asked = hear(filled_engine, "refugio por favor", spoken, "ask_safe_shelter")
    for_tonight = hear(filled_engine, "un refugio donde dormir", spoken, "ask_safe_shelter")

    assert asked.acted_on == "ask_asylum"
    assert for_tonight.acted_on == "ask_safe_shelter"
