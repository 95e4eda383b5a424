"""Another network's file comes a second time, after editors here worked on what it brought."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.commands import exchange as command
from bot.commands.exchange import CannotExchange, exchange
from bot.directory import hsds_files
from bot.directory.hsds_files import read_files
from bot.directory.hsds_package import write_package
from bot.directory.hsds_said import said
from bot.directory.models import Service, hsds_id
from bot.directory.near_words import MOST_GUESSED, meant, words_in
from bot.directory.sheet import Unreadable
from bot.knowledge.history import edit
from bot.knowledge.imports import Preview, apply, undo
from bot.settings import Settings
from tests.directory.test_hsds_exchange import (
    BY,
    FOREIGN,
    FOREIGN_ID,
    NOON,
    Json,
    foreign,
    look,
    repacked,
    services_of,
)

HERE = f"hn.{FOREIGN_ID}"
WEEK = [{"freq": "WEEKLY", "byday": "SA", "opens_at": "09:00", "closes_at": "12:00"}]
EVERY_DAY = "MO,TU,WE,TH,FR,SA,SU"


@pytest.fixture
def known(sqlite_engine: Engine) -> Engine:
    """Their one place, brought in once."""
    apply(sqlite_engine, look(sqlite_engine, foreign()), BY)
    return sqlite_engine


def here(engine: Engine) -> Service:
    with Session(engine) as session:
        service = session.get_one(Service, HERE)
        for part in (service.phones, service.schedules, service.locations, service.types):
            assert part is not None  # read while the session lasts
        return service


def only_change(engine: Engine, data: bytes) -> Json:
    seen = look(engine, data)
    assert (seen.faults, seen.added) == ((), ())
    return dict(seen.changed[0].fields) if seen.changed else {}


def faults_of(seen: Preview) -> str:
    return " | ".join(each.in_words("en") for each in seen.faults)


def edited_here(engine: Engine) -> None:
    """Everything that an editor adds to a meagre record."""
    with Session(engine) as session:
        service = session.get_one(Service, HERE)
        phones = [
            {"number": "+50422220188", "kind": "phone", "type": "voice", "display": "2222-0188",
             "label_es": "Noches", "label_en": "Nights", "shown": True}
        ]  # fmt: skip
        place = service.locations[0]
        places = [
            {"location_type": "physical", "address_1": "Calle 9", "city": "Tela",
             "state_province": "Atlántida", "country": "HN", "latitude": 15.7, "longitude": -87.4,
             "precision": place.precision}
        ]  # fmt: skip
    edit(engine, HERE, {
        "description_en": "A bed and a meal.", "for_whom_en": "Women", "alert": "Toca dos veces.",
        "interpreters": True, "email": "casa@example.org", "url": "https://casa.example.org",
        "hours_es": "Sábados de 9 am a 12 pm", "hours_en": "Saturdays 9 am to 12 pm",
        "schedules": WEEK, "phones": phones, "locations": places, "service_area": "GT HN",
        "cost": "low", "cost_note_es": "Diez lempiras", "cost_note_en": "Ten lempiras",
        "languages": "es miq", "whatsapp": "+50422220177",
    }, BY)  # fmt: skip


MEAGRE = {name: None for name in ("phones", "schedules", "cost_options", "languages",
                                  "service_at_locations")}  # fmt: skip


def test_what_their_file_does_not_mention_stays_as_editors_here_wrote_it(known: Engine) -> None:
    edited_here(known)

    assert only_change(known, foreign(**MEAGRE)) == {}
    assert only_change(known, foreign(**MEAGRE, url="https://www.example.org")) == {
        "url": ("https://casa.example.org", "https://www.example.org")
    }


def test_a_place_told_without_its_address_keeps_the_one_that_is_here(known: Engine) -> None:
    edited_here(known)
    links = [{"id": "l", "location": {"id": "m", "location_type": "physical"}}]

    assert only_change(known, foreign(**{**MEAGRE, "service_at_locations": links})) == {}


def test_a_number_told_without_its_label_keeps_the_one_that_is_here(known: Engine) -> None:
    edited_here(known)
    spanish = [{"number": "+50422220188", "description": "Noches"}]

    for phones in ([{"number": "+50422220188"}], spanish):
        found = only_change(known, foreign(**{**MEAGRE, "phones": phones}))
        assert "phones" not in found
    other = foreign(**{**MEAGRE, "phones": [{**spanish[0], "description": "Fines de semana"}]})
    assert "both languages" in faults_of(look(known, other))


def test_what_their_file_names_and_leaves_empty_is_emptied(known: Engine) -> None:
    edited_here(known)

    found = only_change(known, foreign(**{**MEAGRE, "alert": "", "phones": []}))
    assert found["alert"] == ("Toca dos veces.", None)
    assert found["phones"][1] == []
    record = json.loads(foreign(**MEAGRE))["contents"][0] | {"email": None, "phones": "none"}
    assert set(only_change(known, json.dumps([record]).encode())) == {"email"}


@pytest.mark.parametrize("is_there", [False, True], ids=["no column", "an empty one"])
def test_in_tables_a_column_that_is_there_is_mentioned(known: Engine, is_there: bool) -> None:
    edited_here(known)
    record = json.loads(foreign(**MEAGRE))["contents"][0]
    record["organization"]["attributes"] = []
    record["attributes"] = []
    record = {key: value for key, value in record.items() if key not in ("program", "unknown")}

    def change(name: str, rows: list[list[str]]) -> list[list[str]]:
        if name == "services.csv" and is_there:
            rows = [[*rows[0], "email"], [*rows[1], ""]]
        return rows

    data = repacked(write_package([record], NOON), change)
    # A network that has no table of phones has said nothing of them.
    assert set(only_change(known, data)) == ({"email"} if is_there else set())


def test_a_new_spanish_text_does_not_overwrite_the_english_that_is_here(known: Engine) -> None:
    assert only_change(known, foreign(description="Cama.")) == {
        "description_es": ("Cama y comida.", "Cama."),
        "description_en": ("Cama y comida.", "Cama."),  # nobody had written another
    }
    edited_here(known)

    seen = look(known, foreign(**MEAGRE, description="Cama."))

    assert seen.changed == ()
    assert "«translations.en.description»: write it in both languages" in faults_of(seen)
    both = foreign(**MEAGRE, description="Cama.",
                   translations={"en": {"description": "A bed."}})  # fmt: skip
    assert set(only_change(known, both)) == {"description_es", "description_en"}


def test_of_a_secret_place_too_the_english_that_no_export_tells_is_kept(known: Engine) -> None:
    edit(known, HERE, {"confidential_location": True, "description_es": "Cerca de Tela.",
                       "description_en": "Near Tela."}, BY)  # fmt: skip

    assert only_change(known, foreign(**MEAGRE, description="Cerca de Tela.")) == {}


def hours(**row: Any) -> list[Json]:
    return [{"id": str(hsds_id("s")), "freq": "WEEKLY", "byday": EVERY_DAY, **row}]


@pytest.mark.parametrize(
    ("row", "stored"),
    [
        ({"opens_at": "09:00-06:00", "closes_at": "17:00-0600"}, [("09:00", "17:00")]),
        ({"opens_at": "09:00", "closes_at": "17:00", "timezone": -6}, [("09:00", "17:00")]),
        ({"opens_at": "15:00Z", "closes_at": "23:00Z"}, []),
        ({"opens_at": "09:00-06:00", "closes_at": "17:00-05:00"}, []),
        ({"opens_at": "15:00", "closes_at": "23:00", "timezone": 0}, []),
        ({"opens_at": "00:00", "closes_at": "00:00"}, [("00:00", "23:59")]),
        ({"opens_at": "00:00", "closes_at": "00:00", "byday": "MO"}, []),
        ({"opens_at": "08:00", "closes_at": "08:00"}, []),
        ({"opens_at": "08:00", "closes_at": "00:00"}, [("08:00", "23:59")]),
    ],
)  # fmt: skip
def test_hours_by_another_clock_or_of_no_length_are_not_stored(
    sqlite_engine: Engine, row: Json, stored: list[tuple[str, str]]
) -> None:
    [added] = look(sqlite_engine, foreign(schedules=hours(**row))).added

    rows = added.more["schedules"]
    assert [(each["opens_at"], each["closes_at"]) for each in rows] == stored


def test_an_empty_list_elsewhere_takes_no_hours_away() -> None:
    words = {"description": "Con cita", "translations": {"en": {"description": "Ask first"}}}
    place = {"id": "m", "location_type": "virtual", "name": "Atlántida", "schedules": []}
    told = {"schedules": [{"id": "s", **words}],
            "service_at_locations": [{"id": "l", "location": place}]}  # fmt: skip

    [record] = json.loads(foreign(**{**MEAGRE, **told}))["contents"]
    assert "hours" in said(record).mentioned
    assert "schedules" not in said(record).mentioned


def test_no_place_any_more_is_still_one_in_its_country(known: Engine) -> None:
    edited_here(known)

    found = only_change(known, foreign(**{**MEAGRE, "service_at_locations": []}))

    assert [(each["location_type"], each["city"]) for each in found["locations"][1]] == [
        ("virtual", None)
    ]


def test_always_is_always_in_seven_rows_too(sqlite_engine: Engine) -> None:
    days = EVERY_DAY.split(",")
    rows = [hours(byday=day, opens_at="00:00", closes_at="00:00")[0] for day in days]

    [added] = look(sqlite_engine, foreign(schedules=rows)).added

    assert [each["byday"] for each in added.more["schedules"]] == [EVERY_DAY]


def test_hours_that_contradict_the_words_beside_them_are_a_fault(known: Engine) -> None:
    edited_here(known)

    other: Json = {**MEAGRE, "schedules": hours(byday="SA", opens_at="10:00", closes_at="12:00")}
    seen = look(known, foreign(**other))
    assert seen.changed == ()
    assert "«opens_at»: the hours in words say other hours" in faults_of(seen)
    other["schedules"][0] |= {
        "description": "Sábados de 10 am a 12 pm",
        "translations": {"en": {"description": "Saturdays 10 am to 12 pm"}},
    }
    assert set(only_change(known, foreign(**other))) == {"hours_es", "hours_en", "schedules"}


def test_half_letters_and_nul_are_taken_out(known: Engine) -> None:
    record = {**FOREIGN, "name": "Casa\0 Abierta\ud83d", "translations": {"en": {"name": "A\0"}}}
    [read] = read_files(json.dumps([record]).encode()).services
    assert (read["name"], read["translations"]["en"]["name"]) == ("Casa Abierta", "A")

    def change(name: str, rows: list[list[str]]) -> list[list[str]]:
        return [[each.replace("Abierta", "Abi\0erta") for each in row] for row in rows]

    tables = repacked(write_package([copy.deepcopy(read)], NOON), change)
    assert read_files(tables).services[0]["name"] == "Casa Abierta"


def test_what_was_undone_comes_back_as_a_draft_and_what_was_withdrawn_does_not(
    sqlite_engine: Engine,
) -> None:
    for _ in range(2):
        batch = apply(sqlite_engine, look(sqlite_engine, foreign()), BY)
        assert here(sqlite_engine).publication == "draft"
        undo(sqlite_engine, batch, BY)
        assert here(sqlite_engine).publication == "withdrawn"
    apply(sqlite_engine, look(sqlite_engine, foreign()), BY)
    edit(sqlite_engine, HERE, {"publication": "withdrawn"}, BY)

    assert only_change(sqlite_engine, foreign()) == {}
    assert services_of(sqlite_engine) == []
    other = look(sqlite_engine, foreign(url="https://www.example.org"))
    undo(sqlite_engine, apply(sqlite_engine, other, BY), BY)
    assert only_change(sqlite_engine, foreign()) == {}  # an editor's hand was in between


def test_too_many_services_are_refused_before_they_are_looked_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hsds_files, "MOST_ROWS", 1)
    monkeypatch.setattr(hsds_files, "_tidy", None)
    with pytest.raises(Unreadable, match="20,000"):
        read_files(b'[{"id": "1"}, {"id": "2"}]')


def test_at_the_command_line_what_fails_says_so_in_a_sentence(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(str(sqlite_engine.url), b"k" * 32)
    file = tmp_path / "theirs.json"
    file.write_bytes(foreign())

    def breaks(*_: object) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(CannotExchange, match="no import has this number"):
        exchange(settings, "undo", "7")
    monkeypatch.setattr(command, "apply_in_parts", breaks)
    with pytest.raises(CannotExchange, match=r"It broke \(RuntimeError\); nothing of it stayed"):
        exchange(settings, "import", str(file), write=True)


def test_only_words_are_guessed_at_and_only_a_few_of_a_search() -> None:
    known = words_in(["abogada tapachula refugiadas 22220144"])
    assert known == {"abogada", "tapachula", "refugiadas"}

    wrong = ["abogda", "22220145", "tapachla", "refugiadsa"]
    found = meant(wrong, known)

    assert MOST_GUESSED == 2
    assert found == (("abogada",), ("22220145",), ("tapachula",), ("refugiadsa",))
