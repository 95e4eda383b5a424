"""Claiming, finishing, giving back rows of the inbox. Synchronous, short transactions.

One conversation is worked on by one worker at a time, whichever process it runs in: who claims
locks the person for that moment, and finds nothing while a message of hers is being answered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.privacy.keys import Unreadable, seal, unseal
from bot.privacy.scrub import scrub
from connectors.claimed import Claimed as Claimed
from connectors.claimed import lately, readable
from connectors.contract import Outgoing
from connectors.forgetting import forget_leaving, forget_person, until
from connectors.held import (
    Held,
    Others,
    due_at,
    due_behind,
    has_new,
    let_go_of_held,
    next_part,
    put_back,
)
from connectors.leases import ANSWER, SEND, LeaseLost, Waiting
from connectors.memory import Memory
from connectors.models import Inbox, OptOut, Outbox, Person
from connectors.outbox import Due as Due
from connectors.outbox import OutboxRows, hush, note_stop, outgoing_json
from connectors.together import MAX_PARTS, belonging, joined
from connectors.vendor_copies import KEEP_RECORDS, MOST_RECORDS, Record

MARKS_KEPT = timedelta(days=8)  # Meta repeats a delivery for up to seven days
TRIES = 3


_NEW_FIRST = (Inbox.state.desc(),)  # of "new" and "held"


def _waiting(whose: ColumnElement[bool], *, held: bool) -> Waiting:
    """Who has waited longest and is being answered by nobody; `held`: or waits for Rasa, after
    all the others, and not while something new of hers is there."""
    working = select(Inbox.pseudonym).where(Inbox.state == "working")
    newer = aliased(Inbox)
    has_new = exists().where(newer.pseudonym == Inbox.pseudonym, newer.state == "new")
    ripe = or_(Inbox.state == "new", (Inbox.state == "held") & ~has_new)
    return Waiting.of(
        select(Person)
        .join(Inbox, Inbox.pseudonym == Person.pseudonym)
        .where(ripe if held else Inbox.state == "new", Inbox.not_before <= bindparam("now"), whose)
        .where(Inbox.pseudonym.not_in(working))
        .order_by(*_NEW_FIRST, Inbox.received_at, Inbox.sort, Inbox.id),
        Person,
    )


_NOT_BUSY = Inbox.pseudonym.not_in(bindparam("busy", expanding=True))
_OF_ALL = {held: _waiting(_NOT_BUSY, held=held) for held in (True, False)}
_OF_ONE = {
    held: _waiting(Inbox.pseudonym == bindparam("only"), held=held) for held in (True, False)
}


class Queue(OutboxRows):
    """The rows of one database, for one worker or gateway."""

    def claim(
        self, now: datetime, busy: Collection[str], only: str | None = None, *, held: bool = True
    ) -> Claimed | None:
        """The next message of somebody whom nobody is answering, or None; of `only`, if given.

        `held`: also one that Rasa did not answer before.
        """
        asked = {"now": now, "only": only} if only else {"now": now, "busy": list(busy)}
        waiting = (_OF_ONE if only else _OF_ALL)[held]
        if not self._finds(waiting.look, asked):
            return None
        for _ in range(TRIES):
            with self.writing() as session:
                # Who has waited longest, locked; never somebody whom another worker is looking at.
                person = session.scalars(waiting.take, asked).first()
                if person is None:
                    return None
                if self._is_answered(session, person.pseudonym):
                    continue
                rows = self._next(session, person, held=held)
                claimed = self._open(session, person, rows) if rows else None
            if claimed:
                return claimed
        return None

    @staticmethod
    def _next(session: Session, person: Person, *, held: bool) -> Sequence[Inbox]:
        """New ones, or those that wait for Rasa."""
        for state in ("new", "held") if held else ("new",):
            # The oldest may not be the first of its conversation: vendors deliver out of order.
            rows = session.scalars(
                select(Inbox)
                .where(Inbox.pseudonym == person.pseudonym, Inbox.state == state)
                .order_by(Inbox.sort, Inbox.id)
                .limit(MAX_PARTS)
            ).all()
            if rows:
                return rows
        return ()

    @staticmethod
    def _is_answered(session: Session, pseudonym: str) -> bool:
        """Whether somebody began to in the instant before the person was locked."""
        working = select(func.count()).where(Inbox.pseudonym == pseudonym, Inbox.state == "working")
        return bool(session.scalar(working))

    def _open(self, session: Session, person: Person, rows: Sequence[Inbox]) -> Claimed | None:
        try:
            key = self.keys.open_person_key(person.wrapped_key)
            stored = unseal(key, person.sealed_memory) if person.sealed_memory else None
            address = self._address(person, key)
        except Unreadable:  # nothing of hers can be read any more
            rows[0].state, rows[0].sealed = "done", None
            return None
        rows, bodies = readable(key, rows)
        if not rows:
            return None
        count = belonging(bodies, person.style)
        rows, bodies = rows[:count], bodies[:count]
        attempts = max(row.attempts for row in rows) + 1
        again = rows[0].state == "held"
        for row in rows:
            row.state, row.attempts, row.holder = "working", attempts, self.name
        first = rows[0]
        held = Held.of(bodies[0])
        stopped = session.get(OptOut, person.pseudonym)
        idle = (first.received_at - person.last_in_at).total_seconds() if stored else None
        refs = tuple(str(body["vendor_ref"]) for body in bodies if body.get("vendor_ref"))
        return Claimed(
            tuple(row.id for row in rows), person.pseudonym, person.channel, person.style, address,
            joined(bodies), Memory.from_json(stored), first.received_at, rows[-1].received_at,
            held.idle_s if held else idle, attempts,
            stopped is not None,
            lately(session, person.pseudonym, rows[-1].received_at), refs, held,
            Others.beside(session, first), again, person.last_in_at,
            stopped_after=stopped is not None and stopped.since > first.received_at,
        )  # fmt: skip

    def finish(self, claimed: Claimed, outgoing: list[Outgoing], memory: Memory, now: datetime,
               expires_at: datetime, *, stop: bool | None, erase: bool,
               silent: bool = False, answered: bool = True) -> bool:  # fmt: skip
        """In one transaction: replies out, words gone, memory kept, opt-out noted.

        `silent`: earlier replies that still wait are thrown away; somebody else may read them now.
        `answered`: by Rasa, so that what waits for it is tried at once. False where nothing was
        done but to put it back: it had waited, and she has written something that goes before it.
        Raises LeaseLost, and changes nothing, where another worker has taken the message over.
        """
        with self.writing() as session:
            person = session.get(Person, claimed.pseudonym, with_for_update=True)
            if person and claimed.held and has_new(session, claimed.pseudonym):
                self._put_off(session, claimed, person)
                return False
            self._let_go(session, claimed, state="done", sealed=None)
            if person is None:
                return True
            if claimed.held and not claimed.opted_out and self._is_stopped(session, claimed):
                outgoing = []  # her vendor said so meanwhile
            if silent or stop:
                let_go_of_held(session, claimed.pseudonym)
            if erase:
                self._erase(session, person, claimed)
            if silent:
                hush(session, claimed.pseudonym)
            self._write(session, person, claimed, outgoing, memory, now)
            person.leaving, person.expires_at = erase, until(expires_at, now, erase=erase)
            note_stop(session, claimed.pseudonym, now, stop)
            if answered and claimed.others.count:
                self._try_held(session, claimed, now, now)
            if erase:
                session.flush()
                forget_leaving(session, claimed.pseudonym, now)
        if erase:
            scrub(self.engine)
        return True

    def put_off(self, claimed: Claimed) -> None:
        """It waits for Rasa as before; raises LeaseLost as `finish` does."""
        with self.writing() as session:
            person = session.get(Person, claimed.pseudonym, with_for_update=True)
            self._put_off(session, claimed, person)

    def _put_off(self, session: Session, claimed: Claimed, person: Person | None) -> None:
        self._let_go(session, claimed, state="held")
        if person and claimed.held:
            key = self.keys.open_person_key(person.wrapped_key)
            put_back(session, key, claimed.ids, replace(claimed.held, attempts=claimed.attempts),
                     None)  # fmt: skip

    @staticmethod
    def _is_stopped(session: Session, claimed: Claimed) -> bool:
        return session.get(OptOut, claimed.pseudonym) is not None

    def hold(self, claimed: Claimed, held: Held, outgoing: list[Outgoing], memory: Memory,
             now: datetime, expires_at: datetime, *, choice: str | None = None,
             stop: bool | None = None, answered_at: datetime | None = None) -> None:  # fmt: skip
        """In one transaction: the message waits for Rasa, sealed, and with it all that wait of her;
        what she is told meanwhile goes out. `answered_at`: when Rasa last answered anybody.
        Raises LeaseLost as `finish` does."""
        with self.writing() as session:
            person = session.get(Person, claimed.pseudonym, with_for_update=True)
            self._let_go(session, claimed, state="held")
            if person is None:
                return
            key = self.keys.open_person_key(person.wrapped_key)
            put_back(session, key, claimed.ids, held, choice)
            self._write(session, person, claimed, outgoing, memory, now)
            person.expires_at = expires_at
            note_stop(session, claimed.pseudonym, now, stop)
            at = held.due(now)
            if claimed.others.older:
                at = due_behind(session, key, claimed.ids, claimed.pseudonym, now, answered_at)
            self._try_held(session, claimed, now, at)

    def _write(self, session: Session, person: Person, claimed: Claimed,
               outgoing: list[Outgoing], memory: Memory, now: datetime) -> None:  # fmt: skip
        """What is remembered, and what goes out."""
        key = self.keys.open_person_key(person.wrapped_key)
        person.sealed_memory = seal(key, memory.as_json())
        person.last_in_at = max(person.last_in_at, claimed.last_received_at)
        first = next_part(session, claimed.id) if claimed.held else 0
        for part, message in enumerate(outgoing, first):
            session.add(Outbox(
                inbox_id=claimed.id, part=part, pseudonym=claimed.pseudonym, state="new",
                attempts=0, not_before=now, sealed=seal(key, outgoing_json(message)),
            ))  # fmt: skip
        if outgoing:
            session.flush()
            self.announce(session, [claimed.pseudonym], SEND)

    def _try_held(self, session: Session, claimed: Claimed, now: datetime, at: datetime) -> None:
        """What waits of her is tried from then on."""
        if due_at(session, claimed.pseudonym, at) and at <= now:
            self.announce(session, [claimed.pseudonym], ANSWER)

    def _let_go(self, session: Session, claimed: Claimed, **values: Any) -> None:
        """Ends our holding of the message; raises LeaseLost where it is no longer ours."""
        ended = session.execute(
            update(Inbox)
            .where(Inbox.id.in_(claimed.ids), Inbox.state == "working")
            .where(Inbox.holder == self.name, Inbox.attempts == claimed.attempts)
            .values(holder=None, **values)
        )
        if ended.rowcount != len(claimed.ids):  # type: ignore[attr-defined]  # CursorResult
            raise LeaseLost

    def _erase(self, session: Session, person: Person, claimed: Claimed) -> None:
        """Whatever was kept of her, under a new key. What she has written since is answered."""
        old = self.keys.open_person_key(person.wrapped_key)
        new, person.wrapped_key = self.keys.new_person_key()
        person.sealed_address = seal(new, claimed.address)
        hers = Inbox.pseudonym == claimed.pseudonym
        session.execute(delete(Outbox).where(Outbox.pseudonym == claimed.pseudonym))
        session.execute(
            delete(Inbox).where(hers, Inbox.id.not_in(claimed.ids), Inbox.state == "done")
        )
        for row in session.scalars(select(Inbox).where(hers, Inbox.state == "new")):
            row.sealed = seal(new, unseal(old, row.sealed or b""))
        session.flush()

    def give_back(self, claimed: Claimed, not_before: datetime) -> None:
        """The turn could not be taken now: again later. Nothing, where it is no longer ours."""
        try:
            with self.writing() as session:
                state = "held" if claimed.again else "new"
                self._let_go(session, claimed, state=state, not_before=not_before)
                if claimed.again:  # the others stand behind it
                    due_at(session, claimed.pseudonym, not_before)
        except LeaseLost:
            return

    def has_new(self, pseudonym: str) -> bool:
        """Whether she has written something that nobody has looked at."""
        with Session(self.engine) as session:
            return has_new(session, pseudonym)

    def next_turn_at(self, pseudonym: str) -> datetime | None:
        """When her next message may be answered; None where none waits."""
        with Session(self.engine) as session:
            return session.scalar(
                select(Inbox.not_before)
                .where(Inbox.pseudonym == pseudonym, Inbox.state.in_(("new", "held")))
                .order_by(*_NEW_FIRST, Inbox.sort, Inbox.id)
                .limit(1)
            )

    def records_of_expired(self, now: datetime) -> list[Record]:
        """What vendors still keep of those whom the next `forget` forgets."""
        with Session(self.engine) as session:
            return [
                record
                for person in session.scalars(_expired(now))
                if person.channel in KEEP_RECORDS
                and (record := self._record(person))
                and record.refs
            ]

    def _record(self, person: Person) -> Record | None:
        try:
            key = self.keys.open_person_key(person.wrapped_key)
            address = self._address(person, key)
            stored = unseal(key, person.sealed_memory) if person.sealed_memory else None
        except Unreadable:
            return None
        refs = (*Memory.from_json(stored).her_refs, *self.sent_ids(person.pseudonym))
        return Record(person.channel, address, refs)

    def forget(self, now: datetime) -> int:
        """Everything whose time is over, of at most `MOST_RECORDS` people; returns how many."""
        with self.writing() as session:
            gone = [each.pseudonym for each in session.scalars(_expired(now).with_for_update())]
            for pseudonym in gone:
                forget_person(session, pseudonym, now)
            old = now - MARKS_KEPT
            session.execute(delete(Inbox).where(Inbox.received_at < old, Inbox.state == "done"))
        # Also where nobody is forgotten: words that were answered lie in the journal as well.
        scrub(self.engine)
        return len(gone)


def _expired(now: datetime) -> Select[Person]:
    """Whose time is over, the longest first: never more than can be told to the vendors at once."""
    return (
        select(Person)
        .where(Person.expires_at < now)
        .order_by(Person.expires_at, Person.pseudonym)
        .limit(MOST_RECORDS)
    )
