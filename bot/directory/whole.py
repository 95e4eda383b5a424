"""A service with all that hangs on it, in few queries: where it is read or compared whole."""

from __future__ import annotations

from sqlalchemy.orm import joinedload, selectinload

from bot.directory.models import Service

WHOLE = (
    joinedload(Service.organization),
    selectinload(Service.types),
    selectinload(Service.phones),
    selectinload(Service.locations),
    selectinload(Service.schedules),
    selectinload(Service.hidden),
)
