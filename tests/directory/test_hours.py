"""Opening hours change: what women hear of "open now" changes with them, or is not said at all."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.conversation.world import World
from bot.database import migrate, unmigrate
from bot.directory.hours import weekly_hours
from bot.directory.hsds import read_directory
from bot.directory.models import Service, hsds_id
from bot.directory.search import find_service
from bot.directory.sheet import read_lines, sheet, write_csv
from bot.directory.sheet_export import sheet_rows
from bot.knowledge.history import By, edit, restore, versions
from bot.knowledge.imports import apply, preview, undo
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.knowledge.snapshot import snapshot
from tests.countries import country_files

INM = "hn.inm"  # lunes a viernes, 7:00 a 17:00
TUESDAY = datetime(2026, 11, 24, 17, tzinfo=UTC)  # 11:00 in Honduras
SATURDAY = datetime(2026, 11, 28, 17, tzinfo=UTC)
TODAY = date(2026, 11, 25)
BY = By("editor", TUESDAY)
WEEKEND = {"hours_es": "Sábado y domingo, de 9 a 12", "hours_en": "Saturday and Sunday, 9 am to 12"}
VAGUE = {"hours_es": "Por las tardes", "hours_en": "In the afternoon"}


def told(engine: Engine, record_id: str = INM) -> list[bool | None]:
    """Whether she hears "open now" on a Tuesday and on a Saturday at eleven."""
    with Session(engine) as session:
        service = find_service(session, record_id, TODAY)
    assert service is not None
    return [World(engine).is_open(service, now) for now in (TUESDAY, SATURDAY)]


def exported(engine: Engine, record_id: str = INM) -> list[tuple[str | None, ...]]:
    """The days and hours that programs read."""
    with Session(engine) as session:
        record = read_directory(session, TODAY).services[str(hsds_id(record_id))]
    return [tuple(each.get(name) for name in ("byday", "opens_at", "closes_at"))
            for each in record.full.get("schedules", [])]  # fmt: skip


def bring(engine: Engine, record_id: str, **cells: str) -> str:
    """The service's row of the sheet with other cells, looked at and confirmed; its batch."""
    with Session(engine) as session:
        [row] = sheet_rows([session.get_one(Service, record_id)])
        seen = preview(session, read_lines(write_csv([row | cells])))
    assert seen.faults == ()
    return apply(engine, seen, BY)


def test_hours_that_a_sheet_changes_are_believed_at_once_and_undone_they_are_as_before(
    honduras: Engine,
) -> None:
    before = exported(honduras)
    assert told(honduras) == [True, False]

    batch = bring(honduras, INM, **WEEKEND)

    assert told(honduras) == [False, True]
    assert exported(honduras) == [("SA,SU", "09:00-06:00", "12:00-06:00")]

    undo(honduras, batch, BY)

    assert told(honduras) == [True, False]
    assert exported(honduras) == before


def test_hours_that_nobody_can_be_sure_of_say_neither_open_nor_closed(honduras: Engine) -> None:
    bring(honduras, INM, **VAGUE)

    assert told(honduras) == [None, None]
    assert exported(honduras) == [(None, None, None)]  # the words alone


def test_hours_that_are_taken_out_leave_no_old_ones_behind(honduras: Engine) -> None:
    bring(honduras, INM, hours_es="", hours_en="")

    assert told(honduras) == [None, None]
    assert exported(honduras) == []


def test_a_sheet_that_says_the_same_hours_changes_none(honduras: Engine) -> None:
    with Session(honduras) as session:
        rows = sheet_rows([session.get_one(Service, INM)])
        seen = preview(session, read_lines(write_csv([rows[0] | {"phone_1": "2222-0199"}])))

    assert {name for each in seen.changed for name in each.fields} == {"phones"}


def test_the_preview_of_a_sheet_shows_what_will_count_as_open(honduras: Engine) -> None:
    with Session(honduras) as session:
        [row] = sheet_rows([session.get_one(Service, INM)])
        [changed] = preview(session, read_lines(write_csv([row | WEEKEND]))).changed

    assert [each["byday"] for each in changed.fields["schedules"][1]] == ["SA,SU"]


def test_a_new_place_is_open_when_its_sheet_says_so(honduras: Engine) -> None:
    row = sheet().example | {"country": "HN", "phone_1": "2222-0100", "city": "Tela", **WEEKEND}
    with Session(honduras) as session:
        seen = preview(session, read_lines(write_csv([row])))
    apply(honduras, seen, BY, publish=True)
    with Session(honduras) as session:
        new = session.scalars(select(Service.id).where(Service.name == row["name"])).one()

    assert told(honduras, new) == [False, True]


def test_any_other_writer_s_words_bring_their_hours_too(honduras: Engine) -> None:
    edit(honduras, INM, WEEKEND, BY)
    assert told(honduras) == [False, True]

    edit(honduras, INM, {"hours_en": "Saturday, 9 am to 12"}, BY)  # the languages differ now
    assert told(honduras) == [None, None]

    restore(honduras, INM, 0, BY)
    assert told(honduras) == [True, False]


def test_a_secret_place_s_old_hours_do_not_come_back_without_their_words(honduras: Engine) -> None:
    edit(honduras, INM, {"hours_es": "En Choloma, de 8 a 12", "hours_en": "In Choloma, 8 am to 12",
                         "schedules": [{"freq": "WEEKLY", "byday": "MO", "opens_at": "08:00",
                                        "closes_at": "12:00"}]}, BY)  # fmt: skip
    edit(honduras, INM, WEEKEND, BY)
    edit(honduras, INM, {"confidential_location": True, "locations": []}, BY)
    with Session(honduras) as session:
        spoke_of_choloma = versions(session, INM)[0].after
    assert spoke_of_choloma is not None
    assert "hours_es" not in spoke_of_choloma

    restore(honduras, INM, 1, BY)

    assert told(honduras) == [False, True]


def as_before(engine: Engine, words: dict[str, str]) -> None:
    """Changed as the back office did it once: other words, and the weekly hours stay behind."""
    with Session(engine) as session:
        weekly = snapshot(session.get_one(Service, INM))["schedules"]
    edit(engine, INM, {**words, "schedules": weekly}, BY)


def upgraded(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    unmigrate(url, "0015")
    migrate(url)


def test_old_hours_that_stayed_behind_before_are_forgotten_with_the_upgrade(
    honduras: Engine,
) -> None:
    as_before(honduras, WEEKEND)
    edit(honduras, INM, {"cost": "paid"}, BY)
    assert told(honduras) == [True, False]  # which is wrong

    upgraded(honduras)

    assert told(honduras) == [None, None]
    restore(honduras, INM, 1, BY)
    assert told(honduras) == [None, None]  # the words are the same: nothing new is known
    restore(honduras, INM, 0, BY)
    assert told(honduras) == [True, False]
    restore(honduras, INM, 2, BY)
    assert told(honduras) == [False, True]


def test_hours_that_came_back_before_the_upgrade_stay(honduras: Engine) -> None:
    as_before(honduras, WEEKEND)
    restore(honduras, INM, 0, BY)

    upgraded(honduras)

    assert told(honduras) == [True, False]


# --- the words themselves


MO_FR, EVERY = "MO,TU,WE,TH,FR", "MO,TU,WE,TH,FR,SA,SU"


@pytest.mark.parametrize(("spanish", "english", "weekly"), [
    ("Lunes a viernes, de 8 a 17", "Monday to Friday, 8 am to 5 pm", [(MO_FR, "08:00", "17:00")]),
    ("Lunes a viernes, de 8 a 5", "Monday to Friday, 8 a.m. to 5 p.m.",
     [(MO_FR, "08:00", "17:00")]),
    ("Lunes, de 8 a 17; sábado, de 8 a 12", "Monday, 8 am to 5 pm; Saturday, 8 am to 12 pm",
     [("MO", "08:00", "17:00"), ("SA", "08:00", "12:00")]),
    ("lunes, miércoles y viernes, de 9 a 1 pm", "Mon, Wed and Fri, 9 am to 1 pm",
     [("MO,WE,FR", "09:00", "13:00")]),
    ("L-V 8:00–12:00 y 14:00–17:00", "Mon-Fri 8:00-12:00, 14:00-17:00",
     [(MO_FR, "08:00", "12:00"), (MO_FR, "14:00", "17:00")]),
    ("24 horas, todos los días", "24 hours, every day", [(EVERY, "00:00", "23:59")]),
    ("24/7", "24/7", [(EVERY, "00:00", "23:59")]),
    ("Todos los días, de 20 a 6", "Every day, 8 pm to 6 am", [(EVERY, "20:00", "06:00")]),
    ("Lunes a viernes, de 8 a 12. Domingo cerrado", "Monday to Friday, 8 am to 12. Sunday closed",
     [(MO_FR, "08:00", "12:00")]),
    ("De 9 a mediodía, entre semana", "9 am to noon, weekdays", [(MO_FR, "09:00", "12:00")]),
    ("Viernes, de 20 a medianoche", "Friday, 8 pm to midnight", [("FR", "20:00", "23:59")]),
])  # fmt: skip
def test_plain_words_are_read(
    spanish: str, english: str, weekly: list[tuple[str, str, str]]
) -> None:
    read = weekly_hours(spanish, english)

    assert [(each["byday"], each["opens_at"], each["closes_at"]) for each in read] == weekly


@pytest.mark.parametrize(("spanish", "english"), [
    ("Solo martes de 3 a 4", "Only Tuesday 3 to 4"),  # of the night, or of the afternoon?
    ("martes, 02:00 a 04:00", "Tuesday, 02:00 to 04:00"),
    ("lunes, de 8 a 13 y de 2 a 5", "Monday, 8 to 13 and 2 to 5"),
    ("Sábado, de 8 a 12", "Saturday, 8 am to 1 pm"),  # the languages differ
    ("Lunes a viernes, de 8 a 17", "Monday to Thursday, 8 am to 5 pm"),
    ("Lunes a viernes, de 8 a 17, con cita", "Monday to Friday, 8 am to 5 pm, by appointment"),
    ("Lunes a viernes, de 8 a 17; feriados no", "Monday to Friday, 8 am to 5 pm; no holidays"),
    ("de 8 a 17", "8 am to 5 pm"),  # on which days?
    ("24 horas", "24 hours"),
    ("Diario", "Daily"),
    ("Lunes de 8 a 12; lunes de 10 a 14", "Monday 8 am to 12; Monday 10 am to 2 pm"),
    ("un sábado al mes, de 8 a 13", "one Saturday a month, 8 am to 1 pm"),
    ("lunes 8 a viernes 12 de diciembre", "Monday 8 to Friday 12 December"),
    ("lunes de 8 a 12 y domingo", "Monday 8 am to 12 and Sunday"),
    ("lunes a viernes, de 8 a 25", "Monday to Friday, 8 to 25"),
    ("lunes, de 17 pm a 20 pm", "Monday, 17 pm to 20 pm"),
    ("lunes a lunes, de 8 a 17", "Monday to Monday, 8 am to 5 pm"),
    ("lunes, de 8 a 17; lunes cerrado", "Monday, 8 am to 5 pm; Monday closed"),
    ("", ""), (None, None), ("Lunes, de 8 a 17", None),
])  # fmt: skip
def test_words_that_may_mean_something_else_are_not_read(
    spanish: str | None, english: str | None
) -> None:
    assert weekly_hours(spanish, english) == []


@pytest.mark.parametrize("country", [*COUNTRY_CODES, REGIONAL])
def test_what_is_read_is_what_somebody_wrote_by_hand(country: str) -> None:
    """Of the files, whose weekly hours were written beside the words."""
    by_hand = [each for each in country_files(country).services if each.hours and each.schedules]
    read = {each.id: weekly_hours(*each.hours) for each in by_hand if each.hours}

    for each in by_hand:
        same = [{"freq": "WEEKLY", **weekly.model_dump()} for weekly in each.schedules]
        assert read[each.id] in ([], same), each.id
    assert sum(map(bool, read.values())) >= len(by_hand) / 2


WORD = st.sampled_from(
    ["lunes", "a", "viernes", "de", "8", "17:00", ",", ";", "y", "24 horas", "pm", "cerrado", "-"]
)  # fmt: skip


@given(st.lists(WORD).map(" ".join) | st.text())
def test_any_words_are_survived_and_what_is_read_makes_sense(words: str) -> None:
    for each in weekly_hours(words, words):
        assert each["opens_at"] != each["closes_at"]
        assert set(each["byday"].split(",")) <= set(EVERY.split(","))
