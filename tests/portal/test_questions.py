"""What the network sees of questions without an answer, and what it does about them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.knowledge.models import Source, Statement
from bot.knowledge.trust import Version
from bot.portal.models import Audit
from bot.privacy.keys import Keys
from bot.unanswered import looking
from bot.unanswered.looking import AGAIN, Looking
from bot.unanswered.models import Unanswered, UnansweredKey, UnansweredProposal
from bot.unanswered.similar import Group
from bot.unanswered.store import keep, take_back
from tests.portal.desk import NOW, Desk, on_both

KEYS = Keys(b"k" * 32)


@pytest.fixture
def asked(desk: Desk) -> Desk:
    desk.site.questions = Looking(desk.engine, KEYS, 10, desk.clock)
    return desk


def ask(desk: Desk, women: int, words: str, country: str = "HN", first: int = 0) -> None:
    with transaction(desk.engine) as session:
        for number in range(first, first + women):
            keep(session, KEYS, f"woman {number}", NOW.date(), "es", country, words)
    desk.clock.pass_by(minutes=AGAIN.total_seconds() / 60)


@on_both
def test_what_ten_women_asked_is_on_my_work_and_becomes_a_proposal(asked: Desk) -> None:
    ask(asked, 12, "soy [nombre], clases de piscina")
    editor = asked.editor().open("/portal/")
    assert "no hubo respuesta. Temas: 1" in editor.words
    editor.open("/portal/questions")
    assert "piscina" in editor.words
    assert "mujeres: 10 o más" in editor.words
    assert "nombre]" not in editor.words

    editor.send("/questions/decide", topic="ask_education", do="known")

    assert "Anotado" in editor.words
    assert "piscina" not in editor.words
    with Session(asked.engine) as session:
        assert session.scalars(select(Unanswered)).all() == []
        assert "question_known" in session.scalars(select(Audit.action)).all()


def test_what_nine_women_asked_is_seen_by_nobody(asked: Desk) -> None:
    ask(asked, 9, "clases de piscina")

    assert "piscina" not in asked.editor().open("/portal/questions").words
    assert "piscina" not in asked.worker("administrator", "Eva").open("/portal/questions").words


def test_an_editor_sees_her_country_an_administrator_all_together(asked: Desk) -> None:
    ask(asked, 11, "clases de piscina", "BZ")
    ask(asked, 6, "venden estufas", "HN", 20)
    ask(asked, 6, "venden estufas", "BZ", 30)
    editor = asked.editor().open("/portal/questions")
    assert "piscina" not in editor.words
    editor.open("/portal/questions?country=BZ")
    assert "piscina" not in editor.words

    administrator = asked.worker("administrator", "Eva").open("/portal/questions")

    assert "piscina" in administrator.words
    assert "estufas" in administrator.words
    administrator.open("/portal/questions?country=HN")
    assert "estufas" not in administrator.words  # six there: nobody may see them


def test_the_administrator_takes_the_file_and_empties_it(asked: Desk) -> None:
    ask(asked, 12, "clases de piscina")
    eva = asked.worker("administrator", "Eva").open("/portal/questions")
    eva.send("/questions/decide", topic="ask_education", do="known")
    assert "Palabras con tema" in eva.words

    text = eva.client.get("/portal/questions/proposals").text

    assert yaml.safe_load(text) == {"proposals": [
        {"intent": "ask_education", "language": "es", "words": "clases piscina", "women": 10,
         "on": NOW.date().isoformat()},
    ]}  # fmt: skip
    eva.send("/proposals/empty")
    assert "Palabras con tema" not in eva.words
    assert asked.editor().open("/portal/questions/proposals").status == 403


def test_a_missing_text_is_written_with_its_topic_chosen_and_its_source(asked: Desk) -> None:
    ask(asked, 12, "clases de piscina")
    editor = asked.editor().open("/portal/questions")
    editor.send("/questions/decide", topic="ask_education", do="missing")
    assert editor.path == "/portal/statements/new"
    fields = editor.forms()[-1]["fields"]
    assert fields["topic"] == ["ask_education"]
    assert (fields["asked_es"], fields["asked_en"]) == (["clases piscina"], [""])
    assert "haz de ellas una pregunta" in editor.words

    editor.send("/statements/new", kind="procedure", text_es="Hay piscina.", text_en="")
    assert editor.status == 422
    assert "de dónde se sabe" in editor.words
    assert "Faltan las preguntas en este idioma" in editor.words
    assert editor.forms()[-1]["fields"]["asked_es"] == ["clases piscina"]
    editor.send("/statements/new", text_en="There is a pool.", url="https://example.org/p",
                title="Piscinas", publisher="Alcaldía", asked_es="clases piscina\nhay alberca",
                asked_en="swimming lessons")  # fmt: skip

    with Session(asked.engine) as session:
        wanted = select(Statement).where(Statement.text_es == "Hay piscina.")
        record = session.scalars(wanted).one()
        assert (record.country, record.intent, record.status) == ("HN", "ask_education", "draft")
        assert record.asked == {
            "es": ["clases piscina", "hay alberca"], "en": ["swimming lessons"]
        }  # fmt: skip
        source = session.scalars(select(Source).where(Source.record_id == record.id)).one()
        assert source.publisher == "Alcaldía"
    assert editor.path == f"/portal/statements/{record.id}"
    editor.send("/status", status="published")
    editor.open(f"/portal/records/{record.id}/history")
    assert "Se agregó" in editor.words
    with Session(asked.engine) as session:
        wanted = select(Version.action).where(Version.record_id == record.id)
        assert session.scalars(wanted.order_by(Version.number)).first() == "added"
        assert "added" in session.scalars(select(Audit.action)).all()


def test_the_words_of_a_group_are_not_in_the_address_and_only_who_sees_it_gets_them(
    asked: Desk,
) -> None:
    ask(asked, 12, "clases de piscina", "BZ")
    eva = asked.worker("administrator", "Eva").open("/portal/questions?country=BZ")

    response = eva.client.post("/portal/questions/decide", follow_redirects=False, data={
        **eva.forms()[-1]["fields"], "topic": "ask_education", "do": "missing",
    })  # fmt: skip

    address = response.headers["location"]
    assert "piscina" not in address
    assert eva.open(address).forms()[-1]["fields"]["asked_es"] == ["clases piscina"]
    editor = asked.editor().open(address)  # of Honduras
    assert editor.forms()[-1]["fields"]["asked_es"] == [""]


def test_a_new_text_without_questions_or_with_those_of_another_is_not_added(desk: Desk) -> None:
    with Session(desk.engine) as session:
        wanted = select(Statement).where(
            Statement.country == "HN", Statement.status == "published"
        )  # fmt: skip
        other = session.scalars(wanted.order_by(Statement.id)).first()
        assert other
        assert other.asked
    editor = desk.editor().open("/portal/statements/new")
    editor.send("/statements/new", topic=other.intent, kind="procedure", text_es="Algo nuevo.",
                text_en="Something new.", url="https://example.org", title="a",
                publisher="a")  # fmt: skip
    assert editor.status == 422
    assert "por lo menos una pregunta" in editor.words

    editor.send("/statements/new", asked_es=other.asked["es"][0], asked_en="something new")

    assert editor.status == 422
    assert f'href="/portal/statements/{other.id}"' in editor.text
    with Session(desk.engine) as session:
        wanted = select(Statement).where(Statement.text_es == "Algo nuevo.")
        assert session.scalars(wanted).all() == []


@on_both
def test_what_is_not_for_the_network_is_dismissed_and_nothing_of_it_stays(asked: Desk) -> None:
    ask(asked, 12, "clases de piscina")
    ask(asked, 11, "venden estufas", first=20)
    editor = asked.editor().open("/portal/questions")
    form = next(each for each in editor.forms() if "key" in each["fields"])
    assert "No es para nosotras Borra esas preguntas al momento" in editor.words

    editor.send_bare("/portal/questions/decide", key=form["fields"]["key"][0], do="dismiss")

    assert "no queda nada de ellas" in editor.words
    assert "piscina" not in editor.words
    assert "estufas" in editor.words
    with Session(asked.engine) as session:
        assert len(session.scalars(select(Unanswered)).all()) == 11
        assert session.scalars(select(UnansweredProposal)).all() == []
        entry = session.scalars(select(Audit).where(Audit.action == "dismissed")).one()
        assert entry.subject == "HN"
    editor.open("/portal/questions")
    editor.send_bare("/portal/questions/decide", key=form["fields"]["key"][0], do="dismiss")
    assert editor.status == 404
    eva = asked.worker("administrator", "Eva").open("/portal/audit")
    assert "borró preguntas sin respuesta" in eva.words


def test_dismissing_takes_what_is_left_though_somebody_took_hers_back(asked: Desk) -> None:
    ask(asked, 10, "clases de piscina")
    editor = asked.editor().open("/portal/questions")
    with transaction(asked.engine) as session:
        take_back(session, KEYS, "woman 3")

    editor.send("/questions/decide", do="dismiss")

    assert editor.status == 200
    with Session(asked.engine) as session:
        assert session.scalars(select(Unanswered)).all() == []
        assert session.scalars(select(UnansweredKey)).all() == []


def test_an_editor_cannot_dismiss_what_another_country_asked(asked: Desk) -> None:
    ask(asked, 12, "clases de piscina", "BZ")
    eva = asked.worker("administrator", "Eva").open("/portal/questions?country=BZ")
    key = eva.forms()[-1]["fields"]["key"][0]
    editor = asked.editor().open("/portal/questions")

    editor.send_bare("/portal/questions/decide", key=key, do="dismiss", country="BZ")

    assert editor.status == 404
    with Session(asked.engine) as session:
        assert len(session.scalars(select(Unanswered)).all()) == 12


def test_an_editor_cannot_write_for_another_country(asked: Desk) -> None:
    editor = asked.editor().open("/portal/statements/new")

    editor.send("/statements/new", kind="procedure", topic="ask_education", text_es="a",
                text_en="a", url="https://example.org", title="Una página", publisher="Red", do="x",
                country="BZ", asked_es="abc", asked_en="abc")  # fmt: skip

    with Session(asked.engine) as session:
        wanted = select(Statement.country).where(Statement.text_es == "a")
        assert session.scalars(wanted).all() == ["HN"]


def test_without_a_topic_or_with_a_group_that_is_gone_nothing_happens(asked: Desk) -> None:
    ask(asked, 12, "clases de piscina")
    editor = asked.editor().open("/portal/questions")
    assert editor.send("/questions/decide", do="known").status == 422

    editor.open("/portal/questions")
    editor.send_bare("/portal/questions/decide", key="es-0", topic="ask_education", do="known")

    assert editor.status == 404
    assert "ya no está" in editor.words


def test_off_the_page_says_so_and_how_it_is_turned_on(desk: Desk) -> None:
    editor = desk.editor().open("/portal/questions")

    assert "habla con quien administra" in editor.words
    assert "COMADRE" not in editor.words
    boss = desk.worker("administrator", "Eva")
    assert "COMADRE_UNANSWERED=on" in boss.open("/portal/questions").words
    assert editor.send_bare("/portal/questions/decide", topic="ask_education").status == 404
    assert editor.send_bare("/portal/questions/decide", do="dismiss").status == 404
    assert editor.open("/portal/statements/new?group=es-0").status == 200
    assert boss.open("/portal/questions/proposals").status == 404
    with Session(desk.engine) as session:
        assert "exported" not in session.scalars(select(Audit.action)).all()


def test_contributors_and_analysts_see_none_of_it(asked: Desk) -> None:
    ask(asked, 12, "clases de piscina")
    contributor = asked.contributor(asked.service())

    assert "sin respuesta" not in contributor.open("/portal/").words
    assert contributor.open("/portal/questions").status == 403
    assert asked.worker("analyst", "Rita").open("/portal/questions").status == 403


@on_both
def test_a_group_of_which_somebody_took_hers_back_is_looked_at_again_first(asked: Desk) -> None:
    ask(asked, 10, "clases de piscina")
    editor = asked.editor().open("/portal/questions")
    assert "piscina" in editor.words
    with transaction(asked.engine) as session:
        take_back(session, KEYS, "woman 3")

    editor.send("/questions/decide", topic="ask_education", do="known")

    assert editor.status == 404
    assert "piscina" not in editor.open("/portal/questions").words
    with Session(asked.engine) as session:
        assert len(session.scalars(select(Unanswered)).all()) == 9
        assert session.scalars(select(UnansweredProposal)).all() == []


def test_two_clicks_at_once_group_once(asked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    site = asked.site.questions
    assert site is not None
    made: list[int] = []

    def slow(*_: object) -> list[Group]:
        made.append(1)
        time.sleep(0.2)
        return []

    monkeypatch.setattr(looking, "groups", slow)
    with ThreadPoolExecutor(2) as clicks:
        list(clicks.map(site.groups, ["HN", "HN"]))

    assert len(made) == 1


def test_groups_are_not_made_anew_at_every_click(asked: Desk) -> None:
    site = asked.site.questions
    assert site is not None
    ask(asked, 12, "clases de piscina")
    first = site.groups("HN")
    asked.clock.pass_by(minutes=5)
    assert site.groups("HN") is first

    asked.clock.now += timedelta(minutes=6)

    assert site.groups("HN") is not first
