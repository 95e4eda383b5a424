"""Which questions are kept, for how long, and that nobody can be read in them."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.commands.privacy import rotate_keys
from bot.database import transaction
from bot.directory.reports import Rule
from bot.paths import ROOT
from bot.privacy import redact
from bot.privacy.catalogue import undecided
from bot.privacy.keys import Keys
from bot.privacy.scan import Needles, in_database, in_folder
from bot.serve import program
from bot.serve.forgetting import forget_old
from bot.settings import SettingError, read_settings
from bot.unanswered import recorder, store
from bot.unanswered.models import Unanswered, UnansweredKey, UnansweredProposal
from bot.unanswered.recorder import Unanswerer
from bot.unanswered.store import read_questions
from connectors.memory import Memory
from connectors.outcome import Outcome

KEYS = Keys(b"k" * 32)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZUMBA = "¿hay clases de zumba para mayores?"
# Decided by her words, before any database: one is enough.
OF_HER_WORDS = pytest.mark.parametrize("kind", ["sqlite"])


@dataclass
class Turn:
    """What the worker says of a message: connectors.queue.Claimed, as far as it is looked at."""

    pseudonym: str
    body: dict[str, Any]
    memory: Memory = field(default_factory=Memory)
    style: str = "whatsapp"


@dataclass
class Desk:
    """Women write, and what they ask has no answer."""

    engine: Engine
    now: datetime = NOON

    def says(self, who: str, words: str = ZUMBA, *, kind: str = "text", **came: Any) -> None:
        memory = came.pop("memory", Memory())
        known = {"acted_on": "out_of_scope", "outcome": "no answer",
                 "slots": {"language": "es", "country": "HN"}} | came  # fmt: skip
        unanswerer = Unanswerer(self.engine, KEYS, lambda: self.now)
        unanswerer.on_turn(Turn(who, {"kind": kind, "text": words}), Outcome((), memory, **known))
        unanswerer.stop()

    def kept(self) -> list[str]:
        with Session(self.engine) as session:
            return [each.text for each in read_questions(session, KEYS)]

    def count(self, table: type = Unanswered) -> int:
        with Session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def counts(self) -> list[int]:
        """Of questions, keys, and words that the network gave a topic."""
        return [self.count(each) for each in (Unanswered, UnansweredKey, UnansweredProposal)]

    def proposes(self) -> None:
        with transaction(self.engine) as session:
            session.add(UnansweredProposal(made_on=NOON.date(), language="es", words="piscina",
                                           intent="ask_education", people=10))  # fmt: skip


@pytest.fixture
def desk(empty_engine: Engine) -> Desk:
    return Desk(empty_engine)


def test_a_question_without_an_answer_is_kept_without_what_is_hers(desk: Desk) -> None:
    desk.says("ana", "Soy Xiomara Pérez de Choloma, 9982-3341, ¿hay clases de baile?")

    assert desk.kept() == ["Soy [nombre] de [lugar], [teléfono], ¿hay clases de baile?"]
    with Session(desk.engine) as session:
        row = session.scalars(select(Unanswered)).one()
        assert (row.day, row.language, row.country) == (NOON.date(), "es", "HN")
        assert "ana" not in row.woman
    assert undecided(desk.engine) == []


@OF_HER_WORDS
@pytest.mark.parametrize(("said", "came"), [
    (ZUMBA, {"acted_on": "ask_asylum", "outcome": "answered"}),
    (ZUMBA, {"acted_on": "out_of_scope", "outcome": "answered"}),  # an insult, answered
    (ZUMBA, {"acted_on": "unavailable", "outcome": "unavailable"}),
    (ZUMBA, {"kind": "choice"}),
    ("Xiomara Choloma", {}),  # nothing is left of it
    (ZUMBA, {"slots": {"crisis": "report_immediate_danger"}}),
    (ZUMBA, {"slots": {"sensitive": True}}),
    (ZUMBA, {"memory": Memory(sensitive=True)}),
    (ZUMBA, {"memory": Memory(child=True)}),
    (ZUMBA, {"memory": Memory(topic="ask_domestic_violence")}),
    (ZUMBA, {"acted_on": "ask_unaccompanied_children"}),
    (ZUMBA, {"acted_on": "find_service", "outcome": "none found",
             "slots": {"service_type": "violence_shelter"}}),
    ("tengo 14 años, ¿hay zumba?", {}),
    ("mi marido abusa de mí y quiero zumba", {}),
    ("me está pegando, ayuda", {}),
    (f"fui víctima de trata. {ZUMBA}", {}),
    (f"salí de la trata de personas. {ZUMBA}", {}),
    (f"caí en una red de TRATA de blancas. {ZUMBA}", {}),
    (f"la trata de mujeres. {ZUMBA}", {}),
    (f"de eso se trata, de la trata. {ZUMBA}", {}),
    (f"los tratantes. {ZUMBA}", {}),
    (f"{ZUMBA * 20} fui víctima de trata", {}),
    (f"i got away from traffickers. {ZUMBA}", {}),
])  # fmt: skip
def test_what_is_never_kept(desk: Desk, said: str, came: dict[str, Any]) -> None:
    desk.says("ana", said, **came)

    assert desk.kept() == []


@OF_HER_WORDS
@pytest.mark.parametrize("said", [
    "se trata de una clase de zumba", "¿de qué trata el curso de pintura?",
    "¿quién contrata costureras?", "mi hermana trata de vender tamales",
    "¿hay clases para mujeres mayores?",
])  # fmt: skip
def test_a_word_that_only_looks_like_violence_is_no_reason(desk: Desk, said: str) -> None:
    desk.says("ana", said)

    assert len(desk.kept()) == 1


def test_a_service_that_was_not_found_is_kept_too(desk: Desk) -> None:
    desk.says("ana", "necesito un dentista", acted_on="find_service", outcome="none found")
    desk.says("eva", "¿me presta plata?", acted_on="nlu_fallback", outcome="asked back")

    assert len(desk.kept()) == 2


def test_one_a_day_of_one_woman_and_marks_that_do_not_outlive_their_month(desk: Desk) -> None:
    for words in (ZUMBA, "¿dónde compro pintura?"):
        desk.says("ana", words)
    desk.says("berta")
    desk.now += timedelta(days=1)
    desk.says("ana")
    desk.now += timedelta(days=15)
    desk.says("ana")

    with Session(desk.engine) as session:
        women = [row.woman for row in session.scalars(select(Unanswered).order_by(Unanswered.id))]
    assert len(women) == 4
    assert women[0] == women[2] != women[1]
    assert women[3] not in women[:3]
    assert KEYS.pseudonym("whatsapp", "ana") not in women


def test_what_she_asked_goes_when_she_speaks_of_violence_later_that_day(desk: Desk) -> None:
    desk.says("ana")
    desk.says("berta")

    desk.says("ana", "me pega mi marido", acted_on="ask_domestic_violence", outcome="answered",
              memory=Memory(sensitive=True))  # fmt: skip

    assert desk.count() == 1


def test_who_never_asked_such_a_thing_costs_the_database_no_writing(desk: Desk) -> None:
    desk.says("berta")
    heard: list[str] = []
    event.listen(desk.engine, "before_cursor_execute", lambda *values: heard.append(values[2]))

    desk.says("ana", "me pega mi marido", acted_on="ask_domestic_violence", outcome="answered")
    desk.says("ana", "borra todo", acted_on="erase", outcome="left", erase=True)

    assert heard
    assert [each for each in heard if not each.startswith("SELECT")] == []


def test_erasing_takes_back_what_she_asked_in_either_month(desk: Desk) -> None:
    desk.now = datetime(2026, 10, 30, tzinfo=UTC)
    desk.says("ana")
    desk.now = datetime(2026, 11, 2, tzinfo=UTC)
    desk.says("ana")
    desk.says("berta")

    desk.says("ana", "borra todo", acted_on="erase", outcome="left", erase=True)

    assert desk.count() == 1
    assert desk.count(UnansweredKey) == 1  # October's went with its last question


def test_after_thirty_days_both_question_and_key_are_gone(desk: Desk) -> None:
    desk.says("ana")
    desk.proposes()
    on = NOON + timedelta(days=29)
    forget_old(desk.engine, Rule(), on, unanswered=True)
    assert desk.count() == 1

    forget_old(desk.engine, Rule(), on + timedelta(days=1), unanswered=True)

    assert desk.counts() == [0, 0, 1]  # words with a topic wait for the administrator


def test_switched_off_nothing_of_it_stays(desk: Desk) -> None:
    desk.says("ana")
    desk.proposes()

    forget_old(desk.engine, Rule(), NOON)

    assert desk.counts() == [0, 0, 0]


def test_off_until_somebody_wants_it(tmp_path: Path) -> None:
    assert not read_settings({}, tmp_path).unanswered
    assert read_settings({"COMADRE_UNANSWERED": "on"}, tmp_path).unanswered
    with pytest.raises(SettingError, match="COMADRE_UNANSWERED"):
        read_settings({"COMADRE_UNANSWERED": "yes"}, tmp_path)
    with pytest.raises(SettingError, match="COMADRE_UNANSWERED_PEOPLE"):
        read_settings({"COMADRE_UNANSWERED_PEOPLE": "2"}, tmp_path)


def test_off_the_program_does_not_load_what_only_redaction_needs() -> None:
    words = (
        "import sys, bot.serve.program as program;"
        "program._warm_up(unanswered=False); assert 'spacy' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", words], cwd=ROOT, check=True)  # noqa: S603


def test_on_both_languages_are_ready_before_anybody_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(redact, "redact", lambda text, language: read.append(language))

    program._warm_up(unanswered=False)
    assert read == []
    program._warm_up(unanswered=True)

    assert read == ["es", "en"]


def test_the_store_is_never_larger_than_it_may_be(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_ROWS", 3)
    for who in "abcde":
        desk.says(who)

    assert desk.count() == 3


def test_a_new_root_secret_ends_all_of_it(desk: Desk, tmp_path: Path) -> None:
    desk.says("ana")
    desk.proposes()

    rotate_keys(desk.engine, b"n" * 32, tmp_path, {"COMADRE_SECRET_KEY_OLD": "k" * 32})

    assert desk.counts() == [0, 0, 0]


def test_without_the_root_secret_nothing_can_be_read(desk: Desk) -> None:
    desk.says("ana")

    with Session(desk.engine) as session:
        assert list(read_questions(session, Keys(b"x" * 32))) == []


def test_what_fails_delays_and_breaks_no_turn(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with desk.engine.begin() as connection:
        connection.execute(text("DROP TABLE unanswered"))

    desk.says("ana", "soy Xiomara, ¿hay piscina?")

    assert "not kept" in caplog.text
    assert "Xiomara" not in caplog.text
    assert "piscina" not in caplog.text


def test_what_she_takes_back_has_room_however_many_wait(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.says("ana")
    desk.says("berta")
    desk.says("clara")
    monkeypatch.setattr(recorder, "MOST_WAITING", 0)

    desk.says("ana", "me pega mi marido", acted_on="ask_domestic_violence", outcome="answered")
    desk.says("berta", "me está pegando, ayuda")  # with no answer
    desk.says("diana")

    assert desk.count() == 1


@pytest.mark.parametrize("came", [
    {"acted_on": "erase", "outcome": "left", "erase": True},
    {"acted_on": "ask_domestic_violence", "outcome": "answered"},
])  # fmt: skip
def test_what_she_takes_back_waits_for_the_database(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, came: dict[str, Any]
) -> None:
    desk.says("ana")
    unanswerer = Unanswerer(desk.engine, KEYS, lambda: desk.now)
    away, tried = 3, threading.Semaphore(0)

    def failing(*values: Any) -> None:
        nonlocal away
        away -= 1
        tried.release()
        if away >= 0:
            raise OperationalError("DELETE", {}, Exception("the database is away"))
        store.take_back(*values)

    monkeypatch.setattr(recorder, "take_back", failing)
    monkeypatch.setattr(recorder, "LONGEST_WAIT_S", 0.01)

    unanswerer.on_turn(Turn("ana", {"kind": "text", "text": "x"}), Outcome((), Memory(), **came))

    assert all(tried.acquire(timeout=10) for _ in range(4))
    unanswerer.stop()
    assert desk.count() == 0


def test_a_database_that_stays_away_keeps_nobody_from_stopping(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: Any) -> None:
        raise OperationalError("DELETE", {"woman": "ana"}, Exception("the database is away"))

    monkeypatch.setattr(recorder, "take_back", failing)

    desk.says("ana", "borra todo", acted_on="erase", outcome="left", erase=True)

    assert "OperationalError" in caplog.text
    assert "ana" not in caplog.text


def test_names_and_telephones_of_unanswered_questions_lie_nowhere(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    strange = ("xbqwzkt", "vvrtqpl", "zzkwhgd", "qqplmnb")
    people = [
        (f"Ñandú{word}", f"9982{number:04d}", f"Aldea {word[::-1].title()}")
        for number, word in enumerate(strange)
    ]
    for name, phone, place in people:
        desk.says(name, f"Me llamo {name}, vivo en {place}, {phone}, ¿cómo crío gallinas?")

    sought = Needles({
        "name": [n for n, _, _ in people], "number": [p for _, p, _ in people],
        "place": [p for _, _, p in people], "word": ["gallinas"],
    })  # fmt: skip
    assert desk.count() == len(people)
    assert in_database(desk.engine, sought) == set()
    if desk.engine.dialect.name == "sqlite":
        folder = Path(str(make_url(str(desk.engine.url)).database)).parent
        assert any(path.name.endswith("-wal") for path in folder.iterdir())
        assert in_folder(folder, sought) == set()
    assert not sought.found_in(caplog.text.encode())
    assert all("gallinas" in each for each in desk.kept())
    assert not any(n in each or p in each for each in desk.kept() for n, p, _ in people)


def test_a_country_that_we_do_not_serve_is_not_written_down(desk: Desk) -> None:
    desk.says("ana", slots={"country": "JP", "language": "en"})

    with Session(desk.engine) as session:
        assert [q.country for q in read_questions(session, KEYS)] == ["XX"]
        assert list(read_questions(session, KEYS, "HN")) == []
