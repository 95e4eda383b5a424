"""Which kind of service and which relative a message names."""

from __future__ import annotations

import pytest
import yaml

from bot.nlu.follow_ups import groups_of_intents
from bot.nlu.lexicon import relatives, services
from bot.nlu.lexicon_asked import service_asked
from bot.nlu.lexicon_meant import relative_meant
from bot.nlu.place_names import DATA
from bot.nlu.place_text import words

SERVICE_TYPES = {
    "migrant_shelter",
    "violence_shelter",
    "health",
    "psychological",
    "legal",
    "food",
    "documents",
    "consulate",
    "labour",
    "education",
    "children",
    "connectivity",
    "hygiene",
    "cash",
    "hotline",
}
RELATIVES = {"spouse", "partner", "child", "parent", "sibling", "other"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("dónde hay un albergue en Tapachula", "migrant_shelter"),
        ("no tengo donde dormir", "migrant_shelter"),
        ("busco un refugio para mujeres maltratadas", "violence_shelter"),
        ("is there a women's shelter", "violence_shelter"),
        ("ocupo avogado gratis", "legal"),
        ("una sicologa que atienda gratis", "psychological"),
        ("where is the food bank", "food"),
        ("el teléfono del consulado", "consulate"),
        ("free clinic near me", "health"),
        ("necesito pañales", "hygiene"),
        ("donde puedo cargar el celular", "connectivity"),
        ("guardería para mi niño", "children"),
        ("clases de inglés", "education"),
        ("help with rent", "cash"),
        ("a qué número llamo", "hotline"),
        ("oficina de empleo", "labour"),
        ("dónde saco el acta de nacimiento", "documents"),
        ("hola buenas tardes", None),
        ("tengo miedo", None),
    ],
)
def test_the_service_she_looks_for(text: str, kind: str | None) -> None:
    assert services().find(words(text)) == kind


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("me pega mi marido", "spouse"),
        ("mi espozo no me deja salir", "spouse"),
        ("el papá de mis hijos no me da dinero", "partner"),
        ("my ex is stalking me", "partner"),
        ("quiero traer a mi cipote", "child"),
        ("mi ija está con la abuela", "child"),
        ("mi mamá está enferma", "parent"),
        ("my sister needs a lawyer", "sibling"),
        ("una amiga me contó", "other"),
        ("mi cuñada está presa", "other"),
        ("my mother in law hits me", "other"),
        ("busco trabajo", None),
    ],
)
def test_whom_the_message_is_about(text: str, who: str | None) -> None:
    assert relatives().find(words(text)) == who


def test_the_lists_cover_the_vocabulary_and_nothing_else() -> None:
    services = yaml.safe_load((DATA / "lexicon" / "service_types.yml").read_text("utf-8"))
    relatives = yaml.safe_load((DATA / "lexicon" / "relatives.yml").read_text("utf-8"))

    assert set(services) == SERVICE_TYPES
    assert set(relatives) - {"needs", "owners", "mine"} == RELATIVES


@pytest.mark.parametrize(
    ("intent", "text", "kind"),
    [
        # what the intent itself is, whatever is said
        (
            "ask_safe_shelter",
            "need a refuge where they take my boy from school",
            "violence_shelter",
        ),
        ("ask_health_care", "mi niño trae calentura y no tengo seguro", "health"),
        ("ask_legal_aid", "quien me asesora sin cobrarme", "legal"),
        # what is looked for
        ("find_service", "donde regalan comida hoy", "food"),
        ("ask_emotional_support", "hay sicologo que hable kreyol?", "psychological"),
        ("ask_emotional_support", "no es que me quiera morir, quiero hablar con alguien", None),
        ("ask_identity_documents", "perdi la cedula, donde saco otra", "documents"),
        ("ask_identity_documents", "mi pasaporte vence en agosto, se puede renovar?", None),
        ("ask_sexual_reproductive_health", "where to buy the morning after pill", "health"),
        ("ask_sexual_violence", "donde me hacen la prueba del VIH", "health"),
        ("ask_find_job", "aqui hay bolsa de empleo para extranjeras?", "labour"),
        ("ask_find_job", "quiero poner una venta de comida", None),
        ("ask_detention_deportation", "necesito un abogado para mi hermano", "legal"),
        # what is kept, owed, or where somebody stands
        ("ask_domestic_violence", "mi marido me tiene el pasaporte con candado", None),
        ("ask_trafficking_exploitation", "dice que le debemos la comida y el cuarto", None),
        ("report_immediate_danger", "they follow me, i am inside a pharmacy", None),
        ("express_suicidal_distress", "ya compre las pastillas, gracias por todo", None),
        ("ask_child_custody_support", "I did the parenting classes and still no", None),
        ("thank", "ya me atendieron en la clinica, gracias", None),
    ],
)
def test_the_service_that_is_asked_for(intent: str, text: str, kind: str | None) -> None:
    assert service_asked(text, intent) == kind


@pytest.mark.parametrize(
    ("intent", "text", "who"),
    [
        # the child, whoever else is named
        ("ask_child_travel_permission", "mi mama me va a traer a mi hijo de 9", "child"),
        ("ask_child_travel_permission", "what paper they ask for my niece of 15", "other"),
        ("ask_child_custody_support", "el papa de mi hija no manda ni un dolar", "child"),
        ("ask_birth_registration", "nació en el bus, nadie nos dio papel", "child"),
        # the man, whoever else is named
        ("ask_digital_violence", "mi ex subió mis fotos, me da verguenza con mi mamá", "partner"),
        ("ask_safe_shelter", "me escondo del papá de mi hijo donde una vecina", "partner"),
        ("ask_protection_order", "against my husband, my sister says I need a witness", "spouse"),
        ("ask_domestic_violence", "mi hermano me pega porque dice que lo mancho", "sibling"),
        # in passing
        ("report_immediate_danger", "ay mi madre, nos tienen encerradas", None),
        ("report_immediate_danger", "si mi hermana no manda los 3 mil nos matan", None),
        ("ask_rights_overview", "mi comadre dice que no valemos nada", None),
        ("ask_travel_safety", "salgo el domingo con mi niña, es seguro?", None),
        ("ask_asylum", "mataron a mi esposo y yo pasé ocho países", None),
        ("express_suicidal_distress", "ya dejé la carta pa mis hijos", None),
        ("ask_child_abuse", "al hijo de la vecina lo dejan amarrado", None),
        ("greet", "hello sister good afternoon", None),
        ("stop_messages", "no escriban, mi hijo usa este cel", None),
        # hers, and about them
        ("ask_emotional_support", "desde que mataron a mi hermano no duermo", "sibling"),
        ("ask_child_abuse", "la maestra dice que el niño trae morados", "child"),
        ("ask_health_care", "me cobran por ir a emergencia con mi niña", "child"),
        ("ask_send_money", "cuanto me quitan, es para mi mama", "parent"),
    ],
)
def test_whom_it_is_about(intent: str, text: str, who: str | None) -> None:
    assert relative_meant(text, intent) == who


def test_what_counts_for_an_intent_is_of_the_vocabulary() -> None:
    known = {*groups_of_intents(), "nlu_fallback"}
    asked = yaml.safe_load((DATA / "lexicon" / "lexicon_asked.yml").read_text("utf-8"))
    meant = yaml.safe_load((DATA / "lexicon" / "lexicon_meant.yml").read_text("utf-8"))

    assert set(asked["services"]) | set(meant["relatives"]) <= known
    assert set(meant["words"]) <= RELATIVES
    for line in meant["relatives"].values():
        assert {*line.get("prefers", ()), *line.get("only", ())} <= RELATIVES
        assert line.get("how", "own") in {
            "own",
            "found",
            "known",
            "subject",
            "for",
            "opens",
            "never",
        }
    for line in asked["services"].values():
        kinds = {*line.get("words", {}), *line.get("where", {}), line.get("implies", "health")}
        assert kinds <= SERVICE_TYPES
