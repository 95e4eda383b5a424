"""The network teaches what was not understood; an administrator trains, compares and changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.commands.evaluate import Case, Judged
from bot.commands.improve import Training
from bot.database import transaction
from bot.improving import examples as examples_module
from bot.improving.examples import all_examples, doubt, keep, read_lines, write_file
from bot.improving.models import TrainingExample
from bot.improving.workshop import Progress, Standing, Trained, Workshop
from bot.portal.models import Audit
from bot.unanswered.looking import Looking
from bot.unanswered.models import Unanswered
from tests.portal.desk import NOW, Desk, on_both
from tests.portal.test_questions import KEYS, ask

GOOD = {"messages": 1_990, "es": 82.0, "en": 85.5, "danger": 97.0, "violence": 95.0,
        "outside": 70.0, "taught": 10.0}  # fmt: skip
NEW = Trained(1, "2026-11-25T15:00+00:00", "f", 12, 240, {**GOOD, "es": 83.5, "taught": 90.0}, GOOD,
              [["ask_education", 80.0, 70.0]])  # fmt: skip


@pytest.fixture
def shop(desk: Desk, tmp_path: Path) -> Workshop:
    desk.site.workshop = Workshop(tmp_path / "understanding")
    desk.site.workshop.put_inputs("f")
    desk.site.questions = Looking(desk.engine, KEYS, 10, desk.clock)
    return desk.site.workshop


def trained(shop: Workshop, new: Trained = NEW) -> None:
    shop.put_trained(new)
    shop.model(new.number).write_bytes(b"a model")


def taught(desk: Desk) -> list[tuple[str, str, str]]:
    with Session(desk.engine) as session:
        return [(each.intent, each.language, each.text) for each in all_examples(session)]


@on_both
def test_an_editor_teaches_what_many_asked_in_her_own_words(desk: Desk, shop: Workshop) -> None:
    ask(desk, 12, "clases de piscina")
    editor = desk.editor().open("/portal/questions")
    editor.send("/questions/decide", topic="ask_education", do="teach")
    assert "piscina" not in editor.path
    assert editor.forms()[-1]["fields"]["examples"][0].strip() == "clases piscina"

    editor.send(
        "/teach", examples="hay clases de natación\n\n- Hay clases de  NATACION\ndan cursos"
    )

    assert "Guardado. Comadre lo aprende" in editor.words
    assert "piscina" not in editor.words
    assert taught(desk) == [("ask_education", "es", "hay clases de natación"),
                            ("ask_education", "es", "dan cursos")]  # fmt: skip
    with Session(desk.engine) as session:
        assert session.scalars(select(Unanswered)).all() == []
        entry = session.scalars(select(Audit).where(Audit.action == "taught")).one()
        assert entry.subject == "ask_education"  # never the words


@pytest.mark.parametrize(("examples", "told"), [
    ("me llamo Marisela Pineda y quiero clases", "parece un nombre"),
    ("llamen al 9988 7766 para clases", "parece un nombre, un número"),
    ("", "por lo menos un ejemplo"),
    ("\n".join(f"clases número {'x' * n}" for n in range(1, 14)), "deja los 12 mejores"),
    ("sí", "de 3 a 120 letras"),
])  # fmt: skip
def test_what_looks_like_somebodys_is_not_kept(
    desk: Desk, shop: Workshop, examples: str, told: str
) -> None:
    ask(desk, 12, "clases de piscina")
    editor = desk.editor().open("/portal/questions")
    editor.send("/questions/decide", topic="ask_education", do="teach")

    editor.send("/teach", examples=examples)

    assert editor.status == 422
    assert told in editor.words
    assert taught(desk) == []
    with Session(desk.engine) as session:
        assert len(session.scalars(select(Unanswered)).all()) == 12  # nothing is lost


@on_both
@pytest.mark.parametrize(("most", "told"), [
    (2_000, "«dan cursos» ya se enseña para otro tema"), (2, "Ya no caben más ejemplos"),
])  # fmt: skip
def test_what_cannot_be_kept_is_told_and_the_questions_stay(
    desk: Desk, shop: Workshop, monkeypatch: pytest.MonkeyPatch, most: int, told: str
) -> None:
    monkeypatch.setattr(examples_module, "MOST", most)
    with transaction(desk.engine) as session:
        keep(session, ["dan cursos"], "es", "ask_asylum", NOW.date())
        keep(session, ["hay clases"], "es", "ask_education", NOW.date())
    ask(desk, 12, "clases de piscina")
    editor = desk.editor().open("/portal/questions")
    editor.send("/questions/decide", topic="ask_education", do="teach")

    editor.send("/teach", examples="hay clases de natación\ndan cursos")

    assert editor.status == 422
    assert told in editor.words
    assert len(taught(desk)) == 2
    with Session(desk.engine) as session:
        assert len(session.scalars(select(Unanswered)).all()) == 12
    monkeypatch.undo()
    editor.send("/teach", examples="hay clases\nhay clases de natación")  # the first is there
    assert "Guardado. Comadre lo aprende" in editor.words
    assert len(taught(desk)) == 3


def test_new_words_may_be_taught_though_no_list_has_them() -> None:
    assert doubt(["papeles para mi chihuahueño", "vacuna antirrábica"], "es") is None
    assert doubt(["rabies shot for my chihuahua"], "en") is None


def test_only_who_sees_the_group_teaches_it(desk: Desk, shop: Workshop) -> None:
    ask(desk, 12, "clases de piscina", "BZ")
    eva = desk.worker("administrator", "Eva").open("/portal/questions?country=BZ")
    key = eva.forms()[-1]["fields"]["key"][0]
    address = f"/portal/questions/teach?topic=ask_education&group={key}"

    assert desk.editor().open(address).status == 404
    assert desk.contributor(desk.service()).open(address).status == 403
    assert eva.open(f"{address}&country=BZ").status == 200
    assert eva.open(f"/portal/questions/teach?topic=x&group={key}&country=BZ").status == 400


def test_the_examples_are_written_as_the_training_reads_them(tmp_path: Path) -> None:
    some = [TrainingExample(language="es", intent="ask_education", text=text)
            for text in ("hay clases", "dan cursos")]  # fmt: skip

    folder = write_file(some, tmp_path)

    assert folder.name == "nlu"  # by that name bot/rasa/importer.py knows training messages
    block = yaml.safe_load((folder / "network.yml").read_text(encoding="utf-8"))["nlu"][0]
    assert block["intent"] == "ask_education"
    assert block["metadata"]["voice"].startswith("es-")
    assert block["examples"].splitlines() == ["- hay clases", "- dan cursos"]


def test_lines_are_read_without_what_rasa_would_take_for_orders() -> None:
    assert read_lines("/restart \n- [x]\n\n hola  tú\nHOLA TU") == ["restart", "[x]", "hola tú"]


@on_both
def test_an_administrator_takes_an_example_out(desk: Desk, shop: Workshop) -> None:
    with transaction(desk.engine) as session:
        keep(session, ["hay clases", "dan cursos"], "es", "ask_education", NOW.date())
        keep(session, ["hay clases"], "es", "ask_asylum", NOW.date())  # it is there already
    eva = desk.worker("administrator", "Eva").open("/portal/understanding")
    assert "Ejemplos de la red: 2" in eva.words
    number = next(each["fields"]["id"][0] for each in eva.forms() if "id" in each["fields"])

    eva.send("/take-out", id=number)

    assert [each[2] for each in taught(desk)] == ["dan cursos"]


def test_a_training_is_asked_for_once_and_its_progress_is_told(desk: Desk, shop: Workshop) -> None:
    eva = desk.worker("administrator", "Eva").open("/portal/understanding")
    assert "El modelo que vino con el programa" in eva.words
    assert "entrenar daría lo mismo" in eva.words  # half an hour of the machine for nothing
    assert "/understanding/train" not in [each["action"][7:] for each in eva.forms()]
    with transaction(desk.engine) as session:
        keep(session, ["hay clases"], "es", "ask_education", NOW.date())
    eva.open("/portal/understanding")
    eva.send("/understanding/train")
    assert "El entrenamiento va a empezar" in eva.words
    assert "data-busy" in eva.text

    assert eva.send_bare("/portal/understanding/train").status == 409
    assert shop.progress == Progress("waiting")
    shop.put_progress(Progress("training", 40, 3))

    eva.open("/portal/understanding")
    assert "Aprendiendo: 3 min." in eva.words
    assert '<progress max="100" value="40"' in eva.text
    assert "/understanding/train" not in [each["action"][7:] for each in eva.forms()]
    shop.put_progress(Progress("failed"))
    assert "Nada ha cambiado" in eva.open("/portal/understanding").words


def test_before_and_after_stand_beside_each_other_and_the_new_one_is_used(
    desk: Desk, shop: Workshop
) -> None:
    trained(shop)
    eva = desk.worker("administrator", "Eva").open("/portal/understanding")
    assert "entiende, en español 82.0 % 83.5 % ▲" in eva.words
    assert "ejemplos de la red 10.0 % 90.0 % ▲" in eva.words
    assert "80.0 % → 70.0 %" in eva.words

    eva.send("/understanding/use")

    assert "El modelo está entrando" in eva.words
    assert shop.take_wish() == ("use", 1)
    with Session(desk.engine) as session:
        entry = session.scalars(select(Audit).where(Audit.action == "changed_model")).one()
        assert entry.subject == "model 1"
    shop.put_standing(Standing(1, 0))
    eva.open("/portal/understanding")
    assert "Volver a: El modelo que vino con el programa" in eva.words
    eva.send("/understanding/use", number="0")
    assert shop.take_wish() == ("use", 0)


def test_a_model_that_misses_danger_is_used_only_by_who_has_seen_that(
    desk: Desk, shop: Workshop
) -> None:
    trained(shop, replace(NEW, figures={**GOOD, "danger": 96.0}))
    eva = desk.worker("administrator", "Eva").open("/portal/understanding")
    assert "Reconoce menos veces el peligro" in eva.words

    assert eva.send("/understanding/use").status == 409
    assert shop.take_wish() is None
    eva.open("/portal/understanding").send("/understanding/use", even_so="1", number="1")

    assert shop.take_wish() == ("use", 1)


@pytest.mark.parametrize("number", ["7", "0", "x", "../1", "²", "9" * 30])
def test_a_model_that_is_not_offered_is_not_used(
    desk: Desk, shop: Workshop, number: str
) -> None:  # fmt: skip
    trained(shop)
    eva = desk.worker("administrator", "Eva").open("/portal/understanding")

    assert eva.send_bare("/portal/understanding/use", number=number).status == 404
    assert shop.take_wish() is None
    eva.open("/portal/understanding")
    assert eva.send_bare("/portal/understanding/take-out", id=number).status == 200


@pytest.mark.parametrize(("inputs", "standing"), [
    ("newer", Standing()),  # the program is another one now
    ("newer", Standing(0, 1)), ("", Standing(0, 1)),  # COMADRE_MODEL names what answers
    ("f", Standing(2)),  # it was measured against another
])  # fmt: skip
def test_a_model_that_does_not_fit_is_neither_offered_nor_taken(
    desk: Desk, shop: Workshop, inputs: str, standing: Standing
) -> None:
    trained(shop)
    shop.put_inputs(inputs)
    shop.put_standing(standing)

    eva = desk.worker("administrator", "Eva").open("/portal/understanding")

    assert ("COMADRE_MODEL" in eva.words) == (not inputs)
    assert "/understanding/use" not in eva.text
    assert eva.send_bare("/portal/understanding/use", number="1").status == 404
    assert shop.take_wish() is None


def test_only_administrators_train_and_apart_the_page_says_how(desk: Desk) -> None:
    eva = desk.worker("administrator", "Eva").open("/portal/understanding")
    assert "python -m bot improve" in eva.words
    assert eva.send_bare("/portal/understanding/train").status == 404
    for worker in (desk.editor(), desk.worker("analyst", "Rita")):
        assert worker.open("/portal/understanding").status == 403
        worker.open("/portal/")
        assert worker.send_bare("/portal/understanding/use", number="1").status == 403


CASES = [Case(f"mensaje {n}", "ask_education", "es") for n in range(30)] + [
    Case(f"message {n}", "report_immediate_danger", "en") for n in range(30)
]  # fmt: skip


def test_a_training_is_measured_against_what_answers_and_keeps_no_more_than_it_must(
    tmp_path: Path,
) -> None:
    shop = Workshop(tmp_path / "understanding")
    shop.put_inputs("f")
    for number in (3, 4, 5):
        trained(shop, replace(NEW, number=number))
    shop.put_standing(Standing(4, 3))
    (shop.folder / "last.json").write_text('{"number": 5}', encoding="utf-8")
    examples = [TrainingExample(language="es", intent="ask_asylum", text="MENSAJE 7"),
                TrainingExample(language="es", intent="ask_asylum", text="otra cosa")]  # fmt: skip
    read: list[str] = []

    def train(path: Path, more: object) -> None:
        assert shop.progress.step == "training"
        read.append((shop.folder / "examples/nlu/network.yml").read_text(encoding="utf-8"))
        path.write_bytes(b"a new model")

    def answered(model: Path, cases: object) -> list[Judged]:
        """The new model knows what it was taught, and misses every danger."""
        is_new = model == shop.model(6)
        assert is_new or model == shop.model(4)
        found = []
        for case in list(cases):  # type: ignore[call-overload]
            says = case.intent if is_new or case.intent != "ask_asylum" else "ask_education"
            if is_new and case.intent == "report_immediate_danger":
                says = "ask_education"
            found.append(
                Judged(
                    case,
                    {
                        "intent": says,
                        "ranking": [[says, 1]],
                        "language": "es",
                        "country": None,
                        "origin": None,
                        "city": None,
                    },
                    0.01,
                )
            )
        return found

    new = Training(shop, examples, tmp_path / "base", train, answered, CASES).run()

    assert "otra cosa" in read[0]
    assert (new.number, new.against, new.examples) == (6, 4, 2)
    assert (new.before["taught"], new.figures["taught"]) == (0.0, 100.0)
    assert (new.before["danger"], new.figures["danger"]) == (100.0, 0.0)
    assert new.is_worse_in_danger
    assert new.figures["messages"] == 59  # the one that it was taught measures nothing
    assert new.topics == [["report_immediate_danger", 100.0, 0.0]]
    assert shop.newest == new
    assert [shop.model(n).exists() for n in (3, 4, 5, 6)] == [True, True, False, True]
