"""A spreadsheet of services: what it would change, changing it when told to, and undoing that.

`preview` writes nothing. `apply` writes what the preview showed, in one transaction, under one
batch number; `undo` brings back what the batch changed, except what was changed again since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.database import among, transaction
from bot.directory.hours import weekly_hours
from bot.directory.load import organization_id
from bot.directory.models import (
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceType,
)
from bot.directory.places import find_place
from bot.directory.sheet import Fault, Line
from bot.directory.sheet_check import Known, Proposal, check
from bot.directory.text import fold
from bot.directory.whole import WHOLE
from bot.knowledge.history import By, change, write_version
from bot.knowledge.snapshot import columns, find_record, put_back
from bot.knowledge.trust import Version

Mark = tuple[str, str]  # name, phone or place, and what it is


@dataclass(frozen=True)
class Changed:
    """One existing service that the sheet would change."""

    id: str
    proposal: Proposal
    fields: Mapping[str, tuple[Any, Any]]  # before, after


@dataclass(frozen=True)
class Duplicate:
    """A new row that looks like a service that is there, or like an earlier row."""

    row: int
    like: str  # a service's id, or "row 7"
    why: tuple[str, ...]  # name, phone, place


@dataclass(frozen=True)
class Preview:
    """What would happen; `removed` only where the sheet is an organisation's whole list."""

    added: tuple[Proposal, ...]
    changed: tuple[Changed, ...]
    removed: tuple[str, ...]
    unchanged: int
    duplicates: tuple[Duplicate, ...]
    faults: tuple[Fault, ...]


def preview(session: Session, lines: Iterable[Line], *, is_whole_list: bool = False) -> Preview:
    """Every consequence of the sheet. Rows with faults are left out of it."""
    lines = list(lines)
    services = {each.id: each for each in _services(session, lines, is_whole_list=is_whole_list)}
    checked = check(lines, {each.id: known_of(each) for each in services.values()})
    old = [each for each in checked.proposals if each.id]
    new = [each for each in checked.proposals if not each.id]
    compared = [(each, differences(services[each.id], each)) for each in old]
    removed = _left_out(services, checked.proposals) if is_whole_list and not checked.faults else ()
    return Preview(
        added=tuple(new),
        changed=tuple(Changed(each.id, each, fields) for each, fields in compared if fields),
        removed=tuple(removed),
        unchanged=sum(not fields for _, fields in compared),
        duplicates=tuple(duplicates(services.values(), new)),
        faults=tuple(checked.faults),
    )


def apply(engine: Engine, shown: Preview, by: By, *, publish: bool = False) -> str:
    """Write what was shown; the batch's number. New services are drafts unless `publish`."""
    batch = By(by.role, by.at, by.batch or str(uuid4()))
    with transaction(engine) as session:
        for proposal in shown.added:
            service = _new_service(session, proposal, publish=publish)
            write_version(session, service, batch, "imported", None)
        for each in shown.changed:
            with change(session, each.id, batch, "imported") as record:
                put_back(record, {name: after for name, (_, after) in each.fields.items()})
                record.edited_at = by.at
        for record_id in shown.removed:
            with change(session, record_id, batch, "imported") as record:
                put_back(record, {"publication": "withdrawn"})
                record.edited_at = by.at
    return batch.batch or ""


def undo(engine: Engine, batch: str, by: By) -> list[str]:
    """Bring back what the batch changed; the ids of records left as they are because they were
    changed again afterwards. What the batch added is withdrawn, not deleted."""
    with Session(engine) as session:
        ids = session.scalars(select(Version.id).where(Version.batch == batch)).all()
    return take_back(engine, ids, by)


def take_back(engine: Engine, versions: Sequence[int], by: By) -> list[str]:
    """The same for some of a batch's versions, all or none of them."""
    kept = []
    with transaction(engine) as session:
        for version in session.scalars(select(Version).where(Version.id.in_(versions))).all():
            latest = select(func.max(Version.number)).where(Version.record_id == version.record_id)
            if session.scalar(latest) != version.number or not find_record(
                session, version.record_id
            ):
                kept.append(version.record_id)
                continue
            with change(session, version.record_id, by, "restored") as record:
                put_back(record, version.before or {"publication": "withdrawn"})
                record.edited_at = by.at
    return sorted(kept)


def differences(service: Service, proposal: Proposal) -> dict[str, tuple[Any, Any]]:
    """What the row says differently, as `put_back` takes it. Of a secret service an empty cell
    says nothing: what must not be exported would otherwise be lost on the way back; and no sheet
    makes it public."""
    is_secret = service.confidential_location
    found: dict[str, tuple[Any, Any]] = {}
    for name, after in proposal.values.items():
        before = getattr(service, name)
        silent = is_secret and (after is None or name == "confidential_location")
        if before != after and not silent:
            found[name] = (before, after)
    if "hours_es" in found or "hours_en" in found:
        weekly = [_as_dict(each) for each in service.schedules]
        told = [found.get(n, (None, getattr(service, n)))[1] for n in ("hours_es", "hours_en")]
        found["schedules"] = (weekly, weekly_hours(*told))
    if [each.type for each in service.types] != list(proposal.types):
        before_types = [{"type": each.type} for each in service.types]
        found["types"] = (before_types, [{"type": each} for each in proposal.types])
    phones = _phones(service, proposal)
    shown = [_as_dict(each) for each in service.phones]
    if phones != shown:
        found["phones"] = (shown, phones)
    places = [_as_dict(each) for each in service.locations]
    if not is_secret and _place_differs(places, proposal):
        found["locations"] = (places, [_location(proposal)])
    found.update(_more_differences(service, proposal.more))
    return found


def without_hours(service: Service) -> dict[str, tuple[Any, Any]]:
    """As `differences`: no hours are known, nor those that stand without words or behind words that
    nobody is shown."""
    found: dict[str, tuple[Any, Any]] = {
        name: (told, None) for name in ("hours_es", "hours_en") if (told := getattr(service, name))
    }
    if weekly := [_as_dict(each) for each in service.schedules]:
        found["schedules"] = (weekly, [])
    return found


def _more_differences(service: Service, more: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Of what no sheet has a column for."""
    found = {}
    for name, after in more.items():
        before = getattr(service, name)
        if isinstance(before, list):
            before = [_as_dict(each) for each in before]
        if before != after:
            found[name] = (before, after)
    return found


def duplicates(services: Iterable[Service], new: Iterable[Proposal]) -> Iterator[Duplicate]:
    """New rows that share two of name, phone and place with a service or an earlier row."""
    by_mark: dict[Mark, list[str]] = defaultdict(list)
    marks: dict[str, set[Mark]] = {}

    def remember(what: str, own: set[Mark]) -> None:
        marks[what] = own
        for mark in own:
            if mark[0] != "place":  # a town is shared by hundreds; two marks are never both towns
                by_mark[mark].append(what)

    for service in services:
        places = [] if service.confidential_location else service.locations
        town = next((each.city for each in places if each.city), None)
        numbers = [each.number for each in service.phones]
        remember(service.id, _marks(service.country, service.name, numbers, town))
    for proposal in new:
        numbers = [number for number, _, _ in proposal.phones]
        own = _marks(proposal.country, proposal.values["name"], numbers, proposal.place["city"])
        for like in sorted({each for mark in own for each in by_mark.get(mark, ())}):
            reasons = {kind for kind, _ in own & marks[like]}
            if len(reasons) > 1:
                yield Duplicate(proposal.row, like, tuple(sorted(reasons)))
        remember(f"row {proposal.row}", own)


def _marks(country: str, name: str, numbers: Iterable[str], town: str | None) -> set[Mark]:
    found = {("name", f"{country} {fold(name)}"), *(("phone", each) for each in numbers)}
    return found | ({("place", f"{country} {fold(town)}")} if town else set())


def known_of(service: Service) -> Known:
    """What a row is held against."""
    city = next((each.city for each in service.locations if each.city), None)
    phones = frozenset(each.display for each in service.phones)
    return Known(service.country, city, service.confidential_location, phones)


def _services(session: Session, lines: Sequence[Line], *, is_whole_list: bool) -> list[Service]:
    """Those that the sheet names. Where it has new rows, whatever they may be like; where it is a
    whole list, whatever it may leave out."""
    ids = among(session, [line.cells["id"] for line in lines])
    codes = {line.cells["country"].upper() for line in lines if not line.cells["id"]}
    near = Service.id.in_(ids) | Service.country.in_(codes)
    if is_whole_list:
        named = [
            organization_id(each.cells["country"], each.cells["organization"]) for each in lines
        ]
        of_these = select(Service.organization_id).where(Service.id.in_(ids))
        near |= Service.organization_id.in_(of_these)
        near |= Service.organization_id.in_(among(session, named))
    wanted = select(Service).where(near).options(*WHOLE)
    return list(session.scalars(wanted))


def _left_out(services: Mapping[str, Service], proposals: list[Proposal]) -> list[str]:
    """Published services of the sheet's organisations that the sheet does not have."""
    owners = {organization_id(each.country, each.organization) for each in proposals}
    owners |= {services[each.id].organization_id for each in proposals if each.id}
    there = {each.id for each in proposals}
    return sorted(
        each.id
        for each in services.values()
        if each.organization_id in owners
        and each.id not in there
        and each.publication == "published"
    )


def _as_dict(row: Phone | Location | Schedule) -> dict[str, Any]:
    return {name: getattr(row, name) for name in columns(type(row))}


def _phones(service: Service | None, proposal: Proposal) -> list[dict[str, Any]]:
    """The sheet's numbers, with what the sheet does not know of those that were there; after them
    those that the sheet has no column for."""
    if "phones" in proposal.more:
        return list(proposal.more["phones"])
    before = [_as_dict(each) for each in service.phones] if service else []
    known = {each["number"]: each for each in before} | {each["display"]: each for each in before}
    phones = [
        known.get(display)
        or known.get(number)
        or {"number": number, "kind": kind, "type": "voice", "display": display,
            "label_es": None, "label_en": None, "shown": True}
        for number, kind, display in proposal.phones
    ]  # fmt: skip
    return phones + [each for each in before[2:] if each not in phones]


def _place_differs(places: list[dict[str, Any]], proposal: Proposal) -> bool:
    now = places[0] if places else {}
    if proposal.values["confidential_location"]:  # it becomes secret: its place goes
        return any(now.get(name) for name in ("city", "address_1", "latitude"))
    given = proposal.place
    return (now.get("city"), now.get("address_1")) != (given["city"], given["address"]) or (
        given["state"] is not None and now.get("state_province") != given["state"]
    )


def _location(proposal: Proposal) -> dict[str, Any]:
    """A new place; its point is the middle of its town."""
    city, state = proposal.place["city"], proposal.place["state"]
    is_secret = proposal.values["confidential_location"]
    town = find_place(proposal.country, city, state) if city and not is_secret else None
    point = town.point if town else None
    return {
        "location_type": "physical" if city or proposal.place["address"] else "virtual",
        "address_1": proposal.place["address"],
        "city": city,
        "state_province": state or (town.state if town else None),
        "country": proposal.country,
        "latitude": point[0] if point else None,
        "longitude": point[1] if point else None,
        "precision": "town" if point else None,
    }


def _hours(proposal: Proposal) -> tuple[str | None, str | None]:
    return proposal.values["hours_es"], proposal.values["hours_en"]


def _new_service(session: Session, proposal: Proposal, *, publish: bool) -> Service:
    owner = organization_id(proposal.country, proposal.organization)
    if session.get(Organization, owner) is None:
        session.add(
            Organization(
                id=owner, country=proposal.country, name=proposal.organization,
                kind=proposal.organization_kind,
            )
        )  # fmt: skip
        session.flush()
    slug = fold(proposal.values["name"]).replace(" ", "-")[:50]
    parts = {"phones": _phones(None, proposal), "locations": [_location(proposal)],
             "schedules": weekly_hours(*_hours(proposal))}  # fmt: skip
    parts |= {name: rows for name, rows in proposal.more.items() if name in parts}
    columns = {
        "id": f"{proposal.country.lower()}.{slug}-{uuid4().hex[:6]}", "service_area": "",
        "call_first": False, "interpreters": False, "status": "active",
        "confidential_service": proposal.values["confidential_location"], **proposal.values,
    }  # fmt: skip
    columns |= {name: value for name, value in proposal.more.items() if name not in parts}
    service = Service(
        country=proposal.country, organization_id=owner, confidence="medium",
        publication="published" if publish else "draft", **columns,
        types=[ServiceType(type=each, position=n) for n, each in enumerate(proposal.types, 1)],
        phones=[Phone(position=n, **each) for n, each in enumerate(parts["phones"], 1)],
        locations=[Location(position=n, **each) for n, each in enumerate(parts["locations"], 1)],
        schedules=[Schedule(position=n, **each) for n, each in enumerate(parts["schedules"], 1)],
    )  # fmt: skip
    session.add(service)
    session.flush()
    return service
