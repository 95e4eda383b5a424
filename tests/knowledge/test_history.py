"""Who changed what, from what to what; and bringing it back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Service
from bot.knowledge.confirm import confirm
from bot.knowledge.content import CountryContent
from bot.knowledge.history import By, UnknownRecord, edit, restore, versions
from bot.knowledge.load import fill
from bot.knowledge.models import Statement
from bot.knowledge.snapshot import find_record, snapshot
from bot.knowledge.trust import Verification, Version
from tests.countries import country_files

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
EDITOR = By("editor", NOON)
SHELTER = "hn.cami-danli"


@pytest.fixture(scope="module")
def files() -> CountryContent:
    return country_files("HN")


@pytest.fixture
def honduras(empty_engine: Engine, files: CountryContent) -> Engine:
    with transaction(empty_engine) as session:
        fill(session, {"HN": files})
    return empty_engine


def said(engine: Engine, record_id: str) -> dict[str, object]:
    with Session(engine) as session:
        record = find_record(session, record_id)
        assert record is not None
        return snapshot(record)


def history(engine: Engine, record_id: str) -> list[Version]:
    with Session(engine, expire_on_commit=False) as session:
        return versions(session, record_id)


def test_a_first_load_writes_no_history(honduras: Engine) -> None:
    with Session(honduras) as session:
        assert session.scalars(select(Version)).all() == []


def test_an_edit_says_who_when_and_from_what_to_what(honduras: Engine) -> None:
    before = said(honduras, SHELTER)
    phones = [{"number": "+50422222222", "kind": "phone", "type": "voice", "display": "2222-2222",
               "label_es": None, "label_en": None, "shown": True}]  # fmt: skip

    number = edit(honduras, SHELTER, {"hours_es": "De lunes a viernes", "phones": phones}, EDITOR)

    [version] = history(honduras, SHELTER)
    assert (version.number, version.role, version.at) == (number, "editor", NOON)
    assert version.action == "edited"
    assert version.before == before
    assert version.after is not None
    changed = {name for name in before if version.after[name] != before[name]}
    assert changed == {"hours_es", "phones"}
    assert said(honduras, SHELTER)["phones"] == phones


def test_any_version_can_be_brought_back(honduras: Engine) -> None:
    seen = [said(honduras, SHELTER)]
    for text in ("Uno.", "Dos.", "Tres."):
        edit(honduras, SHELTER, {"description_es": text, "types": [{"type": "food"}]}, EDITOR)
        seen.append(said(honduras, SHELTER))
    confirm(honduras, SHELTER, "organization", date(2026, 11, 25), method="visit")
    seen.append(said(honduras, SHELTER))

    for number, expected in enumerate(seen):
        restore(honduras, SHELTER, number, EDITOR)

        assert said(honduras, SHELTER) == expected, number
    actions = [each.action for each in history(honduras, SHELTER)]
    assert actions[:4] == ["edited", "edited", "edited", "confirmed"]
    assert set(actions[4:]) == {"restored"}


def test_a_statement_can_be_brought_back_after_it_was_withdrawn(honduras: Engine) -> None:
    statement = next(each for each in country_files("HN").statements if each.shown == "yes")
    number = edit(honduras, statement.id, {"status": "withdrawn"}, EDITOR)

    restore(honduras, statement.id, number - 1, EDITOR)

    with Session(honduras) as session:
        row = session.get_one(Statement, statement.id)
        assert (row.status, row.text_es) == ("published", statement.es)
        assert row.edited_at == NOON  # the files do not undo it


def test_an_edit_that_changes_nothing_leaves_no_version(honduras: Engine) -> None:
    name = said(honduras, SHELTER)["name"]

    assert edit(honduras, SHELTER, {"name": name}, EDITOR) == 0


def test_a_fault_changes_nothing(honduras: Engine) -> None:
    before = said(honduras, SHELTER)

    with pytest.raises(KeyError, match="colour"):
        edit(honduras, SHELTER, {"name": "Otro", "colour": "verde"}, EDITOR)
    with pytest.raises(UnknownRecord, match="no version 7"):
        restore(honduras, SHELTER, 7, EDITOR)
    with pytest.raises(UnknownRecord, match=r"hn\.nobody"):
        edit(honduras, "hn.nobody", {"name": "Otro"}, EDITOR)

    assert said(honduras, SHELTER) == before
    assert history(honduras, SHELTER) == []


def test_what_the_files_change_or_take_away_is_in_the_history(
    honduras: Engine, files: CountryContent
) -> None:
    first, second, *rest = files.statements
    confirm(honduras, first.id, "editor", date(2026, 11, 20))
    new = first.model_copy(update={"es": "Otro texto."})

    with transaction(honduras) as session:
        fill(session, {"HN": replace(files, statements=(new, *rest))})

    changed, gone = history(honduras, first.id)[-1], history(honduras, second.id)[-1]
    assert (changed.role, changed.action) == ("files", "loaded")
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before["text_es"], changed.after["text_es"]) == (first.es, "Otro texto.")
    # What was confirmed was the other text.
    assert changed.before["verified_by"] == "editor"
    assert changed.after["verified_at"] is None
    assert gone.after is not None
    assert gone.after["status"] == "withdrawn"


def test_every_check_is_kept(honduras: Engine) -> None:
    confirm(honduras, SHELTER, "network", date(2026, 5, 1), method="message")
    confirm(honduras, SHELTER, "organization", date(2026, 11, 1), method="visit")

    with Session(honduras) as session:
        checks = session.scalars(select(Verification).order_by(Verification.id)).all()
        service = session.get_one(Service, SHELTER)
        assert [(each.role, each.method, each.at.date()) for each in checks] == [
            ("network", "message", date(2026, 5, 1)),
            ("organization", "visit", date(2026, 11, 1)),
        ]
        assert service.verified_by == "organization"


def test_a_place_that_becomes_secret_leaves_the_history_too(honduras: Engine) -> None:
    town, street = "Danlí", "Barrio Xanath 12"
    with Session(honduras) as session:
        service = session.get_one(Service, SHELTER)
        place = dict(said(honduras, SHELTER)["locations"][0])  # type: ignore[index]
        assert service.locations[0].city == town
    place["address_1"] = street
    edit(honduras, SHELTER, {"locations": [place], "hours_es": f"En {town}, de 8 a 5"}, EDITOR)

    edit(honduras, SHELTER, {"confidential_location": True}, EDITOR)

    kept = json.dumps([[v.before, v.after] for v in history(honduras, SHELTER)], ensure_ascii=False)
    assert len(history(honduras, SHELTER)) == 2
    assert town not in kept
    assert street not in kept
    assert '"latitude": null' in kept
    for number in range(3):
        restore(honduras, SHELTER, number, EDITOR)
        with Session(honduras) as session:
            service = session.get_one(Service, SHELTER)
            assert service.confidential_location, number
            assert {each.city for each in service.locations} == {None}, number
