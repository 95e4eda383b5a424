"""What differs between the files and the database, and writing the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import batched, chain
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from bot.directory.load import HANGING, Row, town_of
from bot.directory.models import Organization, Service
from bot.directory.schema import ServiceRecord
from bot.knowledge import fingerprint
from bot.knowledge.history import By, write_version
from bot.knowledge.models import GONE, EmergencyLine, Source, Statement
from bot.knowledge.rows import rows_of
from bot.knowledge.schema import Fact
from bot.knowledge.snapshot import Json, find_record, snapshot

# The tables that files fill, each with the column that says whether a row may be told.
STATUS_COLUMN: dict[Any, str] = {
    Statement: "status",
    EmergencyLine: "status",
    Service: "publication",
}
Table = Any  # a mapped class: SQLAlchemy's own type for it says nothing about its columns


@dataclass(frozen=True)
class Known:
    """What the database remembers about a row that came from the files."""

    country: str
    file_hash: str | None
    edited: bool


@dataclass
class Changes:
    """The ids of one country's records by what happens to them, and the rows to write."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    withdrawn: dict[Table, list[str]] = field(default_factory=dict)
    rows: dict[Table, list[Row]] = field(default_factory=dict)


def known_rows(session: Session, table: Table) -> dict[str, Known]:
    """Every row of the table by its id."""
    found = session.execute(select(table.id, table.country, table.file_hash, table.edited_at))
    return {row[0]: Known(row[1], row[2], row[3] is not None) for row in found}


def compare(
    changes: Changes, code: str, table: Table, records: Iterable[Fact], known: dict[str, Known]
) -> None:
    """Sort one table's records of a country into new, changed, kept as edited, and gone."""
    in_files = set()
    for record in records:
        in_files.add(record.id)
        _compare_one(changes, code, table, record, known.get(record.id))
    changes.withdrawn[table] = [
        record_id
        for record_id, before in known.items()
        if before.country == code
        and before.file_hash not in (None, GONE)
        and record_id not in in_files
    ]


def _compare_one(
    changes: Changes, code: str, table: Table, record: Fact, before: Known | None
) -> None:
    town = town_of(code, record) if isinstance(record, ServiceRecord) else None
    file_hash = fingerprint.of_record(record, town)
    if before is not None and before.file_hash == file_hash:
        return
    if before is not None and before.edited and before.file_hash != GONE:
        changes.kept.append(record.id)
        return
    (changes.added if before is None else changes.changed).append(record.id)
    for each, rows in rows_of(code, record, town).items():
        changes.rows.setdefault(each, []).extend(rows)
    # Whoever confirmed the record confirmed another text.
    changes.rows[table][-1].update(
        file_hash=file_hash, edited_at=None, verified_at=None, verified_by=None
    )


def write(session: Session, changes: Changes) -> None:
    """Write the difference, owners before what hangs on them, and what was said before."""
    before = _said(session, changes)
    _write_all(session, changes)
    session.flush()
    session.expire_all()
    by = By("files", datetime.now(UTC))
    for record_id, values in before.items():
        if record := find_record(session, record_id):
            write_version(session, record, by, "loaded", values)


def _said(session: Session, changes: Changes) -> dict[str, Json]:
    """What the records say that are about to change; new ones said nothing."""
    ids = [*changes.changed, *chain.from_iterable(changes.withdrawn.values())]
    found = ((each, find_record(session, each)) for each in ids)
    return {record_id: snapshot(record) for record_id, record in found if record}


def _write_all(session: Session, changes: Changes) -> None:
    _forget_parts(session, changes.changed)
    _write_rows(session, Organization, _one_each(changes.rows.pop(Organization, [])))
    for table, status in STATUS_COLUMN.items():
        _write_rows(session, table, changes.rows.pop(table, []))
        for some in _chunks(changes.withdrawn.get(table, [])):
            gone = {status: "withdrawn", "file_hash": GONE}
            session.execute(update(table).where(table.id.in_(some)).values(gone))
    for table, rows in changes.rows.items():
        _insert(session, table, rows)


def _forget_parts(session: Session, ids: list[str]) -> None:
    """Sources, phones and the like of changed records are written anew."""
    for some in _chunks(ids):
        session.execute(delete(Source).where(Source.record_id.in_(some)))
        for table in HANGING:
            session.execute(delete(table).where(table.service_id.in_(some)))


def _write_rows(session: Session, table: Table, rows: list[Row]) -> None:
    """Insert the new rows, update the others."""
    ids = [row["id"] for row in rows]
    there: set[str] = set()
    for some in _chunks(ids):
        there |= set(session.scalars(select(table.id).where(table.id.in_(some))))
    _insert(session, table, [row for row in rows if row["id"] not in there])
    if old := [row for row in rows if row["id"] in there]:
        session.execute(update(table), old)


def _insert(session: Session, table: Table, rows: list[Row]) -> None:
    """Many rows a statement, for the database's triggers run once for each statement: SQLAlchemy
    writes them so where something is returned, and nulls are values like others."""
    if rows:
        session.execute(
            insert(table).returning(table.id), rows, execution_options={"render_nulls": True}
        )


def _one_each(rows: list[Row]) -> list[Row]:
    return list({row["id"]: row for row in rows}.values())


def _chunks(ids: list[str]) -> Iterator[tuple[str, ...]]:
    """Few enough ids at a time for any database's limit of parameters."""
    return batched(ids, 400)
