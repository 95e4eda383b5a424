"""From a channel into the database, in one transaction, each message once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.privacy.former import former_pseudonyms
from bot.privacy.keys import Keys, Unreadable, seal
from bot.telemetry import tracing
from connectors.contract import MAX_TEXT, IncomingMessage
from connectors.leases import writing
from connectors.models import Inbox, OptOut, Outbox, Person

# Kept in the sealed body; the address is kept once, with the person.
_BODY = ("kind", "text", "choice", "location", "vendor_ref")


@dataclass(frozen=True)
class Store:
    """What is needed to put messages away and find them again."""

    engine: Engine
    keys: Keys
    retention_s: int
    # Called in the same transaction with the people who have new messages: what tells a worker
    # stands there exactly if the messages do.
    announce: Callable[[Session, Sequence[str]], None] = lambda session, people: None


def receive(store: Store, messages: list[IncomingMessage], now: datetime) -> int:
    """Put `messages` into the inbox; returns how many were new."""
    if not messages:
        return 0
    new: list[str] = []
    named = [(store.keys.pseudonym(m.channel, m.address), m) for m in messages]
    with writing(store.engine) as session:
        # Two posts with the same people in another order must not wait for each other for ever.
        for pseudonym, message in sorted(named, key=lambda pair: pair[0]):
            if _receive_one(session, store, message, now, pseudonym):
                new.append(pseudonym)
        store.announce(session, new)
    return len(new)


def _receive_one(
    session: Session, store: Store, message: IncomingMessage, now: datetime, pseudonym: str
) -> int:
    key = _person_key(session, store, message, pseudonym, now)
    body: dict[str, Any] = {name: asdict(message)[name] for name in _BODY}
    body["text"] = message.text[: MAX_TEXT + 1]
    if trace := tracing.carried():
        body["trace"] = trace
    values = {
        "mark": store.keys.message_mark(message.channel, message.message_id),
        "pseudonym": pseudonym,
        "sort": message.order,
        "state": "new",
        "attempts": 0,
        "received_at": now,
        "not_before": now,
        "sealed": seal(key, body),
    }
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(Inbox).values(**values).on_conflict_do_nothing(index_elements=["mark"])
    return int(session.scalar(statement.returning(Inbox.id)) is not None)


def _person_key(
    session: Session, store: Store, message: IncomingMessage, pseudonym: str, now: datetime
) -> bytes:
    """The person's key; makes the person on her first message."""
    expires = now + timedelta(seconds=store.retention_s)
    # Locked, so that her key cannot be changed (by erasing) while something is sealed with it.
    person = session.get(Person, pseudonym, with_for_update=True)
    if person is None:
        key, wrapped = store.keys.new_person_key()
        dialect = session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        # Two first messages can arrive at the same instant; the one that comes second must use
        # the key of the first.
        session.execute(
            insert(Person)
            .values(
                pseudonym=pseudonym,
                channel=message.channel,
                style=message.style,
                wrapped_key=wrapped,
                sealed_address=seal(key, message.address),
                last_in_at=now,
                expires_at=expires,
            )
            .on_conflict_do_nothing(index_elements=["pseudonym"])
        )
        _carry_stop(session, store.keys, message, pseudonym)
        hers = select(Person).where(Person.pseudonym == pseudonym)
        person = session.scalars(hers.with_for_update()).one()
    person.expires_at = max(person.expires_at, expires)
    person.style, person.leaving = message.style, False  # she is here again
    try:
        key = store.keys.open_person_key(person.wrapped_key)
        store.keys.address_of(pseudonym, message.channel, key, person.sealed_address)
        return key
    except Unreadable:
        return _begin_anew(session, store.keys, person, message.address)


def _begin_anew(session: Session, keys: Keys, person: Person, address: str) -> bytes:
    """A damaged row must not shut her out: what it held is lost, what she writes is answered."""
    key, person.wrapped_key = keys.new_person_key()
    person.sealed_address, person.sealed_memory = seal(key, address), None
    waiting = Inbox.pseudonym == person.pseudonym, Inbox.state.in_(("new", "held"))
    session.execute(update(Inbox).where(*waiting).values(state="done", sealed=None))
    session.execute(delete(Outbox).where(Outbox.pseudonym == person.pseudonym))
    return key


def _carry_stop(session: Session, keys: Keys, message: IncomingMessage, pseudonym: str) -> None:
    """Who said STOP before the root secret was changed is still somebody who said STOP."""
    before = former_pseudonyms(session.connection(), keys, message.channel, message.address)
    said = session.scalar(select(OptOut).where(OptOut.pseudonym.in_(before))) if before else None
    if said is not None:
        session.add(OptOut(pseudonym=pseudonym, since=said.since))
        session.execute(delete(OptOut).where(OptOut.pseudonym.in_(before)))
