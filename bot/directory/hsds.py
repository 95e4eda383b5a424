"""The published directory as HSDS 3.1, read in one go. What is searched is what is told: a hidden
town cannot be found out by searching for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.directory.found import may_be_told
from bot.directory.hsds_service import (
    basic_organization,
    basic_service,
    full_organization,
    full_service,
    is_linked,
)
from bot.directory.hsds_taxonomy import taxonomies, taxonomy_terms
from bot.directory.hsds_words import Json
from bot.directory.models import Organization, Service, hsds_id
from bot.directory.near_words import words_in
from bot.directory.text import fold
from bot.directory.whole import WHOLE
from bot.knowledge.models import ContentLoad

VERSION = "3.1"


@dataclass(frozen=True)
class Entry:
    """A record of the directory with what lists are filtered by; all of it may be told."""

    id: str
    basic: Json
    full: Json
    text: str  # folded
    terms: frozenset[str]  # UUIDs of its taxonomy terms, and of their taxonomies
    taxonomies: frozenset[str]
    languages: tuple[str, ...] = ()
    country: str | None = None
    types: tuple[str, ...] = ()  # codes of the kinds of help
    for_whom: str = ""  # folded
    points: tuple[tuple[float, float], ...] = ()  # latitude, longitude; of a secret place none
    organization_id: str | None = None
    changed_at: datetime | None = None
    with_services: Json | None = None  # of an organisation, with full services in it


@dataclass(frozen=True)
class Directory:
    """Everything published, by UUID, in an order that tells nothing."""

    services: dict[str, Entry]
    organizations: dict[str, Entry]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word by which anything is found."""
        every = (*self.services.values(), *self.organizations.values())
        return words_in(each.text for each in every)


def read_directory(session: Session, today: date) -> Directory:
    """All that may be told now."""
    loaded = session.scalar(select(ContentLoad.loaded_at).order_by(ContentLoad.loaded_at.desc()))
    published = session.scalars(
        select(Service).where(Service.publication == "published").options(*WHOLE)
    ).all()
    rows = [each for each in published if may_be_told(each, today)]
    entries = [_service_entry(row, _changed_at(row, loaded)) for row in rows]
    services = _by_id(entries)
    return Directory(services, _by_id(_organization_entries(rows, services)))


def _by_id(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {each.id: each for each in sorted(entries, key=lambda each: each.id)}


def _changed_at(service: Service, loaded: datetime | None) -> datetime | None:
    """The latest moment at which it may have changed: an edit, else the load of the files."""
    own = [service.last_modified, service.edited_at, service.verified_at]
    if service.edited_at is None and service.file_hash is not None:
        own.append(loaded)
    return max((each for each in own if each), default=loaded)


def _service_entry(service: Service, changed_at: datetime | None) -> Entry:
    full = full_service(service, changed_at)
    places = [each["location"] for each in full.get("service_at_locations", [])]
    english = full.get("translations", {}).get("en", {})
    for_whom = [each.get("eligibility_description") for each in (full, english)]
    told: list[Any] = [
        full["name"], full.get("description"), full.get("eligibility_description"),
        english, full.get("organization", {}).get("name"),
        [[place.get("name"), place.get("addresses")] for place in places],
        [each.get("translations", {}).get("en", {}).get("label") for each in full["attributes"]],
        [each.get("label") for each in full["attributes"]],
        [each["name"] for each in full.get("service_areas", [])],
    ]  # fmt: skip
    return Entry(
        id=full["id"],
        basic=basic_service(full),
        full=full,
        text=fold(" ".join(_strings(told))),
        terms=frozenset(each["taxonomy_term_id"] for each in full["attributes"]),
        taxonomies=frozenset(each["taxonomy_term"]["taxonomy_id"] for each in full["attributes"]),
        languages=tuple(each["code"] for each in full.get("languages", ())),
        country=full.get("country"),
        types=tuple(each.type for each in service.types),
        for_whom=fold(" ".join(_strings(for_whom))),
        points=tuple(
            (each["latitude"], each["longitude"]) for each in places if "latitude" in each
        ),
        organization_id=full.get("organization_id"),
        changed_at=changed_at,
    )


def _organization_entries(rows: Iterable[Service], services: dict[str, Entry]) -> list[Entry]:
    """Those that run a published service and may be named with it."""
    owners: dict[str, tuple[Organization, list[Entry]]] = {}
    grouped: dict[str, list[Entry]] = defaultdict(list)
    for row in rows:
        if is_linked(row):
            entries = grouped[row.organization_id]
            entries.append(services[str(hsds_id(row.id))])
            owners[row.organization_id] = (row.organization, entries)
    return [_organization_entry(*each) for each in owners.values()]


def _organization_entry(organization: Organization, services: list[Entry]) -> Entry:
    services = sorted(services, key=lambda each: each.id)
    basic = basic_organization(organization)
    inside = ("id", "name", "status", "description", "translations", "last_modified")
    short = [{key: each.full[key] for key in inside if key in each.full} for each in services]
    full = full_organization(organization, short)
    own = full["attributes"]
    terms = [each["taxonomy_term_id"] for each in own]
    taxonomies = [each["taxonomy_term"]["taxonomy_id"] for each in own]
    return Entry(
        id=basic["id"],
        basic=basic,
        full=full,
        text=fold(" ".join(_strings(basic))),
        terms=frozenset(terms).union(*(each.terms for each in services)),
        taxonomies=frozenset(taxonomies).union(*(each.taxonomies for each in services)),
        with_services=full_organization(organization, [each.full for each in services]),
    )


@cache
def taxonomy_entries() -> dict[str, dict[str, Entry]]:
    """The taxonomies and their terms, as records of lists."""
    return {
        "taxonomies": {each["id"]: _fixed_entry(each) for each in taxonomies()},
        "taxonomy_terms": {each["id"]: _fixed_entry(each) for each in taxonomy_terms()},
    }


def _fixed_entry(record: Json) -> Entry:
    return Entry(
        id=record["id"],
        basic=record,
        full=record,
        text=fold(" ".join(_strings(record))),
        terms=frozenset(),
        taxonomies=frozenset({record.get("taxonomy_id") or record["id"]}),
    )


def _strings(value: Any) -> Iterable[str]:
    """All texts inside, ids left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            if name != "id":
                yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
