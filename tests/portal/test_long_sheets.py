"""A long sheet is written beside the page, in parts; how far it is can be seen, and it is undone
as one."""

from __future__ import annotations

import csv
import io
import threading
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from bot.directory.models import Service
from bot.directory.sheet import read_lines, write_csv
from bot.directory.sheet_export import sheet_rows
from bot.knowledge import imports, long_imports
from bot.knowledge.history import By
from bot.portal import sheets, sheets_out
from bot.portal.long_work import UnderWay, Work, Works
from tests.portal.desk import Desk, Worker, on_both
from tests.portal.test_texts_and_sheets import bring

DAILY = {"hours_es": "Diario", "hours_en": "Daily"}


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LONG", 2)
    monkeypatch.setattr(long_imports, "TOGETHER", 2)


def long_sheet(desk: Desk, many: int = 7, **cells: str) -> bytes:
    with Session(desk.engine) as session:
        wanted = select(Service).where(
            Service.country == "HN", Service.confidential_location.is_(False)
        )
        rows = sheet_rows(session.scalars(wanted.order_by(Service.id).limit(many)))
    return write_csv([row | (cells or DAILY) for row in rows])


def daily(desk: Desk) -> int:
    with Session(desk.engine) as session:
        return len(session.scalars(select(Service).where(Service.hours_es == "Diario")).all())


def finished(desk: Desk, worker: Worker) -> Worker:
    """Its page once the work is done."""
    for work in desk.site.works._works.values():
        assert work.thread
        work.thread.join(20)
    return worker.open(worker.path)


@on_both
def test_a_long_sheet_tells_how_far_it_is_and_is_undone_as_one(desk: Desk) -> None:
    editor = desk.editor()
    before = daily(desk)
    bring(editor, long_sheet(desk))

    editor.send(editor.path)
    assert editor.path.startswith("/portal/sheets/work/")
    finished(desk, editor)

    assert "Cambios hechos" in editor.words
    assert daily(desk) == before + 7
    editor.open("/portal/sheets").send("/undo")
    assert editor.path.startswith("/portal/sheets/work/")
    assert "Deshecho." in finished(desk, editor).words
    assert daily(desk) == before
    assert "deshecha" in editor.open("/portal/sheets").words


@on_both
def test_no_part_holds_the_database_longer_than_its_records_need(desk: Desk) -> None:
    transactions: list[Any] = []
    event.listen(desk.engine, "commit", transactions.append)
    editor = desk.editor()
    bring(editor, long_sheet(desk))
    transactions.clear()

    editor.send(editor.path)
    finished(desk, editor)

    # Seven records, two at a time; and one each for the upload that goes and for the note.
    assert len(transactions) >= 6


@on_both
def test_a_sheet_that_breaks_in_the_middle_leaves_nothing_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = daily(desk)
    calls: list[int] = []

    def breaking(engine: Engine, shown: imports.Preview, by: By) -> str:
        calls.append(1)
        if len(calls) == 3:
            raise OSError("the disk is full")
        return imports.apply(engine, shown, by)

    monkeypatch.setattr(long_imports, "apply", breaking)
    editor = desk.editor()
    bring(editor, long_sheet(desk))

    editor.send(editor.path)

    assert "se devolvió a como estaba" in finished(desk, editor).words
    assert daily(desk) == before


def test_where_putting_back_fails_too_nobody_is_told_that_all_is_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, calls = daily(desk), []
    take_back = long_imports.take_back

    def breaking(engine: Engine, shown: imports.Preview, by: By) -> str:
        calls.append(1)
        if len(calls) > 2:
            raise RuntimeError("the disk is full")
        return imports.apply(engine, shown, by)

    def stuck(*_: object) -> list[str]:
        raise RuntimeError("still full")

    monkeypatch.setattr(long_imports, "apply", breaking)
    monkeypatch.setattr(long_imports, "take_back", stuck)
    editor = desk.editor()
    bring(editor, long_sheet(desk))

    editor.send(editor.path)

    assert "una parte de la hoja quedó escrita" in finished(desk, editor).words
    assert "se devolvió a como estaba" not in editor.words
    assert daily(desk) != before
    monkeypatch.setattr(long_imports, "take_back", take_back)
    editor.open("/portal/sheets").send("/undo")
    finished(desk, editor)
    assert daily(desk) == before, "as the page says, it can be undone"


def test_who_asks_for_somebody_elses_work_sees_her_own_sheets(desk: Desk) -> None:
    editor = desk.editor()
    bring(editor, long_sheet(desk)).send(editor.path)
    path = editor.path
    finished(desk, editor)

    other = desk.editor("Dora").open(path)

    assert other.path == "/portal/sheets"
    assert "Cambios hechos" not in other.words


@on_both
@pytest.mark.parametrize("is_whole_list", [False, True])
def test_a_preview_reads_what_the_sheet_is_about_and_says_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, is_whole_list: bool
) -> None:
    """New rows are held against all of their country, a whole list against its organisations."""
    rows = list(csv.DictReader(io.StringIO(long_sheet(desk, 4).decode("utf-8-sig"))))
    code, name = list(rows[0])[:2]
    rows.append(rows[0] | {code: "", name: rows[0][name]})  # as if it were new
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    lines = read_lines(out.getvalue().encode())
    few = imports._services

    def all_of_them(session: Session, *_: Any, **__: Any) -> list[Service]:
        return list(session.scalars(select(Service)))

    with Session(desk.engine) as session:
        read = few(session, lines[:1], is_whole_list=False)
        assert [each.id for each in read] == [lines[0].cells["id"]]
        narrow = imports.preview(session, lines, is_whole_list=is_whole_list)
        monkeypatch.setattr(imports, "_services", all_of_them)
        assert narrow == imports.preview(session, lines, is_whole_list=is_whole_list)
    assert narrow.duplicates


def test_a_sheet_that_is_being_written_cannot_be_undone_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, begun = threading.Event(), threading.Event()

    def slow(*given: Any) -> None:
        begun.set()
        assert may_go_on.wait(20)
        apply_in_parts(*given)

    apply_in_parts = sheets.apply_in_parts
    monkeypatch.setattr(sheets, "apply_in_parts", slow)
    editor = desk.editor()
    before = daily(desk)
    bring(editor, long_sheet(desk))
    editor.send(editor.path)
    progress = editor.path
    assert begun.wait(20)

    assert editor.open("/portal/sheets").send("/undo").status == 409
    assert "escribiendo o deshaciendo" in editor.words
    may_go_on.set()
    editor.path = progress
    finished(desk, editor)

    assert daily(desk) == before + 7
    editor.open("/portal/sheets").send("/undo")
    finished(desk, editor)
    assert daily(desk) == before


def test_a_short_undo_has_its_sheet_for_itself_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor, other = desk.editor(), desk.worker("administrator", "Clara")
    bring(editor, long_sheet(desk, 2)).send(editor.path)
    other.open("/portal/sheets")
    meanwhile: list[int] = []

    def slow(*given: Any) -> Any:
        meanwhile.append(other.send("/undo").status)
        return undo(*given)

    undo = sheets.undo
    monkeypatch.setattr(sheets, "undo", slow)
    editor.open("/portal/sheets").send("/undo")

    assert meanwhile == [409]
    assert "Deshecho." in editor.words
    assert desk.site.works._works == {}


def test_of_two_that_begin_at_once_with_a_sheet_one_is_refused() -> None:
    works, begun, go_on = Works(), threading.Event(), threading.Event()

    def slow(_: Work) -> str:
        begun.set()
        return "undone" if go_on.wait(20) else "failed"

    first = Work(1, "undo", 7, batch="b")
    works.start(first, slow)
    assert begun.wait(20)

    with pytest.raises(UnderWay):
        works.start(Work(2, "undo", 7, batch="b"), slow)
    works.start(Work(2, "undo", 7, batch="c"), slow)

    go_on.set()
    assert first.thread
    first.thread.join(20)
    works.start(Work(2, "undo", 7, batch="b"), slow)


@on_both
def test_a_long_sheet_leaves_in_parts_and_is_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = desk.editor()
    whole = editor.open("/portal/sheets/export").text
    as_xlsx = read_lines(editor.client.get("/portal/sheets/export.xlsx").content)
    assert as_xlsx == read_lines(whole.encode())
    monkeypatch.setattr(sheets_out, "MOST_ROWS", 1)
    assert editor.client.get("/portal/sheets/export.xlsx").status_code == 413
    monkeypatch.setattr(sheets_out, "READ_TOGETHER", 3)
    open_ones: list[str] = []
    event.listen(desk.engine, "checkout", lambda *_: open_ones.append("taken"))

    assert editor.open("/portal/sheets/export").text == whole

    rows = list(csv.DictReader(io.StringIO(whole.removeprefix("\ufeff"))))
    ids = [next(iter(row.values())) for row in rows]
    assert len(ids) == len(set(ids)) > 9
    assert len(open_ones) > len(ids) / 3, "no connection is held from the first to the last"
