"""The list of services, with filters that a person understands."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import among
from bot.directory.models import Location, Service, ServiceType
from bot.directory.schema import SERVICE_TYPES
from bot.directory.text import fold
from bot.portal.census import Census, Choice, anything
from bot.portal.freshness import FRESHNESS, WAITING, hers, is_shown_as, is_waiting, shown
from bot.portal.just_done import just_done
from bot.portal.near_search import nearly
from bot.portal.site import Visit
from bot.portal.veiled_names import called

PAGE = 25
_FILTERS = ("country", "type", "town", "fresh", "q")


def services(visit: Visit) -> Response:
    """One page of those that fit."""
    asked = {name: visit.query.get(name, "")[:80] for name in _FILTERS}
    with Session(visit.engine) as session:
        where = [hers(visit.person, Service), *_where(session, visit, asked)]
        found = Census.of_services(session, visit.today, *where)
        fresh = asked["fresh"]
        choice: Choice = partial(is_shown_as, fresh) if fresh in FRESHNESS else anything
        choice = is_waiting if fresh == WAITING else choice
        total = found.count(choice)
        page, pages = visit.page_of(total, PAGE)
        rows = shown(session, found.page((page - 1) * PAGE, PAGE, choice), visit.today)
        countries = session.scalars(
            select(Service.country).where(hers(visit.person, Service)).distinct()
        )
        return visit.page(
            "services.html", rows=rows, total=total, asked=asked, page_number=page,
            pages=pages, countries=sorted(countries), types=SERVICE_TYPES,
            fresh=(WAITING, *FRESHNESS), just=just_done(session, visit),
        )  # fmt: skip


def _where(session: Session, visit: Visit, asked: dict[str, str]) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if asked["country"]:
        where.append(Service.country == asked["country"])
    if asked["type"] in SERVICE_TYPES:
        where.append(Service.types.any(ServiceType.type == asked["type"]))
    if asked["town"]:
        where.append(Service.id.in_(_in_town(session, asked["town"])))
    if wanted := fold(asked["q"]):
        where += _called(session, visit, wanted)
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


def _called(session: Session, visit: Visit, wanted: str) -> list[ColumnElement[bool]]:
    """Services whose told name, or id, holds the words; where none does, those with words like
    them. A secret name finds nothing."""
    near = Service.searched.contains(wanted, autoescape=True)
    told = called(session, (hers(visit.person, Service), near), wanted)
    is_open = Service.confidential_location.is_(False)
    where = [near, is_open | Service.id.in_(among(session, told))]
    own = hers(visit.person, Service)
    if session.scalar(select(Service.id).where(own, *where).limit(1)) is not None:
        return where
    return [Service.id.in_(among(session, nearly(session, own, wanted)))]
