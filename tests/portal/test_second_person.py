"""What a second person reads before women are told it: by what is at stake for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.knowledge.models import Statement
from bot.knowledge.topics import topics
from bot.portal.second_person import needs_second
from tests.portal.desk import Desk, Worker, on_both

WRITTEN = {
    "text_es": "Se pide en la oficina.", "text_en": "You ask for it at the office.",
    "asked_es": "dónde se pide eso nuevo", "asked_en": "where do i ask for that new thing",
    "url": "https://www.gob.example.org/tramite", "title": "Trámite", "publisher": "Gobierno",
}  # fmt: skip


def added(desk: Desk, topic: str, kind: str) -> Worker:
    """Ana has written it and taps that it be shown."""
    writer = desk.editor().open("/portal/statements/new")
    writer.send("/statements/new", topic=topic, kind=kind, do="save", **WRITTEN)
    assert writer.status == 200, writer.words
    return writer.send("/status", status="published")


def status(desk: Desk) -> str:
    with Session(desk.engine) as session:
        own = select(Statement.status).where(Statement.id.like("hn.portal-%"))
        return session.scalars(own).one()


@pytest.mark.parametrize("topic", [
    "ask_asylum", "ask_work_permit", "ask_family_reunification", "ask_detention_deportation",
    "ask_child_custody_support", "ask_unpaid_wages", "ask_domestic_violence",
])  # fmt: skip
def test_calling_it_a_step_does_not_tell_women_what_nobody_else_has_read(
    desk: Desk, topic: str
) -> None:
    writer = added(desk, topic, "procedure")

    assert "Cambia cuando otra persona lo acepte" in writer.words
    assert status(desk) == "draft"
    reader = desk.editor("Rosa").open("/portal/")
    number = next(each["action"] for each in reader.forms() if "/proposals/" in each["action"])
    reader.send(number, do="accept")
    assert status(desk) == "published"


def test_whoever_is_to_agree_that_a_new_text_is_shown_reads_all_of_it(desk: Desk) -> None:
    added(desk, "ask_asylum", "fee")

    reader = desk.editor("Rosa").open("/portal/")

    for said in (*WRITTEN.values(), "asilo o refugio"):
        assert said in reader.text if said.startswith("https") else said in reader.words


def test_where_little_is_at_stake_one_person_is_enough(desk: Desk) -> None:
    writer = added(desk, "ask_find_job", "procedure")

    assert "Guardado" in writer.words
    assert status(desk) == "published"


def test_a_law_is_read_twice_wherever_it_stands(desk: Desk) -> None:
    added(desk, "ask_find_job", "law")

    assert status(desk) == "draft"


def test_every_topic_of_family_but_the_search_for_somebody_is_one_of_law() -> None:
    family = {name for name, topic in topics().items() if topic.group == "family"}

    assert {name for name in family if not topics()[name].legal} == {"ask_missing_relative"}


def said_of_law(desk: Desk) -> Statement:
    with Session(desk.engine) as session:
        rows = session.scalars(select(Statement).order_by(Statement.id).where(
            Statement.country == "HN", Statement.status == "published"))  # fmt: skip
        return next(each for each in rows if needs_second(each))


def proposes(desk: Desk, said: Statement, name: str, text: str) -> Worker:
    writer = desk.editor(name).open(f"/portal/statements/{said.id}")
    return writer.send(writer.path, text_es=text, text_en=f"{text} (en)", do="save")


def proposals(worker: Worker) -> list[str]:
    """The addresses at which she accepts."""
    return [each["action"] for each in worker.forms() if each["fields"].get("do") == ["accept"]]


@on_both
def test_a_colleague_s_proposal_is_read_before_another_one_is_written_and_stays(
    desk: Desk,
) -> None:
    said = said_of_law(desk)
    ana = proposes(desk, said, "Ana", "Uno de Ana.")
    bea = desk.editor("Bea").open(f"/portal/statements/{said.id}")
    assert "Otra persona propuso este cambio" in bea.words
    assert "Uno de Ana." in bea.words

    bea.send(bea.path, text_es="Dos de Bea.", text_en="Two by Bea.", do="save")

    rosa = desk.editor("Rosa").open("/portal/")
    assert "Uno de Ana." in rosa.words
    assert "Dos de Bea." in rosa.words
    assert len(proposals(rosa)) == 2
    desk.clock.pass_by(minutes=5)
    rosa.send(proposals(rosa)[1])
    assert desk.editor("Clara").open(f"/portal/statements/{said.id}").words.count("Dos de Bea.")
    assert "Uno de Ana." in ana.open("/portal/").words  # nobody has decided on it
    rosa.open("/portal/")
    assert proposals(rosa) == []
    assert "Así no se puede aceptar" in rosa.words


@on_both
def test_who_proposed_a_text_reads_why_it_was_not_accepted(desk: Desk) -> None:
    said = said_of_law(desk)
    ana = proposes(desk, said, "Ana", "Cuesta cien.")
    rosa = desk.editor("Rosa").open("/portal/")
    number = proposals(rosa)[0]
    assert rosa.send(number, do="refuse").status == 422  # a reason is owed
    assert "Escribe por qué no lo aceptas" in rosa.words

    rosa.open("/portal/").send(number, do="refuse", reason="La ley dice que es gratis.")

    assert "Cuesta cien." not in rosa.open("/portal/").words
    assert rosa.send_bare(number, do="read").status == 403
    ana.open("/portal/")
    assert "Lo que propusiste y no se aceptó" in ana.words
    assert "La ley dice que es gratis." in ana.words
    assert "Cuesta cien." in ana.words
    ana.send(number, do="read")
    assert "no se aceptó" not in ana.words


@on_both
def test_a_tap_of_hers_takes_nothing_away_of_the_text_that_she_proposed(desk: Desk) -> None:
    said = said_of_law(desk)
    with transaction(desk.engine) as session:
        session.get_one(Statement, said.id).valid_until = desk.clock().date() + timedelta(days=9)
    ana = proposes(desk, said, "Ana", "Cuesta cien.")
    ana.open("/portal/").send(f"/statements/{said.id}/longer")

    rosa = desk.editor("Rosa").open("/portal/")
    assert "Cuesta cien." in rosa.words
    assert len(proposals(rosa)) == 2

    ana.open(f"/portal/statements/{said.id}")
    ana.send(ana.path, text_es="Cuesta mil.", text_en="It costs a thousand.", do="save")

    rosa.open("/portal/")
    assert "Cuesta cien." not in rosa.words
    assert "Cuesta mil." in rosa.words
    assert len(proposals(rosa)) == 2


def test_who_takes_her_own_proposal_back_or_replaces_it_is_told_of_no_refusal(desk: Desk) -> None:
    said = said_of_law(desk)
    ana = proposes(desk, said, "Ana", "Primero.")
    ana.send(ana.path, text_es="Segundo.", text_en="Second.", do="save")
    ana.open("/portal/")
    assert "Primero." not in ana.words
    number = next(each["action"] for each in ana.forms() if "/proposals/" in each["action"])

    ana.send(number)

    assert "Segundo." not in ana.open("/portal/").words
    assert "no se aceptó" not in ana.words
