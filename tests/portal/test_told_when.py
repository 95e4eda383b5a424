"""From when to when a text is told, who is reminded of its end, and what changed since before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.knowledge.history import By, edit
from bot.knowledge.lifecycle import may_be_told
from bot.knowledge.models import Statement
from bot.portal.compare import compared
from bot.portal.models import Audit, Proposal
from bot.portal.second_person import needs_second
from tests.portal.desk import NOW, Desk, on_both
from tests.portal.test_asked import asked, at, two_of_a_topic

TODAY = NOW.date()


def in_days(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def is_told(desk: Desk, record_id: str, on: date = TODAY) -> bool:
    with Session(desk.engine) as session:
        return may_be_told(session.get_one(Statement, record_id), on)


def ends(desk: Desk, record_id: str, days: int) -> None:
    with transaction(desk.engine) as session:
        session.get_one(Statement, record_id).valid_until = TODAY + timedelta(days=days)


def test_pieces_show_which_words_differ() -> None:
    left, right = compared("La cita cuesta 50 pesos.", "La cita ya no cuesta nada.")

    assert " ".join(each.text for each in left) == "La cita cuesta 50 pesos."
    assert [each.text for each in left if each.changed] == ["50 pesos."]
    assert [each.text for each in right if each.changed] == ["ya no", "nada."]


@on_both
def test_a_text_for_next_week_is_told_from_that_day_to_its_last(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    writer = at(desk, said)

    writer.send(writer.path, valid_from=in_days(7), valid_until=in_days(9), do="save")

    assert "Guardado" in writer.words
    assert "programado" in writer.words
    assert "se dice desde el 2 de diciembre de 2026" in writer.words
    told = [day for day in range(12) if is_told(desk, said.id, TODAY + timedelta(days=day))]
    assert told == [7, 8, 9]
    assert said.text_es[:40] in writer.open("/portal/statements?state=scheduled").words


@pytest.mark.parametrize(("first", "last", "words"), [
    ("2026-12-10", "2026-12-09", "Termina antes de empezar"),
    ("diciembre", "", "Escribe la fecha como"),
])  # fmt: skip
def test_dates_that_cannot_be_are_said_and_nothing_is_saved(
    desk: Desk, first: str, last: str, words: str
) -> None:
    said, _ = two_of_a_topic(desk)
    writer = at(desk, said)

    writer.send(writer.path, valid_from=first, valid_until=last, do="save")

    assert writer.status == 422
    assert words in writer.words
    assert is_told(desk, said.id)


def test_who_looks_after_a_country_is_reminded_before_a_text_ends(desk: Desk) -> None:
    said, other = two_of_a_topic(desk)
    ends(desk, said.id, 12)
    ends(desk, other.id, 80)
    editor = desk.editor().open("/portal/")
    assert "Textos que se acaban pronto" in editor.words
    assert "se dice hasta el 7 de diciembre de 2026" in editor.words
    assert desk.editor("Berta", "BZ").words.count("se acaban") == 0
    assert is_told(desk, said.id)

    editor.send(f"/statements/{said.id}/longer")

    assert "Guardado" in editor.words
    assert "se acaban" not in editor.open("/portal/").words
    assert is_told(desk, said.id, TODAY + timedelta(days=365))
    assert not is_told(desk, said.id, TODAY + timedelta(days=366))


def test_of_law_a_second_person_agrees_that_it_holds_a_year_more(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk, second=True)
    ends(desk, said.id, 3)
    editor = desk.editor().open("/portal/")
    editor.send(f"/statements/{said.id}/longer")
    assert not is_told(desk, said.id, TODAY + timedelta(days=4))
    assert "Antes 2026-11-28 Después 2027-11-25" in editor.open("/portal/").words

    reader = desk.editor("Rosa").open("/portal/")
    number = next(each["action"] for each in reader.forms() if "/proposals/" in each["action"])
    reader.send(number, do="accept")

    assert is_told(desk, said.id, TODAY + timedelta(days=4))


def test_a_text_without_a_last_day_or_of_another_country_gets_no_year_more(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    editor = desk.editor().open("/portal/")
    assert editor.send_bare(f"/portal/statements/{said.id}/longer").status == 404
    ends(desk, said.id, 3)
    other = desk.editor("Berta", "BZ").open("/portal/")

    assert other.send_bare(f"/portal/statements/{said.id}/longer").status == 403


def test_a_text_and_the_one_that_comes_after_it_may_share_their_questions(desk: Desk) -> None:
    old, new = two_of_a_topic(desk)
    shared = asked(desk, old.id) or {}
    by = By("editor", desk.clock())
    edit(desk.engine, old.id, {"valid_until": in_days(20)}, by)
    writer = at(desk, new)
    boxes = {f"asked_{language}": "\n".join(some) for language, some in shared.items()}
    writer.send(writer.path, valid_from=in_days(20), do="save", **boxes)
    assert writer.status == 422  # on one day both would be told

    writer.send(writer.path, valid_from=in_days(21), do="save")

    assert "Guardado" in writer.words
    assert asked(desk, new.id) == shared
    editor = desk.editor("Rosa").open("/portal/")
    assert editor.send(f"/statements/{old.id}/longer").status == 409


def test_what_changed_last_stands_side_by_side(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    before = replace_words(desk, said)
    writer = at(desk, said)
    assert "Qué cambió" not in writer.words

    writer.send(writer.path, text_es="La cita cuesta mucho menos.", do="save")
    writer.send("/still-true")  # a check changes no text
    writer.open(f"/portal/statements/{said.id}")

    assert "Qué cambió desde la versión anterior" in writer.words
    assert f"Antes {before} Después La cita cuesta mucho menos." in writer.words
    assert "<del>nada.</del>" in writer.text
    assert "<ins>mucho menos.</ins>" in writer.text


def replace_words(desk: Desk, said: Statement) -> str:
    """A text of which one knows what it says."""
    with transaction(desk.engine) as session:
        session.get_one(Statement, said.id).text_es = "La cita cuesta nada."
    return "La cita cuesta nada."


def test_a_second_person_reads_what_it_says_beside_what_is_proposed(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk, second=True)
    replace_words(desk, said)
    writer = at(desk, said)
    writer.send(writer.path, text_es="La cita cuesta poco.", do="save")

    reader = desk.editor("Rosa").open("/portal/")

    assert (
        "Texto en español Antes La cita cuesta nada. Después La cita cuesta poco." in reader.words
    )
    assert "Texto en inglés" not in reader.words  # it stays as it is


def test_whoever_tries_to_accept_her_own_text_stands_in_the_record(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk, second=True)
    writer = at(desk, said)
    writer.send(writer.path, text_es="La cita cuesta poco.", do="save")
    with Session(desk.engine) as session:
        number = session.scalars(select(Proposal.id)).one()

    assert writer.open("/portal/account").send_bare(
        f"/portal/proposals/{number}", do="accept"
    ).status == 403  # fmt: skip

    with Session(desk.engine) as session:
        tried = select(Audit.subject).where(Audit.action == "refused_access")
        assert session.scalars(tried).all() == ["/proposals/{id}"]


def test_the_first_version_brought_back_brings_its_dates_along(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    writer = at(desk, said)
    writer.send(writer.path, valid_from=in_days(5), valid_until=in_days(9), do="save")
    writer.open(f"/portal/records/{said.id}/history")
    assert "Se dice desde Antes — Después 2026-11-30" in writer.words

    writer.send("/restore", number="0")

    assert is_told(desk, said.id)


def test_withdrawn_a_text_is_told_no_more_at_once(desk: Desk) -> None:
    with Session(desk.engine) as session:
        rows = session.scalars(select(Statement).where(Statement.country == "HN"))
        said = next(each for each in rows if each.status == "published" and not needs_second(each))
    writer = at(desk, said)

    writer.send("/status", status="withdrawn")

    assert not is_told(desk, said.id)
    assert "no se muestra" in writer.words
