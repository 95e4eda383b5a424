"""Others read the directory as Open Referral HSDS 3.1, and never learn a secret place."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.database import transaction
from bot.directory.found import WHOLE, may_be_told, told_numbers
from bot.directory.hsds import Directory, read_directory
from bot.directory.hsds_package import exchanged, write_json, write_package
from bot.directory.hsds_profile import openapi, profile
from bot.directory.hsds_query import (
    KM,
    LAST_PAGE,
    MOST_KM,
    MOST_PER_PAGE,
    ONE_PARAMETERS,
    PARAMETERS,
    POINT,
)
from bot.directory.hsds_words import HSDS, words
from bot.directory.models import Location, Organization, Phone, Schedule, Service, hsds_id
from bot.directory.models import ServiceType as TypeOfService
from bot.directory.places import distance_km, every_town, find_places
from bot.directory.schema import SERVICE_TYPES
from bot.directory.text import fold
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.knowledge.trust import Hidden
from bot.serve import gateway
from bot.serve.directory_api import KEPT_S, Shelf
from bot.serve.parts import assemble
from bot.serve.program import pages
from bot.settings import Settings
from tests.conftest import ON_SQLITE, Copied, opened

Json = dict[str, Any]
KINDS = ("services", "organizations", "taxonomies", "taxonomy_terms")
TABLE = {
    "services": "service",
    "organizations": "organization",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}


def application(engine: Engine) -> Starlette:
    settings = Settings("sqlite://", b"k" * 32, public_url="https://comadre.example")
    parts = assemble(settings, httpx.AsyncClient(), engine=engine)
    return gateway.application(parts, pages(parts))


def caller(program: Starlette) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(program)
    return httpx.AsyncClient(transport=transport, base_url="https://comadre.example")


@pytest.fixture(scope="module")
def program(filled_engine: Engine) -> Starlette:
    """Made once for each database: it need not read the directory anew for every test."""
    return application(filled_engine)


@pytest.fixture(scope="module")
def read(filled_engine: Engine) -> Directory:
    """The whole directory, as it is told to others."""
    return Shelf(filled_engine).directory()


@pytest_asyncio.fixture
async def api(program: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """The program's own pages over the countries' content."""
    async with caller(program) as client:
        yield client


async def get(api: httpx.AsyncClient, path: str, **query: Any) -> Json:
    response = await api.get(path, params=query)
    assert response.status_code == 200, response.text
    assert response.headers["access-control-allow-origin"] == "*"
    found: Json = response.json()
    return found


async def lines(api: httpx.AsyncClient, kind: str, **query: Any) -> list[str]:
    response = await api.get(f"/api/{kind}", params={"format": "ndjson", **query})
    assert response.status_code == 200, response.text
    return response.text.splitlines()


async def everything(api: httpx.AsyncClient, kind: str, **query: Any) -> list[Json]:
    return [json.loads(line) for line in await lines(api, kind, **query)]


# --- HSDS's own schemas, and the same with our profile and nothing else allowed


def merged(schema: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict) or not isinstance(schema, dict):
        return patch
    return {**schema, **{name: merged(schema.get(name), each) for name, each in patch.items()}}


@cache
def validator(name: str, *, strict: bool = False) -> Draft202012Validator:
    resources = []
    for path in sorted((HSDS / "schema").rglob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        if strict:
            patch = profile().get(schema["name"], {})
            schema = merged(schema, patch) | {"additionalProperties": False}
        uri = f"https://hsds.example/{path.relative_to(HSDS / 'schema')}"
        resources.append((uri, Resource.opaque(schema)))
    registry: Registry[Any] = Registry().with_resources(resources)
    reference = {"$ref": f"https://hsds.example/{name}.json"}
    return Draft202012Validator(reference, registry=registry, format_checker=FormatChecker())


def faults(record: Json, name: str, *, strict: bool = False) -> list[str]:
    found = validator(name, strict=strict).iter_errors(record)
    return [f"{each.json_path}: {each.message[:200]}" for each in found]


@cache
def faults_of(line: str, name: str, *, strict: bool = False) -> list[str]:
    """The same of a record as it was sent. Two databases send the same, which is checked once."""
    return faults(json.loads(line), name, strict=strict)


def test_the_schemas_do_refuse_what_is_wrong() -> None:
    assert faults({"id": "7", "name": "A", "status": "open"}, "service")
    assert faults({"id": str(hsds_id("a")), "name": "A", "status": "active", "x": 1}, "service",
                  strict=True)  # fmt: skip


def test_the_profile_only_adds_fields() -> None:
    for table, patch in profile().items():
        schema = json.loads((HSDS / "schema" / f"{table}.json").read_text(encoding="utf-8"))
        assert set(patch) == {"properties"}
        assert not set(patch["properties"]) & set(schema["properties"])


@pytest.mark.parametrize("kind", KINDS)
async def test_every_record_is_valid_hsds_and_every_own_field_is_in_the_profile(
    api: httpx.AsyncClient, kind: str
) -> None:
    full = "full" in PARAMETERS[kind]
    records = await lines(api, kind, **({"full": "true"} if full else {}))

    assert records
    for record in records:
        assert faults_of(record, TABLE[kind], strict=True) == []


@pytest.mark.parametrize("kind", ["services", "organizations"])
async def test_lists_are_valid_against_the_schema_of_lists(
    api: httpx.AsyncClient, kind: str
) -> None:
    for record in await lines(api, kind):
        assert faults_of(record, f"compiled/{TABLE[kind]}_list") == []
        nested = [key for key, each in json.loads(record).items() if isinstance(each, list)]
        assert nested == []


async def test_organizations_carry_whole_services_when_asked(api: httpx.AsyncClient) -> None:
    services = {each["id"]: each for each in await everything(api, "services", full="true")}

    for record in await everything(api, "organizations", full_service="true"):
        assert record["services"]
        for service in record["services"]:
            assert service == services[service["id"]]


# --- what the API says of itself


@pytest.mark.parametrize("path", ["/api", "/api/"])
async def test_the_root_names_version_profile_and_description(
    api: httpx.AsyncClient, path: str
) -> None:
    about = await get(api, path)

    assert about["version"] == "3.1"
    description = await get(api, about["openapi_url"])
    assert description["openapi"].startswith("3.1")
    for file in (await get(api, about["profile"]))["files"]:
        assert "properties" in await get(api, file)


async def test_the_description_lists_exactly_the_parameters_that_are_read(
    api: httpx.AsyncClient,
) -> None:
    description = await get(api, "/api/openapi.json")

    told = {
        path: tuple(each["$ref"].split("/")[-1] for each in item["get"].get("parameters", []))
        for path, item in description["paths"].items()
    }
    read = {"/": (), **{f"/{kind}": names for kind, names in PARAMETERS.items()}}
    read |= {f"/{kind}/{{id}}": ONE_PARAMETERS.get(kind, ()) for kind in PARAMETERS}
    assert {path: set(names) for path, names in told.items()} == {
        path: set(names) for path, names in read.items()
    }
    for name in {name for names in told.values() for name in names}:
        assert description["components"]["parameters"][name]["name"] == name
    assert description["servers"] == [{"url": "https://comadre.example/api"}]


# --- pages


@pytest.mark.parametrize("kind", KINDS)
async def test_pages_hold_every_record_once(api: httpx.AsyncClient, kind: str) -> None:
    seen: list[str] = []
    number, last = 0, False
    while not last:
        number += 1
        page = await get(api, f"/api/{kind}", page=number, per_page=100)
        assert page["size"] == len(page["contents"]) <= 100
        assert (page["page_number"], page["first_page"]) == (number, number == 1)
        assert page["empty"] is False
        last = page["last_page"]
        seen += [each["id"] for each in page["contents"]]

    assert number == page["total_pages"]
    assert len(seen) == len(set(seen)) == page["total_items"]
    assert all(str(UUID(each)) == each for each in seen)
    assert [each["id"] for each in await everything(api, kind)] == seen


async def test_a_page_beyond_the_last_is_empty(api: httpx.AsyncClient) -> None:
    page = await get(api, "/api/services", page=999)

    assert (page["empty"], page["size"], page["contents"], page["last_page"]) == (True, 0, [], True)


async def test_minimal_gives_all_ids_and_moments_in_one_call(api: httpx.AsyncClient) -> None:
    page = await get(api, "/api/services", minimal="true")

    assert page["total_items"] == page["size"] > 300
    assert all(set(each) == {"id", "last_modified"} for each in page["contents"])


# --- filters


async def test_search_needs_every_word_and_no_accents(api: httpx.AsyncClient) -> None:
    found = await everything(api, "services", search="TAPACHULA refugiados", full="true")

    assert found
    assert all("tapachula" in fold(json.dumps(each, ensure_ascii=False)) for each in found)
    assert len(found) < len(await everything(api, "services", search="tapachula"))


@ON_SQLITE
async def test_a_word_that_is_nowhere_finds_what_is_spelled_nearly_so(
    api: httpx.AsyncClient,
) -> None:
    async def ids(search: str) -> list[str]:
        return [each["id"] for each in await everything(api, "services", search=search)]

    right = await ids("tapachula refugiados")
    assert set(right) <= set(await ids("tapachla refugiadso"))
    assert right
    assert len(await ids("tapachla refugiadso")) < len(await ids("tapachula"))
    assert await ids("zzyzzx") == []


async def test_services_are_asked_for_by_language_and_by_being_open(
    honduras: Engine,
) -> None:
    with transaction(honduras) as session:
        first, second = session.scalars(
            select(Service).where(Service.publication == "published").order_by(Service.id).limit(2)
        )
        first.languages = "es miq"
        for service, byday in ((first, "MO,TU,WE,TH,FR,SA,SU"), (second, "")):
            service.schedules = [
                Schedule(position=1, freq="WEEKLY", byday=byday or "MO", opens_at="00:00",
                         closes_at="23:59" if byday else "00:00")
            ]  # fmt: skip
        ids = str(hsds_id(first.id)), str(hsds_id(second.id))
    async with caller(application(honduras)) as api:
        assert [e["id"] for e in await everything(api, "services", language="miq")] == [ids[0]]
        found = {each["id"] for each in await everything(api, "services", open_now="true")}
    assert ids[0] in found
    assert ids[1] not in found


TAPACHULA = (14.9, -92.26)


@ON_SQLITE
async def test_near_gives_what_has_a_point_there_the_nearest_first(api: httpx.AsyncClient) -> None:
    def distance(service: Json) -> float:
        places = [each["location"] for each in service["service_at_locations"]]
        return distance_km(TAPACHULA, (places[0]["latitude"], places[0]["longitude"]))

    found = await everything(api, "services", near="14.9,-92.26", km=20, full="true")
    wider = await everything(api, "services", near="14.9,-92.26", km=300, full="true")
    page = await get(api, "/api/services", near="14.9,-92.26", km=300, per_page=3, page=2)

    assert len(wider) > len(found) > 3
    assert [distance(each) for each in wider] == sorted(distance(each) for each in wider)
    assert distance(found[-1]) <= 20 < distance(wider[-1]) <= 300
    assert [each["id"] for each in page["contents"]] == [each["id"] for each in wider[3:6]]
    everyone = await everything(api, "services", full="true")
    with_a_point = [each for each in everyone if '"latitude"' in json.dumps(each)]
    assert len(wider) == sum(distance(each) <= 300 for each in with_a_point)


@ON_SQLITE
async def test_services_are_asked_for_by_country_kind_and_for_whom(api: httpx.AsyncClient) -> None:
    everyone = await everything(api, "services", full="true")

    of_costa_rica = await everything(api, "services", country="cr", full="true")
    assert of_costa_rica == [each for each in everyone if each["country"] == "CR"] != []
    legal = await everything(api, "services", type="legal", full="true")
    assert legal == [e for e in everyone if "legal" in {a["value"] for a in e["attributes"]}] != []
    for words_asked in ("niñas", "NINAS", "girls", "ninnas"):
        for each in await everything(api, "services", for_whom=words_asked, full="true"):
            texts = each["eligibility_description"], each["translations"]["en"]
            assert re.search("nina|girl", fold(json.dumps(texts, ensure_ascii=False)))
    for_children = await everything(api, "services", for_whom="niñas", full="true")
    assert 0 < len(for_children) < len(await everything(api, "services", search="niñas"))


async def test_minimal_and_full_together_is_minimal(shared_honduras: Engine) -> None:
    async with caller(application(shared_honduras)) as api:
        found = await everything(api, "services", minimal="true", full="true")
    assert found
    assert all(set(each) <= {"id", "last_modified"} for each in found)


def test_what_the_description_allows_is_what_is_read() -> None:
    told = openapi("")["components"]["parameters"]

    assert told["near"]["schema"]["pattern"] == f"^{POINT}$"
    assert tuple(told["type"]["schema"]["enum"]) == SERVICE_TYPES
    assert tuple(told["country"]["schema"]["enum"]) == (*COUNTRY_CODES, REGIONAL)
    assert (told["km"]["schema"]["default"], told["km"]["schema"]["maximum"]) == (KM, MOST_KM)
    assert told["per_page"]["schema"]["maximum"] == MOST_PER_PAGE
    assert told["page"]["schema"]["maximum"] == LAST_PAGE


async def test_filters_add_up(api: httpx.AsyncClient) -> None:
    terms = {each["code"]: each for each in await everything(api, "taxonomy_terms")}
    legal = terms["legal"]["id"]
    with_term = await everything(api, "services", taxonomy_term_id=legal, full="true")
    owner = with_term[0]["organization_id"]

    both = await everything(api, "services", taxonomy_term_id=legal, organization_id=owner)

    assert with_term
    for each in with_term:
        assert "legal" in {one["value"] for one in each["attributes"]}
    expected = [each["id"] for each in with_term if each.get("organization_id") == owner]
    assert [each["id"] for each in both] == expected
    whole = await everything(api, "services", taxonomy_id=terms["legal"]["taxonomy_id"])
    assert len(whole) == len(await everything(api, "services"))
    assert await everything(api, "services", taxonomy_term_id=str(hsds_id("nothing"))) == []


async def test_terms_of_one_taxonomy(api: httpx.AsyncClient) -> None:
    for taxonomy in await everything(api, "taxonomies"):
        terms = await everything(api, "taxonomy_terms", taxonomy_id=taxonomy["id"])

        assert terms
        assert {each["taxonomy"] for each in terms} == {taxonomy["name"]}
        assert await everything(api, "taxonomy_terms", parent_id=terms[0]["id"]) == []


async def test_codes_are_unique_and_every_service_type_has_its_term(api: httpx.AsyncClient) -> None:
    codes = [each["code"] for each in await everything(api, "taxonomy_terms")]

    assert len(codes) == len(set(codes))
    assert set(SERVICE_TYPES) == set(words().service_types) <= set(codes)


async def test_modified_after_leaves_out_what_did_not_change(api: httpx.AsyncClient) -> None:
    everyone = await everything(api, "services")

    assert await everything(api, "services", modified_after="2126-01-01") == []
    assert await everything(api, "services", modified_after="2020-01-01T00:00:00Z") == everyone
    plus_unencoded = await api.get("/api/services?modified_after=2126-01-01T00:00:00+01:00")
    assert plus_unencoded.json()["empty"] is True


# --- faults of the caller


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("services?page=0", "page"),
        ("services?page=one", "page"),
        ("services?page=9999999999999999999999", "page"),
        ("services?page=²", "page"),
        ("services?per_page=-1", "per_page"),
        ("services?per_page=501", "per_page"),
        ("services?format=xml", "format"),
        ("services?taxonomy_term_id=legal", "taxonomy_term_id"),
        ("services?taxonomy_id=1", "taxonomy_id"),
        ("services?organization_id='%20OR%201=1", "organization_id"),
        ("services?modified_after=yesterday", "modified_after"),
        ("services?modified_after=0001-01-01T00:00:00%2B23:59", "modified_after"),
        ("services?minimal=perhaps", "minimal"),
        ("services?country=mexico", "country"),
        ("services?type=Legal", "type"),
        ("services?for_whom=" + "a" * 201, "for_whom"),
        ("services?near=Tapachula", "near"),
        ("services?near=91,0", "near"),
        ("services?near=14.9,-192.2", "near"),
        ("services?near=14.9", "near"),
        ("services?near=14.9,-92.26&km=0", "km"),
        ("services?near=14.9,-92.26&km=nan", "km"),
        ("services?near=14.9,-92.26&km=5000", "km"),
        ("services?km=5", "km"),
        ("services?language=español", "language"),
        ("services?open_now=perhaps", "open_now"),
        ("organizations?near=14.9,-92.26", "near"),
        ("services?full=2", "full"),
        ("services?page=1&page=2", "page"),
        ("services?city=Tapachula", "city"),
        ("services?%3Cscript%3E=1", "query"),
        ("services?search=" + "a" * 201, "search"),
        ("organizations?full_service=maybe", "full_service"),
        ("organizations?organization_id=1", "organization_id"),
        ("taxonomy_terms?parent_id=1", "parent_id"),
        ("services/0b7e0000-0000-0000-0000-000000000000?full=true", "full"),
    ],
)
async def test_a_bad_parameter_is_named(api: httpx.AsyncClient, path: str, name: str) -> None:
    response = await api.get(f"/api/{path}")

    assert response.status_code == 400
    assert response.json()["parameter"] == name
    assert response.json()["error"].startswith(f"{name}: ")
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [f"{kind}/{hsds_id('nobody')}" for kind in KINDS] + ["services/mx.linea-mujeres", "nothing"],
)
async def test_an_unknown_id_is_not_found(api: httpx.AsyncClient, path: str) -> None:
    response = await api.get(f"/api/{path}")

    assert response.status_code == 404
    assert response.json()["error"]
    assert response.headers["access-control-allow-origin"] == "*"


# --- what is in a service


async def test_one_service_has_everything_nested(api: httpx.AsyncClient) -> None:
    service = await get(api, f"/api/services/{hsds_id('mx.linea-mujeres')}")

    assert service["name"] == "Línea de las Mujeres 079 opción 1"
    assert service["translations"]["en"]["description"].startswith("Guidance")
    [phone] = service["phones"]
    assert (phone["number"], phone["type"], phone["description"]) == ("079", "voice", "opción 1")
    [schedule] = service["schedules"]
    assert (schedule["freq"], schedule["byday"]) == ("WEEKLY", "MO,TU,WE,TH,FR,SA,SU")
    assert (schedule["opens_at"], schedule["closes_at"]) == ("00:00", "23:59")
    assert [each["code"] for each in service["languages"]] == ["es"]
    assert service["cost_options"][0]["amount"] == 0
    assert service["fees_description"] == "gratis"
    assert {"hotline", "legal", "always_open"} <= {each["value"] for each in service["attributes"]}
    assert service["service_areas"][0]["name"] == "México"
    location = service["service_at_locations"][0]["location"]
    assert location["location_type"] == "virtual"
    owner = await get(api, f"/api/organizations/{service['organization_id']}")
    assert service["id"] in {each["id"] for each in owner["services"]}


async def test_an_open_place_has_its_address(api: httpx.AsyncClient) -> None:
    service = await get(api, f"/api/services/{hsds_id('mx.belen-tapachula')}")

    location = service["service_at_locations"][0]["location"]
    assert location["addresses"][0]["city"] == "Tapachula"
    assert location["addresses"][0]["country"] == "MX"
    assert location["coordinates_precision"] == "town"
    assert "centro de la ciudad" in location["description"]


async def test_every_language_and_country_has_a_name(api: httpx.AsyncClient) -> None:
    for service in await everything(api, "services", full="true"):
        assert all(each["name"] for each in service.get("languages", ()))
        for area in service.get("service_areas", []):
            assert len(area["name"]) > 2, service["name"]


# --- only what may be told


def test_only_what_is_published_is_read(filled_engine: Engine, read: Directory) -> None:
    with Session(filled_engine) as session:
        told = session.scalars(select(Service.id).where(Service.publication == "published")).all()
        hidden = session.scalars(select(Phone.number).where(~Phone.shown)).all()

    assert set(read.services) == {str(hsds_id(each)) for each in told}
    numbers = {
        phone["number"] for each in read.services.values() for phone in each.full.get("phones", [])
    }
    assert hidden
    assert not numbers & {each for each in hidden if each.startswith("+")}


def test_no_town_stands_in_any_word_of_a_secret_service(
    filled_engine: Engine, read: Directory
) -> None:
    with Session(filled_engine) as session:
        secret = {
            str(hsds_id(each.id)): each.country
            for each in session.scalars(select(Service).where(Service.confidential_location))
        }
    services = read.services

    told = {key: country for key, country in secret.items() if key in services}
    assert len(told) >= 17
    for key, country in told.items():
        record = services[key].full
        words_of_it = f" {fold(json.dumps(record, ensure_ascii=False))} "
        towns = [each.name for each in every_town(country) if len(fold(each.name).split()) > 1]
        states = {fold(each.state) for each in every_town(country)}
        names = {fold(each) for each in towns} - states
        assert [each for each in names if f" {each} " in words_of_it] == []
        for place in record["service_at_locations"]:
            assert set(place["location"]) <= {"id", "location_type", "name"}
            assert place["location"]["location_type"] == "virtual"


async def test_a_town_in_the_name_hides_the_name_and_who_runs_it(api: httpx.AsyncClient) -> None:
    service = await get(api, f"/api/services/{hsds_id('hn.casa-refugio-sps')}")

    assert service["name"] == "Un lugar seguro (Cortés)"
    assert not {"organization", "organization_id"} & set(service)
    for search in ("San Pedro Sula refugio", "municipalidad san pedro sula"):
        ids = {each["id"] for each in await everything(api, "services", search=search)}
        assert service["id"] not in ids
    owners = await everything(api, "organizations", full="true")
    assert service["id"] not in {each["id"] for owner in owners for each in owner["services"]}


# --- a careless editor: the rows hold what they must not

FREE = (
    "name", "description_es", "description_en", "for_whom_es", "for_whom_en", "hours_es",
    "hours_en", "cost_note_es", "cost_note_en", "alert",
)  # fmt: skip


@cache
def plain_towns(country: str, common: str) -> list[str]:
    """Towns whose name is no state's and no other word of the export."""
    return sorted(
        {
            each.name
            for each in every_town(country)
            if len(fold(each.name)) > 4
            and f" {fold(each.name)} " not in common
            and not any(place.is_state for place in find_places(country, each.name))
        }
    )


def careless_service(number: int, dice: random.Random, common: str) -> tuple[list[Any], list[str]]:
    """Rows of a secret service full of its place, and the strings that must not come out."""
    country = dice.choice(COUNTRY_CODES)
    town = dice.choice(plain_towns(country, common))
    address = f"Portal Xanath {number * 7 + 11} bis"
    point = (round(dice.uniform(8, 49), 5), round(dice.uniform(-120, -60), 5))
    given = dice.choice((town, town.upper(), town.lower(), address, f"{point[0]}, {point[1]}"))
    texts = {name: "Te acompañan." for name in FREE}
    for name in dice.sample(FREE, k=dice.randint(1, len(FREE))):
        texts[name] = dice.choice((f"Está en {given}.", f"{given}: toca la puerta", given))
    squeezed = fold(town).replace(" ", "")
    owner = f"x.org.{number}"
    organization = Organization(
        id=owner, country=country, kind="ngo",
        name=f"Casa de {town} {number}" if dice.random() < 0.5 else f"Red {number}",
    )  # fmt: skip
    service = Service(
        id=f"x.secret-{number}", country=country, organization_id=owner, **texts,
        url=f"https://{squeezed}.example/" if dice.random() < 0.5 else None,
        email=f"casa@{squeezed}.example" if dice.random() < 0.5 else None,
        service_area="", languages="es", interpreters=False, cost="free",
        confidential_service=True, confidential_location=True, status="active",
        publication="published", confidence="high", call_first=False,
        types=[TypeOfService(type="violence_shelter", position=1)],
        locations=[
            Location(
                position=1, location_type=dice.choice(("physical", "postal")), address_1=address,
                city=town, state_province=dice.choice((town, None)), country=country,
                latitude=point[0], longitude=point[1], precision="exact",
            )
        ],
        phones=[
            Phone(position=1, number="911", kind="short_code", type="voice", display="911",
                  label_es=given, label_en=given, shown=True)
        ],
        schedules=[
            Schedule(position=1, freq="WEEKLY", byday="MO", opens_at="09:00", closes_at="17:00")
        ],
    )  # fmt: skip
    return [organization, service], [town, address, str(point[0]), str(point[1]), squeezed]


def careless_services() -> Iterator[tuple[list[Any], list[str]]]:
    """The same sixty each time."""
    dice = random.Random(2030)  # noqa: S311 - not for secrets
    common = f" {fold((HSDS / 'words.yml').read_text(encoding='utf-8'))} "
    for number in range(60):
        yield careless_service(number, dice, common)


def sixty_careless(engine: Engine) -> None:
    with transaction(engine) as session:
        for rows, _ in careless_services():
            session.add_all(rows)
            session.flush()


@cache
def banned_strings() -> list[str]:
    return sorted({each for _, strings in careless_services() for each in strings})


@pytest.fixture
def careless(kind: str, copied: Copied) -> Iterator[tuple[Engine, list[str]]]:
    for engine in opened(copied(kind, sixty_careless)):
        yield engine, banned_strings()


async def test_nothing_that_a_careless_editor_wrote_gives_a_secret_place_away(
    careless: tuple[Engine, list[str]],
) -> None:
    engine, banned = careless
    async with caller(application(engine)) as api:
        pages_read = [
            (await api.get(f"/api/{path}")).text
            for path in (
                "services?per_page=500", "services?full=true&per_page=500",
                "services?format=ndjson&full=true", "services?minimal=true",
                "organizations?full=true&per_page=500",
                "organizations?full_service=true&format=ndjson", "organizations?per_page=500",
            )
        ]  # fmt: skip
        with Session(engine) as session:
            leaving = exchanged(session, date(2026, 11, 27))
        pages_read.append(write_json(leaving).decode())
        with zipfile.ZipFile(io.BytesIO(write_package(leaving, datetime.now(UTC)))) as package:
            pages_read += [package.read(name).decode() for name in package.namelist()]
        services = await everything(api, "services")
        owners = await everything(api, "organizations")
        for kind, records in (("services", services), ("organizations", owners)):
            pages_read += [(await api.get(f"/api/{kind}/{each['id']}")).text for each in records]
        # What operators see: counters and the parts' state, after all these requests.
        pages_read += [(await api.get(path)).text for path in ("/metrics", "/readyz", "/healthz")]
        asked: list[Json] = [{"search": each} for each in banned]
        asked += [{"for_whom": each} for each in banned[::5]]
        asked += [{"near": f"{lat},{lon}", "km": 1000} for lat in (12, 25, 40)
                  for lon in (-70, -85, -100, -115)]  # fmt: skip
        found = [(each, (await get(api, "/api/services", **each))["total_items"]) for each in asked]

    assert len(services) == 60
    assert 0 < len(owners) < 60
    told = f" {fold(' '.join(pages_read))} "
    assert [each for each in banned if f" {fold(each)} " in told] == []
    assert [each for each, count in found if count] == []
    assert '"latitude"' not in "".join(pages_read)
    assert '"addresses"' not in "".join(pages_read)


async def test_a_verified_service_says_when_and_a_withdrawn_one_goes(
    careless: tuple[Engine, list[str]],
) -> None:
    engine, _ = careless
    with transaction(engine) as session:
        first, second = session.scalars(select(Service).order_by(Service.id).limit(2))
        first.verified_at = datetime(2026, 11, 20, 12, tzinfo=UTC)
        second.publication = "withdrawn"
        ids = str(hsds_id(first.id)), str(hsds_id(second.id))

    async with caller(application(engine)) as api:
        verified = await get(api, f"/api/services/{ids[0]}")
        gone = await api.get(f"/api/services/{ids[1]}")

    assert verified["assured_date"] == "2026-11-20"
    assert verified["last_modified"] == "2026-11-20T12:00:00.000Z"
    assert gone.status_code == 404


def test_a_change_shows_after_half_a_minute_at_the_latest(
    careless: tuple[Engine, list[str]],
) -> None:
    engine, _ = careless
    now = [100.0]
    shelf = Shelf(engine, lambda: now[0])
    before = set(shelf.directory().services)
    with transaction(engine) as session:
        service = session.scalars(select(Service).limit(1)).one()
        service.publication = "withdrawn"

    now[0] += KEPT_S
    after = set(shelf.directory().services)

    assert before - after == {str(hsds_id(service.id))}


def test_what_women_found_wrong_and_what_was_forgotten_goes_to_nobody_else(
    filled_engine: Engine,
) -> None:
    today = date(2026, 11, 25)
    with Session(filled_engine) as session:  # never committed
        told = [
            each
            for each in session.scalars(select(Service).order_by(Service.id))
            if may_be_told(each, today) and len(told_numbers(each)) > 1
        ]
        one_number, whole, forgotten = told[:3]
        number, *others = told_numbers(one_number)
        one_number.hidden.append(Hidden(record_id=one_number.id, number=number, since=today))
        whole.hidden.append(Hidden(record_id=whole.id, number=WHOLE, since=today))
        forgotten.verified_at = datetime(2022, 1, 1, tzinfo=UTC)

        services = read_directory(session, today).services
        partly, gone, old = (str(hsds_id(each.id)) for each in told[:3])
        session.rollback()

    assert {each["number"] for each in services[partly].full["phones"]} == set(others)
    assert gone not in services
    assert old not in services
