"""Who changed what, when, from what to what; and bringing any of it back.

Every change of a record goes through `change`, which writes a version with the record before and
after. A version's role is what somebody does in the network, never who she is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.hsds_secret import veil_of
from bot.directory.models import Service
from bot.knowledge.snapshot import Json, Record, find_record, put_back, snapshot, without_place
from bot.knowledge.trust import Version


class UnknownRecord(LookupError):
    """There is no record of that id, or no version of that number; the text says which."""


@dataclass(frozen=True)
class By:
    """Who makes a change, and when."""

    role: str
    at: datetime
    batch: str | None = None  # one import of a spreadsheet


def edit(engine: Engine, record_id: str, values: Mapping[str, Any], by: By) -> int:
    """Make the record say `values` (columns, or types, phones… as lists); the version's number.

    The files never overwrite it afterwards. Raises UnknownRecord, or KeyError for an unknown field.
    """
    with transaction(engine) as session:
        edit_inside(session, record_id, values, by)
    return latest_number(engine, record_id)


def edit_inside(session: Session, record_id: str, values: Mapping[str, Any], by: By) -> None:
    """As `edit`, in the caller's transaction: with whatever else must happen, or not at all."""
    with change(session, record_id, by, "edited") as record:
        put_back(record, values)
        record.edited_at = by.at


def restore(engine: Engine, record_id: str, number: int, by: By, keep: Collection[str] = ()) -> int:
    """Bring back what the record said after version `number` (0: before the first); the new
    version's number. Fields to `keep` stay as they are now. Numbers that are hidden for reports
    stay hidden; a secret place stays secret.

    Raises UnknownRecord.
    """
    with transaction(engine) as session:
        restore_inside(session, record_id, number, by, keep)
    return latest_number(engine, record_id)


def restore_inside(
    session: Session, record_id: str, number: int, by: By, keep: Collection[str] = ()
) -> None:
    """As `restore`, in the caller's transaction."""
    values = said_then(session, record_id, number)
    with change(session, record_id, by, "restored") as record:
        put_back(record, {name: v for name, v in values.items() if name not in keep})
        record.edited_at = by.at


def said_then(session: Session, record_id: str, number: int) -> Json:
    """What the record said after version `number` (0: before the first). Raises UnknownRecord."""
    wanted = select(Version).where(
        Version.record_id == record_id, Version.number == max(number, 1)
    )  # fmt: skip
    version = session.scalar(wanted)
    values = version and (version.after if number > 0 else version.before)
    if not values:
        raise UnknownRecord(f"{record_id}: no version {number} to bring back")
    return values


@contextmanager
def change(session: Session, record_id: str, by: By, action: str) -> Iterator[Record]:
    """The record to be changed inside; afterwards its version is written."""
    record = find_record(session, record_id)
    if record is None:
        raise UnknownRecord(f"{record_id}: no such record")
    before = snapshot(record)
    yield record
    session.flush()
    write_version(session, record, by, action, before)


def write_version(
    session: Session, record: Record, by: By, action: str, before: Json | None
) -> None:
    """What the record says now, beside what it said before; nothing where that is the same."""
    after = snapshot(record)
    if after == before:
        return
    if isinstance(record, Service) and record.confidential_location:
        before = without_place(before, veil_of(record)) if before else None
        _forget_place(session, record)
    number = session.scalar(
        select(func.max(Version.number)).where(Version.record_id == record.id)
    )  # fmt: skip
    session.add(
        Version(
            record_id=record.id, number=(number or 0) + 1, at=by.at, role=by.role, action=action,
            batch=by.batch, before=before, after=after,
        )
    )  # fmt: skip


def versions(session: Session, record_id: str) -> list[Version]:
    """The record's changes, the first one first."""
    wanted = select(Version).where(Version.record_id == record_id).order_by(Version.number)
    return list(session.scalars(wanted))


def latest_number(engine: Engine, record_id: str) -> int:
    """The number of the record's last change; 0 where it has none."""
    with Session(engine) as session:
        wanted = select(func.max(Version.number)).where(Version.record_id == record_id)
        return session.scalar(wanted) or 0


def _forget_place(session: Session, service: Service) -> None:
    """A place that became secret is taken out of what was written down before."""
    veil = veil_of(service)
    for version in versions(session, service.id):
        version.before = without_place(version.before, veil) if version.before else None
        version.after = without_place(version.after, veil) if version.after else None
