"""Texts with a second pair of eyes, many places by spreadsheet, and the first login."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from bot.commands.run import back_office
from bot.conversation.compose import MAX_WORDS, replies
from bot.database import transaction
from bot.directory.models import Service, hsds_id
from bot.directory.reporter import speaking
from bot.directory.reports import Rule, report_record
from bot.directory.sheet import write_csv
from bot.directory.sheet_export import sheet_rows
from bot.knowledge.history import By, edit
from bot.knowledge.models import Statement
from bot.portal import sheets_out
from bot.portal.first import first_login
from bot.portal.models import Account, Attempt, Audit, GapSeen, Invitation, Upload
from bot.portal.models import Session as PortalSession
from bot.portal.second_person import needs_second
from bot.portal.wording_checks import measured
from bot.portal.words import texts
from bot.serve.forgetting import forget_old
from bot.settings import Settings
from tests.portal.desk import PASSWORD, Desk, Worker, on_both


def statement(desk: Desk, *, second: bool, country: str = "HN") -> Statement:
    with Session(desk.engine) as session:
        wanted = select(Statement).where(
            Statement.country == country, Statement.status == "published"
        )
        return next(
            each for each in session.scalars(wanted.order_by(Statement.id))
            if needs_second(each) == second
        )  # fmt: skip


def read(desk: Desk, record_id: str) -> Statement:
    with Session(desk.engine) as session:
        return session.get_one(Statement, record_id)


@on_both
def test_a_text_of_law_changes_only_when_another_person_accepts_it(desk: Desk) -> None:
    said = statement(desk, second=True)
    writer = desk.editor().open(f"/portal/statements/{said.id}")
    assert "otra persona lo lee" in writer.words
    writer.send(writer.path, text_es="Texto nuevo.", text_en="New text.", do="save")
    assert "Cambia cuando otra persona lo acepte" in writer.words
    assert read(desk, said.id).text_es == said.text_es
    assert "Lo escribiste tú" in writer.open("/portal/").words
    number = next(each["action"] for each in writer.forms() if "/proposals/" in each["action"])
    assert writer.send_bare(number, do="accept").status == 403

    reader = desk.editor("Rosa").open("/portal/")
    reader.send(number, do="accept")

    assert read(desk, said.id).text_es == "Texto nuevo."
    assert reader.send_bare(number, do="accept").status == 404


def proposed(desk: Desk, said: Statement) -> str:
    """Ana proposes a text; the address at which somebody else accepts it."""
    writer = desk.editor().open(f"/portal/statements/{said.id}")
    writer.send(writer.path, text_es="Texto nuevo.", text_en="New text.", do="save")
    writer.open("/portal/")
    return next(each["action"] for each in writer.forms() if "/proposals/" in each["action"])


def test_a_proposal_does_not_overwrite_what_was_changed_after_it(desk: Desk) -> None:
    said = statement(desk, second=True)
    number = proposed(desk, said)
    desk.clock.pass_by(minutes=5)
    edit(desk.engine, said.id, {"text_es": "La ley cambió."}, By("editor", desk.clock()))

    reader = desk.editor("Rosa").open("/portal/")
    assert reader.send(number, do="accept").status == 409

    assert read(desk, said.id).text_es == "La ley cambió."
    assert "Así no se puede aceptar" in reader.open("/portal/").words
    reader.send(number, do="refuse", reason="La ley cambió ayer.")
    assert "No se aceptó" in reader.words


@on_both
def test_a_text_that_cannot_be_written_stays_in_the_queue(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = statement(desk, second=True)
    number = proposed(desk, said)
    reader = desk.editor("Rosa").open("/portal/")
    reader.client = TestClient(
        desk.app, cookies=dict(reader.client.cookies), raise_server_exceptions=False
    )

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("bot.knowledge.history.put_back", broken)
        assert reader.send(number, do="accept").status == 500

    reader.open("/portal/").send(number, do="accept")
    assert read(desk, said.id).text_es == "Texto nuevo."


@on_both
def test_bringing_back_a_text_of_law_waits_for_another_person_too(desk: Desk) -> None:
    said = statement(desk, second=True)
    edit(desk.engine, said.id, {"text_es": "Otra cosa."}, By("editor", desk.clock()))
    writer = desk.editor().open(f"/portal/records/{said.id}/history")

    writer.send("/restore", number="0")

    assert "Cambia cuando otra persona lo acepte" in writer.words
    assert read(desk, said.id).text_es == "Otra cosa."


def test_another_text_changes_at_once(desk: Desk) -> None:
    said = statement(desk, second=False)
    writer = desk.editor().open(f"/portal/statements/{said.id}")

    writer.send(writer.path, text_es="Texto nuevo.", text_en="New text.", do="save")

    assert read(desk, said.id).text_en == "New text."


def test_checking_a_text_saves_nothing_and_says_what_is_wrong(desk: Desk) -> None:
    said = statement(desk, second=True)
    writer = desk.editor().open(f"/portal/statements/{said.id}")

    writer.send(writer.path, text_es="palabra " * 61 + "2234-5678", text_en="word", do="check")

    assert "62 palabras de 60" in writer.words
    assert "no tienen los mismos números" in writer.words
    assert read(desk, said.id).text_es == said.text_es


@pytest.mark.parametrize(("topic", "text", "word"), [
    ("ask_protection_order", "Violencia: llama al 123", "Violencia"),
    ("ask_sexual_reproductive_health", "Violación: pide en urgencias la pastilla.", "Violación"),
    ("ask_health_care", "Si tu pareja te golpea, el hospital te atiende.", "golpea"),
    ("ask_work", "Denuncia en el ministerio.", "Denuncia"),
    ("ask_protection_order", "Llama al 123", ""),
    ("ask_health_care", "El hospital te atiende sin papeles. Si alguien te golpea, dilo.", ""),
])  # fmt: skip
def test_a_text_that_a_locked_screen_would_betray_is_marked_in_every_topic(
    topic: str, text: str, word: str
) -> None:
    assert measured(text, "Call 123", topic, source="has_source")["es"].gives_away == word


def test_every_text_that_the_conversation_would_hide_is_marked_and_no_other(desk: Desk) -> None:
    with Session(desk.engine) as session:
        for each in session.scalars(select(Statement)):
            checks = measured(each.text_es, each.text_en, each.intent, source="has_source")
            for language in ("es", "en"):
                text = each.text.get(language)
                hidden = replies([text], language, quiet=True)[0].text != text
                if len(text.split()) <= MAX_WORDS:
                    assert bool(checks[language].gives_away) == hidden, text


def test_the_word_is_named_and_what_is_done_about_it_is_said_as_it_is(desk: Desk) -> None:
    writer = desk.editor().open("/portal/statements/new")
    said = {}
    for topic in ("ask_health_care", "ask_domestic_violence"):
        writer.send("/statements/new", part="checks", topic=topic, text_es="Te agreden: llama.",
                    text_en="Call.")  # fmt: skip
        said[topic] = writer.words
        writer.open("/portal/statements/new")

    assert all("La pantalla bloqueada mostraría «agreden»" in each for each in said.values())
    assert "Solo si ella ya habló de violencia" in said["ask_health_care"]
    assert "ponemos antes una línea que no dice nada" in said["ask_domestic_violence"]
    assert "Solo si" not in said["ask_domestic_violence"]
    assert said["ask_health_care"].count("ninguna de las palabras que delatan") == 1  # English


def test_a_contributor_sees_no_texts_and_another_country_stays_closed(desk: Desk) -> None:
    said = statement(desk, second=False)
    outsiders = desk.contributor(desk.service()), desk.editor(country="BZ")

    for outsider in outsiders:
        assert outsider.open(f"/portal/statements/{said.id}").status == 403


def sheet(desk: Desk, organization: str, **cells: str) -> bytes:
    with Session(desk.engine) as session:
        wanted = select(Service).where(Service.organization_id == organization)
        rows = sheet_rows(session.scalars(wanted.order_by(Service.id)))
    rows[0] |= cells
    return write_csv(rows)


def bring(worker: Worker, data: bytes) -> Worker:
    worker.open("/portal/sheets")
    return worker.send("/sheets", files={"sheet": ("lugares.csv", data, "text/csv")})


@on_both
def test_a_sheet_is_looked_at_confirmed_and_undone(desk: Desk) -> None:
    service = desk.service()
    worker = desk.contributor(service)
    data = sheet(desk, service.organization_id, hours_es="Diario", hours_en="Daily")
    changed = next(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    record_id = changed["código (vacío si es nuevo)"]

    bring(worker, data)
    assert "todavía no cambió nada" in worker.words
    assert re.search(r"Horario \(español\) Antes .+ Después Diario", worker.words)
    assert desk.read(record_id).hours_es != "Diario"

    worker.send(worker.path)
    assert "Cambios hechos" in worker.words
    assert desk.read(record_id).hours_es == "Diario"
    with Session(desk.engine) as session:
        assert session.scalars(select(Upload)).all() == []

    worker.send("/undo")
    assert desk.read(record_id).hours_es != "Diario"
    assert "deshecha" in worker.words


@on_both
def test_what_the_portal_keeps_for_a_while_goes_though_nobody_comes(desk: Desk) -> None:
    service = desk.service()
    worker = desk.contributor(service)
    bring(worker, sheet(desk, service.organization_id, hours_es="Diario", hours_en="Daily"))
    desk.invite("editor", "Rosa", country="HN")
    sign_ins = desk.browser().open("/portal/login")
    sign_ins.send("/login", email="nadie@red.example", password="no es esta")  # noqa: S106
    with transaction(desk.engine) as session:
        session.add(
            GapSeen(whose="HN", month="2026-10", cut="services", key="food", at=desk.clock())
        )
    tables = (Upload, Invitation, PortalSession, Attempt, GapSeen, Audit)

    def left(**later: float) -> list[str]:
        forget_old(desk.engine, Rule(), desk.clock() + timedelta(**later))
        with Session(desk.engine) as session:
            return [each.__name__ for each in tables if session.scalars(select(each)).first()]

    assert left(minutes=1) == ["Upload", "Invitation", "Session", "Attempt", "GapSeen", "Audit"]
    assert left(minutes=16) == ["Upload", "Invitation", "Session", "GapSeen", "Audit"]
    assert left(hours=25) == ["Invitation", "GapSeen", "Audit"]
    assert left(days=8) == ["GapSeen", "Audit"]
    assert left(days=366) == ["Audit"]
    assert left(days=731) == []


def test_an_hsds_file_is_taken_out_and_brought_back_like_a_sheet(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = desk.editor()
    services = editor.client.get("/portal/sheets/hsds.json").json()
    changed = next(each for each in services if each.get("email"))
    changed["email"] = "nuevo@red.example"
    assert editor.client.get("/portal/sheets/hsds.zip").content[:2] == b"PK"
    with Session(desk.engine) as session:
        assert session.scalars(select(Audit.action)).all()[-2:] == ["exported", "exported"]
    with monkeypatch.context() as patched:  # more than could come back
        patched.setattr(sheets_out, "MOST_ROWS", 1)
        assert "ZIP" in editor.open("/portal/sheets/hsds.json").words
        assert editor.status == 413
    with monkeypatch.context() as patched, sheets_out._MAKING_HSDS:  # as long as another is made
        patched.setattr(sheets_out, "WAITS_S", 0)
        for name in ("json", "zip"):
            assert "para otra persona" in editor.open(f"/portal/sheets/hsds.{name}").words
    assert editor.open("/portal/sheets/hsds.zip").status == 200
    editor.open("/portal/sheets")

    bring(editor, json.dumps([changed]).encode())
    assert re.search(r"Correo Antes .+ Después nuevo@red.example", editor.words)
    editor.send(editor.path)

    with Session(desk.engine) as session:
        [service] = session.scalars(select(Service).where(Service.email == "nuevo@red.example"))
    assert str(hsds_id(service.id)) == changed["id"]


def test_of_a_secret_place_a_sheet_s_preview_shows_no_words(desk: Desk) -> None:
    service = desk.service()
    worker = desk.contributor(service)
    with transaction(desk.engine) as session:
        for each in session.scalars(
            select(Service).where(Service.organization_id == service.organization_id)
        ):
            each.confidential_location = True
            each.hours_es, each.hours_en = "Pregunta en Choloma", "Ask in Choloma"
            for place in each.locations:
                place.city = place.address_1 = place.latitude = place.longitude = None
                place.location_type, place.precision = "virtual", None

    bring(worker, sheet(desk, service.organization_id, hours_es="Diario", hours_en="Daily"))

    assert "Horario (español)" in worker.words
    assert "Choloma" not in worker.text


def test_errors_are_named_by_row_and_column(desk: Desk) -> None:
    service = desk.service()

    worker = bring(desk.contributor(service), sheet(desk, service.organization_id, phone_1="12x"))

    assert "fila 2, «teléfono 1»" in worker.words


@on_both
def test_a_sheet_cannot_reach_another_organisation(desk: Desk) -> None:
    mine = desk.service()
    with Session(desk.engine) as session:
        foreign = session.scalars(
            select(Service).where(Service.organization_id != mine.organization_id)
        ).first()
        assert foreign
        rows = sheet_rows([foreign])
        rows.append(rows[0] | {"id": "", "name": "Otra casa"})

    worker = bring(desk.contributor(mine), write_csv(rows))

    assert "es de otra organización" in worker.words
    assert "solo puedes agregar" in worker.words
    assert "Sí, hacer estos cambios" not in worker.words


def test_only_who_brought_a_sheet_sees_or_undoes_it(desk: Desk) -> None:
    service = desk.service()
    worker = desk.contributor(service)
    bring(worker, sheet(desk, service.organization_id, hours_es="Diario", hours_en="Daily"))
    editor = desk.editor()

    assert editor.open(worker.path).status == 404
    worker.send(worker.path)
    batch = worker.forms()[-1]["fields"]["batch"][0]
    editor.open("/portal/sheets")
    assert editor.send_bare("/portal/sheets/undo", batch=batch).status == 403


def test_a_file_that_is_no_sheet_is_explained(desk: Desk) -> None:
    worker = bring(desk.editor(), b"hola\nadios\n")

    assert worker.status == 422
    assert "no tiene los títulos" in worker.words


def test_a_large_sheet_comes_through_the_shield_and_one_that_is_too_large_is_told_so(
    desk: Desk,
) -> None:
    worker = desk.editor()

    assert "no tiene los títulos" in bring(worker, b"hola\n" * 600_000).words
    assert "demasiado grande" in bring(worker, b"hola\n" * 2_400_000).words


@on_both
def test_the_first_administrator_is_made_once_and_writes_her_own_mail(desk: Desk) -> None:
    settings = Settings(desk.engine.url.render_as_string(hide_password=False), b"s" * 32)
    old = first_login(settings)
    in_production = replace(settings, environment={"COMADRE_PRODUCTION": "1"})
    assert "bot invite" in back_office(in_production)
    assert "invitation/" not in back_office(in_production), "it would stay in a log"
    link = back_office(settings)
    assert "/portal/invitation/" in link
    with Session(desk.engine) as session:
        assert len(session.scalars(select(Account)).all()) == 1
        assert link.split("/")[-1] not in session.scalars(select(Invitation.token)).one()
    desk.clock.now = datetime.now(UTC)
    assert desk.browser().open(str(old)).status == 404

    boss = desk.browser().open(link)
    boss.send(link, email="jefa@red.example", password=PASSWORD, again=PASSWORD)

    assert boss.path == "/portal/totp"
    assert first_login(settings) is None
    assert desk.site.accounts.with_password("jefa@red.example", PASSWORD)


def test_every_text_has_both_languages_and_the_same_fields() -> None:
    assert len(texts()) > 300


@on_both
def test_a_report_of_a_text_is_in_the_queue_too(desk: Desk) -> None:
    said = statement(desk, second=False)
    with speaking("ana", "twilio sms"):
        report_record(desk.engine, said.id, desk.clock().date())

    worker = desk.editor().open("/portal/reports")

    assert said.text_es[:40] in worker.words
