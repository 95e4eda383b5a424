"""Hours as rows of days and times: without a script, and never other words than weekly hours."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Schedule, Service
from bot.portal.hours_editor import Row, in_both
from tests.portal.desk import Desk, Worker

WORK = ("MO", "TU", "WE", "TH", "FR")
EVERY = (*WORK, "SA", "SU")


def weekly(desk: Desk, service_id: str) -> list[tuple[str, str, str]]:
    with Session(desk.engine) as session:
        rows = session.get_one(Service, service_id).schedules
        return [(each.byday or "", each.opens_at or "", each.closes_at or "") for each in rows]


def opened(desk: Desk) -> tuple[Worker, str]:
    """An editor at the form of a place of which no hours are known."""
    record_id = desk.service().id
    worker = desk.editor().open(f"/portal/services/{record_id}")
    worker.send(worker.path, do="save", hours_unknown="yes")
    assert desk.read(record_id).hours_es is None
    assert weekly(desk, record_id) == []
    return worker, record_id


@pytest.mark.parametrize(("rows", "spanish", "english"), [
    ([Row(WORK, "08:00", "17:00"), Row(("SA",), "08:00", "12:30")],
     "Lunes a viernes, de 8 a 17; sábado, de 8 a 12:30",
     "Monday to Friday, 8 am to 5 pm; Saturday, 8 am to 12:30 pm"),
    ([Row(WORK, "14:00", "18:00"), Row(WORK, "08:00", "12:00")],
     "Lunes a viernes, de 8 a 12 y de 14 a 18",
     "Monday to Friday, 8 am to 12 pm and 2 pm to 6 pm"),
    ([Row(EVERY, is_all_day=True)], "Todos los días, 24 horas", "Every day, 24 hours"),
    ([Row(("FR", "SA"), "20:00", "06:00"), Row(("TU", "WE", "TH"), "01:00", "04:00")],
     "Martes a jueves, de 1 a 4; viernes y sábado, de 20 a 6",
     "Tuesday to Thursday, 1 am to 4 am; Friday and Saturday, 8 pm to 6 am"),
])  # fmt: skip
def test_rows_become_words_that_are_read_back_as_the_same(
    rows: list[Row], spanish: str, english: str
) -> None:
    assert in_both(rows) == (spanish, english)


@pytest.mark.parametrize("rows", [
    [Row(WORK)], [Row((), "08:00", "17:00")], [Row(WORK, "08:00", "08:00")],
    [Row(WORK, "08:00", "14:00"), Row(("FR",), "13:00", "17:00")],
    [Row(WORK, is_all_day=True), Row(("MO",), "08:00", "12:00")], [Row(WORK, "8", "17")],
])  # fmt: skip
def test_hours_that_cannot_be_are_no_words(rows: list[Row]) -> None:
    with pytest.raises(ValueError, match=r"^no|^not"):
        in_both(rows)


def test_without_a_script_ticked_hours_are_saved_as_words_and_as_weekly_hours(desk: Desk) -> None:
    worker, record_id = opened(desk)

    worker.send(worker.path, do="save", when_0_days=list(WORK), when_0_opens="08:00",
                when_0_closes="17:00", when_1_days=["SA"], when_1_all="yes")  # fmt: skip

    assert desk.read(record_id).hours_es == "Lunes a viernes, de 8 a 17; sábado, 24 horas"
    assert desk.read(record_id).hours_en == "Monday to Friday, 8 am to 5 pm; Saturday, 24 hours"
    assert weekly(desk, record_id) == [("MO,TU,WE,TH,FR", "08:00", "17:00"),
                                       ("SA", "00:00", "23:59")]  # fmt: skip
    form = worker.open(f"/portal/services/{record_id}").forms()
    shown = next(each["fields"] for each in form if "when_0_opens" in each["fields"])
    assert (shown["when_0_days"], shown["when_0_closes"]) == (list(WORK), ["17:00"])
    assert shown["when_1_all"] == ["yes"]


def test_words_written_by_hand_stay_and_change_the_rows(desk: Desk) -> None:
    worker, record_id = opened(desk)
    worker.send(worker.path, do="save", hours_es="Con cita", hours_en="By appointment")
    assert desk.read(record_id).hours_es == "Con cita"
    assert weekly(desk, record_id) == []

    worker.send(
        worker.path, do="save", hours_es="Lunes, de 8 a 12", hours_en="Monday, 8 am to noon"
    )
    assert weekly(desk, record_id) == [("MO", "08:00", "12:00")]
    worker.send(worker.path, do="save", name="Otro nombre")
    assert desk.read(record_id).hours_en == "Monday, 8 am to noon"


def test_who_changes_words_and_rows_is_asked_and_loses_neither(desk: Desk) -> None:
    worker, record_id = opened(desk)
    worker.send(worker.path, do="save", hours_es="Con cita", hours_en="By appointment",
                when_0_days=["MO"], when_0_opens="08:00", when_0_closes="12:00")  # fmt: skip

    assert worker.status == 422
    assert "Cambiaste las palabras y también los días y horas" in worker.words
    assert desk.read(record_id).hours_es is None
    worker.send(worker.path, do="save", hours_es="", hours_en="")
    assert desk.read(record_id).hours_es == "Lunes, de 8 a 12"


def test_a_row_without_hours_stands_there_still_beside_what_is_wrong(desk: Desk) -> None:
    worker, _ = opened(desk)
    worker.send(worker.path, do="save", when_0_days=["MO"], when_0_opens="08:00")

    assert worker.status == 422
    assert "Cada fila necesita por lo menos un día" in worker.words
    worker.send(worker.path, do="preview", when_0_closes="12:00")
    assert "Lunes, de 8 a 12" in worker.words
    worker.send(worker.path, do="save", when_0_closes="13:00")  # after the preview: once more
    assert worker.status == 200
    assert "lunes 08:00–13:00" in worker.words


def test_rows_that_are_all_taken_out_take_the_words_along(desk: Desk) -> None:
    worker, record_id = opened(desk)
    worker.send(worker.path, do="save", when_0_days=["MO"], when_0_all="yes")
    assert desk.read(record_id).hours_en == "Monday, 24 hours"

    worker.send(worker.path, do="save", when_0_days=[], when_0_all=[])
    assert desk.read(record_id).hours_en is None


def brought(
    desk: Desk, record_id: str, rows: list[tuple[str, str, str]], words: str | None
) -> None:
    """As an import of another network leaves it."""
    with transaction(desk.engine) as session:
        service = session.get_one(Service, record_id)
        service.hours_es = service.hours_en = words
        service.schedules = [
            Schedule(freq="WEEKLY", byday=day, opens_at=opens, closes_at=closes, position=n)
            for n, (day, opens, closes) in enumerate(rows)
        ]


def test_a_row_a_day_as_other_networks_write_it_is_saved_unchanged(desk: Desk) -> None:
    worker, record_id = opened(desk)
    spans = [("08:00", "10:00"), ("11:00", "13:00"), ("14:00", "17:00")]
    many = [(day, *span) for day in EVERY for span in spans]
    brought(desk, record_id, many, "Todos los días, tres turnos")

    worker.open(f"/portal/services/{record_id}").send(worker.path, do="save", name="Otro nombre")

    assert worker.status == 200
    assert desk.read(record_id).hours_es == "Todos los días, tres turnos"
    assert len(weekly(desk, record_id)) == len(many)


def test_rows_stand_beside_another_fault_and_are_saved_when_that_is_mended(desk: Desk) -> None:
    worker, record_id = opened(desk)
    worker.send(worker.path, do="save", when_0_days=["MO"], when_0_opens="08:00",
                when_0_closes="12:00", email="no es un correo")  # fmt: skip
    assert worker.status == 422

    worker.send(worker.path, do="save", email="")

    assert desk.read(record_id).hours_es == "Lunes, de 8 a 12"
    assert weekly(desk, record_id) == [("MO", "08:00", "12:00")]


def test_words_of_two_lines_do_not_shut_the_rows_out(desk: Desk) -> None:
    worker, record_id = opened(desk)
    brought(desk, record_id, [], "Con  cita\nde lunes")

    worker.open(f"/portal/services/{record_id}").send(
        worker.path, do="save", when_0_days=["MO"], when_0_opens="18:00", when_0_closes="00:00"
    )

    assert desk.read(record_id).hours_es == "Lunes, de 18 a 23:59"


def test_not_known_takes_out_hours_without_words_too(desk: Desk) -> None:
    worker, record_id = opened(desk)
    brought(desk, record_id, [("MO", "08:00", "12:00")], None)

    worker.open(f"/portal/services/{record_id}").send(worker.path, do="save", hours_unknown="yes")

    assert weekly(desk, record_id) == []


def test_not_known_is_remembered_while_something_else_is_mended(desk: Desk) -> None:
    worker, record_id = opened(desk)
    brought(desk, record_id, [("MO", "08:00", "12:00")], None)
    worker.open(f"/portal/services/{record_id}")
    worker.send(worker.path, do="save", hours_unknown="yes", email="no es un correo")
    assert worker.status == 422

    worker.send(worker.path, do="save", email="")

    assert weekly(desk, record_id) == []


def test_not_known_and_new_hours_are_asked_about_and_neither_is_lost(desk: Desk) -> None:
    worker, record_id = opened(desk)
    brought(desk, record_id, [("MO", "08:00", "12:00")], None)
    worker.open(f"/portal/services/{record_id}")
    worker.send(worker.path, do="save", hours_unknown="yes", when_0_days=["TU"],
                when_0_opens="09:00", when_0_closes="12:00")  # fmt: skip
    assert worker.status == 422
    assert "Marcaste que no se sabe el horario y también días y horas" in worker.words
    assert weekly(desk, record_id) == [("MO", "08:00", "12:00")]

    worker.send(worker.path, do="save", hours_unknown="")

    assert weekly(desk, record_id) == [("TU", "09:00", "12:00")]


def test_a_night_that_can_be_written_is_not_what_is_wrong(desk: Desk) -> None:
    worker, _ = opened(desk)
    worker.send(worker.path, do="save", when_0_days=["MO"], when_0_opens="20:00",
                when_0_closes="06:00", when_1_opens="08:00", when_1_closes="12:00")  # fmt: skip

    assert "Cada fila necesita por lo menos un día" in worker.words


def test_past_midnight_she_is_told_how_to_write_it(desk: Desk) -> None:
    worker, _ = opened(desk)
    worker.send(worker.path, do="save", when_0_days=["MO"], when_0_opens="16:00",
                when_0_closes="02:00")  # fmt: skip

    assert worker.status == 422
    assert "pasan de la medianoche" in worker.words
