"""Where a record was read: read and written together, in their order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.knowledge.models import Source

FIELDS = ("url", "title", "publisher")
Row = dict[str, str]


def sources_of(session: Session, record_id: str) -> list[Source]:
    """The first one first."""
    wanted = select(Source).where(Source.record_id == record_id).order_by(Source.position)
    return list(session.scalars(wanted))


def sources_of_all(session: Session, ids: Collection[str]) -> dict[str, list[Source]]:
    """The same of many records at once, by id; nothing of those without."""
    wanted = select(Source).where(Source.record_id.in_(ids)).order_by(Source.position)
    found: dict[str, list[Source]] = {}
    for each in session.scalars(wanted):
        found.setdefault(each.record_id, []).append(each)
    return found


def rows_of(session: Session, record_id: str) -> list[Row]:
    """The same, as the history keeps them."""
    return [{name: getattr(each, name) for name in FIELDS}
            for each in sources_of(session, record_id)]  # fmt: skip


def put_sources(session: Session, record_id: str, rows: Sequence[Mapping[str, str]]) -> None:
    """These instead of those that are there; the same ones are left alone."""
    wanted = [{name: row[name] for name in FIELDS} for row in rows]
    if wanted == rows_of(session, record_id):
        return
    session.execute(delete(Source).where(Source.record_id == record_id))
    session.add_all(
        Source(record_id=record_id, position=position, **row)
        for position, row in enumerate(wanted, 1)
    )
    session.flush()
