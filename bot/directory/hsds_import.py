"""HSDS files as lines of the sheet, so that they pass the same checks, preview and undo.

A service that is there already is held against what we would export of it now: only what differs
was changed by somebody. So what an export leaves out (the place of a secret refuge, a number that
women reported) is never lost on the way back, and what nobody touched needs no second judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bot.database import among
from bot.directory.hsds_files import Files, is_hsds, read_files
from bot.directory.hsds_said import Said, Wrong, said
from bot.directory.hsds_service import full_service
from bot.directory.models import Service, hsds_id
from bot.directory.sheet import Cell, Fault, Line, fault, read_lines, sheet
from bot.directory.sheet_export import sheet_rows
from bot.knowledge.bilingual import Bilingual

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The column of the sheet, and the table and field that it stands in.
_FIELDS = {
    "id": "id", "name": "name", "organization": "organization_id", "country": "country",
    "service_types": "attributes", "description_es": "description",
    "description_en": "translations.en.description", "for_whom_es": "eligibility_description",
    "for_whom_en": "translations.en.eligibility_description", "url": "url", "email": "email",
    "languages": "languages", "cost": "cost_options", "secret": "attributes",
    "hours_es": "schedules", "hours_en": "schedules", "whatsapp": "phones", "city": "addresses",
    "address": "addresses", "organization_kind": "attributes",
}  # fmt: skip
_YES = "sí"
_TEXTS = ("description_es", "description_en", "for_whom_es", "for_whom_en")


def read_any(session: Session, data: bytes) -> list[Line]:
    """The lines of a sheet or of an HSDS file, whichever it is; raises Unreadable."""
    if not is_hsds(data):
        return read_lines(data)
    files = read_files(data)
    there = _there(session, files)
    seen: set[str] = set()
    lines = [_line(files, each, there, seen) for each in files.services]
    if lines and files.faults:  # they belong to no one service: all wait until they are mended
        first = lines[0]
        lines[0] = Line(first.row, first.cells, first.more, first.where,
                        (*files.faults, *first.faults), first.betrays)  # fmt: skip
    return lines


def _there(session: Session, files: Files) -> dict[str, Service]:
    """By their UUIDs, the services that the files know."""
    wanted = {str(each.get("id", "")).lower() for each in files.services}
    ids = {str(hsds_id(each)): each for each in session.scalars(select(Service.id))}
    known = among(session, [ids[each] for each in wanted if each in ids])
    found = session.scalars(
        select(Service)
        .where(Service.id.in_(known))
        .options(
            joinedload(Service.organization),
            selectinload(Service.types),
            selectinload(Service.phones),
            selectinload(Service.locations),
            selectinload(Service.schedules),
            selectinload(Service.hidden),
        )
    )
    return {str(hsds_id(each.id)): each for each in found}


def _line(
    files: Files, record: dict[str, Any], there: Mapping[str, Service], seen: set[str]
) -> Line:
    now = said(record)
    spot = files.spot(record)
    where = {name: Cell(spot.file, spot.row, each) for name, each in _FIELDS.items()}
    service = there.get(now.id)
    if service is None:
        cells, more, touched = _new(now)
    else:
        cells, more, touched = _changed(now, service)
    is_secret = cells["secret"] == _YES
    wrong = [each for part in touched for each in now.wrong.get(part, ())]
    if not _UUID.fullmatch(now.id):
        wrong.append(Wrong(record, "id", "uuid", now.id))
    if now.id in seen:
        wrong.append(Wrong(record, "id", "repeated_id", now.id))
    seen.add(now.id)
    betrays = [] if not is_secret else now.betrays or _betrayed(now, record)
    return Line(
        spot.row, cells, more, where,
        tuple(_fault(files, each) for each in wrong),
        tuple(_fault(files, each) for each in betrays),
    )  # fmt: skip


def _betrayed(now: Said, record: dict[str, Any]) -> list[Wrong]:
    """The place of one that is secret here, though the file does not say so."""
    told = [dict(each) for each in now.parts["locations"]]
    names = ("address_1", "city", "latitude", "longitude")
    found = next((name for each in told for name in names if each[name] is not None), None)
    return [Wrong(record, found, "secret_place")] if found else []


def _fault(files: Files, wrong: Wrong) -> Fault:
    spot = files.spot(wrong.record)
    return fault(spot.row, wrong.field, wrong.key, wrong.value, file=spot.file)


Read = tuple[dict[str, str], dict[str, Any], tuple[str, ...]]  # cells, more, parts that matter


def _new(now: Said) -> Read:
    """A service that we do not know yet."""
    parts = now.parts
    cells = dict.fromkeys(sheet().columns, "") | {"country": now.country}
    for part in parts:
        cells.update(_cells(part, parts))
    is_secret = parts["secret"]
    cells["secret"] = _YES if is_secret else "no"
    more: dict[str, Any] = {"id": f"{now.country.lower()}.{now.id}"}
    for part in parts:
        more.update(_more(part, parts))
    more["call_first"], more["as_of"] = parts["call_first"], parts["as_of"]
    if is_secret:  # what the veil kept back is not there to be asked for
        more.update({name: "" for name in _TEXTS if not cells[name]})
        more["locations"] = [_hidden(dict(each), now.country) for each in parts["locations"][:1]]
    more["locations"] = more.get("locations") or [_nowhere(now.country)]
    return cells, more, tuple(parts)


def _changed(now: Said, service: Service) -> Read:
    """What the file says otherwise than we do."""
    before = said(full_service(service, None))
    [cells] = sheet_rows([service])
    touched = [each for each in now.parts if now.parts[each] != before.parts[each]]
    # Who runs it is not changed by a file, nor what only a check of ours can say.
    for ours in ("organization", "organization_kind", "call_first", "as_of"):
        if ours in touched:
            touched.remove(ours)
    becomes_secret = now.parts["secret"] and not service.confidential_location
    if service.confidential_location or becomes_secret:
        touched = [each for each in touched if each != "locations"]
        cells |= {"city": "", "address": "", "secret": _YES}
    more: dict[str, Any] = {}
    for part in touched:
        cells.update(_cells(part, now.parts))
        more.update(_more(part, now.parts))
    if "hours" in touched and "schedules" not in touched:
        more.pop("schedules", None)  # read from the new words, or none
    if "phones" in touched:
        more["phones"] = _phones(service, now, before)
    return cells, more, tuple(touched)


def _cells(part: str, parts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The part in the sheet's own columns, where it has any."""
    value = parts[part]
    if part in ("name", "url", "email", "organization", "whatsapp"):
        yield part, value or ""
    elif part in ("description", "for_whom", "hours"):
        text = value or Bilingual("", "")
        yield from ((f"{part}_es", text.es), (f"{part}_en", text.en))
    elif part == "types":
        yield "service_types", ", ".join(value)
    elif part == "languages":
        yield part, " ".join(value)
    elif part == "cost":
        yield part, sheet().costs[value[0]][0]
    elif part == "organization_kind":
        yield part, sheet().kinds[value or "ngo"][0]
    elif part == "locations" and value and not parts["secret"]:
        place = dict(value[0])
        yield "state", place["state_province"] or ""
        yield "city", place["city"] or ""
        yield "address", place["address_1"] or ""


def _more(part: str, parts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The part as the database has it, where no sheet has a column for it."""
    value = parts[part]
    if part in ("alert", "status", "interpreters", "confidential_service"):
        yield part, value
    elif part == "cost":
        yield "cost_note_es", value[1].es if value[1] else None
        yield "cost_note_en", value[1].en if value[1] else None
    elif part == "areas":
        yield "service_area", " ".join(value)
    elif part in ("phones", "schedules", "locations"):
        yield part, [dict(each) for each in value]


def _phones(service: Service, now: Said, before: Said) -> list[dict[str, Any]]:
    """The file's numbers, those that it did not touch as they are here; behind them those that no
    export tells."""
    names = ("number", "kind", "type", "display", "label_es", "label_en", "shown")
    rows = [{name: getattr(each, name) for name in names} for each in service.phones]
    own = {each["number"]: each for each in rows}
    told = {dict(each)["number"] for each in before.parts["phones"]}
    same = set(before.parts["phones"])
    found = []
    for each in now.parts["phones"]:
        row = dict(each)
        known = own.get(row["number"])
        if known is None:
            found.append(row)
        elif each in same:
            found.append(known)
        else:
            labels = {name: row[name] for name in ("type", "label_es", "label_en")}
            found.append({**known, **labels})
    there = {each["number"] for each in found}
    return found + [each for each in rows if each["number"] not in told | there]


def _hidden(place: dict[str, Any], country: str) -> dict[str, Any]:
    return {**_nowhere(country), "state_province": place["state_province"]}


def _nowhere(country: str) -> dict[str, Any]:
    return {
        "location_type": "virtual", "address_1": None, "city": None, "state_province": None,
        "country": country, "latitude": None, "longitude": None, "precision": None,
    }  # fmt: skip
