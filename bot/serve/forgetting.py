"""What ends by itself, whether or not anybody does anything: called every minute by the worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from bot.database import transaction
from bot.directory.reports import Rule, expire
from bot.portal.forgetting import forget_places, forget_portal
from bot.unanswered.store import forget_unanswered


def forget_old(engine: Engine, rule: Rule, now: datetime, *, unanswered: bool = False,
               nightly: Callable[[datetime], None] | None = None) -> None:  # fmt: skip
    """Marks of women whose reports count no longer; what the portal keeps for a while only;
    questions without an answer, all of them where they are not wanted (`unanswered`); notes that
    say where a secret place is. `nightly`: what is left of all that in the database's files."""
    with transaction(engine) as session:
        expire(session, now.date(), rule)
        forget_portal(session, now)
        forget_unanswered(session, now.date(), is_on=unanswered)
    with transaction(engine) as session:  # a fault here must not keep any of the above
        forget_places(session)
    if nightly is not None:
        nightly(now)
