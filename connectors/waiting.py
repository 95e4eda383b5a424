"""How much waits in inbox and outbox, and since when the oldest: for those who run the program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, case, func, select
from sqlalchemy.orm import Session

from connectors.models import Inbox, Outbox


@dataclass(frozen=True)
class Waits:
    """`oldest_s`: since the woman's message came in, also for what waits on its way out; for one
    that has had to wait for Rasa, since it could be answered."""

    depth: int
    oldest_s: float


def waiting(engine: Engine, now: datetime) -> dict[str, Waits]:
    """By queue. Nothing of any message is read."""
    since = case((Inbox.state == "new", Inbox.received_at), else_=Inbox.not_before)
    came = select(func.count(), func.min(since)).where(Inbox.state.in_(("new", "working")))
    held = select(func.count(), func.min(Inbox.received_at)).where(Inbox.state == "held")
    goes = (
        select(func.count(), func.min(Inbox.not_before))
        .select_from(Outbox)
        .join(Inbox, Inbox.id == Outbox.inbox_id)
        .where(Outbox.state.in_(("new", "sending", "unsure")))
    )
    with Session(engine) as session:
        queues = {"inbox": came, "held": held, "outbox": goes}
        found = {name: session.execute(query).one() for name, query in queues.items()}
    return {
        name: Waits(depth, max(0.0, (now - since).total_seconds()) if since else 0.0)
        for name, (depth, since) in found.items()
    }
