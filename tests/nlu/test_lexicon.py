"""Which kind of service and which relative a message names."""

from __future__ import annotations

import pytest
import yaml

from bot.nlu.lexicon import relative, service_type
from bot.nlu.place_names import DATA

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
    assert service_type(text) == kind


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
    assert relative(text) == who


def test_the_lists_cover_the_vocabulary_and_nothing_else() -> None:
    services = yaml.safe_load((DATA / "lexicon" / "service_types.yml").read_text("utf-8"))
    relatives = yaml.safe_load((DATA / "lexicon" / "relatives.yml").read_text("utf-8"))

    assert set(services) == SERVICE_TYPES
    assert set(relatives) - {"needs", "owners", "mine"} == RELATIVES
