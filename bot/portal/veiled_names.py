"""The names under which secret places are listed, from a few columns alone.

A search for one letter meets nearly all of thousands: read as whole records they took longer than
everything else on the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.database import among
from bot.directory.hsds_secret import veil_of
from bot.directory.models import Location, Service, ServiceType
from bot.directory.text import fold
from bot.directory.veiled import told_name


@dataclass(slots=True)
class _Kind:
    type: str


@dataclass(slots=True)
class _Place:
    country: str
    state_province: str | None
    city: str | None
    address_1: str | None


@dataclass(slots=True)
class _Secret:
    """As much of a service as its veil and its told name ask for."""

    id: str
    name: str
    country: str
    types: list[_Kind]
    locations: list[_Place]
    confidential_location: bool = True


def called(session: Session, near: Iterable[ColumnElement[bool]], wanted: str) -> list[str]:
    """Of the secret services near those conditions the ids of the ones whose told name holds the
    folded words."""
    found = []
    for each in _secrets(session, near):
        service = cast(Service, each)
        if wanted in fold(" ".join(told_name(service, veil_of(service)))):
            found.append(each.id)
    return found


def _secrets(session: Session, near: Iterable[ColumnElement[bool]]) -> Iterator[_Secret]:
    """Their ids once, then their parts by these: each look at all names costs."""
    rows = session.execute(
        select(Service.id, Service.name, Service.country)
        .where(Service.confidential_location, *near)
    ).all()  # fmt: skip
    ids = among(session, [record_id for record_id, *_ in rows])
    kind, place = ServiceType, Location
    types = session.execute(
        select(kind.service_id, kind.type).where(kind.service_id.in_(ids)).order_by(kind.position)
    )
    places = session.execute(
        select(place.service_id, place.country, place.state_province, place.city, place.address_1)
        .where(place.service_id.in_(ids)).order_by(place.position)
    )  # fmt: skip
    types_of, places_of = _by_service(_Kind, types), _by_service(_Place, places)
    for record_id, name, country in rows:
        yield _Secret(record_id, name, country, types_of[record_id], places_of[record_id])


def _by_service(part: Any, rows: Iterable[Any]) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for service_id, *values in rows:
        found[service_id].append(part(*values))
    return found
