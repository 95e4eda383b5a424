"""What is told, read from the database once and kept in memory for as long as nobody changes it.

A turn would read hundreds of rows that change a few times a day. The database itself puts another
stamp in `told_stamp` with every change of them (migration 0014), whoever makes it and from whatever
process: one small query tells whether what is kept is still so. The same stamp is the same content,
also in a copy of the database. Nothing of a woman is in these tables, and nothing of her is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bot.directory.models import Service
from bot.knowledge.models import Source, Statement, ToldStamp
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL

MOST = 2  # contents kept: the one of now, and the one that turns still read that began before
_OURS = frozenset((*COUNTRY_CODES, REGIONAL))
_STAMP = select(ToldStamp.stamp)


@dataclass(frozen=True, eq=False)
class Shelf:
    """What the rows of one country, or of the region, say. Nobody may change them."""

    country: str
    statements: tuple[Statement, ...]  # in the order of their ids
    services: tuple[Service, ...]  # with all that hangs on them but their hours
    publishers: Mapping[str, tuple[str, ...]]  # behind each statement, in the order of its sources

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
        self._shelves = _shelves(self._stamp)

    def of(self, country: str) -> Shelf:
        """The country's shelf; read now where nobody has read it since the last change."""
        found = self._shelves.get(country)
        if found is None:
            found = _read(self.connection, country)
            # Not a country of ours, or changed while it was read: told, but not kept.
            if country in _OURS and self.connection.scalar(_STAMP) == self._stamp:
                found = self._shelves.setdefault(country, found)
        return found

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


_kept: dict[str, dict[str, Shelf]] = {}
_lock = Lock()


def _shelves(stamp: str | None) -> dict[str, Shelf]:
    """What was read under the stamp; the oldest are let go."""
    if stamp is None:  # a database without one: nothing may be kept
        return {}
    with _lock:
        found = _kept.pop(stamp, {})
        _kept[stamp] = found  # the latest stands last
        while len(_kept) > MOST:
            del _kept[next(iter(_kept))]
    return found


def _read(connection: Connection, country: str) -> Shelf:
    """In a session of its own on the connection: the rows belong to nobody's unit of work."""
    with Session(connection) as own:
        statements = own.scalars(
            select(Statement).where(Statement.country == country).order_by(Statement.id)
            .options(selectinload(Statement.hidden))
        ).all()  # fmt: skip
        services = own.scalars(
            select(Service).where(Service.country == country).order_by(Service.id)
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
            .where(Statement.country == country)
            .order_by(Source.record_id, Source.position)
        ):
            publishers[record_id] = (*publishers.get(record_id, ()), publisher)
        own.expunge_all()
    return Shelf(country, tuple(statements), tuple(services), publishers)
