"""What the queue asks of the inbox and of the people, as statements that are built once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, insert, or_, select, update
from sqlalchemy.orm import aliased

from connectors.crowd import URGENT_OF_MANY
from connectors.leases import Waiting
from connectors.models import Inbox, Outbox, Person
from connectors.together import MAX_PARTS
from connectors.vendor_copies import MOST_RECORDS

NEW_FIRST = (Inbox.state.desc(),)  # of "new" and "held"


WHO: BindParameter[Any] = bindparam("who")
PERSON = (
    Person.pseudonym, Person.channel, Person.style, Person.wrapped_key, Person.sealed_address,
    Person.sealed_memory, Person.last_in_at,
)  # fmt: skip


def _waiting(whose: ColumnElement[bool], *, held: bool) -> Waiting:
    """Whose message has the first rank; of those, who has waited longest and is being answered by
    nobody. `held`: or waits for Rasa, after all the others, and not while something new of hers is
    there."""
    working = select(Inbox.pseudonym).where(Inbox.state == "working")
    newer = aliased(Inbox)
    has_new = exists().where(newer.pseudonym == Inbox.pseudonym, newer.state == "new")
    ripe = or_(Inbox.state == "new", (Inbox.state == "held") & ~has_new)
    return Waiting.of(
        select(*PERSON)
        .join(Inbox, Inbox.pseudonym == Person.pseudonym)
        .where(ripe if held else Inbox.state == "new", Inbox.not_before <= bindparam("now"), whose)
        .where(Inbox.pseudonym.not_in(working))
        .order_by(*NEW_FIRST, Inbox.rank, Inbox.received_at, Inbox.sort, Inbox.id),
        Person,
    )


LOCKED = select(*PERSON).where(Person.pseudonym == WHO).with_for_update()
KEPT = update(Person).where(Person.pseudonym == WHO)
NOT_BUSY = Inbox.pseudonym.not_in(bindparam("busy", expanding=True))
OF_ALL = {held: _waiting(NOT_BUSY, held=held) for held in (True, False)}
URGENT_OF_ALL = _waiting(NOT_BUSY & (Inbox.rank <= URGENT_OF_MANY), held=False)
HAS_URGENT = (
    select(Inbox.id)
    .where(Inbox.pseudonym == WHO, Inbox.state == "new", Inbox.rank <= URGENT_OF_MANY)
    .limit(1)
)
OF_ONE = {held: _waiting(Inbox.pseudonym == WHO, held=held) for held in (True, False)}
# First what is being answered, then what is new, then what waits for Rasa. The oldest may not be
# the first of its conversation: vendors deliver out of order.
NEXT = (
    select(Inbox.id, Inbox.pseudonym, Inbox.sort, Inbox.state, Inbox.attempts, Inbox.received_at,
           Inbox.sealed)
    .where(Inbox.pseudonym == WHO, Inbox.state.in_(("working", "new", "held")))
    .order_by(Inbox.state.desc(), Inbox.sort, Inbox.id)
    .limit(MAX_PARTS)
)  # fmt: skip
THESE = Inbox.id.in_(bindparam("rows", expanding=True))
DAMAGED = update(Inbox).where(THESE).values(state="done", sealed=None)
TAKEN = update(Inbox).where(THESE).values(state="working")
OURS = update(Inbox).where(
    THESE, Inbox.state == "working", Inbox.holder == bindparam("me"),
    Inbox.attempts == bindparam("try"),
)  # fmt: skip
REPLIES = insert(Outbox)
NEXT_AT = (
    select(Inbox.not_before)
    .where(Inbox.pseudonym == WHO, Inbox.state.in_(("new", "held")))
    .order_by(*NEW_FIRST, Inbox.sort, Inbox.id)
    .limit(1)
)
# Whose time is over, the longest first: never more than can be told to the vendors at once.
EXPIRED = (
    select(*PERSON)
    .where(Person.expires_at < bindparam("now"))
    .order_by(Person.expires_at, Person.pseudonym)
    .limit(MOST_RECORDS)
)
