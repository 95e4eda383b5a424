"""Where a text was read can be put right, and no text is told of which nobody knows that."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.knowledge.models import Source, Statement
from bot.knowledge.sources import put_sources, rows_of
from bot.portal.source_check import date_fault, url_fault
from tests.portal.desk import NOW, Desk, Worker, on_both
from tests.portal.test_texts_and_sheets import statement

MOVED = {"url_1": "https://www.gob.hn/nueva", "title_1": "La página nueva",
         "publisher_1": "Gobierno de Honduras", "as_of": "2026-11"}  # fmt: skip


def at(desk: Desk, said: Statement, name: str = "Ana") -> Worker:
    return desk.editor(name).open(f"/portal/statements/{said.id}")


def rows(desk: Desk, record_id: str) -> list[dict[str, str]]:
    with Session(desk.engine) as session:
        return rows_of(session, record_id)


def read(desk: Desk, record_id: str) -> Statement:
    with Session(desk.engine) as session:
        return session.get_one(Statement, record_id)


def empty(worker: Worker) -> dict[str, str]:
    """Every box of every source that stands in the form, emptied."""
    form = next(each for each in worker.forms() if "url_1" in each["fields"])
    names = ("url_", "title_", "publisher_")
    return {name: "" for name in form["fields"] if name.startswith(names)}


@on_both
def test_the_page_of_a_law_that_moved_is_put_right_with_its_history(desk: Desk) -> None:
    said = statement(desk, second=False)
    before = rows(desk, said.id)
    writer = at(desk, said)

    writer.send(writer.path, **empty(writer) | MOVED, do="save")

    assert "Guardado" in writer.words
    assert rows(desk, said.id) == [
        {"url": MOVED["url_1"], "title": MOVED["title_1"], "publisher": MOVED["publisher_1"]}
    ]
    assert read(desk, said.id).as_of == "2026-11"
    writer.open(f"/portal/records/{said.id}/history")
    assert f"Después {MOVED['title_1']}, {MOVED['publisher_1']}, {MOVED['url_1']}" in writer.words
    writer.send("/restore", number="0")
    assert rows(desk, said.id) == before


@on_both
def test_another_source_for_a_text_of_law_waits_for_a_second_person(desk: Desk) -> None:
    said = statement(desk, second=True)
    before = rows(desk, said.id)
    writer = at(desk, said)

    writer.send(writer.path, **empty(writer) | MOVED, do="save")

    assert "Cambia cuando otra persona lo acepte" in writer.words
    assert rows(desk, said.id) == before
    reader = desk.editor("Rosa").open("/portal/")
    assert MOVED["url_1"] in reader.words
    number = next(each["action"] for each in reader.forms() if "/proposals/" in each["action"])
    reader.send(number, do="accept")
    assert [row["url"] for row in rows(desk, said.id)] == [MOVED["url_1"]]


def test_a_text_goes_to_its_topic_and_one_that_leaves_a_topic_of_law_is_read_twice(
    desk: Desk,
) -> None:
    said = statement(desk, second=False)
    writer = at(desk, said)
    writer.send(writer.path, intent="ask_send_money", kind="fee", do="save")
    assert (read(desk, said.id).intent, read(desk, said.id).kind) == ("ask_send_money", "fee")

    writer.send(writer.path, intent="ask_asylum", do="save")

    assert "Cambia cuando otra persona lo acepte" in writer.words
    assert read(desk, said.id).intent == "ask_send_money"
    law = statement(desk, second=True)
    writer.open(f"/portal/statements/{law.id}")
    writer.send(writer.path, intent="ask_send_money", kind="fee", do="save")
    assert "Cambia cuando otra persona lo acepte" in writer.words
    assert read(desk, law.id).intent == law.intent


@pytest.mark.parametrize(("sent", "said"), [
    ({"url_1": "http://www.gob.hn/nueva"}, "debe empezar con https://"),
    ({"url_1": "https://localhost/a"}, "no es una dirección que cualquiera pueda abrir"),
    ({"publisher_1": ""}, "Escríbelo con palabras"),
    ({"as_of": "2027-01"}, "Esa fecha no puede ser"),
    ({"as_of": "ayer"}, "Escribe la fecha como"),
    ({"as_of": ""}, "Escribe la fecha como"),
    ({"url_1": "", "title_1": "", "publisher_1": ""}, "no dice de dónde se sabe, y así no se"),
])  # fmt: skip
def test_what_is_no_source_is_not_saved(desk: Desk, sent: dict[str, str], said: str) -> None:
    record = statement(desk, second=False)
    before = rows(desk, record.id)
    writer = at(desk, record)

    writer.send(writer.path, **empty(writer) | MOVED | sent, do="save")

    assert writer.status == 422
    assert said in writer.words
    assert rows(desk, record.id) == before


def test_a_text_whose_files_have_an_old_address_can_still_be_written_anew(desk: Desk) -> None:
    said = statement(desk, second=False)
    old = {"url": "http://www.gob.hn/vieja", "title": "Vieja", "publisher": "Gobierno"}
    with transaction(desk.engine) as session:
        put_sources(session, said.id, [old])
    writer = at(desk, said)
    assert "sin https" in writer.words

    writer.send(writer.path, text_es="Texto nuevo.", text_en="New text.", do="save")

    assert "Guardado" in writer.words
    assert rows(desk, said.id) == [old]


@pytest.mark.parametrize("second", [False, True])
def test_a_text_without_a_source_or_its_date_is_not_shown(desk: Desk, second: bool) -> None:
    said = statement(desk, second=second)
    with transaction(desk.engine) as session:
        record = session.get_one(Statement, said.id)
        record.status, record.as_of = "draft", None
    writer = at(desk, said)
    assert writer.send("/status", status="published").status == 409
    assert "no dice de cuándo es su fuente" in writer.words
    with transaction(desk.engine) as session:
        session.get_one(Statement, said.id).as_of = "2026"
        put_sources(session, said.id, [])

    writer.open(f"/portal/statements/{said.id}").send("/status", status="published")

    assert "no dice de dónde se sabe" in writer.words
    assert read(desk, said.id).status == "draft"


def test_a_source_that_went_while_the_text_waited_to_be_shown_keeps_it_from_women(
    desk: Desk,
) -> None:
    said = statement(desk, second=True)
    with transaction(desk.engine) as session:
        record = session.get_one(Statement, said.id)
        record.status, record.as_of = "draft", "2026"
    at(desk, said).send("/status", status="published")
    with transaction(desk.engine) as session:
        put_sources(session, said.id, [])
    reader = desk.editor("Rosa").open("/portal/")
    number = next(each["action"] for each in reader.forms() if "/proposals/" in each["action"])

    assert reader.send(number, do="accept").status == 409

    assert read(desk, said.id).status == "draft"


def test_saving_what_nobody_changed_changes_nothing(desk: Desk) -> None:
    said = statement(desk, second=True)
    writer = at(desk, said)

    writer.send(writer.path, do="save")

    assert "No has cambiado nada" in writer.words
    assert read(desk, said.id).edited_at is None  # the files may still write it anew


def test_every_text_of_the_files_can_be_saved_as_it_stands(desk: Desk) -> None:
    writer = desk.editor()
    with Session(desk.engine) as session:
        some = session.scalars(select(Statement.id).join(Source, Source.record_id == Statement.id)
                               .where(Statement.country == "HN").distinct()
                               .order_by(Statement.id)).all()[::12]  # fmt: skip
    for each in some:
        writer.open(f"/portal/statements/{each}")
        assert writer.send(writer.path, do="save").status == 200, writer.words
        assert "No has cambiado nada" in writer.words, each


@pytest.mark.parametrize(("url", "fault"), [
    ("https://www.gob.mx/tramites?a=b#c", ""), ("https://ejemplo.org:8443/a", ""),
    ("http://www.gob.mx", "source_https"), ("ftp://www.gob.mx", "source_url"),
    ("javascript:alert(1)", "source_url"), ("gob.mx", "source_url"), ("", "source_url"),
    ("https://127.0.0.1/a", "source_url"), ("https://[::1]/a", "source_url"),
    ("https://2130706433/", "source_url"), ("https://casa.local/", "source_url"),
    ("https://casa/", "source_url"), ("https://ana:clave@gob.mx/", "source_url"),
    ("https://gob.mx/" + "a" * 500, "source_url"),
    # What one program reads in another way than the next.
    ("https://example.org\\@evil.org", "source_url"), ("https:example.org", "source_url"),
    ("\x01https://example.org", "source_url"), ("https://exam\u200bple.org", "source_url"),
])  # fmt: skip
def test_which_addresses_anybody_can_open(url: str, fault: str) -> None:
    assert url_fault(url) == fault


@pytest.mark.parametrize(("text", "fault"), [
    ("2026", ""), ("2026-11", ""), ("2026-11-25", ""), ("1996", ""),
    ("2026-11-26", "source_date_range"), ("2026-12", "source_date_range"),
    ("1812", "source_date_range"), ("2026-02-30", "source_date"), ("26", "source_date"),
    ("0000", "source_date"), ("2026-13", "source_date"),
])  # fmt: skip
def test_which_dates_can_be(text: str, fault: str) -> None:
    assert date_fault(text, NOW.date()) == fault
