"""What is told, read from the database once and kept in memory for as long as nobody changes it.

A turn would read hundreds of rows that change a few times a day. The database itself puts another
stamp in `told_stamp` with every change of them (migration 0014), whoever makes it and from whatever
process: one small query tells whether what is kept is still so. The same stamp is the same content,
also in a copy of the database. Under another stamp only the records that were changed since are
read again, for the database keeps the latest changes too (`told_change`, migration 0023).
Nothing of a woman is in these tables, and nothing of her is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import batched, chain
from threading import Lock
from typing import TypeVar
from weakref import ReferenceType, ref

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bot.directory.models import Service
from bot.knowledge.models import Source, Statement, ToldChange, ToldStamp
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL

MOST = 2  # shelves kept of a country: the one of now, and the one that turns still read
_OURS = frozenset((*COUNTRY_CODES, REGIONAL))
_STAMP = select(ToldStamp.stamp)
Row = TypeVar("Row", Statement, Service)
_AT_ONCE = 400  # ids in a query: few enough for any database


@dataclass(frozen=True, eq=False)
class Shelf:
    """What the rows of one country, or of the region, say. Nobody may change them."""

    country: str
    statements: tuple[Statement, ...]  # in the order of their ids
    services: tuple[Service, ...]  # with all that hangs on them but their hours
    publishers: Mapping[str, tuple[str, ...]]  # behind each statement, in the order of its sources
    # The one before a change of some records: rows that both have are the same objects.
    before: ReferenceType[Shelf] | None = field(default=None, repr=False)

    @cached_property
    def statement(self) -> Mapping[str, Statement]:
        """By id."""
        return {each.id: each for each in self.statements}

    @cached_property
    def service(self) -> Mapping[str, Service]:
        """By id."""
        return {each.id: each for each in self.services}

    @cached_property
    def by_topic(self) -> Mapping[str, tuple[Statement, ...]]:
        """Everything on each topic, told or not."""
        found: dict[str, list[Statement]] = {}
        for each in self.statements:
            found.setdefault(each.intent, []).append(each)
        return {intent: tuple(rows) for intent, rows in found.items()}


class Library:
    """All countries' shelves as they are now; for as long as the connection is open."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._stamp = connection.scalar(_STAMP)
        self._own: dict[str, Shelf] = {}

    def of(self, country: str) -> Shelf:
        """The country's shelf; read now where nobody has read it since the last change."""
        found = self._own.get(country) or _kept_of(country).get(self._stamp)
        if found is None:
            found = _renewed(self.connection, country) or _read(self.connection, country)
            # Not a country of ours, or changed while it was read: told, but not kept.
            if country not in _OURS or self.connection.scalar(_STAMP) != self._stamp:
                return found
            found = _keep(country, self._stamp, found)
        return self._own.setdefault(country, found)

    def service(self, service_id: str) -> Service | None:
        """One service by its id, whatever its country."""
        prefix = service_id.split(".")[0].upper()
        if prefix in _OURS and (found := self.of(prefix).service.get(service_id)):
            return found
        country = self.connection.scalar(select(Service.country).where(Service.id == service_id))
        return self.of(country).service.get(service_id) if country else None

    def statements(self, ids: Collection[str], countries: Collection[str]) -> list[Statement]:
        """Those of the statements that one of the countries has."""
        shelves = [self.of(country) for country in sorted(countries)]
        return [each.statement[key] for each in shelves for key in ids if key in each.statement]


def opened(where: Session | Library) -> Library:
    """Whoever asks several things opens the library once; what a session has not written yet, it
    writes before."""
    if isinstance(where, Library):
        return where
    where.flush()
    return Library(where.connection())


_kept: dict[str, dict[str | None, Shelf]] = {}  # of each country the shelf of each stamp
_lock = Lock()


def _kept_of(country: str) -> dict[str | None, Shelf]:
    with _lock:
        return dict(_kept.get(country, {}))


def _keep(country: str, stamp: str | None, shelf: Shelf) -> Shelf:
    """The shelf, or the one that somebody else read meanwhile; the oldest are let go."""
    if stamp is None:  # a database without one: nothing may be kept
        return shelf
    with _lock:
        shelves = _kept.setdefault(country, {})
        shelves[stamp] = shelf = shelves.pop(stamp, shelf)  # the latest stands last
        while len(shelves) > MOST:
            del shelves[next(iter(shelves))]
    return shelf


def _renewed(connection: Connection, country: str) -> Shelf | None:
    """The latest shelf that this database knows the stamp of, with what was changed since. None
    where there is none: never read, of another database, of a change that was given up, or so many
    changes ago that the database let go of the stamp."""
    shelves = _kept_of(country)
    if not shelves:
        return None
    last = connection.execute(
        select(ToldChange.stamp, func.max(ToldChange.number))
        .where(ToldChange.stamp.in_(list(shelves))).group_by(ToldChange.stamp)
    ).all()  # fmt: skip
    if not last:
        return None
    stamp, number = max(last, key=lambda each: each[1])
    changed = connection.scalars(
        select(ToldChange.record_id).where(ToldChange.number > number).distinct()
    )
    return _with_changes(connection, shelves[stamp], frozenset(changed) - {""})


def _with_changes(connection: Connection, shelf: Shelf, changed: frozenset[str]) -> Shelf:
    """The shelf with these records as they are now; the same one where none of them is on it."""
    now = [_read(connection, shelf.country, some) for some in batched(sorted(changed), _AT_ONCE)]
    gone = not changed.isdisjoint(shelf.statement) or not changed.isdisjoint(shelf.service)
    if not gone and not any(each.statements or each.services for each in now):
        return shelf
    publishers = {key: each for key, each in shelf.publishers.items() if key not in changed}
    for each in now:
        publishers.update(each.publishers)
    return replace(
        shelf,
        statements=_merged(shelf.statements, changed, (row for s in now for row in s.statements)),
        services=_merged(shelf.services, changed, (row for s in now for row in s.services)),
        publishers=publishers,
        before=ref(shelf),
    )


def _merged(rows: Iterable[Row], changed: frozenset[str], now: Iterable[Row]) -> tuple[Row, ...]:
    return _in_order(chain((each for each in rows if each.id not in changed), now))


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """By id, the same on every database, whatever its language sorts first."""
    return tuple(sorted(rows, key=lambda each: each.id))


def _read(connection: Connection, country: str, ids: Collection[str] | None = None) -> Shelf:
    """All of the country, or only these ids of it; in a session of its own on the connection: the
    rows belong to nobody's unit of work."""

    def wanted(table: type[Statement] | type[Service]) -> tuple[ColumnElement[bool], ...]:
        return (table.country == country, *(() if ids is None else (table.id.in_(list(ids)),)))

    with Session(connection) as own:
        statements = own.scalars(
            select(Statement).where(*wanted(Statement)).options(selectinload(Statement.hidden))
        ).all()
        services = own.scalars(
            select(Service).where(*wanted(Service))
            .options(
                joinedload(Service.organization), selectinload(Service.types),
                selectinload(Service.locations), selectinload(Service.phones),
                selectinload(Service.hidden),
            )
        ).all()  # fmt: skip
        publishers: dict[str, tuple[str, ...]] = {}
        for record_id, publisher in own.execute(
            select(Source.record_id, Source.publisher)
            .join(Statement, Statement.id == Source.record_id)
            .where(*wanted(Statement))
            .order_by(Source.record_id, Source.position)
        ):
            publishers[record_id] = (*publishers.get(record_id, ()), publisher)
        own.expunge_all()
    return Shelf(country, _in_order(statements), _in_order(services), publishers)
