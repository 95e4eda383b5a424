"""How many people a message did not reach, by channel: for the operators' alerts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, and_, case, func, or_, select
from sqlalchemy.orm import Session

from connectors.models import Inbox, OptOut, Outbox, Person
from connectors.outbox import OURS

LATE = timedelta(minutes=10)  # a reply that waits so long counts as not arriving: a vendor away


def failing(engine: Engine, now: datetime, hours: int) -> list[tuple[str, int, int]]:
    """Each channel's name, the people whom a message did not reach within `hours`, and all people
    who were written to. Only their numbers leave the database."""
    # From when on it could be answered: a message that had to wait for Rasa is answered late.
    lost = or_(
        and_(Outbox.state == "failed", func.coalesce(Outbox.error_code, "") != OURS),
        and_(Outbox.state.in_(("new", "unsure")), Inbox.not_before < now - LATE),
    )
    whom = case((lost, Outbox.pseudonym))
    wanted = (
        select(Person.channel, func.count(whom.distinct()),
               func.count(Outbox.pseudonym.distinct()))
        .join(Person, Person.pseudonym == Outbox.pseudonym)
        .join(Inbox, Inbox.id == Outbox.inbox_id)
        .where(Outbox.tried_at >= now - timedelta(hours=hours))
        .where(Outbox.pseudonym.not_in(select(OptOut.pseudonym)))  # what she decides is no fault
        .group_by(Person.channel)
        .order_by(Person.channel)
    )  # fmt: skip
    with Session(engine) as session:
        return [(channel, failed, written) for channel, failed, written in session.execute(wanted)]
