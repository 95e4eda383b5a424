"""What is left of a person's rows once she is let go of, and when that may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from connectors.contract import IncomingMessage, Outgoing
from connectors.forgetting import ERASED_S, forget_leaving, forget_person, until
from connectors.inbox import Store, receive
from connectors.memory import Memory
from connectors.models import Inbox, Outbox, Person
from connectors.queue import Queue
from tests.delivery.stage import KEYS

ANA, BERTA = "+50378123456", "+50378654321"
A, B = KEYS.pseudonym("twilio", ANA), KEYS.pseudonym("twilio", BERTA)
NOW = datetime(2026, 11, 25, 12, 34, 56, 789, tzinfo=UTC)


@pytest.fixture
def both(sqlite_engine: Engine) -> Engine:
    """Each of two has one answered message, its reply on the way, and one that waits."""
    store, queue = Store(sqlite_engine, KEYS, 86_400), Queue(sqlite_engine, KEYS, "worker")
    for number, who in enumerate((ANA, BERTA)):
        receive(store, [IncomingMessage("twilio", "sms", who, f"SM{number}", text="hola")], NOW)
        claimed = queue.claim(NOW, ())
        assert claimed is not None
        queue.finish(claimed, [Outgoing("una"), Outgoing("dos")], Memory(), NOW,
                     NOW + timedelta(1), stop=None, erase=False)  # fmt: skip
    for number, who in enumerate((ANA, BERTA)):
        receive(store, [IncomingMessage("twilio", "sms", who, f"SX{number}", text="más")], NOW)
    with sqlite_engine.begin() as connection:
        connection.execute(update(Inbox).values(sort=7, attempts=2, holder="worker"))
    return sqlite_engine


def rows(engine: Engine) -> dict[str, tuple[int, int, int]]:
    """How many rows name each: people, messages, replies."""
    with Session(engine) as session:
        return {who: tuple(
            session.scalar(select(func.count()).select_from(table).where(table.pseudonym == who))
            or 0 for table in (Person, Inbox, Outbox)
        ) for who in (A, B)}  # type: ignore[misc]  # fmt: skip


def test_of_her_stay_marks_of_that_day_and_of_another_everything(both: Engine) -> None:
    with both.begin() as connection:
        forget_person(connection, A, NOW)

    assert rows(both) == {A: (0, 0, 0), B: (1, 2, 2)}
    with Session(both) as session:
        left = session.scalars(select(Inbox).where(Inbox.pseudonym == "")).all()
        midnight = datetime(2026, 11, 25, tzinfo=UTC)
        assert len(left) == 2
        for row in left:
            assert (row.sealed, row.state, row.holder) == (None, "done", None)
            assert (row.sort, row.attempts) == (0, 0)
            assert row.received_at == row.not_before == midnight
            assert row.mark


@pytest.mark.parametrize("leaving", [False, True])
def test_only_who_has_asked_for_it_is_forgotten_before_her_time(
    both: Engine, leaving: bool
) -> None:
    with both.begin() as connection:
        connection.execute(update(Inbox).values(state="done"))
        connection.execute(update(Outbox).values(state="sent"))
        connection.execute(update(Person).where(Person.pseudonym == A).values(leaving=leaving))

        assert forget_leaving(connection, A, NOW) is leaving
        assert forget_leaving(connection, B, NOW) is False
        assert forget_leaving(connection, "nobody", NOW) is False

    assert rows(both) == {A: (0, 0, 0) if leaving else (1, 2, 2), B: (1, 2, 2)}


@pytest.mark.parametrize(("message", "reply", "is_gone"), [
    ("new", "sent", False), ("held", "sent", False), ("working", "sent", False),
    ("done", "new", False), ("done", "unsure", False), ("done", "sending", False),
    ("done", "laid", False),
    ("done", "sent", True), ("done", "failed", True),
])  # fmt: skip
def test_what_is_still_on_its_way_to_her_reaches_her_first(
    both: Engine, message: str, reply: str, is_gone: bool
) -> None:
    with both.begin() as connection:
        connection.execute(update(Person).values(leaving=True))
        connection.execute(update(Inbox).where(Inbox.pseudonym == A).values(state=message))
        connection.execute(update(Outbox).where(Outbox.pseudonym == A).values(state=reply))

        assert forget_leaving(connection, A, NOW) is is_gone


def test_the_last_line_may_try_for_a_quarter_of_an_hour_and_never_beyond_her_time() -> None:
    late, soon = NOW + timedelta(days=1), NOW + timedelta(minutes=5)

    assert until(late, NOW, erase=False) == late
    assert until(late, NOW, erase=True) == NOW + timedelta(seconds=ERASED_S)
    assert until(soon, NOW, erase=True) == soon
