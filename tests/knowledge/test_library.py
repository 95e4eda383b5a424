"""What is told is read once, and again as soon as anybody changes it, in whatever process."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache

import pytest
from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.orm import Session

from bot.conversation.state import State
from bot.conversation.world import World
from bot.database import open_engine, transaction
from bot.directory.models import Service
from bot.directory.search import find_service, find_services
from bot.knowledge import library
from bot.knowledge.answer import answer
from bot.knowledge.history import By, edit
from bot.knowledge.library import Shelf, opened
from bot.knowledge.models import Statement
from bot.knowledge.trust import Hidden, ReportRate
from tests.knowledge.conftest import TODAY

KEPT = 4_000  # changes that the database remembers (migration 0023)
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
    one = f"id = (SELECT min(id) FROM {table})"

    with elsewhere(honduras) as other, other.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET id = id WHERE {one}"))
    changed = shelf(honduras)

    assert changed is not before
    if table in HUNG:
        with elsewhere(honduras) as other, other.begin() as connection:
            connection.execute(text(f"DELETE FROM {table} WHERE {one}"))
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


# --- after a change only what was changed is read again

# ruff: noqa: S608 - our own tables
NEW_PHONE = ("INSERT INTO phone (service_id, position, number, kind, type, display, shown)"
             " VALUES ('hn.acnur', 7, '911', 'short_code', 'voice', '911', true)")  # fmt: skip
OF_HERS = "(SELECT organization_id FROM service WHERE id = 'hn.acnur')"
FIRST, LAST = (f"(SELECT {which}(id) FROM statement WHERE country = 'HN')"
               for which in ("min", "max"))  # fmt: skip
CHANGES = (
    ("UPDATE service SET name = 'Otro nombre' WHERE id = 'hn.acnur'", NEW_PHONE),
    ("UPDATE phone SET service_id = (SELECT max(id) FROM service WHERE country = 'HN')"
     " WHERE service_id = 'hn.acnur' AND position = 7",
     "INSERT INTO hidden (record_id, number, since) VALUES ('hn.acnur', '911', '2026-11-25')"),
    (f"UPDATE organization SET name = 'Otra red' WHERE id = {OF_HERS}", "DELETE FROM hidden"),
    (f"DELETE FROM source WHERE record_id = {FIRST}",
     f"UPDATE statement SET country = 'GT' WHERE id = {LAST}"),
    (f"DELETE FROM statement WHERE id = {LAST}",
     "UPDATE service SET country = 'GT' WHERE id = 'hn.acnur'"),
    ("UPDATE service SET country = 'HN', alert = 'x' WHERE id = 'hn.acnur'",),
    ("DELETE FROM service WHERE id = 'hn.acnur'",),
)  # fmt: skip


@cache
def names(table: type[object]) -> list[str]:
    return [each.key for each in inspect(table).column_attrs]


def said(shelf: Shelf) -> object:
    """Everything on it that the database holds."""

    def columns(row: object) -> dict[str, object]:
        return {name: getattr(row, name) for name in names(type(row))}

    def whole(one: Service) -> object:
        parts = (one.types, one.locations, one.phones, one.hidden)
        return columns(one), columns(one.organization), [list(map(columns, p)) for p in parts]

    statements = [(columns(each), list(map(columns, each.hidden))) for each in shelf.statements]
    return statements, list(map(whole, shelf.services)), dict(shelf.publishers)


def test_what_is_kept_after_any_change_is_what_a_first_reader_finds(honduras: Engine) -> None:
    shelf(honduras)
    for changes in CHANGES:
        with honduras.begin() as connection:
            for change in changes:
                assert connection.execute(text(change)).rowcount > 0, change

        kept = said(shelf(honduras))

        with honduras.connect() as connection:
            assert kept == said(library._read(connection, "HN")), changes


def test_a_change_of_one_service_reads_that_one_again_and_no_other(honduras: Engine) -> None:
    """Each 'still true' of a place made the next woman of every country wait for all of it."""
    before, region = shelf(honduras), shelf(honduras, "XX")
    with honduras.begin() as connection:
        connection.execute(text("UPDATE service SET alert = alert WHERE id = 'hn.acnur'"))

    after = shelf(honduras)

    assert shelf(honduras, "XX") is region
    assert [a.id for a, b in zip(after.services, before.services, strict=True) if a is not b] == [
        "hn.acnur"
    ]
    assert all(map(operator.is_, after.statements, before.statements))


def test_who_missed_more_than_the_database_remembers_reads_everything(honduras: Engine) -> None:
    before = shelf(honduras)
    with honduras.begin() as connection:
        connection.execute(text("UPDATE told_change SET number = -number - 1"))
        connection.execute(text("UPDATE service SET alert = 'x' WHERE country = 'HN'"))
        connection.execute(text("DELETE FROM told_change WHERE number < 0"))

    after = shelf(honduras)

    assert {each.alert for each in after.services} == {"x"}
    assert not {*map(id, after.statements)} & {*map(id, before.statements)}


def test_the_database_remembers_no_more_than_it_needs(honduras: Engine) -> None:
    with honduras.begin() as connection:
        for _ in range(3):
            connection.execute(text("UPDATE source SET position = position"))
            connection.execute(text("UPDATE statement SET volatile = volatile"))
        kept = connection.scalar(text("SELECT count(*) FROM told_change")) or 0
    assert 0 < kept <= KEPT + 1_000  # the oldest go a thousand at a time


def test_a_change_given_up_is_no_ground_for_what_is_read_later(honduras: Engine) -> None:
    shelf(honduras)
    with Session(honduras) as session:
        session.execute(text("UPDATE service SET alert = 'never' WHERE country = 'HN'"))
        assert "never" in {each.alert for each in opened(session).of("HN").services}
        session.rollback()
    with honduras.begin() as connection:
        connection.execute(text("UPDATE service SET alert = 'now' WHERE id = 'hn.acnur'"))

    told_now = {each.id: each.alert for each in shelf(honduras).services}

    assert told_now["hn.acnur"] == "now"
    assert "never" not in told_now.values()
