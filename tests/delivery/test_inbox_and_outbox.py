"""What comes in is kept once, sealed, answered in order, and gone when it is answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from bot.privacy.keys import Keys
from connectors.contract import IncomingMessage, Option, Outgoing
from connectors.inbox import Store, receive
from connectors.memory import Memory
from connectors.models import Inbox, Outbox, Person
from connectors.queue import Queue

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def keys() -> Keys:
    return Keys(b"a root secret of thirty-two bytes")


@pytest.fixture
def store(empty_engine: Engine, keys: Keys) -> Store:
    return Store(empty_engine, keys, 86_400)


@pytest.fixture
def queue(empty_engine: Engine, keys: Keys) -> Queue:
    return Queue(empty_engine, keys)


def message(number: int, text: str = "hola", who: str = "+50370000001", order: int = 0,
            **more: object) -> IncomingMessage:  # fmt: skip
    return IncomingMessage("twilio", "sms", who, f"SM{number}", text=text, order=order, **more)  # type: ignore[arg-type]


def answer(queue: Queue, number_of_replies: int = 1) -> str:
    claimed = queue.claim(NOW, ())
    assert claimed is not None
    replies = [Outgoing(f"respuesta {i}") for i in range(number_of_replies)]
    queue.finish(claimed, replies, Memory(introduced=True), NOW, NOW + DAY, stop=None, erase=False)
    return str(claimed.body["text"])


def test_a_repeated_delivery_is_kept_once(store: Store, queue: Queue) -> None:
    first = receive(store, [message(1)], NOW)
    again = receive(store, [message(1)], NOW)

    assert (first, again) == (1, 0)


def test_the_same_words_twice_are_two_messages(store: Store) -> None:
    assert receive(store, [message(1), message(2)], NOW) == 2


def test_messages_of_one_person_are_answered_in_the_vendors_order(
    store: Store, queue: Queue
) -> None:
    receive(store, [message(2, "segundo", order=12), message(1, "primero", order=11)], NOW)

    assert [answer(queue), answer(queue)] == ["primero", "segundo"]


def test_nobody_gets_a_second_answer_while_the_first_is_being_written(
    store: Store, queue: Queue
) -> None:
    receive(store, [message(1), message(2)], NOW)

    assert queue.claim(NOW, ()) is not None
    assert queue.claim(NOW, ()) is None


def test_another_person_is_answered_meanwhile(store: Store, queue: Queue) -> None:
    receive(store, [message(1), message(2, who="+50370000002")], NOW)

    first, second = queue.claim(NOW, ()), queue.claim(NOW, ())

    assert first is not None
    assert second is not None
    assert first.pseudonym != second.pseudonym


def test_neither_words_nor_number_can_be_read_in_the_database(
    store: Store, empty_engine: Engine
) -> None:
    receive(store, [message(1, "me llamo Canaria Secreta")], NOW)

    with empty_engine.connect() as connection:
        rows = [
            repr(tuple(row))
            for table in ("inbox", "person")
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
        ]
    assert rows
    assert not any("Canaria" in row or "70000001" in row for row in rows)


def test_her_words_are_gone_when_the_turn_is_answered(
    store: Store, queue: Queue, empty_engine: Engine
) -> None:
    receive(store, [message(1, "secreto")], NOW)

    answer(queue)

    with Session(empty_engine) as session:
        assert session.scalars(select(Inbox)).one().sealed is None


def test_our_words_are_gone_when_the_vendor_has_them(
    store: Store, queue: Queue, empty_engine: Engine
) -> None:
    receive(store, [message(1)], NOW)
    answer(queue)
    due = queue.due(NOW, ())
    assert due is not None
    assert due.outgoing.text == "respuesta 0"

    queue.sent(due, "SM99")

    with Session(empty_engine) as session:
        assert session.scalars(select(Outbox)).one().sealed is None


def test_replies_leave_in_order_one_after_the_other(store: Store, queue: Queue) -> None:
    receive(store, [message(1)], NOW)
    answer(queue, number_of_replies=2)

    first = queue.due(NOW, ())
    assert first is not None
    assert queue.due(NOW, ()) is None
    queue.sent(first, None)
    second = queue.due(NOW, ())

    assert second is not None
    assert (first.outgoing.text, second.outgoing.text) == ("respuesta 0", "respuesta 1")


def test_a_reply_that_has_to_wait_holds_back_the_one_after_it(store: Store, queue: Queue) -> None:
    receive(store, [message(1)], NOW)
    answer(queue, number_of_replies=2)
    first = queue.due(NOW, ())
    assert first is not None

    queue.not_sent(first, "throttled", NOW + timedelta(seconds=30))

    assert queue.due(NOW, ()) is None
    later = queue.due(NOW + timedelta(seconds=31), ())
    assert later is not None
    assert later.outgoing.text == "respuesta 0"


def test_a_worker_that_dies_in_the_middle_of_a_turn_loses_nothing(
    store: Store, queue: Queue
) -> None:
    receive(store, [message(1, "no me pierdas")], NOW)
    queue.claim(NOW, ())

    assert queue.recover(NOW) == 1

    assert answer(queue) == "no me pierdas"


def test_what_is_remembered_comes_back_with_the_next_message(store: Store, queue: Queue) -> None:
    receive(store, [message(1)], NOW)
    claimed = queue.claim(NOW, ())
    assert claimed is not None
    assert claimed.idle_s is None
    memory = Memory(introduced=True, country="MX", offered=("/affirm", "/deny"))
    queue.finish(claimed, [], memory, NOW, NOW + DAY, stop=None, erase=False)

    receive(store, [message(2)], NOW + timedelta(minutes=5))
    again = queue.claim(NOW + timedelta(minutes=5), ())

    assert again is not None
    assert again.memory == memory
    assert again.idle_s == 300


def test_a_person_is_forgotten_when_her_time_is_over(
    store: Store, queue: Queue, empty_engine: Engine
) -> None:
    receive(store, [message(1)], NOW)
    answer(queue)

    assert queue.forget(NOW + timedelta(hours=23)) == 0
    assert queue.forget(NOW + timedelta(hours=25)) == 1

    with Session(empty_engine) as session:
        assert session.scalars(select(Person)).all() == []
        assert session.scalars(select(Outbox)).all() == []


def test_erasing_leaves_a_new_key_and_nothing_else_of_before(
    store: Store, queue: Queue, empty_engine: Engine
) -> None:
    receive(store, [message(1)], NOW)
    answer(queue)
    with Session(empty_engine) as session:
        key_before = session.scalars(select(Person)).one().wrapped_key
    receive(store, [message(2, "borra todo")], NOW)
    claimed = queue.claim(NOW, ())
    assert claimed is not None

    queue.finish(claimed, [Outgoing("Listo.")], Memory(introduced=True), NOW, NOW + DAY,
                 stop=None, erase=True)  # fmt: skip

    with Session(empty_engine) as session:
        assert session.scalars(select(Person)).one().wrapped_key != key_before
        assert [row.id for row in session.scalars(select(Inbox))] == [claimed.id]
    due = queue.due(NOW, ())
    assert due is not None
    assert due.outgoing.text == "Listo."


def test_stop_is_remembered_until_start(store: Store, queue: Queue) -> None:
    receive(store, [message(1, "ALTO")], NOW)
    claimed = queue.claim(NOW, ())
    assert claimed is not None
    queue.finish(claimed, [], Memory(), NOW, NOW + DAY, stop=True, erase=False)
    queue.forget(NOW + 2 * DAY)

    receive(store, [message(2)], NOW + 3 * DAY)
    after_stop = queue.claim(NOW + 3 * DAY, ())
    assert after_stop is not None
    assert after_stop.opted_out
    queue.finish(after_stop, [], Memory(), NOW, NOW + 4 * DAY, stop=False, erase=False)
    receive(store, [message(3)], NOW + 3 * DAY)
    after_start = queue.claim(NOW + 3 * DAY, ())

    assert after_start is not None
    assert not after_start.opted_out


def test_a_choice_survives_the_way_through_the_outbox(store: Store, queue: Queue) -> None:
    receive(store, [message(1)], NOW)
    claimed = queue.claim(NOW, ())
    assert claimed is not None
    sent = Outgoing("¿Sí?", "buttons", (Option("Sí", "/affirm"), Option("No", "/deny", "d")))

    queue.finish(claimed, [sent], Memory(), NOW, NOW + DAY, stop=None, erase=False)

    due = queue.due(NOW, ())
    assert due is not None
    assert due.outgoing == sent
