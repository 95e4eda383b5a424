"""What is told is read once, and again as soon as anybody changes it, in whatever process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from bot.conversation.state import State
from bot.conversation.world import World
from bot.database import open_engine, transaction
from bot.directory.search import find_service, find_services
from bot.knowledge.answer import answer
from bot.knowledge.history import By, edit
from bot.knowledge.library import Shelf, opened
from bot.knowledge.models import Statement
from bot.knowledge.trust import Hidden, ReportRate
from tests.knowledge.conftest import TODAY

EDITOR = By("editor", datetime(2026, 11, 25, 12, tzinfo=UTC))
TABLES = ("statement", "source", "organization", "service", "service_type", "location", "phone",
          "schedule")  # fmt: skip
HUNG = ("phone", "schedule", "location", "service_type", "source")


def shelf(engine: Engine, country: str = "HN") -> Shelf:
    with Session(engine) as session:
        return opened(session).of(country)


def told(engine: Engine, day: date = TODAY) -> str:
    """What is told of asylum in Honduras, as text."""
    with Session(engine) as session:
        return "\n".join(s.text for s in answer(session, "ask_asylum", "HN", "es", day).statements)


@contextmanager
def elsewhere(engine: Engine) -> Iterator[Engine]:
    """The same database, as another process opens it."""
    other = open_engine(engine.url.render_as_string(hide_password=False))
    yield other
    other.dispose()


def test_as_long_as_nobody_changes_anything_a_turn_asks_the_database_once(
    honduras: Engine,
) -> None:
    shelf(honduras), shelf(honduras, "XX")
    asked: list[str] = []
    event.listen(honduras, "before_cursor_execute", lambda *each: asked.append(each[2]))

    found = World(honduras).services("hotline", State(language="es", country="HN"), TODAY)

    assert found
    assert [each for each in asked if "told_stamp" not in each] == []
    assert len(asked) == 1


def test_what_is_written_of_a_turn_leaves_it_as_it_is(honduras: Engine) -> None:
    before = shelf(honduras)
    with transaction(honduras) as session:
        session.add(ReportRate(mark="x", day=TODAY, reports=1))

    assert shelf(honduras) is before


@pytest.mark.parametrize("table", TABLES)
def test_a_change_by_any_hand_is_noticed(honduras: Engine, table: str) -> None:
    """Also one made at the database's own prompt, past all of our code."""
    before = shelf(honduras)
    one = f"id = (SELECT min(id) FROM {table})"  # noqa: S608  # our own tables

    with elsewhere(honduras) as other, other.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET id = id WHERE {one}"))  # noqa: S608
    changed = shelf(honduras)

    assert changed is not before
    if table in HUNG:
        with elsewhere(honduras) as other, other.begin() as connection:
            connection.execute(text(f"DELETE FROM {table} WHERE {one}"))  # noqa: S608
        assert shelf(honduras) is not changed


def test_an_editor_elsewhere_changes_what_is_told_from_the_next_message_on(
    honduras: Engine,
) -> None:
    first = told(honduras).split("\n")[0]
    with Session(honduras) as session:
        rows = opened(session).of("HN").statements
    changed = next(each.id for each in rows if each.text_es == first)

    with elsewhere(honduras) as other:
        edit(other, changed, {"text_es": "Pide el asilo en la nueva oficina."}, EDITOR)
        assert "Pide el asilo en la nueva oficina." in told(honduras)
        edit(other, changed, {"status": "withdrawn"}, EDITOR)

    assert "nueva oficina" not in told(honduras)


def _hide_a_number(session: Session) -> None:
    session.add(Hidden(record_id="hn.acnur", number="", since=TODAY))


def _close_it(session: Session) -> None:
    session.execute(text("UPDATE service SET status = 'inactive' WHERE id = 'hn.acnur'"))


@pytest.mark.parametrize("change", [_hide_a_number, _close_it])
def test_a_service_is_told_no_more_as_soon_as_it_is_hidden_or_closed(
    honduras: Engine, change: Callable[[Session], None]
) -> None:
    with Session(honduras) as session:
        assert find_service(session, "hn.acnur", TODAY)

    with elsewhere(honduras) as other, transaction(other) as session:
        change(session)

    with Session(honduras) as session:
        assert find_service(session, "hn.acnur", TODAY) is None
        listed = find_services(session, "HN", limit=99, today=TODAY)
    assert listed
    assert "hn.acnur" not in [each.id for each in listed]


def test_a_change_that_is_given_up_is_seen_by_nobody_else(honduras: Engine) -> None:
    before = told(honduras)
    with Session(honduras) as session:
        for each in session.query(Statement).where(Statement.intent == "ask_asylum"):
            each.status = "withdrawn"
        inside = answer(session, "ask_asylum", "HN", "es", TODAY)
        session.rollback()

    assert not [each for each in inside.statements if each.id.startswith("hn.")]
    assert told(honduras) == before


def test_what_is_read_leaves_the_callers_own_change_whole(honduras: Engine) -> None:
    """It is read on her connection, in the middle of her transaction."""
    with transaction(honduras) as session:
        session.add(Hidden(record_id="hn.acnur", number="", since=TODAY))
        assert find_service(session, "hn.acnur", TODAY) is None

    with Session(honduras) as session:
        assert session.get(Hidden, ("hn.acnur", "")) is not None


def test_without_its_stamp_nothing_is_kept(honduras: Engine) -> None:
    with honduras.begin() as connection:
        connection.execute(text("DELETE FROM told_stamp"))

    assert shelf(honduras) is not shelf(honduras)
    assert told(honduras)
