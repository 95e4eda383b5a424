"""Pages that once held everything: weighed with as much as an installation may have. That a page
stays under 150 kB the worker of these tests asserts at every answer."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.database import transaction
from bot.improving.examples import MOST
from bot.improving.models import TrainingExample
from bot.knowledge.models import Statement
from bot.portal.home import PAGE as WAITING
from bot.portal.models import Proposal
from bot.portal.questions import PAGE
from bot.portal.understanding import PAGE as EXAMPLES
from bot.privacy.keys import Keys
from bot.unanswered.looking import Looking
from bot.unanswered.similar import Group
from tests.portal.desk import NOW, Desk

MOST_OF_HOME = 100_000  # bytes, before they are packed


@pytest.fixture
def many_groups(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[Group]:
    looking = Looking(desk.engine, Keys(b"k" * 32), 10, desk.clock)
    found = [
        Group("es", (f"clases de cosa{n:02}", "domingos"), 10, date(2026, 11, 23), (n,))
        for n in range(60)
    ]
    monkeypatch.setattr(looking, "groups", lambda country: found)
    desk.site.questions = looking
    return found


def test_sixty_groups_of_questions_stand_on_four_pages(
    desk: Desk, many_groups: list[Group]
) -> None:
    boss = desk.worker("administrator", "Clara").open("/portal/questions?country=HN")
    seen: list[str] = []
    while True:
        seen += re.findall(r"cosa\d\d", boss.text)
        following = re.search(r'rel="next" href="\?([^"]+)"', boss.text)
        if following is None:
            break
        assert "country=HN" in following[1], "the next page would be of all countries"
        boss.open(f"/portal/questions?{following[1].replace('&amp;', '&')}")

    assert seen == [f"cosa{n:02}" for n in range(60)]
    assert f"Página 4 de {60 // PAGE}" in boss.words


def test_my_work_shows_the_first_of_all_that_waits_and_all_stand_on_pages(desk: Desk) -> None:
    """80 proposals and 200 notes were 422 kB of one page, and as many were refused."""
    long = "Palabras que cambian todas. " * 20
    service = desk.service()
    ana = desk.editor()
    with transaction(desk.engine) as session:
        texts = session.scalars(select(Statement).where(Statement.country == "HN").limit(30)).all()
        for number, each in enumerate(texts):
            values = {"text_es": f"{long}{number}", "text_en": f"{long}{number}"}
            session.add_all([
                _proposal(each.id, values, made_by=9, note="Es más corto"),
                _proposal(each.id, values, made_by=1, state="refused", decided_by=9, reason=long),
            ])  # fmt: skip
        session.add_all(_proposal(service.id, {}, note=f"{long}nota {n}") for n in range(60))

    ana.open("/portal/")

    assert len(ana.read.content) < MOST_OF_HOME
    assert ana.text.count('href="/portal/waiting"') == 3
    ana.open("/portal/waiting?page=1")
    pages = int(re.search(r"Página 1 de (\d+)", ana.words)[1])  # type: ignore[index]
    assert pages == -(-(30 + 30 + 60) // WAITING)
    notes = {
        note
        for page in range(1, pages + 1)
        for note in re.findall(r"nota \d+", ana.open(f"/portal/waiting?page={page}").words)
    }
    assert len(notes) == 60


def _proposal(record_id: str, values: dict[str, str], **more: Any) -> Proposal:
    given = {"note": "", "made_by": None, "made_at": NOW, "state": "open", "decided_by": None,
             "reason": "", "read_at": None}  # fmt: skip
    return Proposal(record_id=record_id, values=values, **given | more)


def test_who_forgets_the_topic_on_the_last_page_comes_back_to_it(
    desk: Desk, many_groups: list[Group]
) -> None:
    editor = desk.editor().open("/portal/questions?page=4")

    editor.send("/questions/decide", do="known")

    assert editor.status == 422
    assert many_groups[45].words[0] in editor.words
    assert "autofocus" in editor.text


def test_two_thousand_examples_are_shown_some_at_a_time_and_searched(desk: Desk) -> None:
    """Three thousand letters of a page for each seven examples: 923 kB it was."""
    rows = [
        {"made_on": date(2026, 11, 23), "language": "es", "intent": "ask_asylum",
         "text": f"cómo pido protección número {n:04}"} for n in range(MOST)
    ]  # fmt: skip
    with transaction(desk.engine) as session:
        session.execute(insert(TrainingExample), rows)
    boss = desk.worker("administrator", "Clara").open("/portal/understanding")

    assert str(MOST) in boss.words
    assert boss.text.count("/portal/understanding/take-out") == EXAMPLES
    boss.open("/portal/understanding?q=PROTECCION+numero+1777")
    assert "protección número 1777" in boss.words
    boss.send("/take-out")
    boss.open("/portal/understanding?q=1777")
    assert "Ningún ejemplo tiene esas palabras" in boss.words
