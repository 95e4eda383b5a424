"""What the files of all countries promise together."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.cards import CardNumber, CardsFile, cards
from bot.knowledge.content import ALL_CODES, CountryContent
from bot.knowledge.files import DataFileError, country_folder, parse_list, parse_one, read_yaml
from bot.knowledge.matters import matters
from bot.knowledge.schema import (
    COUNTRY_CODES,
    REGIONAL,
    EmergencyRecord,
    GapRecord,
    StatementRecord,
)
from bot.knowledge.secret_places import names_of, telling
from bot.knowledge.topics import topics
from bot.paths import COUNTRIES, DATA
from tests.countries import all_files

NEEDS = ("danger", "violence", "sexual_violence", "child", "trafficking", "suicide", "ambulance")


@pytest.fixture(scope="module")
def contents() -> dict[str, CountryContent]:
    return all_files()


def test_nothing_of_the_fact_base_was_lost(contents: dict[str, CountryContent]) -> None:
    statements = sum(len(each.statements) for each in contents.values())
    services = sum(len(each.services) for each in contents.values())
    lines = sum(len(each.emergency) for each in contents.values())

    assert statements >= 2194  # what there was once may be withdrawn, but stays in the files
    assert services >= 361
    assert lines >= 69


def test_every_statement_says_what_women_ask_when_it_is_the_answer(
    contents: dict[str, CountryContent],
) -> None:
    """The choice among statements rests on it."""
    silent = [s.id for each in contents.values() for s in each.statements if s.asked is None]

    assert silent == []


def test_one_question_has_one_answer_in_a_topic(contents: dict[str, CountryContent]) -> None:
    """The same words under two statements of a topic would leave the choice to chance."""
    twice = []
    for each in contents.values():
        seen: dict[tuple[str, str], str] = {}
        for statement in each.statements:
            asked = statement.asked
            if asked is None or statement.shown == "no":
                continue
            for text in {text.strip().lower() for text in (*asked.es, *asked.en)}:
                other = seen.setdefault((statement.intent, text), statement.id)
                if other != statement.id:
                    twice.append(f"{text}: {other}, {statement.id}")

    assert twice == []


def test_the_folders_are_exactly_the_countries() -> None:
    folders = {each.name for each in COUNTRIES.iterdir() if each.is_dir()}

    assert folders - {"_template"} == {country_folder(code).name for code in ALL_CODES}


def test_what_is_not_known_is_written_down_for_every_country() -> None:
    assert all(parse_list(country_folder(code) / "gaps.yml", GapRecord) for code in ALL_CODES)


def test_topics_are_those_of_the_taxonomy() -> None:
    groups = read_yaml(DATA / "taxonomy.yml")["intents"]
    wanted = {
        intent: group
        for group in ("safety", "violence", "rights", "family", "work")
        for intent in groups[group]
    }

    known = {each: topic.group for each, topic in topics().items() if each in wanted}

    assert known == wanted


def test_every_statement_is_about_a_known_topic(contents: dict[str, CountryContent]) -> None:
    told = {each.intent for content in contents.values() for each in content.statements}

    assert told <= set(topics())


def test_low_confidence_and_no_source_are_never_told(contents: dict[str, CountryContent]) -> None:
    facts = [fact for content in contents.values() for fact in content.facts]

    unsure = [fact for fact in facts if fact.confidence == "low" or not fact.sources]

    assert len(unsure) > 100
    assert {fact.shown for fact in unsure} == {"no"}


CALL_FIRST_OR_NOT_AT_ALL = [
    "bz.emergency.2", "bz.emergency.3", "bz.human-services", "bz.asylum.1", "ca.emergency.6",
    "ca.bc-children", "ca.domestic_violence.5", "ca.safe_shelter.3", "cr.emergency.3",
    "cr.inamu-delegacion", "cr.domestic_violence.5", "cr.asylum.7", "cr.asylum.8",
    "do.emergency.3", "do.emergency.4", "do.onr", "do.asylum.2", "do.sexual_violence.3",
    "gt.maimi", "gt.maina", "gt.svet-albergue", "gt.trafficking_exploitation.5", "hn.emergency.5",
    "hn.calidad-vida", "hn.casa-refugio-sps", "hn.siamigh", "hn.oprohm", "hn.cami-danli",
    "hn.regular_status.1", "mx.emergency.6", "mx.trafficking_exploitation.3",
    "mx.child_travel_permission.3", "mx.saltillo-casa", "mx.leona-vicario", "ni.emergency.2",
    "ni.linea-133", "ni.domestic_violence.2", "pa.emergency.5", "pa.senniaf", "pa.onpar",
    "pa.asylum.2", "pa.protection_order.1", "sv.emergency.4", "sv.emergency.5", "sv.asylum.3",
    "sv.asylum.9", "us.unaccompanied_children.2", "us.asylum.5", "us.asylum.8", "us.asylum.9",
    "us.protection_order.5", "us.domestic_violence.5", "us.domestic_violence.6",
]  # fmt: skip


def test_what_nobody_confirmed_by_phone_is_not_told_as_certain(
    contents: dict[str, CountryContent],
) -> None:
    shown = {fact.id: fact.shown for content in contents.values() for fact in content.facts}

    assert [each for each in CALL_FIRST_OR_NOT_AT_ALL if shown[each] == "yes"] == []


UNCONFIRMED_NUMBERS = [
    ("bz.police-emergency", "+5016729628"), ("do.linea-vida", "*211"), ("do.salud-mental", "811"),
    ("gt.maina", "+50250303153"), ("hn.conadeh", "132"), ("pa.senniaf", "+50763783466"),
    ("xx.orr", "800-877-0404"), ("xx.orr", "800-6439"),
]  # fmt: skip


@pytest.mark.parametrize(("service_id", "number"), UNCONFIRMED_NUMBERS)
def test_an_unconfirmed_number_of_a_known_service_is_kept_but_not_told(
    contents: dict[str, CountryContent], service_id: str, number: str
) -> None:
    services = {each.id: each for content in contents.values() for each in content.services}

    phones = {phone.number: phone.shown for phone in services[service_id].phones}

    assert phones[number] == "no"


def test_a_consulate_is_one_above_all(contents: dict[str, CountryContent]) -> None:
    """A place's first kind is what it is: in the form, the sheet and the API it was an office for
    papers."""
    services = [each for content in contents.values() for each in content.services]
    consulates = [each for each in services if "consulate" in each.service_types]

    assert len(consulates) > 150
    assert [each.id for each in consulates if each.service_types[0] != "consulate"] == []


def test_secret_places_have_no_address_town_or_point(contents: dict[str, CountryContent]) -> None:
    secret = [
        each
        for content in contents.values()
        for each in content.services
        if each.confidential_location
    ]

    assert len(secret) >= 19
    for service in secret:
        place = service.location
        assert place is None or (place.address, place.city, place.latitude) == (None, None, None)


@pytest.fixture(scope="module")
def secret(contents: dict[str, CountryContent]) -> dict[str, frozenset[str]]:
    """By country what its secret places are called; the region's statements may speak of all."""
    names = {
        code: frozenset[str]().union(
            *(names_of(each.name, each.organization.name, each.organization.kind,
                       is_line=each.service_types[0] == "hotline")
              for each in content.services if each.confidential_location)
        )
        for code, content in contents.items()
    }  # fmt: skip
    return names | {REGIONAL: frozenset[str]().union(*names.values())}


@pytest.mark.parametrize("code", ALL_CODES)
def test_no_statement_tells_the_town_of_a_secret_place(
    code: str, contents: dict[str, CountryContent], secret: dict[str, frozenset[str]]
) -> None:
    """The directory hides where a refuge is; "there are houses in these seven towns" undid it."""
    told = [each.id for each in contents[code].statements
            if telling(code, each.es, each.en, secret[code])]  # fmt: skip

    assert told == []


TOLD = [
    ("HN", "Pide una casa refugio en la línea 114; hay una en La Ceiba."),
    ("HN", "hay una casa refugio en la ceiba"),
    ("HN", "En San Pedro Sula te recibe Calidad de Vida."),
    ("HN", "A shelter for abused women stands at La Ceiba."),
    ("BZ", "En San Pedro, el centro Hope Haven orienta."),
    ("MX", "Hay un albergue para mujeres víctimas de violencia en Tapachula."),
    ("MX", "There is a women's shelter in Tapachula."),
    ("MX", "El refugio para mujeres está en la calle Juárez 12."),
    (REGIONAL, "Hay una casa segura en Tapachula."),
    (REGIONAL, "Hope Haven te recibe en San Pedro."),
]


@pytest.mark.parametrize(("code", "said"), TOLD)
def test_a_town_beside_a_secret_place_is_noticed(
    secret: dict[str, frozenset[str]], code: str, said: str
) -> None:
    assert telling(code, said, "Call 114.", secret[code]) == ("es",)
    assert telling(code, "Llama al 114.", said, secret[code]) == ("en",)


MAY_BE_TOLD = [
    ("MX", "Los refugios de la Red Nacional reciben a mujeres con sus hijos: llama."),
    ("MX", "El albergue de migrantes Jesús el Buen Pastor está en Tapachula."),
    ("MX", "Pide refugio en la oficina de la COMAR en Tapachula."),
    ("MX", "Hay un albergue para mujeres migrantes en Tapachula."),
    ("MX", "In Tapachula there is a shelter for women migrants, and COMAR gives refuge."),
    ("GT", "Hay un albergue para migrantes en Tecún Umán."),
    ("CR", "La Delegación de la Fuerza Pública está en Puntarenas."),
    ("HN", "Para mejorar tu calidad de vida hay un curso en La Ceiba."),
    ("HN", "Sal de tu casa si hay violencia y ve a la fiscalía de La Ceiba."),
    ("DO", "Si vives violencia en Higüey, llama a la Línea *212."),
    ("XX", "Pide ayuda para llegar a una casa segura: llama."),
]


@pytest.mark.parametrize(("code", "said"), MAY_BE_TOLD)
def test_an_open_door_is_told_with_its_town(
    secret: dict[str, frozenset[str]], code: str, said: str
) -> None:
    assert telling(code, said, said, secret[code]) == ()


@pytest.mark.parametrize("code", ALL_CODES)
def test_services_chosen_by_hand_may_be_told_and_belong_to_a_topic(
    code: str, contents: dict[str, CountryContent]
) -> None:
    content = contents[code]
    told = {each.id for each in content.services if each.shown != "no"}

    assert set(content.country.next_steps) <= set(topics())
    assert set(content.country.next_steps.values()) <= told | {None}
    assert set(content.country.ask_first) <= told


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_somebody_listens_in_every_country_and_is_no_counter_for_complaints(
    code: str, contents: dict[str, CountryContent]
) -> None:
    content = contents[code]
    listening = {each.id: each for each in content.services if each.id in content.country.listens}
    offices = {content.country.matters.get(name) for name, each in matters().items()
               if each.is_office}  # fmt: skip

    assert listening
    for service in listening.values():
        assert service.shown != "no"
        assert any(phone.shown == "yes" for phone in service.phones) or service.whatsapp
        assert service.sources
        assert service.id not in offices


# Cards: the numbers that must work when the database does not.

GENERAL_EMERGENCY = {
    "BZ": "911", "CA": "911", "CR": "911", "DO": "911", "GT": "110", "HN": "911", "MX": "911",
    "NI": "118", "PA": "104", "SV": "911", "US": "911",
}  # fmt: skip


@pytest.mark.parametrize(("code", "number"), GENERAL_EMERGENCY.items())
def test_the_first_number_in_danger_is_the_general_emergency_line(code: str, number: str) -> None:
    assert cards(code).danger.numbers[0].number == number


def test_the_regional_card_gives_each_country_its_own_number() -> None:
    given = {each.code: each.number for each in cards("XX").countries}

    assert given == GENERAL_EMERGENCY
    for language in ("es", "en"):
        line = cards("XX").danger.line.get(language)
        assert all(number in line for number in ("911", "110", "118", "104"))


def test_a_country_that_is_not_ours_gets_the_regional_cards() -> None:
    assert cards("CO") == cards("XX")


@pytest.mark.parametrize("code", [*COUNTRY_CODES, "XX"])
def test_every_number_on_a_card_is_a_line_that_may_be_told(
    code: str, contents: dict[str, CountryContent]
) -> None:
    told = _numbers_by_id(contents[code])

    for number in _card_numbers(cards(code)):
        assert number.number in told[number.ref], number.ref


# Found once: by the second reader ("new"), or by the first where the second found nobody else who
# says so. All have two pages. The Dominican number is to become 811 on a day that nobody has told.
ONE_READER = {"gt.emergency.9": "new", "do.emergency.5": "new", "cr.emergency.2": "unconfirmed"}


@pytest.mark.parametrize("code", [*COUNTRY_CODES, "XX"])
def test_every_number_on_a_card_was_read_twice_and_on_two_sites(
    code: str, contents: dict[str, CountryContent]
) -> None:
    """Women's Line 079 in Mexico and 211 in Canada had had one reader alone."""
    facts = {fact.id: fact for fact in contents[code].facts}

    for number in _card_numbers(cards(code)):
        fact = facts[number.ref]
        assert fact.second_reading, fact.id
        known = ("confirmed", "corrected", ONE_READER.get(fact.id))
        assert fact.second_reading.result in known, fact.id
        assert len({source.url.host for source in fact.sources}) > 1, fact.id


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_after_rape_the_card_sends_her_to_a_hospital_within_72_hours(code: str) -> None:
    line = cards(code).sexual_violence.line

    assert "72 horas" in line.es
    assert "hospital" in line.es
    assert "72 hours" in line.en
    assert "hospital" in line.en


@pytest.mark.parametrize("code", [*COUNTRY_CODES, "XX"])
def test_a_card_is_short_enough_for_one_text_message_and_its_number(code: str) -> None:
    for need in NEEDS:
        line = cards(code).card(need).line
        limit = 50 if code != "XX" else 60
        assert max(len(line.es.split()), len(line.en.split())) <= limit, need


def _card_numbers(file: CardsFile) -> list[CardNumber]:
    return [
        number
        for need in (*NEEDS, "threats")
        for number in (*file.card(need).numbers, *file.card(need).more)
    ]


def _numbers_by_id(content: CountryContent) -> dict[str, set[str]]:
    lines = {each.id: {each.number} for each in content.emergency if each.shown != "no"}
    services = {
        each.id: {phone.number for phone in each.phones if phone.shown != "no"}
        for each in content.services
        if each.shown != "no"
    }
    return lines | services


# Faults in the files are told with file, record, field, what was expected and what came.


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "records.yml"
    path.write_text(text, encoding="utf-8")
    return path


STATEMENT = """
- id: hn.asylum.1
  intent: ask_asylum
  kind: procedure
  es: Pide refugio.
  en: Ask for asylum.
  volatile: false
  as_of: 2025
  confidence: high
  shown: yes
"""


def test_yes_no_and_numbers_stay_what_the_editor_wrote(tmp_path: Path) -> None:
    path = _written(tmp_path, STATEMENT.replace("shown: yes", "shown: no"))

    [record] = parse_list(path, StatementRecord)

    assert (record.shown, record.as_of, record.volatile) == ("no", "2025", False)


FAULTS = [
    ("kind: procedure", "kind: hint", ("hn.asylum.1", "field kind", "'hotline'", "'hint'")),
    ("en: Ask for asylum.\n  ", "", ("hn.asylum.1", "field en", "required")),
    ("as_of: 2025", "as_of: March 2025", ("hn.asylum.1", "field as_of", "March 2025")),
    ("intent:", "intention:", ("hn.asylum.1", "field intention", "not permitted")),
]


@pytest.mark.parametrize(("right", "wrong", "expected"), FAULTS)
def test_a_fault_names_file_record_field_and_both_values(
    tmp_path: Path, right: str, wrong: str, expected: tuple[str, ...]
) -> None:
    path = _written(tmp_path, STATEMENT.replace(right, wrong))

    with pytest.raises(DataFileError) as caught:
        parse_list(path, StatementRecord)

    assert "records.yml" in str(caught.value)
    for part in expected:
        assert part in str(caught.value)


def test_a_number_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    text = (
        "- id: hn.emergency.1\n  label: {es: a, en: a}\n  for: {es: a, en: a}\n"
        '  number: "+5042234"\n  display: 2234\n  confidence: high\n'
    )

    with pytest.raises(DataFileError, match=r"hn\.emergency\.1.*\+5042234"):
        parse_list(_written(tmp_path, text), EmergencyRecord)


def test_the_same_id_twice_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="came a repeat"):
        parse_list(_written(tmp_path, STATEMENT + STATEMENT), StatementRecord)


def test_a_file_that_is_not_yaml_is_a_named_fault(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="not readable as YAML"):
        parse_one(_written(tmp_path, "a: [1"), GapRecord)
