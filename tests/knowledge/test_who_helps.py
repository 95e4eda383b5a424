"""Whom she is sent to, topic by topic and country by country, as a field worker would read it:
somebody who deals with the matter, does not put her at risk, and answers a phone or a message."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.directory.found import FoundService, has_number
from bot.knowledge.content import country_record
from bot.knowledge.kept_for import is_authority
from bot.knowledge.library import Library, opened
from bot.knowledge.next_step import Question, emergency_number, next_step, who_may_know
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.knowledge.topics import topics
from tests.knowledge.conftest import ASKED, TODAY

TOWNS = {
    "BZ": ("Belize City", "San Pedro", "Belmopan"), "CA": ("Toronto", "Montreal", "Vancouver"),
    "CR": ("San José", "Upala", "Liberia"), "DO": ("Santo Domingo", "Santiago", "Dajabón"),
    "GT": ("Ciudad de Guatemala", "Tecún Umán", "Quetzaltenango"),
    "HN": ("Tegucigalpa", "San Pedro Sula", "Danlí"),
    "MX": ("Tapachula", "Ciudad de México", "Tijuana"), "NI": ("Managua", "León", "Rivas"),
    "PA": ("Ciudad de Panamá", "David", "Metetí"),
    "SV": ("San Salvador", "San Miguel", "Santa Ana"), "US": ("Houston", "Los Angeles", "New York"),
}  # fmt: skip
NOT_FROM_MIGRATION = [
    intent
    for intent in ASKED
    if topics()[intent].group in ("violence", "work")
    or intent in ("ask_health_care", "ask_sexual_reproductive_health")
]
# Where no body that deals with the matter has a number that a source of ours carries.
RED_CROSS = "the Red Cross looks for relatives there, and its number is not confirmed"
MINISTRY = "only this ministry deals with it, and we found no number of it"
LAWYERS = "no line answers for the whole country: the list says who is near her and free"
PAGE_ALONE = {
    ("BZ", "ask_missing_relative"): RED_CROSS, ("CA", "ask_missing_relative"): RED_CROSS,
    ("CR", "ask_missing_relative"): RED_CROSS, ("DO", "ask_missing_relative"): RED_CROSS,
    ("NI", "ask_missing_relative"): RED_CROSS,
    ("BZ", "ask_birth_registration"): "the only registry; its numbers are not confirmed",
    ("BZ", "ask_sexual_reproductive_health"): "the only clinic for it; no number found",
    ("DO", "ask_asylum"): "UNHCR goes with her; the office itself is inside Migration",
    ("DO", "ask_sexual_reproductive_health"): "a clinic for migrants; no number found",
    ("DO", "ask_return_home"): "only the IOM pays a way back; no number found",
    ("PA", "ask_return_home"): "only the IOM pays a way back; no number found",
    ("GT", "ask_return_home"): "only the IOM pays a way back; no number found",
    ("CA", "ask_asylum"): "the provinces give the lawyers, and UNHCR's page says whom to ask",
    ("US", "ask_find_job"): "the centres are local; the number of all of them is of 2013",
    **{("US", f"ask_{each}"): LAWYERS for each in (
        "asylum", "regular_status", "legal_aid", "work_permit", "family_reunification",
        "family_reunification_documents", "family_reunification_cost_time",
        "child_travel_permission", "child_custody_support")},
    ("GT", "ask_emotional_support"): "the country has no line that we could confirm",
    ("HN", "ask_find_job"): MINISTRY,
    **{("NI", f"ask_{each}"): MINISTRY for each in (
        "identity_documents", "birth_registration", "health_care", "sexual_reproductive_health",
        "education", "work_permit", "labour_rights", "domestic_work", "unpaid_wages",
        "workplace_harassment", "maternity_at_work", "find_job")},
}  # fmt: skip
# Where nobody is named, and that is said: who was named dealt with another matter.
NOBODY = {
    **{(code, "ask_send_money"): "nobody known hears complaints about transfers"
       for code in ("BZ", "CR", "HN", "NI")},
    **{("NI", f"ask_{each}"): "whoever dealt with it was closed or had to leave the country"
       for each in ("rights_overview", "report_rights_abuse", "detention_deportation",
                    "consulate", "travel_safety")},
}  # fmt: skip


@pytest.fixture
def library(filled_engine: Engine) -> Iterator[Library]:
    with Session(filled_engine) as session:
        yield opened(session)


def named(
    library: Library, intent: str, country: str, city: str | None = None, style: str = "web"
) -> FoundService | None:
    question = Question(intent, country, "es", TODAY, city=city, style=style)
    emergency = emergency_number(topics()[intent], country, "es")
    return next_step(library, question, topics()[intent], emergency)


Cells = list[tuple[str, str, str | None, FoundService | None]]


@pytest.fixture(scope="module")
def every_cell(filled_engine: Engine) -> Cells:
    """Who is named in every country for every topic, anywhere and in some towns."""
    with Session(filled_engine) as session:
        library = opened(session)
        return [
            (country, intent, city, named(library, intent, country, city))
            for country in COUNTRY_CODES
            for intent in ASKED
            for city in (None, *TOWNS[country])
        ]


def test_whoever_is_named_answers_a_phone_or_a_message(every_cell: Cells) -> None:
    silent = {
        (country, intent)
        for country, intent, city, helper in every_cell
        if helper is not None and not has_number(helper) and (city is None or helper.town is None)
    }

    assert silent == set(PAGE_ALONE)


def test_nobody_is_named_only_where_the_file_says_that_nobody_is_known(every_cell: Cells) -> None:
    nobody = {(country, intent) for country, intent, _, helper in every_cell
              if helper is None}  # fmt: skip

    assert nobody == set(NOBODY)


def test_who_can_deport_her_is_no_help_with_violence_work_or_health(
    library: Library, every_cell: Cells
) -> None:
    for country, intent, city, helper in every_cell:
        if intent in NOT_FROM_MIGRATION:
            assert helper is None or not is_authority(helper), (country, intent, city, helper.id)
    for country in (*COUNTRY_CODES, REGIONAL):
        for intent in ASKED:
            asked = who_may_know(library, Question(intent, country, "es", TODAY))
            assert asked is None or not is_authority(asked), (country, intent, asked.id)


def test_where_it_is_not_known_somebody_is_named_who_answers(library: Library) -> None:
    """A page only where whoever deals with it has no number; never to who writes by SMS."""
    for country in COUNTRY_CODES:
        for intent in ASKED:
            asked = who_may_know(library, Question(intent, country, "es", TODAY))
            by_text = who_may_know(library, Question(intent, country, "es", TODAY, style="sms"))
            if country != "NI":
                assert asked is not None, (country, intent)
                assert by_text is not None, (country, intent)
                is_page = (country, intent) in PAGE_ALONE and asked.url is not None
                assert has_number(asked) or is_page, (country, intent, asked.id)
                assert has_number(by_text), (country, intent, by_text.id)
                assert "consulate" not in asked.service_types, (country, intent, asked.id)


def test_by_text_message_a_page_gives_way_to_whoever_answers(library: Library) -> None:
    for country, intent in PAGE_ALONE:
        helper = named(library, intent, country, style="sms")
        assert country == "NI" or (helper is not None and has_number(helper)), (country, intent)


def test_for_no_country_in_particular_only_who_serves_all_of_them_is_named(
    library: Library,
) -> None:
    """A Haitian maid is not sent to a centre of Mexico and the United States, nor a woman in
    danger to a commission in Washington."""
    helpers = {intent: named(library, intent, REGIONAL) for intent in ASKED}

    assert {helper.id for helper in helpers.values() if helper} == {
        "xx.unhcr-help", "xx.familylinks", "xx.migrantinfo", "xx.iom-rva", "xx.stopncii", "xx.orr",
    }  # fmt: skip
    for intent in NOT_FROM_MIGRATION:
        assert intent == "ask_digital_violence" or helpers[intent] is None, intent


def test_every_topic_is_decided_by_hand_in_every_country() -> None:
    """What is left to the search by words may bring whoever has the word in its name."""
    for country in (*COUNTRY_CODES, REGIONAL):
        assert set(ASKED) <= set(country_record(country).next_steps), country


BESIDE_THE_POINT = [
    ("NI", None, "ask_send_money", "ni.linea-133"),  # a line for violence
    ("US", None, "ask_labour_rights", "us.whd"),  # an injury at work is no matter of wages
    ("US", "Los Angeles", "ask_domestic_violence", "us.esperanza-la"),  # lawyers for asylum
    ("DO", None, "ask_child_custody_support", "do.dgm"),
    ("CA", "Toronto", "ask_domestic_violence", "ca.fcj"),
    ("CA", "Toronto", "ask_unpaid_wages", "ca.fcj"),
    ("CA", None, "ask_travel_safety", "ca.fcj"),
    ("BZ", None, "ask_sexual_violence", "bz.police-san-pedro"),
    ("BZ", "Belize City", "ask_safe_shelter", "bz.police-san-pedro"),
    ("MX", "Tapachula", "ask_asylum", "mx.libre-tapachula"),
    ("MX", "Tapachula", "ask_legal_aid", "mx.libre-tapachula"),
    ("MX", "Tijuana", "ask_domestic_violence", "mx.padre-chava"),  # a dining hall
    ("MX", "Ciudad de México", "ask_unpaid_wages", "mx.lunas-cdmx"),
    ("SV", "San Salvador", "ask_health_care", "sv.bloom"),  # a hospital for children
    ("NI", None, "ask_consulate", "ni.embajada-us"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "city", "intent", "never"), BESIDE_THE_POINT)
def test_a_body_for_another_matter_is_not_named(
    library: Library, country: str, city: str | None, intent: str, never: str
) -> None:
    helper = named(library, intent, country, city)
    asked = who_may_know(library, Question(intent, country, "es", TODAY))

    assert helper is None or helper.id != never
    assert asked is None or asked.id != never


@pytest.mark.parametrize(
    ("country", "city", "intent", "helper"),
    [
        ("CA", "Montreal", "ask_domestic_violence", "ca.sosvc"),  # it serves all of Quebec
        ("CA", "Toronto", "ask_unpaid_wages", "ca.on-labour"),
        ("US", "New York", "ask_safe_shelter", "us.ny-dv-hotline"),
        ("US", "Houston", "ask_legal_aid", "us.ghirp"),
        ("MX", "Tapachula", "ask_report_rights_abuse", "mx.cndh-tapachula"),
        ("GT", "Ciudad de Guatemala", "ask_asylum", "gt.acnur"),
    ],
)
def test_who_is_for_it_in_her_town_or_state_comes_first(
    library: Library, country: str, city: str, intent: str, helper: str
) -> None:
    found = named(library, intent, country, city)

    assert found is not None
    assert found.id == helper


def test_her_own_consulate_in_her_town_comes_first_and_no_other(library: Library) -> None:
    asked = Question("ask_consulate", "US", "es", TODAY, city="Houston", origin="HN")
    unknown = Question("ask_consulate", "US", "es", TODAY, city="Houston")
    own, other = (
        next_step(library, each, topics()[each.intent], None) for each in (asked, unknown)
    )

    assert own is not None
    assert own.id == "us.consulado-hn-houston"
    assert other is not None
    assert other.id == "us.211"
