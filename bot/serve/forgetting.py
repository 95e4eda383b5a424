"""What ends by itself, whether or not anybody does anything: called every minute by the worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from bot.database import transaction
from bot.directory.reports import Rule, expire
from bot.portal.forgetting import forget_portal


def forget_old(engine: Engine, rule: Rule, now: datetime) -> None:
    """Marks of women whose reports count no longer; what the portal keeps for a while only."""
    with transaction(engine) as session:
        expire(session, now.date(), rule)
        forget_portal(session, now)
