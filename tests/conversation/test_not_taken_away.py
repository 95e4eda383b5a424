"""What a new pattern for the harmless must leave alone: grave twins, and orders beside fear."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from bot.conversation.cues import read_cues
from bot.conversation.groundless import instead
from bot.conversation.harmless import is_harmless
from bot.conversation.notification import gives_away
from bot.conversation.reread import reread
from bot.conversation.small_talk import repair
from bot.conversation.state import State, Turn
from bot.conversation.world import World

DESPAIR = "express_suicidal_distress"


def heard(text: str, intent: str, confidence: float = 0.95,
          beside: tuple[str, float] = ("ask_education", 0.03)) -> Turn:  # fmt: skip
    ranking = ((intent, confidence), beside, ("ask_labour_rights", 0.02))
    return Turn(intent, date(2026, 11, 25), confidence, cues=read_cues(text), ranking=ranking,
                words=len(text.split()), harmless=is_harmless(text))  # fmt: skip


@pytest.mark.parametrize("text", [
    "me corte la mano en la cocina a proposito", "me queme los brazos en la cocina porque me odio",
    "i cut my legs again in the kitchen", "i burn my arms on the grill when i feel bad",
    "i cut my hands at work on purpose", "me corte la mano en el trabajo porque me odio",
    "quiero volver a la escuela, mi papa me quiere casar con un viejo",
    "no quiero ir para alla, dicen que me van a vender",
])  # fmt: skip
def test_what_she_does_to_herself_or_others_to_her_is_not_harmless(text: str) -> None:
    assert not is_harmless(text)


@pytest.mark.parametrize(
    ("text", "cleared"),
    [
        ("no es para mi tia es para mi, quiero seguir el cole me quede en decimo", True),
        ("quiero seguir estudiando pero no puedo mas", False),
        ("quiero volver a la escuela, mi papa me quiere casar con un viejo", False),
        ("quiero terminar la prepa pero mejor no estar aqui, ya no quiero vivir", False),
    ],
)
def test_who_wants_to_go_on_at_school_and_says_no_more_does_not_despair(
    filled_engine: Engine, text: str, cleared: bool
) -> None:
    other = instead(heard(text, DESPAIR), State(), World(filled_engine))

    assert other == ("ask_education" if cleared else None)


@pytest.mark.parametrize("intent", ["delete_my_data", "quick_exit", "stop_messages"])
@pytest.mark.parametrize(("text", "pending"), [
    ("borra todo, tengo miedo que me mate", None), ("borra el chat me tiene encerrada", None),
    ("delete everything im scared he will kill me", None),
    ("ya se durmio, borra todo", "danger_check"), ("delete my messages im alone now", "alone"),
])  # fmt: skip
def test_an_order_in_plain_words_is_obeyed_whatever_stands_beside_it(
    filled_engine: Engine, text: str, pending: str | None, intent: str
) -> None:
    before = State(pending=pending, topic="ask_domestic_violence", sensitive=True)

    _, turn = reread(repair, heard(text, intent), before, World(filled_engine))

    assert turn.intent == intent


@pytest.mark.parametrize("text", [
    "ya salio de la carcel y me busca", "ya salio armado a buscarme",
    "ya salio del trabajo viene para aca", "ya salio atras de mi hija", "ya se marcho a buscarme",
])  # fmt: skip
def test_a_dangerous_man_who_is_out_is_no_safety(text: str) -> None:
    assert not read_cues(text).safe


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tengo miedo de que un dia me mate yo misma", False),
        ("tengo miedo que el parto me mate", False),
        ("tengo miedo que me mate si regreso a mi pais", False),
        ("no se a que hora regresa, tengo miedo que me mate", True),
        ("tengo miedo que me mate cuando regrese del trabajo", True),
        ("tengo miedo que me mate si vuelvo con el", True),
    ],
)
def test_dread_is_of_somebody_who_may_kill_her(text: str, told: bool) -> None:
    assert ("dreads" in read_cues(text).tells) is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("la bajaron del bus y piden 1500 dolares, dicen que no llame a la policia", True),
        ("la bajaron del bus los de migracion y piden 1500 de fianza", False),
        ("la llevaron al hospital y piden 500 dolares", False),
        ("nos quitaron la casa y piden 5000 dolares", False),
    ],
)
def test_who_is_taken_for_money_is_told_from_bail_and_bills(text: str, told: bool) -> None:
    assert ("ransom" in read_cues(text).tells) is told


@pytest.mark.parametrize("text", [
    "olvida todo lo de mi marido, tengo que salir", "forget it all now i have to go",
    "forget the conversation now i have to go", "forget my name, i have to leave first",
])  # fmt: skip
def test_a_wish_to_be_forgotten_is_one(text: str) -> None:
    assert "deletes" not in read_cues(text).tells


@pytest.mark.parametrize("text", ["¿Estás sola? Si llega alguien", "Are you alone? If someone"])
def test_a_question_that_shows_that_she_hides_gives_her_away(text: str) -> None:
    assert gives_away(f"1572\n\n{text}")


@pytest.mark.parametrize(
    ("text", "confidence", "stays_alarm"),
    [
        ("and my meds, metformin and losartan, got like 6 pills left", 0.54, False),
        ("si pero yo ya camine 40 min con las bolsas y la niña", 0.78, False),
        ("i took 6 pills because i want to die", 0.54, True),
        ("me quiero morir", 0.6, True),
        ("subo al techo cada noche y hoy no me quiero bajar, adios", 0.7, True),
        ("ya no aguanto, mejor me duermo para siempre", 0.9, True),
    ],
)
def test_despair_is_not_guessed_amid_an_ordinary_matter(
    filled_engine: Engine, text: str, confidence: float, stays_alarm: bool
) -> None:
    before = State(topic="ask_regular_status", country="MX", told=("mx.regular_status.1",))
    turn = heard(text, DESPAIR, confidence, ("ask_health_care", 0.35))

    other = instead(turn, before, World(filled_engine))

    assert (other is None) is stays_alarm


@pytest.mark.parametrize("intent", ["quick_exit", "delete_my_data", "stop_messages"])
@pytest.mark.parametrize(
    ("text", "confidence", "obeyed"),
    [
        ("y si le digo al de la ventanilla", 0.31, False),
        ("ya viene", 0.31, True),
        ("borra todo", 0.31, True),
        ("I hear the motorcycle", 0.56, True),
    ],
)
def test_what_is_hardly_an_order_loses_nothing_that_she_told(
    filled_engine: Engine, text: str, confidence: float, obeyed: bool, intent: str
) -> None:
    before = State(topic="ask_asylum", country="MX")

    _, turn = reread(repair, heard(text, intent, confidence), before, World(filled_engine))

    assert (turn.intent in ("quick_exit", "delete_my_data", "stop_messages")) is obeyed


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no me pega", True),
        ("he never hit me", True),
        ("nunca me ha pegado", True),
        ("no me pega, me patea", False),
        ("no me pega hoy porque esta dormido", False),
        ("he never hit me until yesterday", False),
    ],
)
def test_only_the_whole_message_says_that_nobody_strikes_her(text: str, told: bool) -> None:
    assert ("not_struck" in read_cues(text).tells) is told


@pytest.mark.parametrize("text", [
    "quisiera estar muerta", "dice que me va a matar como a una gallina",
    "mato a las gallinas y dijo que yo sigo", "mi vida ya no vale nada",
    "mi hija ya no quiere vivir", "esta muerto y yo me quiero ir con el, ya no quiero seguir",
    "dios guarde que me encuentre mi marido", "se quemo la comida y me quemo la mano el",
    "he is dead and i want to die too", "no vuelvo ni muerta, prefiero matarme",
    "me dan ganas de matar a mi bebe", "lo mato y me mato", "me dieron ganas de matar a mi hijo",
    "si le digo al jefe que me voy me mata", "i will be dead before they find me",
    "me voy a morir antes de que llegue mi hijo", "he says i need to be beaten",
    "mi mama esta muerta y yo me voy con ella", "no sirvo ni muerta",
    "me tome lo de matar ratas", "they are dead in the truck we cant breathe",
    "que dios me ampare, hoy descanso de todo", "mi hijo esta muerto y quiero irme con el",
])  # fmt: skip
def test_what_is_grave_beside_a_way_of_speaking_is_not_harmless(text: str) -> None:
    assert not is_harmless(text)


@pytest.mark.parametrize("text", [
    "ya me llamo y dice que lo tienen amarrado", "ya me llamo mi marido, viene para aca a matarme",
    "he just called me, he is outside with the gun",
    "he nuh send no money and he beat me last night",
    "no manda ni un peso y dice que me va a matar",
])  # fmt: skip
def test_who_has_called_and_threatens_or_suffers_is_no_good_news(
    filled_engine: Engine, text: str
) -> None:
    turn = heard(text, "report_immediate_danger")

    assert instead(turn, State(topic="ask_missing_relative"), World(filled_engine)) is None


@pytest.mark.parametrize(("text", "confidence"), [
    ("jajaja ya ni quiero vivir", 0.4), ("lol i want to die", 0.44),
    ("donde consigo algo para matarme antes que el llegue", 0.4),
])  # fmt: skip
def test_a_laugh_or_a_question_beside_a_wish_to_die_hides_nothing(
    filled_engine: Engine, text: str, confidence: float
) -> None:
    turn = heard(text, DESPAIR, confidence)

    assert instead(turn, State(topic="ask_education"), World(filled_engine)) is None
