"""An organisation keeps its services in a spreadsheet: what would happen, then yes, then undo."""

from __future__ import annotations

import csv
import io
import random
import re
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Service
from bot.directory.search import find_services
from bot.directory.sheet import Unreadable, read_lines, sheet, template, write_csv
from bot.directory.sheet_export import sheet_rows
from bot.directory.sheet_xlsx import template_xlsx, write_xlsx
from bot.knowledge.history import By, edit, versions
from bot.knowledge.imports import Preview, apply, preview, undo
from bot.knowledge.load import fill
from bot.knowledge.snapshot import find_record, snapshot
from tests.countries import country_files

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
BY = By("organization", NOON)
GOOD = {**sheet().example, "country": "HN", "phone_1": "2222-0100", "city": "Tela"}


def shown(engine: Engine, rows: list[dict[str, str]], *, is_whole_list: bool = False) -> Preview:
    with Session(engine) as session:
        return preview(session, read_lines(write_csv(rows)), is_whole_list=is_whole_list)


def exported(engine: Engine) -> list[dict[str, str]]:
    with Session(engine) as session:
        return sheet_rows(session.scalars(select(Service).order_by(Service.id)))


def everything(engine: Engine) -> dict[str, object]:
    with Session(engine) as session:
        return {each.id: snapshot(each) for each in session.scalars(select(Service))}


def test_the_template_is_in_spanish_and_its_example_is_good(shared_honduras: Engine) -> None:
    text = template().decode("utf-8-sig")
    titles, example = list(csv.reader(io.StringIO(text)))

    assert titles[1:4] == ["nombre", "organización", "tipo de organización"]
    with Session(shared_honduras) as session:
        made = preview(session, read_lines(template()))
    assert made.faults == ()
    assert [each.values["name"] for each in made.added] == [example[1]]
    assert read_lines(template("en"))[0].cells == read_lines(template())[0].cells


@pytest.mark.parametrize("country", ["HN", "US", "XX"])
def test_what_goes_out_comes_back_unchanged(empty_engine: Engine, country: str) -> None:
    with transaction(empty_engine) as session:
        fill(session, {country: country_files(country)})

    rows = exported(empty_engine)
    back = shown(empty_engine, rows, is_whole_list=True)

    assert back.faults == ()
    assert (back.added, back.changed, back.removed) == ((), (), ())
    assert back.unchanged == len(rows) > 10


def test_nothing_is_written_until_it_is_confirmed(honduras: Engine) -> None:
    rows = exported(honduras)
    before = everything(honduras)
    rows[0]["hours_es"], rows[0]["hours_en"] = "De noche", "At night"

    made = shown(honduras, [*rows[:-1], GOOD], is_whole_list=True)

    assert everything(honduras) == before
    assert [each.values["name"] for each in made.added] == ["Casa de la Esperanza"]
    [changed] = made.changed
    assert changed.id == rows[0]["id"]
    assert set(changed.fields) == {"hours_es", "hours_en", "schedules"}
    assert changed.fields["hours_es"][1] == "De noche"


def test_confirmed_it_is_written_and_undone_it_is_as_before(honduras: Engine) -> None:
    rows = exported(honduras)
    before = everything(honduras)
    for row in rows[:5]:
        row["hours_es"], row["hours_en"] = "De noche", "At night"
    rows[6]["phone_1"] = "2222-0199"
    made = shown(honduras, [*rows, GOOD])

    batch = apply(honduras, made, BY, publish=True)

    with Session(honduras) as session:
        found = find_services(session, "HN", ("food",), "Tela", today=date(2026, 11, 25))
        assert found[0].name == "Casa de la Esperanza"
        assert found[0].phone_displays == ("2222-0100",)
        new = found[0].id
        assert versions(session, rows[0]["id"])[-1].batch == batch
    assert shown(honduras, exported(honduras)).changed == ()

    kept = undo(honduras, batch, By("editor", NOON))

    after = everything(honduras)
    assert kept == []
    assert {key: value for key, value in after.items() if key != new} == before
    with Session(honduras) as session:
        assert session.get_one(Service, new).publication == "withdrawn"


def test_new_places_wait_for_an_editor(honduras: Engine) -> None:
    apply(honduras, shown(honduras, [GOOD]), BY)

    with Session(honduras) as session:
        found = find_services(session, "HN", ("food",), "Tela", today=date(2026, 11, 25))
        waiting = session.scalars(select(Service).where(Service.name == GOOD["name"])).one()
    assert GOOD["name"] not in {each.name for each in found}
    assert waiting.publication == "draft"


def test_what_was_changed_since_is_not_undone(honduras: Engine) -> None:
    rows = exported(honduras)
    for row in rows[:2]:
        row["hours_es"], row["hours_en"] = "De noche", "At night"
    batch = apply(honduras, shown(honduras, rows), BY)
    edit(honduras, rows[0]["id"], {"hours_es": "De día"}, By("editor", NOON))

    kept = undo(honduras, batch, By("editor", NOON))

    assert kept == [rows[0]["id"]]
    with Session(honduras) as session:
        record = find_record(session, rows[0]["id"])
        assert isinstance(record, Service)
        assert record.hours_es == "De día"


def test_a_whole_list_takes_away_what_it_does_not_have(honduras: Engine) -> None:
    rows = exported(honduras)
    with Session(honduras) as session:
        counts = session.execute(
            select(Service.organization_id, func.count())
            .where(Service.publication == "published")
            .group_by(Service.organization_id)
            .having(func.count() > 1)
        ).all()
        ids = session.scalars(
            select(Service.id)
            .where(Service.organization_id == counts[0][0], Service.publication == "published")
            .order_by(Service.id)
        ).all()
    one = [row for row in rows if row["id"] == ids[0]]

    assert shown(honduras, one, is_whole_list=True).removed == tuple(ids[1:])
    assert shown(honduras, one).removed == ()
    faulty = [*one, {**GOOD, "phone_1": "1"}]
    assert shown(honduras, faulty, is_whole_list=True).removed == ()  # never by mistake


FAULTS = [
    ("name", "", "fila 2, «nombre»: no puede quedar vacío"),
    ("country", "ZZ", "row 2, «country»: “ZZ” is not one of our countries"),
    ("service_types", "comida, magia", "fila 2, «tipos de servicio»: «magia» no es un tipo"),
    ("phone_1", "12345678901234", "fila 2, «teléfono 1»: «12345678901234» no es un teléfono"),
    ("phone_1", "12", "fila 2, «teléfono 1»: no conocemos el número corto «12» en ese país"),
    ("phone_1", "00 503 2222 0000", "fila 2, «teléfono 1»: es un teléfono de otro país"),
    ("phone_2", "llámanos", "row 2, «phone 2»: “llámanos” is not a phone of that country"),
    ("whatsapp", "911", "fila 2, «WhatsApp»: «911» no es un teléfono"),
    ("email", "casa.example", "fila 2, «correo»: «casa.example» no es un correo"),
    ("url", "javascript:alert(1)", "fila 2, «página web»: «javascript:alert(1)» no es una página"),
    ("city", "Ciudad Gótica", "row 2, «town»: I don't know “Ciudad Gótica” in that country"),
    ("hours_en", "", "fila 2, «horario (inglés)»: escríbelo en los dos idiomas"),
    ("languages", "español", "fila 2, «idiomas»: «español»: escribe códigos"),
    ("cost", "mucho", "fila 2, «costo»: «mucho»: escribe gratis"),
    ("organization_kind", "banda", "fila 2, «tipo de organización»: «banda»: escribe ong"),
    ("secret", "quizás", "fila 2, «lugar secreto (sí o no)»: «quizás»: escribe sí o no"),
    ("secret", "sí", "fila 2, «ciudad o pueblo»: un lugar secreto no lleva esto"),
    ("service_types", "un lugar seguro", "fila 2, «lugar secreto (sí o no)»: un refugio para"),
    ("id", "hn.nobody", "row 2, «code (empty if new)»: there is no code “hn.nobody”"),
    ("name", "N" * 300, "fila 2, «nombre»: es demasiado largo"),
]


@pytest.mark.parametrize(("field", "value", "expected"), FAULTS)
def test_a_fault_names_row_and_cell_in_her_language(
    shared_honduras: Engine, field: str, value: str, expected: str
) -> None:
    language = "en" if expected.startswith("row") else "es"

    made = shown(shared_honduras, [{**GOOD, field: value}])

    told = [each.in_words(language) for each in made.faults]
    assert any(each.startswith(expected) for each in told), told
    assert (made.added, made.changed) == ((), ())


def test_all_faults_of_a_row_are_told_at_once_and_good_rows_stay(shared_honduras: Engine) -> None:
    bad = {**GOOD, "name": "", "email": "x", "cost": "mucho"}

    made = shown(
        shared_honduras, [GOOD, bad, {**GOOD, "name": "Otra casa", "phone_1": "2222-0111"}]
    )

    assert [(each.row, each.field) for each in made.faults] == [
        (3, "name"), (3, "cost"), (3, "email"),
    ]  # fmt: skip
    assert len(made.added) == 2


def test_a_place_that_is_there_already_is_proposed_as_a_duplicate(shared_honduras: Engine) -> None:
    rows = {row["id"]: row for row in exported(shared_honduras)}
    there = rows["hn.acnur-choluteca"]
    again = {**there, "id": "", "name": there["name"].upper()}

    made = shown(shared_honduras, [again, GOOD, {**GOOD, "description_es": "Otra vez."}])

    assert [(each.row, each.like) for each in made.duplicates] == [
        (2, "hn.acnur-choluteca"), (4, "row 3"),
    ]  # fmt: skip
    assert made.duplicates[1].why == ("name", "phone", "place")


def test_a_secret_place_does_not_travel_in_the_sheet_and_survives_it(honduras: Engine) -> None:
    row = next(each for each in exported(honduras) if each["id"] == "hn.casa-refugio-sps")
    before = everything(honduras)["hn.casa-refugio-sps"]

    back = shown(honduras, [{**row, "cost": "gratis"}, {**GOOD, "secret": "si", "city": ""}])
    public = shown(honduras, [{**row, "secret": "no", "city": "Tela", "address": "Calle 1"}])
    apply(honduras, public, BY)

    assert "San Pedro Sula" not in " ".join(row.values())
    assert back.faults == ()
    assert [each.field for each in public.faults] == ["city", "address"]
    after = everything(honduras)["hn.casa-refugio-sps"]
    assert after["locations"] == before["locations"]  # type: ignore[index]
    assert after["confidential_location"]  # type: ignore[index]


def test_a_place_becomes_secret_and_its_town_goes(honduras: Engine) -> None:
    row = next(each for each in exported(honduras) if each["id"] == "hn.acnur-choluteca")
    assert row["city"]

    made = shown(honduras, [{**row, "secret": "sí", "city": "", "address": ""}])
    apply(honduras, made, BY)

    with Session(honduras) as session:
        service = session.get_one(Service, row["id"])
        assert service.confidential_location
        places = {(each.city, each.latitude, each.location_type) for each in service.locations}
        assert places == {(None, None, "virtual")}


@pytest.mark.parametrize(
    "change", [lambda d: d.replace(b",", b";"), lambda d: d.decode("utf-8-sig").encode("cp1252")]
)
def test_csv_as_spanish_spreadsheets_write_it(change: Callable[[bytes], bytes]) -> None:
    plain = {key: text.replace(",", "") for key, text in GOOD.items()}

    [line] = read_lines(change(write_csv([plain])))

    assert line.cells["organization_kind"] == "ong"
    assert line.cells["hours_es"] == plain["hours_es"]


@pytest.mark.parametrize("data", [b"", b"a,b,c\n1,2,3\n", b"\x00\x01\x02", b"PK\x03\x04nothing"])
def test_a_file_that_is_no_sheet_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_lines(data)

    assert all(each.in_words("es").startswith("fila 1") for each in refused.value.faults)


def test_a_missing_column_is_named() -> None:
    data = write_csv([GOOD]).replace(b"nombre,", b"nada,", 1)

    with pytest.raises(Unreadable, match="row 1, «name»: this column is missing"):
        read_lines(data)


FORMULAS = ("=HYPERLINK(1)", "@SUM(1)", "-1+cmd|' /C calc'!A0", "+HYPERLINK(1)",
            "+cmd|' /C calc'!A0", "\t=1", "\r=1", "\n=1", "  =1", "\ufeff=1", "\uff1d1",
            "+1+cmd|' /C calc'!A0")  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_looks_like_a_formula_is_harmless(text: str) -> None:
    data = write_csv([{**GOOD, "name": text}])

    cells = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1]
    assert f"'{text}" in cells
    assert text not in cells


@pytest.mark.parametrize("number", ["+502 2222-2222", "+1 (555) 010 9999", "+50222222222; +50222"])
def test_a_telephone_number_stays_one(number: str) -> None:
    data = write_csv([{**GOOD, "phone_1": number}])

    assert number in list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1]


@pytest.mark.parametrize("text", ["- Abogada gratis\n- Psicóloga", "=1+1", "@red", "-", "+ ayuda"])
def test_a_text_that_begins_like_a_formula_comes_back_as_it_was(text: str) -> None:
    [line] = read_lines(write_csv([{**GOOD, "description_es": text}]))

    assert line.cells["description_es"] == text


def test_a_sheet_with_too_many_rows_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.directory.sheet.MOST_ROWS", 2)
    assert len(read_lines(write_csv([GOOD, GOOD, {}]))) == 2

    with pytest.raises(Unreadable, match="more than"):
        read_lines(write_csv([GOOD, GOOD, GOOD]))


def test_an_xlsx_that_is_broken_inside_is_refused_in_words() -> None:
    book = import_module("openpyxl").Workbook()
    for _ in range(50):
        book.active.append([title.es for title in sheet().columns.values()])
    out, broken = io.BytesIO(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)

    with pytest.raises(Unreadable, match="cannot be read"):
        read_lines(broken.getvalue())


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = {
    "swells to a thousand million words": f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>',
    "reads a file of this machine": '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/hostname">]>',
    "calls a stranger": '<!DOCTYPE x [<!ENTITY a9 SYSTEM "http://127.0.0.1:9/">]>',
}


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml",
                                  "xl/workbook.xml", "[Content_Types].xml"])  # fmt: skip
@pytest.mark.parametrize("doctype", ENTITIES.values(), ids=ENTITIES)
def test_an_xlsx_whose_entities_do_something_is_refused_in_words(part: str, doctype: str) -> None:
    book = import_module("openpyxl").Workbook()
    book.active.append([title.es for title in sheet().columns.values()])
    book.active.append([GOOD.get(key) for key in sheet().columns])
    out, evil = io.BytesIO(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as good, zipfile.ZipFile(evil, "w") as bad:
        assert part in good.namelist()
        for name in good.namelist():
            text = good.read(name).decode()
            if name == part:
                root = re.search(r"<(?![?!])[^>]*>", text)
                assert root
                text = f"{doctype}{root[0]}&a9;{text[root.end() :]}"
            bad.writestr(name, text)
    began = time.monotonic()

    with pytest.raises(Unreadable, match="cannot be read"):
        read_lines(evil.getvalue())
    assert time.monotonic() - began < 5


def test_without_the_parser_that_refuses_them_no_xlsx_is_read_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    openpyxl = import_module("openpyxl")
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    monkeypatch.setattr(openpyxl, "DEFUSEDXML", False)

    with pytest.raises(Unreadable, match="CSV"):
        read_lines(out.getvalue())


def test_an_xlsx_reads_like_a_csv() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = import_module("openpyxl").Workbook()
    assert openpyxl
    book.active.append([title.es for title in sheet().columns.values()])
    numbers = {**GOOD, "phone_1": 22220100.0}
    book.active.append([numbers.get(key) for key in sheet().columns])
    out = io.BytesIO()
    book.save(out)

    [line] = read_lines(out.getvalue())

    assert line.cells["phone_1"] == "22220100"
    assert {**line.cells, "phone_1": ""} == {
        **dict.fromkeys(sheet().columns, ""), **GOOD, "phone_1": "",
    }  # fmt: skip


def test_an_xlsx_goes_out_with_every_cell_as_text_and_comes_back() -> None:
    rows = [{**GOOD, "description_es": text} for text in ("=1+1", "- una cama", "a\x0bb", "ñ" * 90)]

    data = write_xlsx(rows)
    back = [each.cells for each in read_lines(data)]

    assert [each["description_es"] for each in back] == ["=1+1", "- una cama", "ab", "ñ" * 90]
    assert all(each["phone_1"] == GOOD["phone_1"] for each in back)
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    cells = [cell for row in page.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert page.freeze_panes == "A2"
    assert read_lines(template_xlsx("en"))[0].cells == read_lines(template())[0].cells


def test_five_thousand_rows_with_two_hundred_faults(shared_honduras: Engine) -> None:
    dice = random.Random(5)  # noqa: S311 - not for secrets
    rows = [
        {**GOOD, "name": f"Casa {n}", "phone_1": f"22{n:06}", "city": ("Tela", "La Ceiba")[n % 2]}
        for n in range(200_000, 205_000)
    ]
    planted = set(dice.sample(range(5_000), 200))
    plain = [(field, value) for field, value, _ in FAULTS if field != "id"]
    for number in planted:
        field, value = dice.choice(plain)
        rows[number][field] = value

    started = time.perf_counter()
    made = shown(shared_honduras, rows)
    took_s = time.perf_counter() - started

    print(f"5,000 rows: {took_s:.1f} s, {len(made.faults)} faults in "
          f"{len({each.row for each in made.faults})} rows")  # fmt: skip
    assert {each.row - 2 for each in made.faults} == planted
    assert len(made.added) == 4_800
    assert took_s < 20
