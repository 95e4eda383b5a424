"""Whom she is sent to: somebody for that very matter, and not hours away where one is near."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.conversation.compose import Decision
from bot.conversation.dialogue import play
from bot.conversation.services import find_service
from bot.conversation.state import State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from bot.knowledge.content import country_record
from bot.knowledge.kept_for import is_for
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
NEVER = {
    "ask_child_custody_support": ("Detention", "Take It Down", "Policía", "Trata", "Abuse"),
    "ask_unpaid_wages": ("Detention", "Trafficking", "Refugiados"),
    "ask_labour_rights": ("Detention", "COMAR"),
    "ask_education": ("Policía", "911", "Trata"),
    "ask_health_care": ("911", "Retorn", "Policía"),
    "ask_sexual_reproductive_health": (", 911", "Retorn"),
    "ask_birth_registration": ("ONPAR", "COMAR"),
    "ask_work_permit": ("EEOC", "Detention"),
    "ask_child_abuse": ("COMAR", "CONAR", "Detention"),
    "ask_legal_aid": ("Trafficking", "Detention"),
}


def text(decision: Decision) -> str:
    return "\n".join(reply.text for reply in decision.replies)


def lasts(engine: Engine, topic: str, country: str, style: str, city: str | None) -> str:
    """The line at the end that says who helps."""
    turn = Turn(topic, NOW.date(), now=NOW, words=5, style=style, city=city)
    state = State(country=country, here=country, city=city, sensitive=True)
    told = text(play(answer_topic, turn, state, World(engine)))
    return "".join(told.partition("Te puede ayudar")[1:])


@pytest.mark.parametrize("style", ["web", "sms"])
@pytest.mark.parametrize("topic", NEVER)
def test_no_helper_is_of_another_matter(filled_engine: Engine, topic: str, style: str) -> None:
    for country in COUNTRY_CODES:
        helper = lasts(filled_engine, topic, country, style, None)
        assert not any(name in helper for name in NEVER[topic]), (country, helper)


@pytest.mark.parametrize("topic", [
    "ask_birth_registration", "ask_identity_documents", "ask_rights_overview", "ask_unpaid_wages",
    "ask_report_rights_abuse", "ask_health_care", "ask_detention_deportation",
])  # fmt: skip
def test_who_can_deport_her_is_named_as_no_help(filled_engine: Engine, topic: str) -> None:
    """A Haitian mother who asks for her child's certificate is not sent to Migration."""
    for country in COUNTRY_CODES:
        if topic == "ask_identity_documents" and country != "DO":
            continue  # elsewhere it issues the passports of its own people
        helper = lasts(filled_engine, topic, country, "web", None)
        named = ("Dirección General de Migración", "Servicio Nacional de Migración",
                 "Nacional de Migración", "Guatemalteco de Migración",
                 "Immigration and Nationality")  # fmt: skip
        assert not any(name in helper for name in named), (country, helper)


@pytest.mark.parametrize("topic", ["ask_asylum", "ask_detention_deportation", "ask_unpaid_wages"])
def test_a_centre_for_violence_is_no_help_with_papers(filled_engine: Engine, topic: str) -> None:
    """However near it is, and although it alone has a phone."""
    helper = lasts(filled_engine, topic, "MX", "web", "Tapachula")

    assert helper
    assert not any(name in helper for name in ("LIBRE", "para las Mujeres")), helper


def test_whoever_is_named_is_for_the_matter_or_chosen_by_hand(filled_engine: Engine) -> None:
    world = World(filled_engine)
    for country in COUNTRY_CODES:
        by_hand = country_record(country).next_steps
        for topic in filter(world.is_topic, topics()):
            helper = world.helper(topic, State(country=country), NOW.date())
            fits = helper and (is_for(helper, topic) or helper.id == by_hand.get(topic))
            assert helper is None or fits, (country, topic, helper.name)


def listed(engine: Engine, kind: str, country: str, city: str | None, topic: str | None) -> str:
    turn = Turn("find_service", NOW.date(), now=NOW, service_type=kind, words=4)
    state = State(country=country, here=country, city=city, topic=topic)
    return text(play(find_service, turn, state, World(engine)))


@pytest.mark.parametrize(
    ("kind", "country", "city", "topic", "never"),
    [
        ("documents", "US", "Miami", "ask_work_permit", ["Retorno", "Restoring"]),
        ("legal", "US", "Tampa", "ask_legal_aid", ["Detention", "Trafficking"]),
        ("legal", "US", None, None, ["Detention", "Trafficking", "EOIR"]),
        ("children", "US", None, "ask_child_custody_support", ["Detention", "Take It Down"]),
        ("health", "PA", None, None, ["911"]),
        ("migrant_shelter", "MX", "Tapachula", None, ["Tenosique", "Tijuana", "Saltillo"]),
    ],
)
def test_a_list_holds_what_she_asks_for(
    filled_engine: Engine, kind: str, country: str, city: str | None, topic: str | None,
    never: list[str],
) -> None:  # fmt: skip
    told = listed(filled_engine, kind, country, city, topic)

    assert not any(name in told for name in never), told


def test_after_a_detention_the_line_for_it_is_listed_still(filled_engine: Engine) -> None:
    assert "Detention" in listed(filled_engine, "legal", "US", None, "ask_detention_deportation")
