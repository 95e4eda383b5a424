"""The same is said on SQLite and on PostgreSQL: of topics, places, people and consulates."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from bot.conversation.state import State
from tests.conftest import ON_BOTH
from tests.conversation.heard import hear

HERE = State(country="HN", here="HN", city="San Pedro Sula")
ASKED = [
    ("ask_domestic_violence", "mi marido me pega", HERE),
    ("ask_safe_shelter", "un refugio para mi y mis hijos", HERE),
    ("find_service", "un albergue en Tapachula", State(country="MX", city="Tapachula")),
    ("find_service", "dónde hay comida en Tijuana", State(country="MX", city="Tijuana")),
    ("ask_consulate", "mi consulado", State(country="MX", origin="HN", city="Tapachula")),
    ("ask_human", "quiero hablar con una persona", State(country="GT", topic="ask_asylum")),
    ("ask_unpaid_wages", "no me pagan", State(country="US", city="Houston")),
    ("ask_asylum", "can I ask for asylum", State(country="CA", language="en")),
    ("ask_missing_relative", "mi hijo no aparece", State(country="MX", origin="SV")),
    ("report_immediate_danger", "me va a matar", State(country="PA")),
    ("express_suicidal_distress", "no quiero vivir", State(country="CR")),
    ("ask_health_care", "estoy enferma", State()),
]


@pytest.mark.postgresql
def test_the_same_is_said_on_both(filled_engines: Callable[[str], Engine]) -> None:
    one, other = (filled_engines(str(each.values[0])) for each in ON_BOTH)
    for intent, words, state in ASKED:
        said = hear(one, words, state, intent)

        from_disk = not state.country or said.outcome == "crisis card"
        assert said.records or from_disk, f"{words}: nothing was looked up"
        assert hear(other, words, state, intent) == said, words
