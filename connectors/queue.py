"""Claiming, finishing, giving back rows of the inbox. Synchronous, short transactions.

One conversation is worked on by one worker at a time, whichever process it runs in: who claims
locks the person for that moment, and finds nothing while a message of hers is being answered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, delete, select, update

from bot.database import AnyRow
from bot.privacy.keys import Unreadable, seal, unseal
from bot.privacy.scrub import scrub
from connectors.claimed import Claimed, beside, readable
from connectors.contract import Outgoing
from connectors.crowd import WAITING
from connectors.due import outgoing_json
from connectors.forgetting import forget_leaving, forget_person, until
from connectors.held import (
    Held,
    due_at,
    due_behind,
    has_new,
    let_go_of_held,
    next_part,
    put_back,
)
from connectors.laid import let_go_of_unfetched
from connectors.leases import ANSWER, SEND, LeaseLost
from connectors.leaving_late import IfLate
from connectors.memory import Memory
from connectors.models import Inbox, Outbox
from connectors.outbox import OutboxRows, hush, note_stop, stopped_since
from connectors.owed import Owed, OwedRows, owe
from connectors.owed_copies import OwedCopies
from connectors.queue_statements import (
    DAMAGED,
    EXPIRED,
    HAS_URGENT,
    KEPT,
    LOCKED,
    NEXT,
    NEXT_AT,
    OF_ALL,
    OF_ONE,
    OURS,
    REPLIES,
    TAKEN,
    URGENT_OF_ALL,
)
from connectors.together import belonging, joined
from connectors.vendor_copies import KEEP_RECORDS, ON_HER_PHONE, Record

MARKS_KEPT = timedelta(days=8)  # Meta repeats a delivery for up to seven days
TRIES = 3


class Queue(OutboxRows, OwedRows, OwedCopies):
    """The rows of one database, for one worker or gateway."""

    def claim(
        self,
        now: datetime,
        busy: Collection[str],
        only: str | None = None,
        *,
        held: bool = True,
        told: bool = False,
        urgent: bool = False,
    ) -> Claimed | None:
        """The next message of somebody whom nobody is answering, or None; of `only`, if given.

        `held`: also one that Rasa did not answer before. `urgent`: of those alone who have sent
        what cannot wait. `told`: there is one, most probably.
        """
        asked = {"now": now, "who": only} if only else {"now": now, "busy": list(busy)}
        waiting = URGENT_OF_ALL if urgent else (OF_ONE if only else OF_ALL)[held]
        if not told and not self._finds(waiting.look, asked):
            return None
        for _ in range(TRIES):
            with self.writing() as connection:
                # Who has waited longest, locked; never somebody whom another worker is looking at.
                person = connection.execute(waiting.take, asked).first()
                if person is None:
                    return None
                rows = self._next(connection, person.pseudonym, held=held)
                claimed = self._open(connection, person, rows) if rows else None
            if claimed:
                return claimed
        return None

    @staticmethod
    def _next(connection: Connection, who: str, *, held: bool) -> Sequence[AnyRow]:
        """New ones, or those that wait for Rasa; none where somebody has begun to answer her in
        the instant before she was locked."""
        rows = connection.execute(NEXT, {"who": who}).all()
        state = rows[0].state if rows else ""
        if state == "new" or (state == "held" and held):
            return [row for row in rows if row.state == state]
        return ()

    def _open(self, connection: Connection, person: AnyRow,
              rows: Sequence[AnyRow]) -> Claimed | None:  # fmt: skip
        try:
            key = self.keys.open_person_key(person.wrapped_key)
            stored = unseal(key, person.sealed_memory) if person.sealed_memory else None
            address = self._address(person, key)
        except Unreadable:  # nothing of hers can be read any more
            connection.execute(DAMAGED, {"rows": [rows[0].id]})
            return None
        rows, bodies, damaged = readable(key, rows)
        if damaged:  # each ends, and no other for it
            connection.execute(DAMAGED, {"rows": damaged})
        if not rows:
            return None
        count = belonging(bodies, person.style)
        rows, bodies = rows[:count], bodies[:count]
        ids, first, last = tuple(row.id for row in rows), rows[0], rows[-1]
        attempts = max(row.attempts for row in rows) + 1
        connection.execute(TAKEN, {"rows": ids, "attempts": attempts, "holder": self.name})
        held = Held.of(bodies[0])
        known = beside(connection, first, last)
        idle = (first.received_at - person.last_in_at).total_seconds() if stored else None
        refs = tuple(str(body["vendor_ref"]) for body in bodies if body.get("vendor_ref"))
        return Claimed(
            ids, person.pseudonym, person.channel, person.style, address, joined(bodies),
            Memory.from_json(stored), first.received_at, last.received_at,
            held.idle_s if held else idle, attempts, known.stopped_since is not None,
            known.lately, refs, held, known.others, first.state == "held", person.last_in_at,
            stopped_after=bool(known.stopped_since and known.stopped_since > first.received_at),
            owed=known.owed,
        )  # fmt: skip

    def finish(self, claimed: Claimed, outgoing: list[Outgoing], memory: Memory, now: datetime,
               expires_at: datetime, *, stop: bool | None, erase: bool,
               silent: bool = False, answered: bool = True, owes: Owed | None = None,
               late: Sequence[IfLate | None] = ()) -> bool:  # fmt: skip
        """In one transaction: replies out, words gone, memory kept, opt-out noted.

        `silent`: earlier replies that still wait are thrown away; somebody else may read them now.
        `answered`: by Rasa, so that what waits for it is tried at once. `late`: of each reply, what
        becomes of it where it leaves late. `owes`: what Rasa could not be told.
        False where nothing was done but to put it back: it had waited, and she has written
        something that goes before it.
        Raises LeaseLost, and changes nothing, where another worker has taken the message over.
        """
        with self.writing() as connection:
            person = connection.execute(LOCKED, {"who": claimed.pseudonym}).first()
            if person and claimed.held and has_new(connection, claimed.pseudonym):
                self._put_off(connection, claimed, person)
                return False
            self._let_go(connection, claimed, state="done", sealed=None)
            if owes:
                owe(connection, claimed.pseudonym, owes, now)
            if person is None:
                return True
            was_in = claimed.held and not claimed.opted_out
            if was_in and stopped_since(connection, claimed.pseudonym):
                outgoing = []  # her vendor said so meanwhile
            if (silent or stop) and not claimed.again:  # else all that waits she wrote after it
                let_go_of_held(connection, claimed.pseudonym)
            kept = {"leaving": erase, "expires_at": until(expires_at, now, erase=erase)}
            key = self.keys.open_person_key(person.wrapped_key)
            if erase:
                key, anew = self._erase(connection, key, claimed)
                kept |= anew
            if silent:
                hush(connection, claimed.pseudonym)
            self._write(connection, key, person, claimed, outgoing, memory, now, kept, late)
            # Since she wrote it: what she asked after it lifts it, however long both waited.
            note_stop(connection, claimed.pseudonym, claimed.last_received_at, stop)
            if answered and claimed.others.count:
                self._try_held(connection, claimed, now, now)
            if erase:
                forget_leaving(connection, claimed.pseudonym, now)
        if erase:
            scrub(self.engine)
        return True

    def put_off(self, claimed: Claimed) -> None:
        """It waits for Rasa as before; raises LeaseLost as `finish` does."""
        with self.writing() as connection:
            person = connection.execute(LOCKED, {"who": claimed.pseudonym}).first()
            self._put_off(connection, claimed, person)

    def _put_off(self, connection: Connection, claimed: Claimed, person: AnyRow | None) -> None:
        if self._goes_on(connection, claimed) and person and claimed.held:
            key = self.keys.open_person_key(person.wrapped_key)
            put_back(connection, key, claimed.ids, replace(claimed.held, attempts=claimed.attempts),
                     None)  # fmt: skip

    def hold(self, claimed: Claimed, held: Held, outgoing: list[Outgoing], memory: Memory,
             now: datetime, expires_at: datetime, *, choice: str | None = None,
             stop: bool | None = None, answered_at: datetime | None = None) -> None:  # fmt: skip
        """In one transaction: the message waits for Rasa, sealed, and with it all that wait of her;
        what she is told meanwhile goes out. `answered_at`: when Rasa last answered anybody.
        Raises LeaseLost as `finish` does."""
        with self.writing() as connection:
            person = connection.execute(LOCKED, {"who": claimed.pseudonym}).first()
            if not self._goes_on(connection, claimed) or person is None:
                return
            key = self.keys.open_person_key(person.wrapped_key)
            put_back(connection, key, claimed.ids, held, choice)
            kept = {"expires_at": expires_at}
            self._write(connection, key, person, claimed, outgoing, memory, now, kept)
            note_stop(connection, claimed.pseudonym, now, stop)
            at = held.due(now)
            if claimed.others.older:
                at = due_behind(connection, key, claimed.ids, claimed.pseudonym, now, answered_at)
            self._try_held(connection, claimed, now, at)

    def _goes_on(self, connection: Connection, claimed: Claimed) -> bool:
        """Whether it waits for Rasa; it ends where she has said since she wrote it, or her vendor,
        that she wants no messages. Raises LeaseLost as `finish` does."""
        since = stopped_since(connection, claimed.pseudonym)
        ends = claimed.stopped_after or (since is not None and not claimed.opted_out)
        values = {"state": "done", "sealed": None} if ends else {"state": "held"}
        self._let_go(connection, claimed, **values)
        return not ends

    def _write(self, connection: Connection, key: bytes, person: AnyRow, claimed: Claimed,
               outgoing: list[Outgoing], memory: Memory, now: datetime, kept: Mapping[str, Any],
               late: Sequence[IfLate | None] = ()) -> None:  # fmt: skip
        """What is remembered, what is `kept` with it, and what goes out."""
        who = claimed.pseudonym
        connection.execute(
            KEPT, {"who": who, "sealed_memory": seal(key, memory.as_json()),
                    "last_in_at": max(person.last_in_at, claimed.last_received_at), **kept},
        )  # fmt: skip
        first = next_part(connection, claimed.id) if claimed.held else 0
        replies = [
            {"inbox_id": claimed.id, "part": part, "pseudonym": who, "state": "new",
             "attempts": 0, "not_before": now, "sealed": seal(key, outgoing_json(message, if_late))}
            for part, (message, if_late) in enumerate(zip_longest(outgoing, late[:len(outgoing)]),
                                                      first)
        ]  # fmt: skip
        if replies:
            connection.execute(REPLIES, replies)
            self.announce(connection, [claimed.pseudonym], SEND)

    def _try_held(
        self, connection: Connection, claimed: Claimed, now: datetime, at: datetime
    ) -> None:
        """What waits of her is tried from then on."""
        if due_at(connection, claimed.pseudonym, at) and at <= now:
            self.announce(connection, [claimed.pseudonym], ANSWER)

    def _let_go(self, connection: Connection, claimed: Claimed, **values: Any) -> None:
        """Ends our holding of the message; raises LeaseLost where it is no longer ours."""
        which = {"rows": claimed.ids, "me": self.name, "try": claimed.attempts}
        ended = connection.execute(OURS, {**which, "holder": None, **values})
        if ended.rowcount != len(claimed.ids):
            raise LeaseLost

    def _erase(
        self, connection: Connection, old: bytes, claimed: Claimed
    ) -> tuple[bytes, dict[str, bytes]]:
        """Whatever was kept of her goes. What she has written since is answered: it is sealed
        anew, with a new key. That key, and what to write in her row."""
        new, wrapped = self.keys.new_person_key()
        hers = Inbox.pseudonym == claimed.pseudonym
        connection.execute(delete(Outbox).where(Outbox.pseudonym == claimed.pseudonym))
        connection.execute(
            delete(Inbox).where(hers, Inbox.id.not_in(claimed.ids), Inbox.state == "done")
        )
        newer = select(Inbox.id, Inbox.sealed).where(hers, Inbox.state.in_(("new", "held")))
        for row in connection.execute(newer).all():
            sealed = seal(new, unseal(old, row.sealed or b""))
            connection.execute(update(Inbox).where(Inbox.id == row.id).values(sealed=sealed))
        return new, {"wrapped_key": wrapped, "sealed_address": seal(new, claimed.address)}

    def give_back(self, claimed: Claimed, not_before: datetime) -> None:
        """The turn could not be taken now: again later. Nothing, where it is no longer ours."""
        try:
            with self.writing() as connection:
                if not claimed.again:
                    self._let_go(connection, claimed, state="new", not_before=not_before)
                elif self._goes_on(connection, claimed):  # the others stand behind it
                    due_at(connection, claimed.pseudonym, not_before)
        except LeaseLost:
            return

    def waiting(self) -> tuple[int, int]:
        """How many new messages wait, and how many of them are urgent."""
        with self.engine.connect() as connection:
            every, urgent = connection.execute(WAITING).one()
        return every, urgent

    def has_urgent(self, pseudonym: str) -> bool:
        """Whether something of hers that cannot wait stands behind other messages of hers."""
        with self.engine.connect() as connection:
            return connection.scalar(HAS_URGENT, {"who": pseudonym}) is not None

    def has_new(self, pseudonym: str) -> bool:
        """Whether she has written something that nobody has looked at."""
        with self.engine.connect() as connection:
            return has_new(connection, pseudonym)

    def next_turn_at(self, pseudonym: str) -> datetime | None:
        """When her next message may be answered; None where none waits."""
        with self.engine.connect() as connection:
            return connection.scalar(NEXT_AT, {"who": pseudonym})

    def records_of_expired(self, now: datetime) -> list[Record]:
        """What vendors still keep of those whom the next `forget` forgets."""
        with self.engine.connect() as connection:
            expired = connection.execute(EXPIRED, {"now": now}).all()
        return [
            record
            for person in expired
            if person.channel in (*KEEP_RECORDS, *ON_HER_PHONE)
            and (record := self._record(person))
            and record.refs
        ]

    def _record(self, person: AnyRow) -> Record | None:
        try:
            key = self.keys.open_person_key(person.wrapped_key)
            address = self._address(person, key)
            stored = unseal(key, person.sealed_memory) if person.sealed_memory else None
        except Unreadable:
            return None
        memory = Memory.from_json(stored)
        if person.channel in ON_HER_PHONE and not memory.sensitive:
            return None
        refs = (*memory.her_refs, *self.sent_ids(person.pseudonym))
        return Record(person.channel, address, refs)

    def forget(self, now: datetime) -> int:
        """Everything whose time is over, of at most `MOST_RECORDS` people; returns how many."""
        with self.writing() as connection:
            expired = connection.execute(EXPIRED.with_for_update(), {"now": now})
            gone = [each.pseudonym for each in expired]
            for pseudonym in gone:
                forget_person(connection, pseudonym, now)
            let_go_of_unfetched(connection, now)
            old = now - MARKS_KEPT
            connection.execute(delete(Inbox).where(Inbox.received_at < old, Inbox.state == "done"))
        # Also where nobody is forgotten: words that were answered lie in the journal as well.
        scrub(self.engine)
        return len(gone)
