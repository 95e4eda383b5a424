"""How much waits in inbox and outbox, and since when the oldest: for those who run the program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors.models import Inbox, Outbox


@dataclass(frozen=True)
class Waits:
    """`oldest_s`: since the woman's message came in, also for what waits on its way out."""

    depth: int
    oldest_s: float


def waiting(engine: Engine, now: datetime) -> dict[str, Waits]:
    """By queue. Nothing of any message is read."""
    came = select(func.count(), func.min(Inbox.received_at)).where(
        Inbox.state.in_(("new", "working"))
    )
    goes = (
        select(func.count(), func.min(Inbox.received_at))
        .select_from(Outbox)
        .join(Inbox, Inbox.id == Outbox.inbox_id)
        .where(Outbox.state.in_(("new", "sending", "unsure")))
    )
    with Session(engine) as session:
        found = {"inbox": session.execute(came).one(), "outbox": session.execute(goes).one()}
    return {
        name: Waits(depth, max(0.0, (now - since).total_seconds()) if since else 0.0)
        for name, (depth, since) in found.items()
    }
