"""An editor's text must not tell where a secret place is: the directory hides it for a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Service
from bot.knowledge.history import By, edit, latest_number
from bot.knowledge.models import Statement
from bot.portal.models import Proposal
from bot.portal.second_person import needs_second
from tests.portal.desk import Desk, Worker
from tests.portal.test_second_person import WRITTEN

TOWN = {"es": "Hay una casa refugio en La Ceiba.", "en": "There is a safe house in La Ceiba."}
WHY = {"es": "dice dónde está una casa refugio", "en": "it says where a women's refuge"}
NO_TOWN = {"text_es": "Para llegar a una casa refugio llama al 114.",
           "text_en": "To reach a safe house call 114."}  # fmt: skip
OPEN = {"text_es": "El albergue de migrantes de La Ceiba abre a las 7.",
        "text_en": "The migrant shelter of La Ceiba opens at 7."}  # fmt: skip


def added(writer: Worker, **texts: str) -> Worker:
    writer.open("/portal/statements/new")
    return writer.send("/statements/new", topic="ask_safe_shelter", kind="procedure", do="save",
                       **WRITTEN | texts)  # fmt: skip


def own(desk: Desk) -> list[str]:
    with Session(desk.engine) as session:
        return list(session.scalars(select(Statement.id).where(Statement.id.like("hn.portal-%"))))


def a_text(desk: Desk, *, second: bool) -> Statement:
    with Session(desk.engine) as session:
        wanted = select(Statement).where(
            Statement.country == "HN", Statement.status == "published", Statement.priority == 0
        ).order_by(Statement.id)  # fmt: skip
        return next(each for each in session.scalars(wanted) if needs_second(each) == second)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_new_text_with_a_refuges_town_is_not_taken_in_either_language(
    desk: Desk, language: str
) -> None:
    writer = added(desk.editor(), **{f"text_{language}": TOWN[language]})

    assert writer.status == 422
    assert f'id="w-text_{language}"' in writer.text
    assert WHY["es"] in writer.words.lower()
    assert "a qué número se llama" in writer.words
    assert own(desk) == []


@pytest.mark.parametrize("texts", [NO_TOWN, OPEN])
def test_a_refuge_without_a_town_and_an_open_door_with_one_are_taken(
    desk: Desk, texts: dict[str, str]
) -> None:
    writer = added(desk.editor(), **texts)

    assert writer.status == 200, writer.words
    assert len(own(desk)) == 1


@pytest.mark.parametrize("second", [True, False])
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_changed_text_and_a_proposal_are_looked_at_too(
    desk: Desk, language: str, second: bool
) -> None:
    said = a_text(desk, second=second)
    writer = desk.editor().open(f"/portal/statements/{said.id}")

    writer.send(writer.path, do="save", **{f"text_{language}": TOWN[language]})

    assert writer.status == 422
    assert f'id="w-text_{language}"' in writer.text
    with Session(desk.engine) as session:
        assert session.get_one(Statement, said.id).text_es == said.text_es
        assert session.scalars(select(Proposal)).all() == []
    writer.open(f"/portal/statements/{said.id}").send(writer.path, do="save", **NO_TOWN)
    assert writer.status == 200, writer.words


def test_it_is_said_while_she_types_and_in_her_language(desk: Desk) -> None:
    writer = desk.editor().open("/portal/language/en?from=/portal/")
    writer.open("/portal/statements/new")

    writer.send("/statements/new", part="checks", topic="ask_safe_shelter",
                text_es=TOWN["es"], text_en=NO_TOWN["text_en"])  # fmt: skip

    assert writer.words.lower().count(WHY["en"]) == 1


def test_a_place_of_the_directory_is_known_by_its_name(desk: Desk) -> None:
    """Also one that became secret after the text was proposed."""
    said = a_text(desk, second=True)
    writer = desk.editor().open(f"/portal/statements/{said.id}")
    named = {"text_es": "La Casa Colibrí orienta en La Ceiba.",
             "text_en": "Casa Colibrí gives advice in La Ceiba."}  # fmt: skip
    writer.send(writer.path, do="save", **named)
    assert writer.status == 200, writer.words
    with transaction(desk.engine) as session:
        wanted = select(Service).where(Service.country == "HN", Service.confidential_location)
        place = session.scalars(wanted.order_by(Service.id)).first()
        assert place is not None
        place.name = "Casa Colibrí"

    reader = desk.editor("Rosa").open("/portal/")
    number = next(each["action"] for each in reader.forms() if "/proposals/" in each["action"])
    assert reader.send(number, do="accept").status == 409

    assert WHY["es"] in reader.words.lower()
    with Session(desk.engine) as session:
        assert session.get_one(Statement, said.id).text_es == said.text_es


def test_what_told_it_once_is_neither_shown_nor_brought_back(desk: Desk) -> None:
    said = a_text(desk, second=False)
    by = By("editor", desk.clock())
    edit(desk.engine, said.id, {"text_es": TOWN["es"], "status": "withdrawn"}, by)
    writer = desk.editor().open(f"/portal/statements/{said.id}")

    assert writer.send("/status", status="published").status == 409
    number = latest_number(desk.engine, said.id)
    edit(desk.engine, said.id, {"text_es": said.text_es, "status": "published"}, by)
    writer.open(f"/portal/records/{said.id}/history")
    back = f"/portal/records/{said.id}/restore"

    assert writer.send_bare(back, number=str(number)).status == 409
    assert WHY["es"] in writer.words.lower()
    writer.open(f"/portal/records/{said.id}/history")
    assert writer.send_bare(back, number=str(number + 1)).status == 200
    with Session(desk.engine) as session:
        assert session.get_one(Statement, said.id).text_es == said.text_es
