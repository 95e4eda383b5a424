"""The rows of the outbox: what is to be sent next, and what became of it.

One message of a person leaves at a time; one that has to wait holds back those after it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from bot.database import transaction
from bot.privacy.keys import Unreadable, seal, unseal
from bot.privacy.scrub import scrub
from bot.telemetry import tracing
from connectors.contract import Option, Outgoing
from connectors.forgetting import forget_leaving
from connectors.held import let_go_of_held
from connectors.leases import Leases, Waiting
from connectors.models import Inbox, OptOut, Outbox, Person

WAITING = ("new", "unsure")
MAX_CODE = 64  # of the column
KEY = "comadre-"  # before the row's number: what a vendor may give back to us


@dataclass(frozen=True)
class Due:
    """A message to send. `unsure_since`: an earlier try may have reached the vendor."""

    id: int
    pseudonym: str
    channel: str
    address: str = field(repr=False)
    outgoing: Outgoing
    attempts: int
    unsure_since: datetime | None = None
    received_at: datetime | None = None  # of the message answered; only with its first reply
    trace: str | None = None  # see bot/telemetry/tracing.py

    @property
    def key(self) -> str:
        """Ours for this message; the same in every try."""
        return f"{KEY}{self.id}"


def outgoing_json(message: Outgoing) -> dict[str, Any]:
    """For the sealed body of an outbox row."""
    options = [[o.title, o.payload, o.description] for o in message.options]
    return {
        "text": message.text, "kind": message.kind, "options": options,
        "segments": message.segments, "list_button": message.list_button,
        **({"trace": trace} if (trace := tracing.carried()) else {}),
    }  # fmt: skip


def outgoing_from(value: dict[str, Any]) -> Outgoing:
    """The reverse of `outgoing_json`."""
    options = tuple(Option(*o) for o in value["options"])
    return Outgoing(value["text"], value["kind"], options, value["segments"], value["list_button"])


def _first(whose: ColumnElement[bool]) -> Waiting:
    """The oldest that may leave."""
    earlier = aliased(Outbox)
    return Waiting.of(
        select(Outbox)
        .where(Outbox.state.in_(WAITING), Outbox.not_before <= bindparam("now"), whose)
        .where(
            ~exists().where(
                earlier.pseudonym == Outbox.pseudonym,
                earlier.id < Outbox.id,
                earlier.state.in_((*WAITING, "sending")),
            )
        )
        .order_by(Outbox.id),
        Outbox,
    )


_OF_ALL = _first(Outbox.pseudonym.not_in(bindparam("busy", expanding=True)))
_OF_ONE = _first(Outbox.pseudonym == bindparam("only"))


class OutboxRows(Leases):
    """Taking, ending and giving back messages on their way out."""

    def due(self, now: datetime, busy: Collection[str], only: str | None = None) -> Due | None:
        """The next message to somebody to whom nobody is sending; to `only`, if given."""
        asked = {"now": now, "only": only} if only else {"now": now, "busy": list(busy)}
        waiting = _OF_ONE if only else _OF_ALL
        while self._finds(waiting.look, asked):
            with self.writing() as session:
                row = session.scalars(waiting.take, asked).first()
                if row is None:  # another worker has it
                    return None
                taken = self._taken(session, row, now)
            if taken:
                return taken
        return None

    def _taken(self, session: Session, row: Outbox, now: datetime) -> Due | None:
        person = session.get(Person, row.pseudonym)
        try:
            if person is None or row.sealed is None:
                raise Unreadable
            key = self.keys.open_person_key(person.wrapped_key)
            address, outgoing = self._address(person, key), unseal(key, row.sealed)
        except Unreadable:
            row.state, row.sealed, row.error_code = "failed", None, "forgotten"
            return None
        unsure_since = row.tried_at if row.state == "unsure" else None
        row.state, row.attempts, row.holder = "sending", row.attempts + 1, self.name
        row.tried_at = unsure_since or now
        came = session.get(Inbox, row.inbox_id) if row.part == 0 else None
        return Due(row.id, row.pseudonym, person.channel, address, outgoing_from(outgoing),
                   row.attempts, unsure_since, came.received_at if came else None,
                   outgoing.get("trace"))  # fmt: skip

    def _address(self, person: Person, key: bytes) -> str:
        """Raises Unreadable."""
        return self.keys.address_of(person.pseudonym, person.channel, key, person.sealed_address)

    def sent(self, due: Due, vendor_id: str | None) -> None:
        """The vendor has it: our copy goes; its id stays where it can delete the message later."""
        self._is_sent(Outbox.id == due.id, vendor_id)

    def reported(self, key: str, vendor_id: str) -> None:
        """The vendor's own report names a message of ours: so it has it, whatever we believed."""
        number = key.removeprefix(KEY)
        if key.startswith(KEY) and number.isdecimal() and len(number) < 18:
            hushed = (Outbox.state == "sent") & Outbox.vendor_mark.is_(None)
            believed = Outbox.state.in_((*WAITING, "sending")) | hushed
            unknown = (Outbox.id == int(number)) & believed
            # Hardly ever: three reports come for each message.
            if self._finds(select(Outbox.id).where(unknown).limit(1)):
                self._is_sent(unknown, vendor_id)

    def _is_sent(self, which: ColumnElement[bool], vendor_id: str | None) -> None:
        with self.writing() as session:
            who = session.scalar(select(Outbox.pseudonym).where(which))
            if who is None:
                return
            session.execute(
                update(Outbox)
                .where(which)
                .values(state="sent", sealed=None, holder=None, vendor_mark=self._mark(vendor_id),
                        sealed_ref=self._sealed_ref(session, who, vendor_id))
            )  # fmt: skip
            gone = forget_leaving(session, who, datetime.now(UTC))
        if gone:
            scrub(self.engine)

    def _mark(self, vendor_id: str | None) -> str | None:
        return self.keys.message_mark("sent", vendor_id) if vendor_id else None

    def _sealed_ref(self, session: Session, who: str, vendor_id: str | None) -> bytes | None:
        person = session.get(Person, who)
        if person is None or not vendor_id:
            return None
        try:
            return seal(self.keys.open_person_key(person.wrapped_key), vendor_id)
        except Unreadable:
            return None

    def not_sent(
        self, due: Due, code: str, retry_at: datetime | None, *, unsure: bool = False,
        counts: bool = True,
    ) -> None:  # fmt: skip
        """Again at `retry_at`, or never. `unsure`: the vendor may have it all the same; `counts`:
        it was tried, and not only put off."""
        values: dict[str, Any] = {"error_code": code[:MAX_CODE], "holder": None}
        if not counts:
            values["attempts"] = due.attempts - 1
        if retry_at is None:
            values |= {"state": "failed", "sealed": None}
        else:
            values |= {"state": "unsure" if unsure else "new", "not_before": retry_at}
        with self.writing() as session:
            session.execute(
                update(Outbox)
                .where(Outbox.id == due.id, Outbox.state == "sending")
                .where(Outbox.holder == self.name, Outbox.attempts == due.attempts)
                .values(**values)
            )
            gone = retry_at is None and forget_leaving(session, due.pseudonym, datetime.now(UTC))
        if gone:
            scrub(self.engine)

    def next_send_at(self, pseudonym: str) -> datetime | None:
        """When the next message to her may leave; None where nothing waits."""
        with Session(self.engine) as session:
            return session.scalar(
                select(Outbox.not_before)
                .where(Outbox.pseudonym == pseudonym, Outbox.state.in_(WAITING))
                .order_by(Outbox.id)
                .limit(1)
            )

    def sent_ids(self, pseudonym: str) -> list[str]:
        """The vendor's ids of what was sent to her, the oldest first."""
        with Session(self.engine) as session:
            person = session.get(Person, pseudonym)
            if person is None:
                return []
            found = session.scalars(
                select(Outbox.sealed_ref)
                .where(Outbox.pseudonym == pseudonym, Outbox.sealed_ref.is_not(None))
                .order_by(Outbox.id)
            )
            try:
                key = self.keys.open_person_key(person.wrapped_key)
                return [str(unseal(key, each)) for each in found if each]
            except Unreadable:
                return []

    def recipient_of(self, vendor_id: str) -> str | None:
        """Whom the message with the vendor's id went to."""
        with Session(self.engine) as session:
            mark = self._mark(vendor_id)
            return session.scalar(select(Outbox.pseudonym).where(Outbox.vendor_mark == mark))

    def opt_out(self, pseudonym: str, now: datetime) -> None:
        """The vendor says that she does not want messages: nor answers to what still waits."""
        with transaction(self.engine) as session:
            let_go_of_held(session, pseudonym)
            note_stop(session, pseudonym, now, True)


def hush(session: Session, pseudonym: str) -> None:
    """What still waits for her is not sent. What the vendor may have already stays as a row without
    words: its id, once reported, is what it can be deleted by."""
    hers = Outbox.pseudonym == pseudonym
    session.execute(delete(Outbox).where(hers, Outbox.state == "new"))
    session.execute(
        update(Outbox).where(hers, Outbox.state == "unsure").values(state="sent", sealed=None)
    )


def note_stop(session: Session, pseudonym: str, now: datetime, stop: bool | None) -> None:
    """True: she wants no messages; False: she wants them again; None: nothing was said of it."""
    if stop is True and session.get(OptOut, pseudonym) is None:
        session.add(OptOut(pseudonym=pseudonym, since=now))
    elif stop is False:
        session.execute(delete(OptOut).where(OptOut.pseudonym == pseudonym))
