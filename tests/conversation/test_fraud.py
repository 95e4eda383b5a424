"""Money asked for a job, a paper, an appointment, a release: she hears in time what it may be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.conversation.compose import Decision
from bot.conversation.cues import read_cues
from bot.conversation.dialogue import play
from bot.conversation.fraud_words import matters, read_money
from bot.conversation.small_talk import repair
from bot.conversation.state import State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from bot.knowledge.asked import read_asked

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
WARNING = {"es": "puede ser un engaño", "en": "may be fraud"}


def said(engine: Engine, words: str, state: State, intent: str = "nlu_fallback") -> Decision:
    turn = Turn(intent, NOW.date(), 0.3, now=NOW, cues=read_cues(words), words=len(words.split()),
                asked=read_asked(words), money=read_money(words))  # fmt: skip
    return play(repair, turn, state, World(engine))


def text(decision: Decision) -> str:
    return "\n".join(reply.text for reply in decision.replies)


ASKED = [
    ("vi en face que contratan meseras en canada, piden 8 mil pesos de deposito", None),
    ("la agencia me pide $400 por adelantado para el trabajo en la pizca", None),
    ("el dueño quiere que le pague 3000 por el papel", "ask_work_permit"),
    ("a mi prima le pidieron 300", "ask_work_permit"),
    ("una señora vende citas para el pasaporte a 80 dolares, que hago", None),
    ("un señor me cobra 500 dolares por sacarme la residencia", None),
    ("me llamaron que por 1500 dolares me la entregan hoy", "ask_unaccompanied_children"),
    ("que si le deposito 2000 dolares lo sueltan de la detencion de migracion, sera estafa?", None),
    ("es verdad lo del trabajo en canada que piden pagar primero", None),
    ("a man on whatsapp wants 600 dollars to get me the work permit", None),
    ("the recruiter says i have to pay 250 first for the job", None),
    ("somebody sells appointments for asylum, is it a scam?", None),
    ("for 900 dollars he can get her out of the shelter, my niece in immigration", None),
]


@pytest.mark.parametrize(("words", "topic"), ASKED)
def test_she_is_told_that_it_may_be_fraud_and_where_to_ask(
    filled_engine: Engine, words: str, topic: str | None
) -> None:
    language = (
        "en" if words.isascii() and " for " in f" {words}" and "dolares" not in words else "es"
    )
    state = State(country="CA", here="CA", topic=topic, language=language)

    told = text(said(filled_engine, words, state))

    assert WARNING[language] in told
    assert say_check(language) in told


def say_check(language: str) -> str:
    return "Confírmalo o pregunta aquí" if language == "es" else "Check it or ask here"


NO_FRAUD = [
    ("cuanto piden por el pasaporte", "ask_identity_documents"),
    ("en el consulado me piden 50 dolares por el pasaporte", "ask_identity_documents"),
    ("mi jefe me debe 3 mil pesos de mi trabajo", "ask_unpaid_wages"),
    ("mi jefe me pide que trabaje 12 horas", "ask_labour_rights"),
    ("los mareros me piden 200 dolares de renta o me matan", None),
    ("me piden dinero para soltar a mi hermana, la tiene el cartel", None),
    ("un policia me pidio 100 pesos para dejarme pasar sin papeles", None),
    ("el coyote me cobra 8 mil dolares por el viaje", "ask_travel_safety"),
    ("busco trabajo que paguen 500 a la semana", "ask_find_job"),
    ("me ofrecen 500 dolares al mes de trabajo en casa", "ask_find_job"),
    ("me piden acta de nacimiento y papeles de 2024", "ask_identity_documents"),
    ("the boss didnt pay me 300 dollars", "ask_unpaid_wages"),
    ("they say they pay 500 a week, how do i get the job", "ask_find_job"),
    ("how much do they charge for the work permit", "ask_work_permit"),
    ("i want 500 pounds sent to my mom", "ask_send_money"),
    ("ya pague la renta y no tengo para comer", None),
    ("my ex wants money for the kids", None),
    ("busco trabajo en casa que no sea estafa", "ask_find_job"),
    ("real jobs on a ship, not scam", "ask_find_job"),
    ("do i need to pay the 250 for the visa", "ask_regular_status"),
    ("new employer wants direct deposit for my work", None),
    ("cobro 300 a la semana limpiando casas", "ask_labour_rights"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "topic"), NO_FRAUD)
def test_a_price_a_debt_a_threat_and_a_wage_are_no_fraud(
    filled_engine: Engine, words: str, topic: str | None
) -> None:
    told = text(said(filled_engine, words, State(country="US", here="US", topic=topic)))

    assert WARNING["es"] not in told


def test_the_hurry_the_real_number_and_the_money_paid_come_back_to_it(
    filled_engine: Engine,
) -> None:
    state = State(country="CA", here="CA")
    first = said(filled_engine, "me piden 5 mil de deposito por un trabajo en un hotel", state)

    hurry = said(filled_engine, "dicen que quedan los ultimos cupos", first.state.but(pending=None),
                 "report_outdated_information")  # fmt: skip
    number = said(
        filled_engine, "cual es el numero de verdad", hurry.state, "ask_threats_extortion"
    )
    rightly = said(filled_engine, "y como se aplica de a de veras", hurry.state)
    paid = said(filled_engine, "y si ya les deposite dos mil", number.state, "ask_unpaid_wages")

    assert "señal de engaño" in text(hurry)
    assert "1-866-602-9448" in text(number)
    assert "No es tu culpa" in text(paid)
    assert "jobbank.gc.ca" in text(rightly)


def test_the_right_way_is_told_from_what_is_known(filled_engine: Engine) -> None:
    told = said(filled_engine, "me cobran 200 dolares por la cita", State(country="GT", here="GT"))

    assert "gt.consulate.4" in told.records
    assert "Fuente: " in text(told)


def test_every_way_is_a_statement_that_exists(filled_engine: Engine) -> None:
    world = World(filled_engine)
    for matter in matters().values():
        for way in matter.ways:
            country = way.split(".")[0].upper()
            found, _ = world.first_of([way], State(country=country), NOW.date())
            assert [each.id for each in found] == [way]


def test_held_for_a_job_that_was_paid_for_is_no_mere_fraud(filled_engine: Engine) -> None:
    words = "la agencia me pidio 2000 por la visa de trabajo y ahora me quitaron el pasaporte"
    turn = Turn("ask_trafficking_exploitation", NOW.date(), 0.9, now=NOW, cues=read_cues(words),
                words=15, asked=read_asked(words), money=read_money(words))  # fmt: skip

    told = play(answer_topic, turn, State(country="US", here="US"), World(filled_engine))

    assert told.acted_on == "ask_trafficking_exploitation"


def test_for_money_a_child_is_not_handed_over_and_the_real_number_is_told(
    filled_engine: Engine,
) -> None:
    state = State(country="US", here="US", topic="ask_unaccompanied_children")
    words = "un hombre me llamo q por 1500 dolares me la entrega hoy mismo"

    told = said(filled_engine, words, state, "report_immediate_danger")
    number = said(filled_engine, "ok no le pago. deme el numero de verdad", told.state,
                  "ask_threats_extortion")  # fmt: skip

    assert WARNING["es"] in text(told)
    assert "1-800-203-7001" in text(told)
    assert "1-800-203-7001" in text(number)
