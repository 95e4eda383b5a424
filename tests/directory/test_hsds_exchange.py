"""The directory leaves as an HSDS file and comes back, its own or another network's."""

from __future__ import annotations

import copy
import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as some
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.commands.exchange import CannotExchange, exchange
from bot.database import transaction
from bot.directory import hsds_files, sheet
from bot.directory.hsds_files import read_files
from bot.directory.hsds_import import read_any
from bot.directory.hsds_package import exchanged, write_json, write_package
from bot.directory.models import Phone, Service, hsds_id
from bot.directory.sheet import Unreadable
from bot.directory.sheet_check import secret_places
from bot.knowledge.history import By
from bot.knowledge.imports import Preview, apply, preview, undo
from bot.knowledge.trust import Hidden
from bot.settings import Settings
from tests.conftest import ON_SQLITE, Copied, only_honduras, opened
from tests.directory.test_hsds_api import faults as faults_of_schema

Json = dict[str, Any]
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
TODAY = NOON.date()
BY = By("editor", NOON)
SECRET = "hn.casa-refugio-sps"  # noqa: S105 - a refuge
FOREIGN_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@pytest.fixture
def engine(copied: Copied) -> Iterator[Engine]:
    """Honduras, for a test that changes it."""
    yield from opened(copied("sqlite", only_honduras))


@pytest.fixture(scope="session")
def once(shared_honduras: Engine) -> bytes:
    """Honduras as it leaves, read once in a run."""
    return write_json(services_of(shared_honduras))


@pytest.fixture
def services(once: bytes) -> list[Json]:
    """A dozen of its places, the secret one among them, for a test that changes them."""
    found: list[Json] = json.loads(once)
    secret = record_of(found, SECRET)
    rest = sorted(found, key=lambda each: len(each.get("phones", ())) + ("email" in each))
    return [*[each for each in rest if each is not secret][-11:], secret]


def services_of(engine: Engine) -> list[Json]:
    with Session(engine) as session:
        return exchanged(session, TODAY)


def look(engine: Engine, data: bytes) -> Preview:
    with Session(engine) as session:
        return preview(session, read_any(session, data))


def packed(services: list[Json]) -> bytes:
    return write_package(services, NOON)


FORMS = pytest.mark.parametrize("form", [write_json, packed], ids=["json", "tables"])
Form = Callable[[list[Json]], bytes]


def repacked(data: bytes, change: Callable[[str, list[list[str]]], list[list[str]]]) -> bytes:
    """The package with the rows of each file as `change` makes them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.endswith(".csv"):
                rows = io.StringIO()
                csv.writer(rows).writerows(change(name, list(csv.reader(io.StringIO(text)))))
                text = rows.getvalue()
            new.writestr(name, text)
    return out.getvalue()


def record_of(services: list[Json], record_id: str) -> Json:
    return next(each for each in services if each["id"] == str(hsds_id(record_id)))


def without(record: Any, *names: str) -> Any:
    """The record without these fields, at any depth."""
    if isinstance(record, list):
        return [without(each, *names) for each in record]
    if not isinstance(record, dict):
        return record
    return {key: without(each, *names) for key, each in record.items() if key not in names}


LINKS = ("service_id", "location_id", "organization_id", "taxonomy_term_id", "link_id")


@ON_SQLITE
def test_the_whole_directory_goes_out_and_comes_back_as_it_was(filled_engine: Engine) -> None:
    services = services_of(filled_engine)

    assert len(services) > 700
    assert read_files(write_json(services)).services == services
    # In tables each record also names what it hangs on.
    assert without(read_files(packed(services)).services, *LINKS) == without(services, *LINKS)
    services = services[::15]  # whichever: their order is that of their UUIDs
    back = look(filled_engine, packed(services))
    assert (back.faults, back.added, back.changed, back.removed) == ((), (), (), ())
    assert back.unchanged == len(services)


@FORMS
def test_in_an_empty_database_it_is_the_same_directory(
    services: list[Json], sqlite_engine: Engine, form: Form
) -> None:
    seen = look(sqlite_engine, form(services))
    assert seen.faults == ()
    apply(sqlite_engine, seen, BY, publish=True)

    kept = {each["id"]: without(each, "last_modified") for each in services}
    back = {each["id"]: without(each, "last_modified") for each in services_of(sqlite_engine)}
    secret = str(hsds_id(SECRET))
    # The English of the name that stands for a veiled one is the importer's own matter.
    del kept[secret]["translations"]["en"]["name"]
    assert back == kept
    with Session(sqlite_engine) as session:
        stored = session.scalars(select(Service).where(Service.confidential_location)).all()
    assert str(hsds_id(stored[0].id)) == secret


def test_each_file_of_the_package_is_described(services: list[Json]) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(services))) as zipped:
        described = json.loads(zipped.read("datapackage.json"))
        assert {each["path"] for each in described["resources"]} == {
            each for each in zipped.namelist() if each.endswith(".csv")
        }
        for each in described["resources"]:
            rows = csv.reader(io.StringIO(zipped.read(each["path"]).decode()))
            fields = each["schema"]["fields"]
            assert next(rows) == [field["name"] for field in fields]
            needed = [
                n for n, field in enumerate(fields) if field.get("constraints", {}).get("required")
            ]
            assert all(row[n] for row in rows for n in needed), each["path"]


def test_the_json_is_what_hsds_publishes(services: list[Json]) -> None:
    assert [each for one in services for each in faults_of_schema(one, "service")] == []


@FORMS
def test_what_somebody_changed_is_shown_and_nothing_else(
    engine: Engine, services: list[Json], form: Form
) -> None:
    before = copy.deepcopy(services)
    changed = next(each for each in services if each.get("email") and each.get("phones"))
    changed["email"] = "nuevo@example.org"
    changed["phones"][0] |= {"number": "+50422220199"}
    changed["languages"].append({"id": FOREIGN_ID, "service_id": changed["id"], "code": "mam"})

    seen = look(engine, form(services))

    assert (seen.faults, seen.added) == ((), ())
    [found] = seen.changed
    assert set(found.fields) == {"email", "phones", "languages"}
    assert found.fields["phones"][1][0]["display"] == "2222-0199"
    batch = apply(engine, seen, BY)
    assert look(engine, form(services)).changed == ()
    assert undo(engine, batch, BY) == []
    assert look(engine, form(before)).changed == ()


def test_a_number_that_women_reported_is_not_lost_on_the_way(engine: Engine) -> None:
    with transaction(engine) as session:
        phone = session.scalars(select(Phone).where(Phone.position == 2, Phone.shown)).first()
        assert phone is not None
        owner, number = phone.service_id, phone.number
        session.add(Hidden(record_id=owner, number=number, since=TODAY))
    record = record_of(services_of(engine), owner)
    assert number not in {each["number"] for each in record["phones"]}
    record["phones"] = [{"id": FOREIGN_ID, "number": "+50422220155", "type": "voice"}]

    seen = look(engine, write_json([record]))
    apply(engine, seen, BY)

    with Session(engine) as session:
        numbers = [each.number for each in session.get_one(Service, owner).phones]
    assert number in numbers


@FORMS
def test_a_secret_place_leaves_without_its_place_and_never_becomes_public(
    engine: Engine, services: list[Json], form: Form
) -> None:
    record = record_of(services, SECRET)
    assert "address" not in json.dumps(record)
    assert "latitude" not in json.dumps(record)
    assert "San Pedro" not in json.dumps(record, ensure_ascii=False)
    record["attributes"] = [
        e for e in record["attributes"] if e["value"] != "confidential_location"
    ]
    record["email"] = "casa@example.org"

    seen = look(engine, form(services))
    [changed] = seen.changed
    assert set(changed.fields) == {"email"}
    apply(engine, seen, BY)

    with Session(engine) as session:
        service = session.get_one(Service, SECRET)
        assert service.confidential_location
        assert service.email == "casa@example.org"
        assert "San Pedro" in service.name


@pytest.mark.parametrize("is_said", [True, False], ids=["said in the file", "known here"])
def test_the_address_of_a_secret_place_is_refused_before_it_is_kept(
    engine: Engine, services: list[Json], is_said: bool
) -> None:
    record = record_of(services, SECRET)
    if not is_said:
        record["attributes"] = record["attributes"][:1]
    place = record["service_at_locations"][0]["location"]
    place |= {"location_type": "physical", "latitude": 15.5, "longitude": -88.0}
    data = packed(services)

    with Session(engine) as session:
        told = secret_places(read_any(session, data), {SECRET})
    assert told
    assert all("lugar secreto" in each.in_words("es") for each in told)
    assert "latitude" in {each.field for each in told}
    assert look(engine, data).faults


def test_a_redacted_location_of_another_program_is_a_secret_place(
    engine: Engine, services: list[Json]
) -> None:
    record = next(each for each in services if "addresses" in json.dumps(each))
    record["service_at_locations"][0]["location"] = {
        "id": FOREIGN_ID, "location_type": "redacted"
    }  # fmt: skip

    [changed] = look(engine, write_json(services)).changed

    assert changed.fields["confidential_location"] == (False, True)
    assert changed.fields["locations"][1][0]["city"] is None


# --- another network's file

FOREIGN = {
    "id": FOREIGN_ID,
    "name": "Casa Abierta",
    "status": "active",
    "description": "Cama y comida.",
    "eligibility_description": "Mujeres",
    "organization": {"id": str(hsds_id("o")), "name": "Red Abierta", "description": "ONG"},
    "phones": [{"id": str(hsds_id("p")), "number": "2222-0144", "type": "cell"}],
    "schedules": [
        {"id": str(hsds_id("s")), "freq": "WEEKLY", "byday": "MO,TU", "opens_at": "08:00:00-0600",
         "closes_at": "17:00-06:00"}
    ],
    "cost_options": [{"id": str(hsds_id("c")), "amount": 0}],
    "attributes": [
        {"id": str(hsds_id("a")), "link_id": FOREIGN_ID, "link_entity": "service",
         "taxonomy_term": {"id": str(hsds_id("t")), "name": "Shelter", "code": "FT-3200"},
         "value": "Migrant shelter"}
    ],
    "service_at_locations": [
        {"id": str(hsds_id("l")), "location": {
            "id": str(hsds_id("m")), "location_type": "physical", "latitude": 15.77,
            "longitude": -87.46,
            "addresses": [{"id": str(hsds_id("d")), "address_1": "Calle 1", "city": "Tela",
                           "state_province": "Atlántida", "postal_code": "", "country": "HN",
                           "address_type": "physical"}]}}
    ],
    "languages": [{"id": str(hsds_id("g")), "name": "Inglés"}],
    "program": {"id": "x"}, "unknown": [1],
}  # fmt: skip


def foreign(**changes: Any) -> bytes:
    record = {**copy.deepcopy(FOREIGN), **changes}
    return json.dumps({"contents": [{k: v for k, v in record.items() if v is not None}]}).encode()


def test_a_place_of_another_network_is_a_draft_and_known_the_next_time(engine: Engine) -> None:
    seen = look(engine, foreign())
    assert seen.faults == ()
    apply(engine, seen, BY)

    with Session(engine) as session:
        service = session.get_one(Service, f"hn.{FOREIGN_ID}")
        assert service.publication == "draft"
        assert service.cost == "free"
        assert service.languages == "en"
        assert [each.type for each in service.types] == ["migrant_shelter"]
        assert [(each.number, each.type) for each in service.phones] == [("+50422220144", "voice")]
        assert [(e.byday, e.opens_at, e.closes_at) for e in service.schedules] == [
            ("MO,TU", "08:00", "17:00")
        ]
        assert (service.locations[0].city, service.locations[0].precision) == ("Tela", "exact")
    again = look(engine, foreign())
    assert (again.added, again.changed, again.unchanged) == ((), (), 1)
    [changed] = look(engine, foreign(status="temporarily closed")).changed
    assert changed.fields == {"status": ("active", "temporarily closed")}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id": "7"}, "JSON, fila 1, «id»: «7» no es un UUID"),
        ({"attributes": None}, "«attributes»: no puede quedar vacío"),
        ({"phones": [{"number": "12"}]}, "«number»: no conocemos el número corto «12»"),
        ({"status": "open"}, "«status»: «open»"),
        ({"email": "casa"}, "«email»: «casa» no es un correo"),
        ({"eligibility_description": None}, "«eligibility_description»: no puede quedar vacío"),
        ({"languages": [{"code": f"q{n:c}{n:c}"} for n in range(97, 122)]}, "demasiado largo"),
        ({"languages": [{"name": "Klingon"}]}, "«code»: «Klingon»"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_field(
    shared_honduras: Engine, changes: Json, told: str
) -> None:
    seen = look(shared_honduras, foreign(**changes))

    assert seen.added == ()
    assert told in " | ".join(each.in_words("es") for each in seen.faults)


def test_what_would_not_fit_the_database_is_made_to(engine: Engine) -> None:
    place = copy.deepcopy(FOREIGN["service_at_locations"])
    place[0]["location"]["coordinates_precision"] = "to the millimetre"
    days = [{"byday": "MO,MO,MO,MO,MO,MO,MO,MO,MO,MO", "opens_at": "08:00", "closes_at": "09:00"}]
    phone = {"number": "+504 2222" + " " * 40 + "0144"}

    seen = look(engine, foreign(schedules=days, phones=[phone], source_date="2026-99",
                                service_at_locations=place))  # fmt: skip
    apply(engine, seen, BY)

    with Session(engine) as session:
        service = session.get_one(Service, f"hn.{FOREIGN_ID}")
        assert service.as_of is None
        assert service.schedules[0].byday == "MO"
        assert service.locations[0].precision == "exact"
        assert service.phones[0].display == "2222-0144"


def test_in_tables_a_fault_names_the_file_and_its_row(
    shared_honduras: Engine, services: list[Json]
) -> None:
    def change(name: str, rows: list[list[str]]) -> list[list[str]]:
        if name == "addresses.csv":
            rows[2][rows[0].index("country")] = "FR"
        return rows

    seen = look(shared_honduras, repacked(packed(services), change))

    words = [each.in_words("en") for each in seen.faults]
    assert any(each.startswith("addresses.csv, row 3, «country»: “FR” is not") for each in words)


def test_with_a_wrong_cell_in_a_table_nothing_is_imported(
    shared_honduras: Engine, services: list[Json]
) -> None:
    def change(name: str, rows: list[list[str]]) -> list[list[str]]:
        if name == "locations.csv":
            for row, text in ((1, "north"), (3, "east")):
                rows[row][rows[0].index("latitude")] = text
        return rows

    with pytest.raises(Unreadable) as refused:
        look(shared_honduras, repacked(packed(services), change))

    assert [each.in_words("en") for each in refused.value.faults] == [
        "locations.csv, row 2, «latitude»: “north” is not a number",
        "locations.csv, row 4, «latitude»: “east” is not a number",
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"[1, 2]", "HSDS"), (b"{", "HSDS"), (b"[]", "HSDS"), (b"[" * 100_000, "HSDS"),
        (b'[{"id": NaN}]', "HSDS"), (b"\xff[", "títulos"),
    ],
    ids=["numbers", "half", "empty", "deep", "nan", "no text"],
)  # fmt: skip
def test_what_is_no_hsds_is_refused(shared_honduras: Engine, data: bytes, why: str) -> None:
    with Session(shared_honduras) as session, pytest.raises(Unreadable) as refused:
        read_any(session, data)
    assert why in refused.value.faults[0].in_words("es")


def zipped_files(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in {"datapackage": b"{}", **files}.items():
            new.writestr(f"{name}.{'json' if name == 'datapackage' else 'csv'}", text)
    return out.getvalue()


def test_a_package_that_swells_or_lacks_its_table_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheet, "MOST_UNZIPPED", 1_000_000)
    with pytest.raises(Unreadable, match="too long"):
        read_files(zipped_files(services=b"\0" * 1_100_000))
    with pytest.raises(Unreadable, match=r"services\.csv"):
        read_files(zipped_files(phones=b"id\n1\n"))
    with pytest.raises(Unreadable, match=r"services\.csv, row 1: the column"):
        read_files(zipped_files(services=b"name\nA\n"))
    monkeypatch.setattr(hsds_files, "MOST_CELLS", 2)
    with pytest.raises(Unreadable, match="too long"):
        read_files(zipped_files(services=b"id\n1\n2\n3\n"))


TEXTS = some.text(
    some.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30
).map(str.strip).filter(bool)  # fmt: skip


@examples(max_examples=15, deadline=None)
@given(names=some.lists(TEXTS, min_size=1, max_size=3), point=some.floats(-90, 90))
def test_whatever_is_written_in_it_comes_back_from_both_forms(
    names: list[str], point: float
) -> None:
    services = [
        {"id": str(hsds_id(str(n))), "name": name, "status": "active",
         "translations": {"en": {"name": f"{name} {name}"}},
         "phones": [{"id": str(hsds_id(f"p{n}")), "number": name}],
         "service_at_locations": [{"id": str(hsds_id(f"l{n}")), "location": {
             "id": str(hsds_id(f"m{n}")), "location_type": "physical", "latitude": point}}]}
        for n, name in enumerate(names)
    ]  # fmt: skip

    assert read_files(write_json(services)).services == services
    assert without(read_files(packed(services)).services, *LINKS) == services


def test_at_the_command_line_nothing_is_written_until_it_is_asked_for(
    copied: Copied, tmp_path: Path
) -> None:
    url = copied("sqlite", only_honduras)
    settings = Settings(url, b"k" * 32, public_url="https://comadre.example")
    file = tmp_path / "directory.json"

    assert "published services" in exchange(settings, "export", str(file))
    assert "0 new, 0 changed" in exchange(settings, "import", str(file))
    file.write_bytes(foreign())
    assert "1 new" in exchange(settings, "import", str(file))
    assert "1 new" in exchange(settings, "import", str(file))
    told = exchange(settings, "import", str(file), write=True)
    assert "1 as they are" in exchange(settings, "import", str(file))
    assert "left: none" in exchange(settings, "undo", told.split()[-1])
    for what, on in (("export", "directory.xml"), ("import", str(tmp_path / "nothing.json"))):
        with pytest.raises(CannotExchange):
            exchange(settings, what, on)
