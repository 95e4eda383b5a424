"""A question about a passport goes to another office than one about papers in general."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.directory.found import FoundService, is_for_own_abroad, is_reachable
from bot.directory.search import find_service
from bot.knowledge.asked import read_asked
from bot.knowledge.content import country_record
from bot.knowledge.kept_for import is_authority
from bot.knowledge.library import Library, opened
from bot.knowledge.matters import matters
from bot.knowledge.next_step import Question, next_step, who_may_know
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics
from tests.knowledge.conftest import TODAY

# Only what such an office alone knows: how a case with it goes, its own people's passport.
FROM_MIGRATION = {"case_status", "court", "passport"}
# What a foreign ministry does for the families of its own people.
FOR_OWN_PEOPLE = {"death_abroad"}


@pytest.fixture
def library(filled_engine: Engine) -> Iterator[Library]:
    with Session(filled_engine) as session:
        yield opened(session)


def asked_of(
    country: str,
    intent: str,
    text: str,
    style: str = "web",
    origin: str | None = None,
    city: str | None = None,
) -> Question:
    asked = read_asked(text)
    return Question(
        intent, country, "es", TODAY, asked=asked, style=style, origin=origin, city=city
    )


def named(library: Library, question: Question) -> tuple[str | None, str | None]:
    """Who is named beside an answer, and where there is none."""
    beside = next_step(library, question, topics()[question.intent], None)
    instead = who_may_know(library, question)
    return beside.id if beside else None, instead.id if instead else None


def every_body(library: Library) -> Iterator[tuple[str, str, FoundService | None]]:
    for country in COUNTRY_CODES:
        for matter, service in country_record(country).matters.items():
            yield country, matter, find_service(library, service, TODAY)


def test_whoever_is_named_for_a_matter_can_be_reached(library: Library) -> None:
    for country, matter, body in every_body(library):
        assert body is not None, (country, matter)
        assert is_reachable(body), (country, matter)
        assert not is_for_own_abroad(body) or matter in FOR_OWN_PEOPLE, (country, matter)


def test_who_can_deport_her_is_named_only_for_what_it_alone_knows(library: Library) -> None:
    from_migration = {m for _, m, body in every_body(library) if body and is_authority(body)}

    assert from_migration == FROM_MIGRATION


@pytest.mark.parametrize("name", list(matters()))
def test_a_matter_counts_beside_topics_that_exist_and_somebody_knows_of_it(name: str) -> None:
    assert matters()[name].topics
    assert matters()[name].topics <= set(topics())
    assert any(name in country_record(each).matters for each in COUNTRY_CODES)


KNOWS = [
    ("US", "ask_family_reunification_cost_time", "donde veo como va mi caso", "us.uscis"),
    ("US", "ask_family_reunification_cost_time", "check status of my petition", "us.uscis"),
    ("US", "ask_regular_status", "se me perdio el numero de recibo", "us.uscis"),
    ("MX", "ask_regular_status", "donde reviso en que va mi tramite", "mx.inm-cam"),
    ("CA", "ask_family_reunification_cost_time", "where is my case now", "ca.ircc"),
    ("US", "ask_asylum", "cuando es mi corte y en que ciudad", "us.eoir-acis"),
    ("US", "ask_asylum", "how do i find my court date", "us.eoir-acis"),
    ("CA", "ask_asylum", "what day is my hearing and where", "ca.irb"),
    ("US", "ask_legal_aid", "un notario me estafó con los papeles de mi hermana", "us.ftc"),
    ("US", "ask_legal_aid", "paid 900 to a notario and he did nothing", "us.ftc"),
    ("MX", "ask_find_job", "la agencia de trabajo me pide un deposito antes", "mx.profeco"),
    ("HN", "ask_find_job", "una agencia pide adelanto por el trabajo, es estafa", "hn.consumidor"),
    ("CA", "ask_legal_aid", "i was scammed by a fake consultant", "ca.cafc"),
    ("DO", "ask_legal_aid", "me estafaron con la residencia", "do.proconsumidor"),
    ("US", "ask_labour_rights", "me cai de la escalera en el trabajo y nadie paga", "us.osha"),
    ("US", "ask_labour_rights", "do i get workers comp without papers", "us.osha"),
    ("CR", "ask_labour_rights", "accidente de trabajo en la piñera", "cr.ins"),
    ("BZ", "ask_labour_rights", "i got hurt on the job at the farm", "bz.ssb"),
    ("US", "ask_legal_aid", "el casero me quiere desalojar este mes", "us.lawhelp"),
    ("US", "ask_legal_aid", "my landlord keeps my security deposit", "us.lawhelp"),
    ("US", "ask_health_care", "el hospital no me dio intérprete", "us.hhs-ocr"),
    ("US", "ask_health_care", "can my son get medicaid", "us.insure-kids"),
    ("US", "ask_health_care", "busco una clínica barata para una tos", "us.hrsa"),
    ("US", "ask_asylum", "se acabó mi TPS, qué hago", "us.immadvocates"),
    ("US", "ask_rights_overview", "no tengo que comer, donde dan comida", "us.whyhunger"),
    ("CR", "ask_rights_overview", "no tenemos que comer", "cr.imas"),
    ("GT", "ask_identity_documents", "cuánto tarda el DPI nuevo", "gt.renap"),
    ("GT", "ask_birth_registration", "registrar a mi bebe que nació en casa", "gt.renap"),
    ("CR", "ask_birth_registration", "how do i register my baby born here", "cr.tse"),
    ("PA", "ask_birth_registration", "acta de nacimiento de mi hijo", "pa.registro-civil"),
    ("GT", "ask_education", "la escuela me cobra la inscripción", "gt.mineduc"),
    ("CR", "ask_report_rights_abuse", "la maestra trata mal a mi hija por ser nica", "cr.mep"),
    ("DO", "ask_education", "school has no place for my child", "do.minerd"),
    ("MX", "ask_labour_rights", "mi patrón no me da de alta en el IMSS", "mx.imss"),
    ("SV", "ask_maternity_at_work", "quien me paga el parto, el isss o la fábrica", "sv.isss"),
    ("GT", "ask_labour_rights", "me descuentan el igss y no aparezco", "gt.igss"),
    ("GT", "ask_legal_aid", "hay alguien que hable mam", "gt.demi"),
    ("SV", "ask_child_travel_permission", "el papá no firma si no le dan dinero", "sv.pgr"),
    ("DO", "ask_legal_aid", "se llevó a mi hija a Estados Unidos y no me la devuelve",
     "do.conani-haya"),
    ("CA", "ask_missing_relative", "he took my son to mexico", "ca.gac-abduction"),
    ("MX", "ask_child_custody_support", "se llevó a mi hijo a Estados Unidos", "mx.sre-menores"),
    ("CR", "ask_identity_documents", "¿soy apátrida entonces o qué?", "cr.acnur"),
    ("GT", "ask_consulate", "cómo traigo el cuerpo de mi hermano", "gt.minex-fallecidos"),
    ("SV", "ask_missing_relative", "mi hijo murió en México", "sv.cancilleria-fallecidos"),
    ("MX", "ask_rights_overview", "cuál oficina, la de víctimas?", "mx.ceav"),
    ("HN", "ask_return_home", "cuánto pago de aduana por mis muebles", "hn.aduanas"),
    ("US", "ask_labour_rights", "trabajé 12 años, me toca pensión?", "us.ssa"),
    ("PA", "ask_rights_overview", "las cuotas que pagué valen para jubilarme?", "pa.css-pension"),
    ("MX", "ask_health_care", "soy VIH positiva, llevo 6 días sin la pastilla", "mx.ahf-vih"),
    ("GT", "ask_health_care", "where do i get hiv medicine", "gt.linea-1540"),
    ("US", "ask_send_money", "cuánto cuesta sacar el ITIN", "us.irs"),
    ("PA", "ask_find_job", "cómo saco el RUC", "pa.dgi"),
    ("HN", "ask_find_job", "piden el RTN, dónde lo saco, el RTN", "hn.sar"),
    ("US", "ask_work_permit", "my manager say bring new work card", "us.ier"),
    ("US", "ask_report_rights_abuse", "how do i complain about an ice officer", "us.dhs-oig"),
    ("GT", "ask_report_rights_abuse", "los policías piden 100 quetzales", "gt.centro-1531"),
    ("US", "ask_missing_relative", "mi hermano se quedó en el desierto", "us.humane-borders"),
    ("GT", "ask_return_home", "me deportaron ayer y no tengo nada", "gt.centro-retornados"),
    ("MX", "ask_rights_overview", "soy una mujer trans", "mx.casa-frida"),
    ("SV", "ask_report_rights_abuse", "me insultan por ser lesbiana", "sv.comcavis"),
    ("US", "ask_sexual_reproductive_health", "where can i get an abortion", "us.naf"),
    ("CR", "ask_education", "cómo convalido mi título", "cr.ore"),
    ("CR", "ask_legal_aid", "la tienda no me quiere cambiar el teléfono", "cr.meic"),
    ("CA", "ask_legal_aid", "the bank froze my money", "ca.fcac"),
    ("MX", "ask_report_rights_abuse", "me discriminan por mi acento", "mx.conapred"),
    ("MX", "ask_legal_aid", "él no me da nada para los niños", "mx.centros-libre"),
    ("SV", "ask_identity_documents", "se me venció el DUI", "sv.rnpn"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "intent", "text", "body"), KNOWS)
def test_the_office_that_knows_is_named_beside_an_answer_and_in_place_of_one(
    library: Library, country: str, intent: str, text: str, body: str
) -> None:
    beside, instead = named(library, asked_of(country, intent, text))

    assert beside == body
    assert instead == body


# What only sounds like it stays with whoever is named for the topic.
STAYS = [
    ("US", "ask_protection_order", "la corte me dio la orden pero él sigue viniendo"),
    ("US", "ask_asylum", "mi médico me dijo que pida refugio"),
    ("US", "ask_asylum", "falté a mi corte, hay fecha de corte nueva?"),
    ("US", "ask_asylum", "mientras mi caso está pendiente puedo salir del estado"),
    ("US", "ask_child_travel_permission", "cuánto cobra el notario por el permiso de mi hijo"),
    ("US", "ask_legal_aid", "me estafaron, ahora cómo consigo un abogado de verdad"),
    ("US", "ask_find_job", "work from home that is not a scam"),
    ("US", "ask_unpaid_wages", "me corté en el trabajo, pero lo que quiero es mi sueldo"),
    ("US", "ask_health_care", "no fue accidente de trabajo, me caí en mi casa"),
    ("US", "ask_family_reunification_documents", "does the birth paper need a sworn translator"),
    ("US", "ask_rights_overview", "en la escuela y con el casero, qué derechos tengo"),
    ("US", "ask_domestic_violence", "my husband hides the food and the passport"),
    ("US", "ask_identity_documents", "me robaron el pasaporte"),
    ("GT", "ask_identity_documents", "perdí mi cédula venezolana"),
    ("CR", "ask_labour_rights", "trabajo en la caja del súper doce horas"),
    ("MX", "ask_identity_documents", "la matrícula consular sirve de algo"),
    ("GT", "ask_rights_overview", "health, school, work: what am i entitled to"),
    ("MX", "ask_asylum", "cómo va mi caso en la COMAR"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "intent", "text"), STAYS)
def test_what_only_sounds_like_a_matter_changes_nobody(
    library: Library, country: str, intent: str, text: str
) -> None:
    hers = named(library, asked_of(country, intent, text))

    if (country, intent) == ("US", "ask_health_care"):  # a doctor she does need
        assert "us.osha" not in hers
    else:
        assert hers == named(library, Question(intent, country, "es", TODAY))


def test_a_passport_is_given_only_by_the_country_that_she_is_from(library: Library) -> None:
    text, intent = "quiero renovar mi pasaporte", "ask_identity_documents"
    salvadoran = named(library, asked_of("SV", intent, text, origin="SV"))
    honduran = named(library, asked_of("SV", intent, text, origin="HN"))
    unknown = named(library, asked_of("SV", intent, text))

    assert salvadoran == ("sv.dgme", "sv.dgme")
    assert honduran == unknown == ("sv.pddh", "sv.pddh")


def test_lawyers_near_her_come_before_a_page_for_the_whole_country(library: Library) -> None:
    """And where she writes by SMS, a page never comes."""
    text = "se acabó mi TPS, qué hago"
    houston = asked_of("US", "ask_asylum", text, city="Houston")
    by_text = asked_of("US", "ask_asylum", text, style="sms")

    assert named(library, houston)[0] == "us.ghirp"
    assert named(library, by_text) == ("us.211", "us.211")
