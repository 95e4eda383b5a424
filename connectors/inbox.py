"""From a channel into the database, in one transaction, each message once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update

from bot.database import AddOnce
from bot.privacy.former import former_pseudonyms
from bot.privacy.keys import Keys, Unreadable, seal, unseal
from bot.telemetry import tracing
from connectors.contract import MAX_TEXT, IncomingMessage
from connectors.crowd import LATELY, rank
from connectors.flood import WINDOW, known_to_matter, plainly_matters
from connectors.leases import ANSWER, ANSWER_FIRST, writing
from connectors.memory import Memory
from connectors.models import Inbox, OptOut, Outbox, Person

# Kept in the sealed body; the address is kept once, with the person.
_BODY = ("kind", "text", "choice", "location", "vendor_ref")

# Built once: building such a statement takes longer than running it.
_HERS = Person.pseudonym == bindparam("who")
_PERSON = (
    select(
        Person.wrapped_key,
        Person.sealed_address,
        Person.sealed_memory,
        Person.expires_at,
        LATELY.label("lately"),
    )
    .where(_HERS)
    .with_for_update()
)
_IS_HERE = update(Person).where(_HERS)
_ADD_PERSON = AddOnce(Person, "pseudonym")
_ADD_MESSAGE = AddOnce(Inbox, "id")


@dataclass(frozen=True)
class Store:
    """What is needed to put messages away and find them again."""

    engine: Engine
    keys: Keys
    retention_s: int
    # Called in the same transaction with the people who have new messages: what tells a worker
    # stands there exactly if the messages do.
    announce: Callable[[Connection, Sequence[str], str], None] = lambda *_: None


def receive(store: Store, messages: list[IncomingMessage], now: datetime) -> int:
    """Put `messages` into the inbox; returns how many were new."""
    if not messages:
        return 0
    new: list[str] = []
    first: list[str] = []  # what cannot wait
    # What the gate says is asked before the database is locked.
    named = [(store.keys.pseudonym(m.channel, m.address), m, plainly_matters(m)) for m in messages]
    with writing(store.engine) as connection:
        # Two posts with the same people in another order must not wait for each other for ever.
        for pseudonym, message, urgent in sorted(named, key=lambda each: each[0]):
            is_new, urgent = _receive_one(connection, store, message, now, pseudonym, urgent)
            if is_new:
                (first if urgent else new).append(pseudonym)
        if first:
            store.announce(connection, first, ANSWER_FIRST)
        store.announce(connection, new, ANSWER)
    return len(new) + len(first)


def _receive_one(
    connection: Connection, store: Store, message: IncomingMessage, now: datetime, pseudonym: str,
    urgent: bool,
) -> tuple[bool, bool]:  # fmt: skip
    """Whether it is new, and whether it is urgent."""
    key, memory, lately = _person(connection, store, message, pseudonym, now)
    urgent = urgent or known_to_matter(message, memory)
    body: dict[str, Any] = {name: getattr(message, name) for name in _BODY}
    body["text"] = message.text[: MAX_TEXT + 1]
    if trace := tracing.carried():
        body["trace"] = trace
    is_new = _ADD_MESSAGE(
        connection,
        {
            "rank": rank(lately, urgent=urgent),
            "mark": store.keys.message_mark(message.channel, message.message_id),
            "pseudonym": pseudonym,
            "sort": message.order,
            "state": "new",
            "attempts": 0,
            "received_at": now,
            "not_before": now,
            "sealed": seal(key, body),
        },
    )
    return is_new, urgent


def _person(
    connection: Connection, store: Store, message: IncomingMessage, pseudonym: str, now: datetime
) -> tuple[bytes, Memory, int]:
    """The person's key, what is remembered of her, how many messages of hers came lately; makes
    the person on her first message."""
    expires = now + timedelta(seconds=store.retention_s)
    # Locked, so that her key cannot be changed (by erasing) while something is sealed with it.
    asked = {"who": pseudonym, "since": now - WINDOW}
    person = connection.execute(_PERSON, asked).first()
    if person is None:
        if key := _made(connection, store.keys, message, pseudonym, now, expires):
            return key, Memory(), 0
        person = connection.execute(_PERSON, asked).one()
    # She is here again.
    kept = {"expires_at": max(person.expires_at, expires), "style": message.style, "leaving": False}
    stored = None
    try:
        key = store.keys.open_person_key(person.wrapped_key)
        stored = unseal(key, person.sealed_memory) if person.sealed_memory else None
        store.keys.address_of(pseudonym, message.channel, key, person.sealed_address)
    except Unreadable:
        stored = None
        key, anew = _begin_anew(connection, store.keys, pseudonym, message.address)
        kept |= anew
    connection.execute(_IS_HERE, {"who": pseudonym, **kept})
    return key, Memory.from_json(stored), person.lately


def _made(
    connection: Connection, keys: Keys, message: IncomingMessage, pseudonym: str, now: datetime,
    expires: datetime,
) -> bytes | None:  # fmt: skip
    """The new person's key. None where another first message of hers has arrived at the same
    instant: the one that comes second must use the key of the first."""
    key, wrapped = keys.new_person_key()
    person = {
        "pseudonym": pseudonym,
        "channel": message.channel,
        "style": message.style,
        "wrapped_key": wrapped,
        "sealed_address": seal(key, message.address),
        "last_in_at": now,
        "expires_at": expires,
        "leaving": False,
    }
    is_new = _ADD_PERSON(connection, person)
    _carry_stop(connection, keys, message, pseudonym)
    return key if is_new else None


def _begin_anew(
    connection: Connection, keys: Keys, pseudonym: str, address: str
) -> tuple[bytes, dict[str, Any]]:
    """A damaged row must not shut her out: what it held is lost, what she writes is answered.
    Her new key, and what to write in her row."""
    key, wrapped = keys.new_person_key()
    waiting = Inbox.pseudonym == pseudonym, Inbox.state.in_(("new", "held"))
    connection.execute(update(Inbox).where(*waiting).values(state="done", sealed=None))
    connection.execute(delete(Outbox).where(Outbox.pseudonym == pseudonym))
    sealed = {"wrapped_key": wrapped, "sealed_address": seal(key, address), "sealed_memory": None}
    return key, sealed


def _carry_stop(
    connection: Connection, keys: Keys, message: IncomingMessage, pseudonym: str
) -> None:
    """Who said STOP before the root secret was changed is still somebody who said STOP."""
    before = former_pseudonyms(connection, keys, message.channel, message.address)
    former = OptOut.pseudonym.in_(before)
    since = connection.scalar(select(OptOut.since).where(former)) if before else None
    if since is not None:
        connection.execute(insert(OptOut).values(pseudonym=pseudonym, since=since))
        connection.execute(delete(OptOut).where(former))
