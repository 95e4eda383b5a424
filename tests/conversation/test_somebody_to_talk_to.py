"""Who is named when she asks for a person: who listens, when, whether now, in every country."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.conversation.compose import Decision
from bot.conversation.dialogue import play
from bot.conversation.people import person
from bot.conversation.state import State, Turn
from bot.conversation.world import World
from bot.knowledge.schema import COUNTRY_CODES

# A Wednesday at eleven in Guatemala, and the Sunday after it at three in the night.
WORKDAY = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
UNKNOWN = "No sé su horario: llama antes."
OPENING = (UNKNOWN, "No sé si abre ahora: llama antes.", "Abierto ahora.", "Cerrado ahora.")


def asked(engine: Engine, where: str, now: datetime = WORKDAY, **state: object) -> Decision:
    turn = Turn("ask_human", now.date(), now=now, country=where, language="es", words=4)
    return play(person, turn, State().but(**state), World(engine))


def people(decision: Decision) -> dict[str, str]:
    """What is said of each, by its number or name's first line."""
    said = "\n\n".join(reply.text for reply in decision.replies)
    return {block.split("\n")[0]: block for block in said.split("\n\n") if "\n" in block}


@pytest.mark.parametrize("country", COUNTRY_CODES)
@pytest.mark.parametrize("now", [WORKDAY, NIGHT])
def test_each_has_a_number_and_whether_it_is_open_or_that_we_do_not_know(
    filled_engine: Engine, country: str, now: datetime
) -> None:
    found = people(asked(filled_engine, country, now))

    assert 1 <= len(found) <= 3
    for name, text in found.items():
        assert re.search(r"\n(WhatsApp )?[+*]?\d", text), f"{name} has no number"
        assert sum(line in text for line in OPENING) == 1, text


@pytest.mark.parametrize(("country", "name", "hours", "workday", "night"), [
    ("HN", "Línea Humanitaria 311", "lunes a viernes, 9:00 a 17:00", "Abierto", "Cerrado"),
    ("HN", "Línea 114 Vivir sin Miedo", "24 horas, todos los días", "Abierto", "Abierto"),
    ("CR", "Defensoría de los Habitantes", "lunes a viernes, 8:00 a 16:00", "Abierto", "Cerrado"),
    ("GT", "PDH, Defensoría de las Personas Migrantes", "24 horas", "Abierto", "Abierto"),
    ("SV", "Línea 126 del ISDEMU", "24 horas", "Abierto", "Abierto"),
    ("NI", "Línea 133", "24 horas", "Abierto", "Abierto"),
    ("PA", "Línea 147", "24 horas", "Abierto", "Abierto"),
    ("DO", "Línea *212", "24 horas", "Abierto", "Abierto"),
    # Over several time zones only what never closes is surely open.
    ("MX", "Línea de las Mujeres 079 opción 1", "24 horas", "Abierto", "Abierto"),
    ("US", "211", "24 horas", "Abierto", "Abierto"),
    ("CA", "211 Canada", "todos los días", "No sé si abre", "No sé si abre"),
    ("BZ", "Help for Progress", "", "No sé su horario", "No sé su horario"),
])  # fmt: skip
def test_her_hours_and_whether_now(
    filled_engine: Engine, country: str, name: str, hours: str, workday: str, night: str
) -> None:
    for now, state in ((WORKDAY, workday), (NIGHT, night)):
        text = people(asked(filled_engine, country, now))[name]
        assert hours in text
        assert state in text


def test_who_is_open_comes_first_and_who_is_closed_last(filled_engine: Engine) -> None:
    names = list(people(asked(filled_engine, "HN", NIGHT)))

    assert names == ["Línea 114 Vivir sin Miedo", "CONADEH, Defensoría de Movilidad Humana",
                     "Línea Humanitaria 311"]  # fmt: skip


def test_what_she_can_do_meanwhile_stands_before_them(filled_engine: Engine) -> None:
    decision = asked(filled_engine, "GT")

    assert decision.replies[0].text.startswith("Mientras, yo sigo aquí")
    assert [payload for _, payload in decision.state.offered] == ["/find_service", "/ask_menu"]


def test_meanwhile_she_can_go_on_with_what_she_asked(filled_engine: Engine) -> None:
    decision = asked(filled_engine, "GT", topic="ask_asylum", country="GT", here="GT")

    assert decision.state.offered[0][1] == "/ask_repeat_or_more"


@pytest.mark.parametrize(("country", "topic", "never"), [
    ("GT", "ask_send_money", "DIACO"), ("PA", "ask_send_money", "ACODECO"),
    ("MX", "ask_send_money", "CONDUSEF"), ("SV", "ask_send_money", "Consumidor"),
    ("DO", None, "Pro"), ("CA", None, "Fraud"), ("CA", None, "Kids"), ("MX", None, "Búsqueda"),
])  # fmt: skip
def test_a_counter_for_complaints_is_nobody_to_talk_to(
    filled_engine: Engine, country: str, topic: str | None, never: str
) -> None:
    decision = asked(filled_engine, country, topic=topic, country=country, here=country)

    assert not any(never in name for name in people(decision))


@pytest.mark.parametrize("country", [each for each in COUNTRY_CODES if each not in ("NI",)])
@pytest.mark.parametrize("topic", ["ask_asylum", "ask_unpaid_wages", "ask_health_care"])
def test_whoever_listens_to_anybody_is_among_them_whatever_she_asked(
    filled_engine: Engine, country: str, topic: str
) -> None:
    found = asked(filled_engine, country, topic=topic, country=country, here=country).records
    general = World(filled_engine).people(State(country=country, here=country), WORKDAY.date())

    assert general[0].id in found


def test_in_her_town_somebody_of_her_town(filled_engine: Engine) -> None:
    found = asked(filled_engine, "US", country="US", here="US", city="Austin").records

    assert "us.american-gateways" in found
