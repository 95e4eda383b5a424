"""Fills the database from the country files. Running it again changes nothing.

Rows that an editor changed in the portal are kept as she left them; rows whose record left the
files become withdrawn, never deleted, so that it can be seen later what was once said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Service
from bot.knowledge import fingerprint
from bot.knowledge.changes import STATUS_COLUMN, Changes, Known, Table, compare, known_rows, write
from bot.knowledge.content import CountryContent, read_all
from bot.knowledge.models import ContentLoad, EmergencyLine, Statement
from bot.knowledge.summary import CountrySummary, Summary

_NAME = "countries"
_LOCK = 2_030_411  # any constant: PostgreSQL's key for "somebody is loading the countries"


def is_loaded(engine: Engine) -> bool:
    """Whether the database was filled from the files as they are now."""
    with Session(engine) as session:
        last = session.get(ContentLoad, _NAME)
        return last is not None and last.fingerprint == fingerprint.of_files()


def load_all(engine: Engine, *, even_if_unchanged: bool = False) -> Summary:
    """Fill the tables from all countries' files, in one transaction.

    Raises DataFileError, with the database untouched, when a file says what it must not.
    """
    if not even_if_unchanged and is_loaded(engine):
        return Summary(skipped=True)
    print_of_files = fingerprint.of_files()
    contents = read_all()
    with transaction(engine) as session:
        _take_turn(session)
        parts = fill(session, contents)
        session.execute(
            update(ContentLoad)
            .where(ContentLoad.name == _NAME)
            .values(fingerprint=print_of_files, loaded_at=datetime.now(UTC))
        )
    return Summary(skipped=False, countries=parts)


def fill(session: Session, contents: Mapping[str, CountryContent]) -> tuple[CountrySummary, ...]:
    """Write what differs between `contents` and the database, country by country."""
    known = {table: known_rows(session, table) for table in STATUS_COLUMN}
    return tuple(_load_country(session, *each, known) for each in contents.items())


def _take_turn(session: Session) -> None:
    """Only one loader at a time; on SQLite the first write takes the turn."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    session.execute(update(ContentLoad).where(ContentLoad.name == _NAME).values(fingerprint=""))
    if session.get(ContentLoad, _NAME) is None:
        session.add(ContentLoad(name=_NAME, fingerprint=""))
        session.flush()


def _load_country(
    session: Session, code: str, content: CountryContent, known: dict[Table, dict[str, Known]]
) -> CountrySummary:
    changes = Changes()
    for table, records in (
        (Statement, content.statements),
        (EmergencyLine, content.emergency),
        (Service, content.services),
    ):
        compare(changes, code, table, records, known[table])
    write(session, changes)
    return CountrySummary(
        code=code,
        statements=len(content.statements),
        services=len(content.services),
        emergency_lines=len(content.emergency),
        not_told=sum(fact.shown == "no" for fact in content.facts),
        added=len(changes.added),
        changed=len(changes.changed),
        withdrawn=sum(len(ids) for ids in changes.withdrawn.values()),
        kept=len(changes.kept),
    )
