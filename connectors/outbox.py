"""The rows of the outbox: what is to be sent next, and what became of it.

One message of a person leaves at a time; one that has to wait holds back those after it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from bot.database import AnyRow
from bot.privacy.keys import Unreadable, seal, unseal
from bot.privacy.scrub import scrub
from connectors.due import IS_HELD, KEY, Due, outgoing_from
from connectors.forgetting import forget_leaving
from connectors.held import let_go_of_held
from connectors.keeping_back import LateRows
from connectors.laid import LaidRows
from connectors.leases import Waiting
from connectors.leaving_late import IfLate
from connectors.models import Inbox, OptOut, Outbox, Person

WAITING = ("new", "unsure")
OURS = "forgotten"  # let go by ourselves, since she is gone
MAX_CODE = 64  # of the column


_STILL_WAITS = or_(*(Outbox.state == state for state in WAITING))


def _first(whose: ColumnElement[bool]) -> Waiting:
    """The oldest that may leave, with whom it goes to, and when what it answers came."""
    earlier = aliased(Outbox)
    unsent = or_(*(earlier.state == state for state in (*WAITING, "sending")))
    return Waiting.of(
        select(
            Outbox.id, Outbox.pseudonym, Outbox.part, Outbox.state, Outbox.attempts,
            Outbox.sealed, Outbox.tried_at, Person.channel, Person.style, Person.wrapped_key,
            Person.sealed_address, Inbox.received_at,
        )
        .outerjoin(Person, Person.pseudonym == Outbox.pseudonym)
        .outerjoin(Inbox, Inbox.id == Outbox.inbox_id)
        .where(_STILL_WAITS, Outbox.not_before <= bindparam("now"), whose)
        .where(
            ~exists().where(
                earlier.pseudonym == Outbox.pseudonym, earlier.id < Outbox.id, unsent
            )
        )
        .order_by(Outbox.id),
        Outbox,
    )  # fmt: skip


_WHO: BindParameter[Any] = bindparam("who")
_OF_ALL = _first(Outbox.pseudonym.not_in(bindparam("busy", expanding=True)))
_OF_ONE = _first(Outbox.pseudonym == _WHO)
_HERS = Outbox.pseudonym == _WHO
_THIS = Outbox.id == bindparam("row")
_TAKEN = update(Outbox).where(_THIS)
_LOST = update(Outbox).where(_THIS).values(state="failed", sealed=None, error_code=OURS)
_SENT = update(Outbox).where(_THIS).values(state="sent", sealed=None, holder=None)
_NOT_SENT = update(Outbox).where(*IS_HELD)
_UNKNOWN = select(Outbox.id, Outbox.pseudonym).where(
    _THIS,
    or_(
        _STILL_WAITS,
        Outbox.state == "sending",
        (Outbox.state == "sent") & Outbox.vendor_mark.is_(None),  # hushed
    ),
)
_PERSON = select(Person.wrapped_key, Person.leaving).where(Person.pseudonym == _WHO)
_NEXT_AT = select(Outbox.not_before).where(_HERS, _STILL_WAITS).order_by(Outbox.id).limit(1)
_REFS = (
    select(Outbox.sealed_ref)
    .where(_HERS, Outbox.sealed_ref.is_not(None))
    .order_by(Outbox.id)
)  # fmt: skip
_RECIPIENT = select(Outbox.pseudonym).where(Outbox.vendor_mark == bindparam("mark"))
_STOP = select(OptOut.since).where(OptOut.pseudonym == _WHO)
_NO_STOP = delete(OptOut).where(OptOut.pseudonym == _WHO)


class OutboxRows(LateRows, LaidRows):
    """Taking, ending and giving back messages on their way out."""

    def due(self, now: datetime, busy: Collection[str], only: str | None = None) -> Due | None:
        """The next message to somebody to whom nobody is sending; to `only`, if given."""
        if only:  # asked where there is most probably one
            return self._due(_OF_ONE, {"now": now, "who": only})
        asked = {"now": now, "busy": list(busy)}
        return self._due(_OF_ALL, asked) if self._finds(_OF_ALL.look, asked) else None

    def _due(self, waiting: Waiting, asked: dict[str, Any]) -> Due | None:
        while True:
            with self.writing() as connection:
                row = connection.execute(waiting.take, asked).first()
                if row is None:  # another worker has it
                    return None
                taken = self._taken(connection, row, asked["now"])
            if taken:
                return taken

    def _taken(self, connection: Connection, row: AnyRow, now: datetime) -> Due | None:
        try:
            if row.wrapped_key is None or row.sealed is None:
                raise Unreadable
            key = self.keys.open_person_key(row.wrapped_key)
            address, outgoing = self._address(row, key), unseal(key, row.sealed)
        except Unreadable:
            connection.execute(_LOST, {"row": row.id})
            return None
        unsure_since = row.tried_at if row.state == "unsure" else None
        attempts = row.attempts + 1
        connection.execute(
            _TAKEN, {"row": row.id, "state": "sending", "attempts": attempts, "holder": self.name,
                     "tried_at": unsure_since or now},
        )  # fmt: skip
        return Due(row.id, row.pseudonym, row.channel, address, outgoing_from(outgoing),
                   attempts, unsure_since, row.received_at if row.part == 0 else None,
                   outgoing.get("trace"), row.style, row.received_at,
                   IfLate.of(outgoing))  # fmt: skip

    def _address(self, person: AnyRow, key: bytes) -> str:
        """Raises Unreadable."""
        return self.keys.address_of(person.pseudonym, person.channel, key, person.sealed_address)

    def sent(self, due: Due, vendor_id: str | None) -> bool:
        """The vendor has it: our copy goes; its id stays where it can delete the message later.
        Whether more waits for her."""
        with self.writing() as connection:
            gone = self._is_sent(connection, due.id, due.pseudonym, vendor_id)
            more = connection.scalar(_NEXT_AT, {"who": due.pseudonym}) is not None
        if gone:
            scrub(self.engine)
        return more

    def reported(self, key: str, vendor_id: str) -> None:
        """The vendor's own report names a message of ours: so it has it, whatever we believed."""
        number = key.removeprefix(KEY)
        if not (key.startswith(KEY) and number.isdecimal() and len(number) < 18):
            return
        asked, gone = {"row": int(number)}, False
        if not self._finds(_UNKNOWN, asked):  # mostly: three reports come for each message
            return
        with self.writing() as connection:
            row = connection.execute(_UNKNOWN.with_for_update(), asked).first()
            if row is not None:
                gone = self._is_sent(connection, row.id, row.pseudonym, vendor_id)
        if gone:
            scrub(self.engine)

    def _is_sent(self, connection: Connection, row: int, who: str, vendor_id: str | None) -> bool:
        """Whether she is forgotten now."""
        person = connection.execute(_PERSON, {"who": who}).first()
        ref = self._sealed_ref(person.wrapped_key, vendor_id) if person and vendor_id else None
        connection.execute(
            _SENT, {"row": row, "vendor_mark": self._mark(vendor_id), "sealed_ref": ref}
        )
        if person is None or not person.leaving:
            return False
        return forget_leaving(connection, who, datetime.now(UTC))

    def _mark(self, vendor_id: str | None) -> str | None:
        return self.keys.message_mark("sent", vendor_id) if vendor_id else None

    def _sealed_ref(self, wrapped_key: bytes, vendor_id: str) -> bytes | None:
        try:
            return seal(self.keys.open_person_key(wrapped_key), vendor_id)
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
        with self.writing() as connection:
            connection.execute(_NOT_SENT.values(**values), due.held_by(self.name))
            gone = retry_at is None and forget_leaving(connection, due.pseudonym, datetime.now(UTC))
        if gone:
            scrub(self.engine)

    def next_send_at(self, pseudonym: str) -> datetime | None:
        """When the next message to her may leave; None where nothing waits."""
        with self.engine.connect() as connection:
            return connection.scalar(_NEXT_AT, {"who": pseudonym})

    def sent_ids(self, pseudonym: str) -> list[str]:
        """The vendor's ids of what was sent to her, the oldest first."""
        with self.engine.connect() as connection:
            person = connection.execute(_PERSON, {"who": pseudonym}).first()
            if person is None:
                return []
            found = connection.scalars(_REFS, {"who": pseudonym}).all()
        try:
            key = self.keys.open_person_key(person.wrapped_key)
            return [str(unseal(key, each)) for each in found if each]
        except Unreadable:
            return []

    def recipient_of(self, vendor_id: str) -> str | None:
        """Whom the message with the vendor's id went to."""
        with self.engine.connect() as connection:
            return connection.scalar(_RECIPIENT, {"mark": self._mark(vendor_id)})

    def opt_out(self, pseudonym: str, now: datetime) -> None:
        """The vendor says that she does not want messages: nor answers to what still waits."""
        with self.writing() as connection:
            # Locked: whatever of hers is being tried ends after this, and sees it.
            connection.execute(_PERSON.with_for_update(), {"who": pseudonym})
            let_go_of_held(connection, pseudonym)
            note_stop(connection, pseudonym, now, True)


def hush(connection: Connection, pseudonym: str) -> None:
    """What still waits for her is not sent. What the vendor may have already stays as a row without
    words: its id, once reported, is what it can be deleted by. What is being sent is not tried
    again."""
    hers = Outbox.pseudonym == pseudonym
    connection.execute(delete(Outbox).where(hers, Outbox.state.in_(("new", "laid"))))
    connection.execute(
        update(Outbox).where(hers, Outbox.state == "unsure").values(state="sent", sealed=None)
    )
    connection.execute(update(Outbox).where(hers, Outbox.state == "sending").values(sealed=None))


def stopped_since(connection: Connection, pseudonym: str) -> datetime | None:
    """Since when she wants no messages; None where she said nothing of it."""
    return connection.scalar(_STOP, {"who": pseudonym})


def note_stop(connection: Connection, pseudonym: str, now: datetime, stop: bool | None) -> None:
    """True: she wants no messages; False: she wants them again; None: nothing was said of it."""
    if stop is True and stopped_since(connection, pseudonym) is None:
        connection.execute(insert(OptOut).values(pseudonym=pseudonym, since=now))
    elif stop is False:
        connection.execute(_NO_STOP, {"who": pseudonym})
