"""How far the records of a person are from being trusted, from a few columns alone: a page must
not load fifty thousand services in order to show eight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from bot.directory.found import FoundService, describe
from bot.directory.models import Service
from bot.knowledge.lifecycle import Span, Stage, last_check, stage
from bot.knowledge.models import Source, Statement
from bot.knowledge.sources import sources_of_all
from bot.knowledge.trust import Hidden
from bot.portal.person import Person

WAITING = "waiting"  # due and overdue together, as my work counts them
FRESHNESS = ("published", "due", "overdue", "draft", "scheduled", "hidden", "withdrawn")


class Dated(NamedTuple):
    """One record's id and age."""

    id: str
    country: str
    reached: Stage
    checked_on: date | None
    role: str
    is_hidden: bool = False

    @property
    def shown_as(self) -> str:
        """Its stage; hidden for reports goes before."""
        told = self.reached in ("published", "due", "overdue")
        return "hidden" if self.is_hidden and told else self.reached


def hers(person: Person, table: type[Service] | type[Statement]) -> ColumnElement[bool]:
    """The records that she may see."""
    if person.role == "contributor":
        return Service.organization_id == person.organization_id if table is Service else false()
    if person.role == "editor":
        return table.country == person.country
    return true() if person.role == "administrator" else false()


def dated_services(session: Session, today: date, *where: ColumnElement[bool]) -> list[Dated]:
    """The longest unchecked first."""
    hidden = set(session.scalars(select(Hidden.record_id)))
    judged: dict[tuple[Any, ...], tuple[Stage, date | None, str]] = {}
    wanted = select(
        Service.id, Service.country, Service.as_of, Service.verified_at, Service.verified_by,
        Service.publication,
    ).where(*where)  # fmt: skip
    found = []
    for record_id, country, *rest in session.execute(wanted):
        key: tuple[Any, ...] = (*rest, None, None)
        if key not in judged:
            kind = Kind(*key)
            check = last_check(kind)
            span = Span(kind.valid_from, kind.valid_until)
            reached = stage(kind, kind.state, today, span)
            judged[key] = (reached, check.on, check.role)
        found.append(Dated(record_id, country, *judged[key], record_id in hidden))
    return sorted(found, key=lambda each: (each.checked_on or date.min, each.id))


@dataclass
class Kind:
    """What the stage depends on. Few records differ in it: each kind is judged once."""

    as_of: str | None
    verified_at: datetime | None
    verified_by: str | None
    state: str
    valid_from: date | None
    valid_until: date | None


def is_shown_as(state: str, each: Dated) -> bool:
    """Whether that is its stage."""
    return each.shown_as == state


def is_waiting(each: Dated) -> bool:
    """Whether somebody should check it."""
    return each.reached in ("due", "overdue")


@dataclass(frozen=True)
class Shown:
    """One service as the portal lists it: what is told of it and nothing more."""

    dated: Dated
    told: FoundService
    sources: Sequence[Source] = ()  # where it was read


def read_at(session: Session, services: Iterable[Service]) -> dict[str, list[Source]]:
    """Where those places were read, by id: what can be looked at where nobody can be called. Never
    of a secret place, whose source may say where it is."""
    ids = [each.id for each in services if not each.confidential_location]
    return sources_of_all(session, ids)


def shown(session: Session, dated: Iterable[Dated], today: date) -> list[Shown]:
    """Those services, in that order."""
    rows = list(dated)
    wanted = select(Service).where(Service.id.in_([each.id for each in rows])).options(
        joinedload(Service.organization), selectinload(Service.types), selectinload(Service.hidden),
        selectinload(Service.phones), selectinload(Service.locations),
    )  # fmt: skip
    services = {each.id: each for each in session.scalars(wanted)}
    read = read_at(session, services.values())
    return [
        Shown(each, describe(services[each.id], None, today), read.get(each.id, ()))
        for each in rows
    ]  # fmt: skip
