"""What women ask when a text is the answer: editors see it, change it, and bring it back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.knowledge.history import By, edit
from bot.knowledge.load import fill
from bot.knowledge.models import Statement
from bot.knowledge.trust import Version
from bot.portal.second_person import needs_second
from tests.countries import country_files
from tests.portal.desk import Desk, Worker, on_both

ES = "cuanto cuesta el permiso\n¿Me lo dan gratis?"
EN = "how much is the permit"
SAVED = {"es": ["cuanto cuesta el permiso", "¿Me lo dan gratis?"], "en": ["how much is the permit"]}


def two_of_a_topic(desk: Desk, *, second: bool = False) -> tuple[Statement, Statement]:
    """Two published texts of Honduras on the same topic."""
    with Session(desk.engine) as session:
        wanted = select(Statement).where(
            Statement.country == "HN", Statement.status == "published"
        ).order_by(Statement.intent, Statement.id)  # fmt: skip
        found = [each for each in session.scalars(wanted) if needs_second(each) == second]
    return next((a, b) for a, b in pairwise(found) if a.intent == b.intent)


def asked(desk: Desk, record_id: str) -> dict[str, list[str]] | None:
    with Session(desk.engine) as session:
        return session.get_one(Statement, record_id).asked


def at(desk: Desk, said: Statement, name: str = "Ana") -> Worker:
    return desk.editor(name).open(f"/portal/statements/{said.id}")


def standing(worker: Worker, box: str) -> str:
    """What stands in that box of the page."""
    form = next(each for each in worker.forms() if box in each["fields"])
    return str(form["fields"][box][0]).strip()


@on_both
def test_an_editor_sees_what_is_asked_and_changes_it(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    before = asked(desk, said.id)
    assert before
    writer = at(desk, said)
    assert "Lo que preguntan cuando esta es la respuesta (español)" in writer.words
    assert standing(writer, "asked_es").split("\n") == before["es"]

    writer.send(writer.path, asked_es=f"  {ES}\r\n\r\nCuánto cuesta  el PERMISO?", asked_en=EN,
                do="save")  # fmt: skip

    assert "Guardado" in writer.words
    assert asked(desk, said.id) == SAVED
    assert standing(writer, "asked_es") == ES


@on_both
def test_what_was_asked_before_can_be_brought_back(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    before = asked(desk, said.id)
    assert before
    writer = at(desk, said)
    writer.send(writer.path, asked_es=ES, asked_en=EN, do="save")
    writer.open(f"/portal/records/{said.id}/history")
    assert "Lo que preguntan" in writer.words
    assert "cuanto cuesta el permiso · ¿Me lo dan gratis? / how much is the permit" in writer.words

    writer.send("/restore", number="0")

    assert asked(desk, said.id) == before


@on_both
@pytest.mark.parametrize("status", ["published", "withdrawn"])
def test_what_went_to_another_text_meanwhile_stays_there(desk: Desk, status: str) -> None:
    said, other = two_of_a_topic(desk)
    before, by = asked(desk, said.id), By("editor", desk.clock())
    edit(desk.engine, said.id, {"asked": SAVED, "text_es": "Otra.", "status": status}, by)
    edit(desk.engine, other.id, {"asked": before}, by)

    writer = desk.editor().open(f"/portal/records/{said.id}/history")
    writer.send("/restore", number="0")

    with Session(desk.engine) as session:
        row = session.get_one(Statement, said.id)
        assert (row.text_es, row.status) == (said.text_es, status)
    # A text that is told by nobody may have questions that are another's.
    assert asked(desk, said.id) == (SAVED if status == "published" else before)
    assert ("menos las preguntas" in writer.words) == (status == "published")


def test_a_proposal_to_bring_back_leaves_out_questions_of_another_text(desk: Desk) -> None:
    said, other = two_of_a_topic(desk, second=True)
    before, by = asked(desk, said.id), By("editor", desk.clock())
    edit(desk.engine, said.id, {"asked": SAVED, "text_es": "Otra."}, by)
    edit(desk.engine, other.id, {"asked": before}, by)

    writer = desk.editor().open(f"/portal/records/{said.id}/history")
    writer.send("/restore", number="0")
    assert "Enviado, menos las preguntas" in writer.words
    reader = desk.editor("Rosa").open("/portal/")
    number = next(each["action"] for each in reader.forms() if "/proposals/" in each["action"])
    reader.send(number, do="accept")

    with Session(desk.engine) as session:
        row = session.get_one(Statement, said.id)
        assert (row.text_es, row.asked) == (said.text_es, SAVED)


def test_a_version_from_before_there_were_questions_leaves_them_as_they_are(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    before = asked(desk, said.id)
    edit(desk.engine, said.id, {"text_es": "Otra cosa."}, By("editor", desk.clock()))
    with transaction(desk.engine) as session:
        version = session.scalars(select(Version).where(Version.record_id == said.id)).one()
        version.before = {k: v for k, v in (version.before or {}).items() if k != "asked"}

    writer = desk.editor().open(f"/portal/records/{said.id}/history")
    writer.send("/restore", number="0")

    with Session(desk.engine) as session:
        row = session.get_one(Statement, said.id)
        assert (row.text_es, row.asked) == (said.text_es, before)


def test_the_files_do_not_overwrite_an_editors_questions(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    writer = at(desk, said)
    writer.send(writer.path, asked_es=ES, asked_en=EN, do="save")
    content = country_files("HN")
    newer = [
        each.model_copy(update={"es": "De los archivos."}) if each.id == said.id else each
        for each in content.statements
    ]

    with transaction(desk.engine) as session:
        fill(session, {"HN": content.__class__(**{**vars(content), "statements": newer})})

    assert asked(desk, said.id) == SAVED


def test_without_any_question_nothing_is_kept(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    writer = at(desk, said)

    writer.send(writer.path, asked_es=" \n ", asked_en="", do="save")

    assert writer.status == 200
    assert asked(desk, said.id) is None


@pytest.mark.parametrize(("es", "en", "told"), [
    ("cuanto cuesta", "", "Faltan las preguntas en este idioma"),
    ("cuanto cuesta\nsí", EN, "«sí» es demasiado corta: escribe 3 letras o más"),
    ("x" * 121, EN, f"«{'x' * 90}» es demasiado larga: 120 letras como mucho"),
    ("\n".join(f"pregunta {n}" for n in range(13)), EN, "deja las 12 más claras"),
])  # fmt: skip
def test_what_is_wrong_with_the_questions_is_said_and_nothing_is_lost(
    desk: Desk, es: str, en: str, told: str
) -> None:
    said, _ = two_of_a_topic(desk)
    before = asked(desk, said.id)
    writer = at(desk, said)

    writer.send(writer.path, asked_es=es, asked_en=en, do="save")

    assert writer.status == 422
    assert told in writer.words
    assert (standing(writer, "asked_es"), standing(writer, "asked_en")) == (es, en)
    assert asked(desk, said.id) == before


def test_twelve_questions_of_a_hundred_and_twenty_letters_are_welcome(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    writer = at(desk, said)
    longest = [f"{n:02} {'x' * 117}" for n in range(12)]

    writer.send(writer.path, asked_es="\n".join(longest), asked_en="fee", do="save")

    assert asked(desk, said.id) == {"es": longest, "en": ["fee"]}


def test_a_question_of_another_text_of_the_topic_is_refused_and_the_text_named(desk: Desk) -> None:
    said, other = two_of_a_topic(desk)
    theirs = (asked(desk, other.id) or {})["es"][0]
    writer = at(desk, said)

    writer.send(writer.path, asked_es=f"¡{theirs.upper()}!", asked_en=EN, do="save")

    assert writer.status == 422
    assert f"«¡{theirs.upper()}!» ya es de otro texto de este tema: «{other.text_es[:60]}" in (
        writer.words
    )
    assert f'href="/portal/statements/{other.id}"' in writer.text
    edit(desk.engine, other.id, {"status": "withdrawn"}, By("editor", desk.clock()))

    writer.send(writer.path, do="save")

    assert "Guardado" in writer.words  # who is not told any more needs no questions
    writer.open(f"/portal/statements/{other.id}").send("/status", status="published")
    assert writer.status == 409
    assert "ya es de otro texto de este tema" in writer.words


def test_the_same_question_of_another_topic_or_country_is_no_obstacle(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk)
    with Session(desk.engine) as session:
        others = list(session.scalars(select(Statement).where(Statement.asked.is_not(None))))
    elsewhere = [
        next(each for each in others if each.country == "HN" and each.intent != said.intent),
        next(each for each in others if each.country == "BZ" and each.intent == said.intent),
    ]
    writer = at(desk, said)

    for other in elsewhere:
        same = (other.asked or {})["en"][0]
        writer.send(writer.path, asked_es=ES, asked_en=same, do="save")
        assert asked(desk, said.id) == {**SAVED, "en": [same]}


@on_both
def test_of_violence_and_law_a_second_person_reads_the_questions_too(desk: Desk) -> None:
    said, other = two_of_a_topic(desk, second=True)
    before = asked(desk, said.id)
    writer = at(desk, said)
    writer.send(writer.path, asked_es=ES, asked_en=EN, do="save")
    assert asked(desk, said.id) == before
    reader = desk.editor("Rosa").open("/portal/")
    assert "cuanto cuesta el permiso · ¿Me lo dan gratis? / how much is the permit" in reader.words
    number = next(each["action"] for each in reader.forms() if "/proposals/" in each["action"])
    edit(desk.engine, other.id, {"asked": SAVED}, By("editor", desk.clock()))

    assert reader.send(number, do="accept").status == 409  # meanwhile they went to another text
    assert "ya es de otro texto" in reader.words
    assert asked(desk, said.id) == before
    edit(desk.engine, other.id, {"asked": None}, By("editor", desk.clock()))
    reader.open("/portal/").send(number, do="accept")

    assert asked(desk, said.id) == SAVED


def test_a_proposal_that_leaves_the_questions_alone_does_not_carry_them(desk: Desk) -> None:
    said, _ = two_of_a_topic(desk, second=True)
    writer = at(desk, said)

    writer.send(writer.path, text_es="Texto nuevo.", text_en="New text.", do="save")

    assert "Lo que preguntan" not in writer.open("/portal/").words


def test_signs_in_a_question_are_only_signs(desk: Desk) -> None:
    said, other = two_of_a_topic(desk)
    strange = "</textarea><b>cuesta {n}</b>"
    writer = at(desk, said)
    writer.send(writer.path, asked_es=strange, asked_en=EN, do="save")
    assert "<b>cuesta" not in writer.text
    assert standing(writer, "asked_es") == strange

    writer.open(f"/portal/statements/{other.id}")
    writer.send(writer.path, asked_es=strange, asked_en="fee", do="save")

    assert f"«{strange}» ya es de otro texto" in writer.words
