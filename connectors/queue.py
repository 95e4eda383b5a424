"""Claiming, finishing, giving back rows of inbox and outbox. Synchronous, short transactions.

One conversation is worked on by one worker at a time: a row is claimed only while no earlier row
of the same person is unfinished.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from bot.database import transaction
from bot.privacy.keys import Keys, Unreadable, seal, unseal
from connectors.contract import Option, Outgoing
from connectors.memory import Memory
from connectors.models import Inbox, OptOut, Outbox, Person

MARKS_KEPT = timedelta(days=8)  # Meta repeats a delivery for up to seven days


@dataclass(frozen=True)
class Claimed:
    """An incoming message, opened, with the person behind it."""

    id: int
    pseudonym: str
    channel: str
    style: str
    address: str
    body: dict[str, Any]
    memory: Memory
    received_at: datetime
    idle_s: float | None
    attempts: int
    opted_out: bool


@dataclass(frozen=True)
class Due:
    """A message to send."""

    id: int
    pseudonym: str
    channel: str
    address: str
    outgoing: Outgoing
    attempts: int


def outgoing_json(message: Outgoing) -> dict[str, Any]:
    """For the sealed body of an outbox row."""
    options = [[o.title, o.payload, o.description] for o in message.options]
    return {
        "text": message.text, "kind": message.kind, "options": options,
        "segments": message.segments, "list_button": message.list_button,
    }  # fmt: skip


def outgoing_from(value: dict[str, Any]) -> Outgoing:
    """The reverse of `outgoing_json`."""
    options = tuple(Option(*o) for o in value["options"])
    return Outgoing(value["text"], value["kind"], options, value["segments"], value["list_button"])


class Queue:
    """The rows of one database."""

    def __init__(self, engine: Engine, keys: Keys) -> None:
        self.engine, self.keys = engine, keys

    def claim(
        self, now: datetime, busy: Collection[str], only: str | None = None
    ) -> Claimed | None:
        """The next message of somebody whom nobody is answering, or None; of `only`, if given."""
        with transaction(self.engine) as session:
            waiting = session.scalars(
                select(Inbox)
                .where(Inbox.state == "new", Inbox.not_before <= now)
                .where(Inbox.pseudonym == only if only else Inbox.pseudonym.not_in(list(busy)))
                .where(Inbox.pseudonym.not_in(
                    select(Inbox.pseudonym).where(Inbox.state == "working")))
                .order_by(Inbox.received_at, Inbox.sort, Inbox.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()  # fmt: skip
            if waiting is None:
                return None
            # The oldest may not be the first of its conversation: vendors deliver out of order.
            first = session.scalars(
                select(Inbox)
                .where(Inbox.pseudonym == waiting.pseudonym, Inbox.state == "new")
                .order_by(Inbox.sort, Inbox.id)
                .limit(1)
            ).one()
            return self._open(session, first)

    def _open(self, session: Session, row: Inbox) -> Claimed | None:
        person = session.get(Person, row.pseudonym)
        if person is None or row.sealed is None:
            row.state, row.sealed = "done", None  # erased meanwhile: nothing left to answer
            return None
        try:
            key = self.keys.open_person_key(person.wrapped_key)
            body = unseal(key, row.sealed)
            stored = unseal(key, person.sealed_memory) if person.sealed_memory else None
            address = str(unseal(key, person.sealed_address))
        except Unreadable:
            row.state, row.sealed = "done", None
            return None
        row.state, row.attempts = "working", row.attempts + 1
        idle = (row.received_at - person.last_in_at).total_seconds() if stored else None
        return Claimed(
            row.id, row.pseudonym, person.channel, person.style, address, body,
            Memory.from_json(stored), row.received_at, idle, row.attempts,
            session.get(OptOut, row.pseudonym) is not None,
        )  # fmt: skip

    def finish(self, claimed: Claimed, outgoing: list[Outgoing], memory: Memory, now: datetime,
               expires_at: datetime, *, stop: bool | None, erase: bool) -> None:  # fmt: skip
        """In one transaction: replies out, words gone, memory kept, opt-out noted."""
        with transaction(self.engine) as session:
            row = session.get_one(Inbox, claimed.id)
            row.state, row.sealed = "done", None
            person = session.get(Person, claimed.pseudonym)
            if person is None:
                return
            if erase:
                self._erase(session, claimed)
                person.wrapped_key, key = self._fresh_key()
                person.sealed_address = seal(key, claimed.address)
            key = self.keys.open_person_key(person.wrapped_key)
            person.sealed_memory = seal(key, memory.as_json())
            person.last_in_at, person.expires_at = claimed.received_at, expires_at
            for part, message in enumerate(outgoing):
                session.add(Outbox(
                    inbox_id=claimed.id, part=part, pseudonym=claimed.pseudonym, state="new",
                    attempts=0, not_before=now, sealed=seal(key, outgoing_json(message)),
                ))  # fmt: skip
            self._note_stop(session, claimed.pseudonym, now, stop)

    def _fresh_key(self) -> tuple[bytes, bytes]:
        key, wrapped = self.keys.new_person_key()
        return wrapped, key

    @staticmethod
    def _erase(session: Session, claimed: Claimed) -> None:
        """Whatever was waiting or kept of her, but for the message being answered."""
        mine = Inbox.pseudonym == claimed.pseudonym
        session.execute(delete(Outbox).where(Outbox.pseudonym == claimed.pseudonym))
        session.execute(delete(Inbox).where(mine, Inbox.id != claimed.id, Inbox.state == "done"))
        session.flush()

    @staticmethod
    def _note_stop(session: Session, pseudonym: str, now: datetime, stop: bool | None) -> None:
        if stop is True and session.get(OptOut, pseudonym) is None:
            session.add(OptOut(pseudonym=pseudonym, since=now))
        elif stop is False:
            session.execute(delete(OptOut).where(OptOut.pseudonym == pseudonym))

    def give_back(self, inbox_id: int, not_before: datetime) -> None:
        """The turn could not be taken now: again later."""
        with transaction(self.engine) as session:
            session.execute(update(Inbox).where(Inbox.id == inbox_id)
                            .values(state="new", not_before=not_before))  # fmt: skip

    def recover(self) -> int:
        """After a crash: what was being worked on or sent is new again.

        A message that the vendor took in the instant before the crash goes out twice: no vendor
        here offers an idempotency key. Losing it would be worse.
        """
        with transaction(self.engine) as session:
            again = session.execute(
                update(Inbox).where(Inbox.state == "working").values(state="new"))  # fmt: skip
            session.execute(
                update(Outbox).where(Outbox.state == "sending").values(state="new"))  # fmt: skip
            return int(again.rowcount)  # type: ignore[attr-defined]  # CursorResult

    def due(self, now: datetime, busy: Collection[str]) -> Due | None:
        """The next message to send to somebody to whom nobody is sending."""
        with transaction(self.engine) as session:
            earlier = aliased(Outbox)
            row = session.scalars(
                select(Outbox)
                .where(Outbox.state == "new", Outbox.not_before <= now)
                .where(Outbox.pseudonym.not_in(list(busy)))
                .where(
                    # A message that has to wait holds back those after it.
                    ~exists().where(
                        earlier.pseudonym == Outbox.pseudonym,
                        earlier.id < Outbox.id,
                        earlier.state.in_(("new", "sending")),
                    )
                )
                .order_by(Outbox.id)
                .limit(1)
                .with_for_update(skip_locked=True, of=Outbox)
            ).first()
            person = session.get(Person, row.pseudonym) if row else None
            if row is None:
                return None
            if person is None or row.sealed is None:
                row.state, row.sealed, row.error_code = "failed", None, "forgotten"
                return None
            key = self.keys.open_person_key(person.wrapped_key)
            row.state, row.attempts = "sending", row.attempts + 1
            return Due(row.id, row.pseudonym, person.channel,
                       str(unseal(key, person.sealed_address)),
                       outgoing_from(unseal(key, row.sealed)), row.attempts)  # fmt: skip

    def sent(self, due: Due, vendor_id: str | None) -> None:
        """The vendor has it: our copy goes; its id stays where it can delete the message later."""
        with transaction(self.engine) as session:
            row = session.get(Outbox, due.id)
            if row is not None:
                row.state, row.sealed, row.vendor_id = "sent", None, vendor_id

    def not_sent(self, due: Due, code: str, retry_at: datetime | None) -> None:
        """Again at `retry_at`, or never."""
        with transaction(self.engine) as session:
            row = session.get(Outbox, due.id)
            if row is None:
                return
            row.error_code = code
            if retry_at is None:
                row.state, row.sealed = "failed", None
            else:
                row.state, row.not_before = "new", retry_at

    def sent_ids(self, pseudonym: str) -> list[str]:
        """The vendor's ids of what was sent to her, the oldest first."""
        with Session(self.engine) as session:
            found = session.scalars(
                select(Outbox.vendor_id)
                .where(Outbox.pseudonym == pseudonym, Outbox.vendor_id.is_not(None))
                .order_by(Outbox.id)
            )
            return [str(each) for each in found]

    def recipient_of(self, vendor_id: str) -> str | None:
        """Whom the message with the vendor's id went to."""
        with Session(self.engine) as session:
            return session.scalar(select(Outbox.pseudonym).where(Outbox.vendor_id == vendor_id))

    def opt_out(self, pseudonym: str, now: datetime) -> None:
        """The vendor says that she does not want messages."""
        with transaction(self.engine) as session:
            self._note_stop(session, pseudonym, now, True)

    def forget(self, now: datetime) -> int:
        """Everything whose time is over; returns how many people were forgotten."""
        with transaction(self.engine) as session:
            gone = list(session.scalars(select(Person.pseudonym).where(Person.expires_at < now)))
            for pseudonym in gone:
                session.execute(delete(Outbox).where(Outbox.pseudonym == pseudonym))
                session.execute(update(Inbox).where(Inbox.pseudonym == pseudonym)
                                .values(sealed=None, state="done"))  # fmt: skip
                session.execute(delete(Person).where(Person.pseudonym == pseudonym))
            old = now - MARKS_KEPT
            session.execute(delete(Inbox).where(Inbox.received_at < old, Inbox.state == "done"))
            return len(gone)
