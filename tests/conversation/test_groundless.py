"""A plain question after an ordinary matter is no alarm; what is one stays one."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.compose import MAX_WORDS
from bot.conversation.state import State
from tests.conversation.heard import hear, text

DISTRESS, DANGER = "express_suicidal_distress", "report_immediate_danger"
STATUS = State(country="MX", here="MX", topic="ask_regular_status", told=("x",))
HURT = State(country="MX", here="MX", topic="ask_domestic_violence", sensitive=True)
SIGNS = ("hacerte daño", "hurting yourself", "hurt yourself", "en peligro", "in danger", "72")


@pytest.mark.parametrize(("words", "intent"), [
    ("no I am already here since june. It finish in december", DISTRESS),
    ("se me vence en marzo la visa", DISTRESS),
    ("i am scared to go there. next month is the time", DISTRESS),
    ("the form is for next month", DANGER),
    ("can u do my algebra homework too", DISTRESS),
    ("mi cita es el otro mes en la oficina", DANGER),
])  # fmt: skip
@pytest.mark.parametrize("confidence", [0.4, 0.95])
def test_ordinary_words_are_no_alarm(
    filled_engine: Engine, words: str, intent: str, confidence: float
) -> None:
    decision = hear(filled_engine, words, STATUS, intent, confidence,
                    ranking=((intent, confidence), ("ask_regular_status", 0.2)))  # fmt: skip

    assert not any(sign in text(decision) for sign in SIGNS), text(decision)
    assert decision.state.crisis is None


def test_the_next_day_an_ordinary_question_is_answered(filled_engine: Engine) -> None:
    state = State(country="MX", here="MX", crisis="distress", crisis_turns=5, topic=DISTRESS)

    words = "hola, ya hablé con ella. ¿cómo llamo a mis hijos sin gastar tanto?"

    decision = hear(filled_engine, words, state, DISTRESS, 0.5, idle_s=86_400.0)

    assert not any(sign in text(decision) for sign in SIGNS)


@pytest.mark.parametrize(("words", "intent"), [
    ("i picked a date", DISTRESS), ("ya no quiero seguir aqui", DISTRESS),
    ("kisiera apagarme", DISTRESS), ("he has a knife", DANGER), ("nos estan apuntando", DANGER),
    ("ya vienen por mi", DANGER), ("me quiero morir en diciembre", DISTRESS),
    ("i want to end it after the visa is denied", DISTRESS),
])  # fmt: skip
def test_an_alarm_stays_one_also_after_an_ordinary_matter(
    filled_engine: Engine, words: str, intent: str
) -> None:
    decision = hear(filled_engine, words, STATUS, intent, 0.95)

    assert decision.state.crisis or (decision.state.pending or "").endswith("_check")


NUMBER = State(country="US", here="US")


@pytest.mark.parametrize("words", [
    "I tried 3 times, yesterday and today. Same recording", "me sale la grabadora todo el día",
    "it rings out every time",
])  # fmt: skip
def test_a_number_that_nobody_answers_is_no_alarm(filled_engine: Engine, words: str) -> None:
    decision = hear(filled_engine, words, NUMBER, DISTRESS, 0.97)

    assert decision.acted_on == "report_outdated_information"
    assert decision.state.crisis is None
    assert "988" not in text(decision)


@pytest.mark.parametrize(("words", "intent"), [
    ("el 911 me sale grabadora y él está aquí afuera golpeando la puerta", DANGER),
    ("i get a recording, he says he is coming to kill me", DANGER),
    ("llamo y sale el buzón, ya no aguanto, me quiero morir", DISTRESS),
    ("the line is a recording and i took all the pills", DISTRESS),
])  # fmt: skip
def test_a_recording_beside_an_alarm_takes_nothing_from_it(
    filled_engine: Engine, words: str, intent: str
) -> None:
    decision = hear(filled_engine, words, NUMBER, intent, 0.9)

    assert decision.acted_on != "report_outdated_information"
    assert decision.state.crisis or (decision.state.pending or "").endswith("_check")


@pytest.mark.parametrize("words", [
    "forget my number please", "forget it all, erase me", "olvida todo lo que te dije, bórralo",
    "i forgot to say delete my messages",
])  # fmt: skip
def test_who_wants_to_be_forgotten_is(filled_engine: Engine, words: str) -> None:
    decision = hear(filled_engine, words, STATUS, "delete_my_data", 0.9)

    assert decision.acted_on == "delete_my_data", text(decision)


@pytest.mark.parametrize(("topic", "words", "intent"), [
    ("ask_unpaid_wages", "where 2 go", "ask_safe_shelter"),
    ("ask_unpaid_wages", "dnd denuncio", "ask_protection_order"),
    ("ask_birth_registration", "dehn charge?", "ask_protection_order"),
    ("ask_health_care", "Will they report me", "ask_protection_order"),
    ("ask_health_care", "fue hace 3 semanas", "ask_sexual_violence"),
    ("ask_education", "¿y a quién me quejo?", "ask_threats_extortion"),
])  # fmt: skip
def test_a_few_words_are_about_the_ordinary_matter(
    filled_engine: Engine, topic: str, words: str, intent: str
) -> None:
    state = State(country="MX", here="MX", topic=topic, told=("x",))

    assert hear(filled_engine, words, state, intent).acted_on == topic


@pytest.mark.parametrize(("words", "intent"), [
    ("mi esposo me pega", "ask_domestic_violence"), ("me violaron", "ask_sexual_violence"),
    ("he beats me", "ask_domestic_violence"), ("the gang threatens us", "ask_threats_extortion"),
    ("mi padrastro toca a mi hija", "ask_child_abuse"),
    ("me tienen trabajando encerrada", "ask_trafficking_exploitation"),
])  # fmt: skip
def test_violence_is_heard_after_an_ordinary_matter(
    filled_engine: Engine, words: str, intent: str
) -> None:
    assert hear(filled_engine, words, STATUS, intent).acted_on == intent


def test_a_blow_is_no_rape(filled_engine: Engine) -> None:
    state = State(country="US", here="US", language="en", crisis="danger", crisis_turns=2,
                  topic=DANGER)  # fmt: skip

    decision = hear(filled_engine, "nurse ask if i want the cops. if yes what then, no papers",
                    state, "ask_sexual_violence", 0.6,
                    ranking=(("ask_protection_order", 0.2),))  # fmt: skip

    assert decision.acted_on == "ask_protection_order"
    assert "72 hours" not in text(decision)


@pytest.mark.parametrize("words", ["arizona i think. phone 8%"])
def test_a_low_battery_in_the_desert_is_no_wish_to_die(filled_engine: Engine, words: str) -> None:
    state = State(country="US", here="US", language="en", crisis="lost", sensitive=True,
                  topic="ask_missing_relative")  # fmt: skip

    decision = hear(filled_engine, words, state, DISTRESS, 0.95, places={"country": "US"})

    assert text(decision).startswith("911")
    assert decision.state.crisis == "lost"


@pytest.mark.parametrize("words", ["san miguel, el salvador", "arizona i think"])
def test_a_town_told_in_danger_is_no_wish_to_die(filled_engine: Engine, words: str) -> None:
    state = State(country="SV", here="SV", crisis="locked", crisis_turns=1, sensitive=True,
                  topic=DANGER)  # fmt: skip

    decision = hear(filled_engine, words, state, DISTRESS, 0.95,
                    places={"country": "SV", "city": "San Miguel"})  # fmt: skip

    assert decision.state.crisis == "locked"
    assert text(decision).startswith("911")


@pytest.mark.parametrize(("words", "kind", "asked"), [
    ("what do they do after?", DANGER, "en peligro"),
])  # fmt: skip
def test_a_short_question_after_an_ordinary_matter_is_asked_about(
    filled_engine: Engine, words: str, kind: str, asked: str
) -> None:
    decision = hear(filled_engine, words, STATUS, kind, 0.9, ranking=((kind, 0.9),))

    assert asked in text(decision)
    assert decision.state.crisis is None


@pytest.mark.parametrize("words", [
    "and if I miss it then what other way", "y si no alcanzo, ¿qué otra manera hay?",
    "bueno voy a pensarlo. gracias por no regañarme", "mi mama dice que mejor me calle",
    "bueno lo voy a pensar, mi hija dice que mejor me vaya con ella a canada",
])  # fmt: skip
def test_what_has_no_word_of_despair_is_about_the_matter(filled_engine: Engine, words: str) -> None:
    """Readers of 1,850 turns found no despair in any such message below .97."""
    decision = hear(filled_engine, words, STATUS, DISTRESS, 0.95, ranking=((DISTRESS, 0.95),),
                    stays={STATUS.topic or "": 0.4})  # fmt: skip

    assert not any(sign in text(decision) for sign in SIGNS)
    assert decision.state.crisis is None


@pytest.mark.parametrize(("words", "kind", "confidence"), [
    ("me tome todas las tabletas de mi mama", DISTRESS, 0.96), ("i took them all", DISTRESS, 0.96),
    ("some days i feel like it would be better if i just wasnt here", DISTRESS, 0.96),
    ("they coming up the stairs", DANGER, 0.89), ("ya me encontro", DANGER, 0.89),
])  # fmt: skip
@pytest.mark.parametrize("state", [STATUS, HURT])
def test_an_alarm_is_not_lost_in_the_middle_of_a_matter(
    filled_engine: Engine, words: str, kind: str, confidence: float, state: State
) -> None:
    decision = hear(filled_engine, words, state, kind, confidence, ranking=((kind, confidence),),
                    stays={state.topic or "": 0.4})  # fmt: skip

    assert decision.state.crisis or (decision.state.pending or "").endswith("_check")


def test_after_a_pause_an_alarm_stands_for_itself(filled_engine: Engine) -> None:
    decision = hear(filled_engine, "bueno lo voy a pensar", STATUS, DISTRESS, 0.95,
                    ranking=((DISTRESS, 0.95),), idle_s=72_000.0, stays={})  # fmt: skip

    assert decision.state.crisis or (decision.state.pending or "").endswith("_check")


def test_better_than_me_is_no_relief(filled_engine: Engine) -> None:
    words = (
        "ya no le veo sentido a levantarme. a veces pienso que ella está mejor que yo, la muerta"
    )

    assert hear(filled_engine, words, STATUS, DISTRESS, 0.99).outcome == "crisis card"


def test_a_sentence_of_despair_is_no_matter_of_papers(filled_engine: Engine) -> None:
    words = "what is the point of anything"

    decision = hear(filled_engine, words, STATUS, DISTRESS, 0.9, ranking=((DISTRESS, 0.9),))

    assert decision.state.crisis == "distress"


@pytest.mark.parametrize(("topic", "words", "confidence"), [
    ("ask_asylum", "bueno lo voy a pensar, mi hija dice que mejor me vaya con ella a canada", 0.99),
    ("ask_identity_documents", "I go tomorrow at 4 in the morning. pray for me sister", 1.0),
    ("ask_emotional_support",
     "I can't tell my sister she will say I am ungrateful. I don't have insurance", 0.98),
])  # fmt: skip
def test_the_surest_alarm_without_a_word_of_it_is_one_line_at_the_end(
    filled_engine: Engine, topic: str, words: str, confidence: float
) -> None:
    state = State(country="MX", here="MX", topic=topic, told=("x",))

    decision = hear(filled_engine, words, state, DISTRESS, confidence, stays={topic: 0.1})

    assert decision.state.crisis is None
    assert not (decision.state.pending or "").endswith("_check")
    assert "800 911 2000" in decision.replies[-1].text.split("\n\n")[-1]


def test_so_few_words_may_be_all_that_she_can_say(filled_engine: Engine) -> None:
    stays = {"ask_regular_status": 0.1}

    decision = hear(filled_engine, "i picked a date", STATUS, DISTRESS, 0.98, stays=stays)

    assert decision.state.crisis or decision.state.pending == "distress_check"


def test_a_blow_beside_an_excuse_is_heard(filled_engine: Engine) -> None:
    """ "Disculpe, yo casi no sé escribir … mi esposo me pega" had been told "never mind"."""
    words = ("buenas tardes señorita disculpe yo casi no se escribir mi nieta me esta ayudando"
             " mi esposo me pega ya son muchos años")  # fmt: skip
    ranking = (("ask_domestic_violence", 0.48), (DANGER, 0.46))

    decision = hear(filled_engine, words, State(country="GT"), DANGER, 0.46, ranking=ranking)

    assert decision.acted_on in ("ask_domestic_violence", DANGER)
    assert text(decision)[:1].isdigit()


def test_what_is_likelier_than_the_alarm_is_answered(filled_engine: Engine) -> None:
    ranking = (("ask_identity_documents", 0.32), (DANGER, 0.29))

    decision = hear(filled_engine, "me piden acta y la mia esta en un rancho", State(country="MX"),
                    DANGER, 0.29, ranking=ranking)  # fmt: skip

    assert decision.acted_on == "ask_identity_documents"


def test_after_extortion_its_words_are_about_it(filled_engine: Engine) -> None:
    state = State(country="MX", here="MX", topic="ask_threats_extortion", sensitive=True)

    decision = hear(filled_engine, "si llamamos al 911 la matan eso dijeron", state, DANGER, 0.7,
                    stays={"ask_threats_extortion": 1.0})  # fmt: skip

    assert decision.acted_on == "ask_threats_extortion"


def test_a_goodbye_is_a_goodbye(filled_engine: Engine) -> None:
    state = State(language="en", country="US", here="US", topic="ask_detention_deportation")

    decision = hear(filled_engine, "sorry for being rude earlier. bye", state, DISTRESS, 0.98,
                    stays={"ask_detention_deportation": 0.1})  # fmt: skip

    assert "988" not in text(decision)


def test_the_line_at_the_end_makes_no_message_too_long(filled_engine: Engine) -> None:
    state = State(country="US", here="US", topic="ask_asylum")
    words = "bueno lo voy a pensar, mi hija dice que mejor me vaya con ella a canada"

    decision = hear(filled_engine, words, state, DISTRESS, 0.99, stays={"ask_asylum": 0.9})

    assert "988" in decision.replies[-1].text
    assert all(len(reply.text.split()) <= MAX_WORDS for reply in decision.replies)
    assert [reply.options for reply in decision.replies[:-1]] == [()] * (len(decision.replies) - 1)


MEDICINE = ["y las pastillas me asen vomitar", "the pills they gave me make me throw up",
            "la inyeccion de planificar me da mareo",
            "hasta cuando sirve la pastilla del dia despues"]  # fmt: skip


@pytest.mark.parametrize("state", [State(country="BZ", here="BZ"), STATUS])
@pytest.mark.parametrize("words", MEDICINE)
def test_what_a_medicine_does_to_her_is_no_wish_to_die(
    filled_engine: Engine, words: str, state: State
) -> None:
    ranking = ((DISTRESS, 0.95), ("ask_sexual_reproductive_health", 0.02))

    decision = hear(filled_engine, words, state, DISTRESS, 0.95, ranking=ranking)

    assert decision.state.crisis is None
    assert decision.state.topic == "ask_sexual_reproductive_health"


@pytest.mark.parametrize("words", [
    "tengo las pastillas en la mano", "i have the pills here", "y si me tomo todas las pastillas",
    "me dieron pastillas para la presion y me las quiero tomar todas",
    "las pastillas de planificar y todo lo que hay, me lo tomo todo y ya no despierto",
    "i took the birth control pills and all the others",
])  # fmt: skip
def test_pills_to_die_by_are_heard(filled_engine: Engine, words: str) -> None:
    decision = hear(filled_engine, words, STATUS, DISTRESS, 0.95)

    assert decision.state.crisis == "distress", text(decision)


@pytest.mark.parametrize("words", [
    "mi hijo me dijo mama mañana brincamos. ya no supe mas", "my son crossed, never heard from him",
    "no ha vuelto a llamar mi niña desde marzo",
])  # fmt: skip
def test_a_mother_who_hears_nothing_is_not_asked_about_herself(
    filled_engine: Engine, words: str
) -> None:
    decision = hear(filled_engine, words, State(country="GT", here="GT"), DISTRESS, 0.3,
                    ranking=((DISTRESS, 0.3), ("ask_family_reunification", 0.17)))  # fmt: skip

    assert decision.state.topic == "ask_missing_relative"
    assert not any(sign in text(decision) for sign in SIGNS), text(decision)


@pytest.mark.parametrize("words", [
    "no, la pastilla", "no, the pill", "ya me tome la pastilla y me da mareo",
    "la pastiya del dia despues donde la consigo", "i took the mornin after pil and feel bad",
    "las anticonseptivas me tienen vomitando todo el dia", "la inyeccion me da dolor de cabeza",
    "me siento mal con las pastillas que me dieron en la clinica", "my arm hurt last year",
    "the birth control make me sick all day", "tomo la pastilla todas las noches, es normal?",
])  # fmt: skip
@pytest.mark.parametrize("state", [STATUS, State(country="HN", here="HN")])
def test_medicine_and_aches_are_no_wish_to_die(
    filled_engine: Engine, words: str, state: State
) -> None:
    decision = hear(filled_engine, words, state, DISTRESS, 0.98)

    assert decision.state.crisis is None
    assert not any(sign in text(decision) for sign in SIGNS[:3])


@pytest.mark.parametrize("words", [
    "i took all the pills", "me tome 20 pastillas", "me tome el frasco entero de pastillas",
    "compre pastillas para no despertar", "me quiero morir, tengo pastillas",
    "swallowed a handful of pills", "quiero tomarme todas mis pastillas para la presion",
])  # fmt: skip
def test_an_overdose_is_one(filled_engine: Engine, words: str) -> None:
    decision = hear(filled_engine, words, STATUS, DISTRESS, 0.95)

    assert decision.state.crisis == "distress", text(decision)
