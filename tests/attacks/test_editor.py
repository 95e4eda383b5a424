"""Somebody of an organisation looks for what is not hers, or changes it."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.directory import hsds_secret
from bot.directory import sheet as sheet_module
from bot.directory.models import Organization, Service
from bot.directory.reports import Rule
from bot.directory.sheet import MOST_PARTS, sheet, write_csv
from bot.directory.sheet_export import sheet_rows
from bot.knowledge.models import Statement
from bot.portal.models import Attempt, Proposal, Upload
from bot.portal.routes import PAGES
from bot.portal.sheets import MOST_UPLOADS
from bot.portal.sign_in import wrong_with
from bot.serve import forgetting
from bot.serve.forgetting import forget_old
from tests.portal.desk import PASSWORD, Desk, Worker, on_both
from tests.portal.test_places import link_of

STREET = "Calle Canaria 4512"


def bring(worker: Worker, rows: list[dict[str, str]], **fields: str) -> Worker:
    worker.open("/portal/sheets")
    return worker.send("/sheets", files={"sheet": ("s.csv", write_csv(rows))}, **fields)


def another(desk: Desk, mine: Service) -> tuple[Service, Organization]:
    with Session(desk.engine, expire_on_commit=False) as session:
        wanted = select(Service).where(
            Service.organization_id != mine.organization_id, Service.country == mine.country,
            Service.publication == "published", Service.confidential_location.is_(False),
        )  # fmt: skip
        found = session.scalars(wanted.order_by(Service.id)).first()
        assert found
        return found, session.get_one(Organization, found.organization_id)


@on_both
def test_a_whole_list_that_names_another_organisation_ends_nothing_of_it(desk: Desk) -> None:
    mine = desk.service()
    _, foreign = another(desk, mine)
    row = sheet_rows([desk.read(mine.id)])[0] | {"organization": foreign.name}
    worker = bring(desk.contributor(mine), [row], whole="yes")

    worker.send(worker.path)

    with Session(desk.engine) as session:
        theirs = select(Service).where(Service.organization_id == foreign.id)
        assert {each.publication for each in session.scalars(theirs)} == {"published"}


@pytest.mark.parametrize("cell", ["sí", "", "no"])
def test_the_street_of_a_secret_place_is_not_kept_with_a_sheet(desk: Desk, cell: str) -> None:
    secret = desk.service(confidential_location=True)
    row = sheet_rows([desk.read(secret.id)])[0] | {"address": STREET, "secret": cell}

    worker = bring(desk.editor(), [row])

    assert worker.status == 422
    with Session(desk.engine) as session:
        assert session.scalars(select(Upload)).all() == []


def test_sheets_of_one_account_do_not_fill_the_disk(desk: Desk) -> None:
    worker = desk.editor()
    for _ in range(MOST_UPLOADS + 3):
        bring(worker, [sheet().example])

    with Session(desk.engine) as session:
        assert len(session.scalars(select(Upload)).all()) == MOST_UPLOADS


@on_both
def test_a_note_by_the_link_cannot_say_where_a_secret_place_is(desk: Desk) -> None:
    secret = desk.service(confidential_location=True)
    worker = desk.browser().open(link_of(desk, secret.id))

    worker.send(worker.path, note=f"Ahora estamos en {STREET}, Choloma", do="changed")

    assert worker.status == 422
    assert "es secreto" in worker.words
    worker.send(worker.path, note="Ahora abrimos los lunes", do="changed")
    assert "La red lo lee" in worker.words


@on_both
def test_a_note_from_before_a_place_was_secret_goes_by_itself(desk: Desk) -> None:
    service = desk.service()
    worker = desk.browser().open(link_of(desk, service.id))
    worker.send(worker.path, note=f"Ahora estamos en {STREET}", do="changed")
    with Session(desk.engine) as session:
        now = session.get_one(Service, service.id)
        for place in now.locations:
            place.city = place.address_1 = place.latitude = place.longitude = None
            place.location_type, place.precision = "virtual", None
        session.flush()
        now.confidential_location = True
        session.commit()

    with Session(desk.engine) as session:
        session.add(Proposal(record_id=service.id, values={}, note="", made_by=None,
                             made_at=desk.clock(), state="open", decided_by=None))  # fmt: skip
        session.commit()
    remembered = hsds_secret._says_where.cache_info(), hsds_secret._is_town.cache_info()
    forget_old(desk.engine, Rule(), desk.clock())
    with Session(desk.engine) as session:
        assert session.scalars(select(Proposal.note)).all() == [""]
    now = hsds_secret._says_where.cache_info(), hsds_secret._is_town.cache_info()
    assert now == remembered  # no word of a note stays in memory


def test_what_fails_with_notes_keeps_nothing_else_from_being_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.browser().open("/portal/login").send("/login", email="x@red.example", password="no es")  # noqa: S106

    def broken(_: Session) -> None:
        raise RuntimeError("a note that nobody can read")

    monkeypatch.setattr(forgetting, "forget_places", broken)
    with pytest.raises(RuntimeError):
        forget_old(desk.engine, Rule(), desk.clock() + timedelta(hours=1))

    with Session(desk.engine) as session:
        assert session.scalars(select(Attempt)).all() == []


@pytest.mark.parametrize(("parts", "size"), [(1, 1_000_001), (MOST_PARTS + 1, 1)])
def test_a_sheet_that_swells_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, parts: int, size: int
) -> None:
    monkeypatch.setattr(sheet_module, "MOST_UNZIPPED", 1_000_000)  # as sixty times that
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for number in range(parts):
            zipped.writestr(f"xl/{number}.xml", b"\0" * size)
    worker = desk.editor().open("/portal/sheets")

    worker.send("/sheets", files={"sheet": ("s.xlsx", file.getvalue())})

    assert worker.status == 422
    assert len(file.getvalue()) < 100_000


@pytest.mark.parametrize(("password", "wrong"), [
    ("contraseña2026!", "password_easy"), ("qwertyuiop12345", "password_easy"),
    ("comadre-comadre-1", "password_easy"), ("passwordpassword", "password_easy"),
    ("AdministradoraAdmin", "password_easy"), ("aaaaaaaaaaaaaaa", "password_easy"),
    ("caballo correcto pila", ""),
    ("🐎🔋📎🌽🥑🦋 sí", "password_short"), ("пароль длинный ключ", ""),
    ("8302 7719 4456 0", ""), ("🐎🔋📎🌽🥑🦋🌵🎈🪁🧵🫖🧭", ""),
])  # fmt: skip
def test_passwords_that_everybody_writes_are_refused_and_odd_ones_are_not(
    password: str, wrong: str
) -> None:
    assert wrong_with(password, password, "ana@red.example") == wrong


def test_a_code_that_proved_the_second_lock_opens_nothing_again(desk: Desk) -> None:
    link = desk.invite("administrator", "Clara")
    boss = desk.browser().open(link)
    boss.send(link, password=PASSWORD, again=PASSWORD)
    secret = desk.set_up_totp(boss)
    used = pyotp.TOTP(secret).at(desk.clock())

    again = desk.browser().open("/portal/login")
    again.send("/login", email="clara@red.example", password=PASSWORD)
    assert again.path == "/portal/code"
    assert again.send("/code", code=used).status == 401
    assert again.open("/portal/").path == "/portal/code"
    desk.clock.pass_by(seconds=60)
    again.send("/code", code=pyotp.TOTP(secret).at(desk.clock()))
    assert (again.status, again.path) == (200, "/portal/")


def test_no_page_of_the_portal_tells_an_outsider_of_a_record(desk: Desk) -> None:
    """Every address of a record, as every role that must not have it, and every list."""
    mine = desk.service()
    foreign, _ = another(desk, mine)
    with Session(desk.engine) as session:
        said = session.scalars(select(Statement).where(Statement.country == "BZ")).first()
        assert said
        abroad, words = said.id, said.text_es[:60]
    ours, belize = desk.contributor(mine), desk.editor("Elena", country="BZ")
    others = (desk.worker("analyst", "Nora"), desk.browser())
    for record_id, whom in ((foreign.id, (ours, belize, *others)), (abroad, (ours, *others))):
        for path, _, access in PAGES:
            filled = "/portal" + path.replace("{record_id}", record_id)
            for worker in whom if "{record_id}" in path and "{" not in filled else ():
                if "GET" in access.methods:
                    worker.open(filled)
                    assert foreign.name not in worker.words, f"{filled} tells of {record_id}"
                    assert words not in worker.words, f"{filled} tells of {record_id}"
                if "POST" in access.methods:
                    worker.open("/portal/account").send_bare(filled, do="save")
                    assert worker.status in (403, 404) or worker.path == "/portal/login", filled
    # What is published anybody may read, of all organisations: it is no page of the portal's own.
    public = ("/sheets/hsds.json", "/sheets/hsds.zip")
    lists = [path for path, _, access in PAGES if "{" not in path and "GET" in access.methods]
    for path in set(lists) - set(public):
        for worker in (ours, *others):
            worker.open(f"/portal{path}")
            assert foreign.name not in worker.words, path
            assert words not in worker.words, path
    assert desk.read(foreign.id).publication == "published"
