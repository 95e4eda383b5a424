"""The list of services, with filters that a person understands."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.directory.models import Location, Service, ServiceType
from bot.directory.schema import SERVICE_TYPES
from bot.directory.text import fold
from bot.portal.census import Census, among, anything
from bot.portal.freshness import FRESHNESS, dated_services, hers, is_shown_as, shown
from bot.portal.site import Visit

PAGE = 25
_FILTERS = ("country", "type", "town", "fresh", "q")


def services(visit: Visit) -> Response:
    """One page of those that fit."""
    asked = {name: visit.query.get(name, "")[:80] for name in _FILTERS}
    with Session(visit.engine) as session:
        where = [hers(visit.person, Service), *_where(session, visit, asked)]
        found = Census.of_services(session, visit.today, *where)
        fresh = asked["fresh"]
        choice = partial(is_shown_as, fresh) if fresh in FRESHNESS else anything
        total = found.count(choice)
        page, pages = visit.page_of(total, PAGE)
        rows = shown(session, found.page((page - 1) * PAGE, PAGE, choice), visit.today)
        countries = session.scalars(
            select(Service.country).where(hers(visit.person, Service)).distinct()
        )
        return visit.page(
            "services.html", rows=rows, total=total, asked=asked, page_number=page,
            pages=pages, countries=sorted(countries), types=SERVICE_TYPES, fresh=FRESHNESS,
        )  # fmt: skip


def _where(session: Session, visit: Visit, asked: dict[str, str]) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if asked["country"]:
        where.append(Service.country == asked["country"])
    if asked["type"] in SERVICE_TYPES:
        where.append(Service.types.any(ServiceType.type == asked["type"]))
    if asked["town"]:
        where.append(Service.id.in_(_in_town(session, asked["town"])))
    if asked["q"]:
        where.append(Service.id.in_(among(session, _called(session, visit, asked["q"]))))
    return where


def _in_town(session: Session, town: str) -> Select[Any]:
    """Services of the towns whose name begins so; a secret place is in no town."""
    wanted = fold(town)
    cities = [
        each
        for each in session.scalars(select(Location.city).distinct())
        if each and fold(each).startswith(wanted)
    ]  # fmt: skip
    found: Select[Any] = select(Service.id).join(Service.locations).where(
        Location.city.in_(cities), Service.confidential_location.is_(False)
    )  # fmt: skip
    return found


@lru_cache(maxsize=200_000)
def _folded(name: str) -> str:
    """Names change seldom, and folding fifty thousand of them takes half a second."""
    return fold(name)


def _called(session: Session, visit: Visit, words: str) -> list[str]:
    """Services whose told name, or id, holds the words; a secret name finds nothing."""
    wanted = fold(words)
    rows: Any = session.execute(
        select(Service.id, Service.name, Service.confidential_location).where(
            hers(visit.person, Service)
        )
    )
    near = [row for row in rows if wanted in _folded(row.name) or wanted in _folded(row.id)]
    secret = [row.id for row in near if row.confidential_location]
    dated = dated_services(session, visit.today, Service.id.in_(among(session, secret)))
    told = {
        each.told.id
        for each in shown(session, dated, visit.today)
        if wanted in fold(" ".join(each.told.names))
    }  # fmt: skip
    return [row.id for row in near if not row.confidential_location or row.id in told]
