"""HSDS files as lines of the sheet, so that they pass the same checks, preview and undo.

A service that is there already is held against what we would export of it now: only what differs
was changed by somebody, and only what the file speaks of. So what an export leaves out (the place
of a secret refuge, a number that women reported) is never lost on the way back, nor what editors
here added to another network's record, and what nobody touched needs no second judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import among
from bot.directory.hsds_files import Files, is_hsds, read_files
from bot.directory.hsds_merge import (
    held_against_words,
    phones_here,
    places_here,
    spanish_only,
    text_fault,
    told_phones,
)
from bot.directory.hsds_notes import Wrong
from bot.directory.hsds_said import Said, id_of, said
from bot.directory.hsds_service import full_service
from bot.directory.models import Service, hsds_id
from bot.directory.sheet import Cell, Fault, Line, Unreadable, fault, read_lines, sheet
from bot.directory.sheet_export import sheet_rows
from bot.directory.whole import WHOLE
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.trust import Version

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
    """The lines of a sheet or of an HSDS file, whichever it is; raises Unreadable, also for a cell
    that belongs to no one service: what it spoils is not known."""
    if not is_hsds(data):
        return read_lines(data)
    files = read_files(data)
    if files.faults:
        raise Unreadable(files.faults)
    there = _there(session, files)
    undone = _undone(session, there)
    seen: set[str] = set()
    return [_line(files, each, there, undone, seen) for each in files.services]


def _there(session: Session, files: Files) -> dict[str, Service]:
    """By their UUIDs, the services that the files know."""
    wanted = {id_of(each) for each in files.services}
    ids = {str(hsds_id(each)): each for each in session.scalars(select(Service.id))}
    known = among(session, [ids[each] for each in wanted if each in ids])
    found = session.scalars(select(Service).where(Service.id.in_(known)).options(*WHOLE))
    return {str(hsds_id(each.id)): each for each in found}


def _undone(session: Session, there: Mapping[str, Service]) -> set[str]:
    """Those of them that an import brought and its undoing took away: they come back as drafts.
    What an editor withdrew stays away."""
    gone = [each.id for each in there.values() if each.publication == "withdrawn"]
    of_these = Version.record_id.in_(among(session, gone))
    rows = select(Version.record_id, Version.action).where(of_these)
    found: dict[str, list[str]] = {}
    for record_id, action in session.execute(rows.order_by(Version.number)):
        found.setdefault(record_id, []).append(action)
    return {each for each, done in found.items()
            if done[-1] == "restored" and set(done) <= {"imported", "restored"}}  # fmt: skip


def _line(
    files: Files, record: dict[str, Any], there: Mapping[str, Service], undone: set[str],
    seen: set[str],
) -> Line:  # fmt: skip
    service = there.get(id_of(record))
    now = said(record, files.carries, service.country if service else "")
    spot = files.spot(record)
    where = {name: Cell(spot.file, spot.row, each) for name, each in _FIELDS.items()}
    if service is None:
        cells, more, wrong = _new(now)
    else:
        cells, more, wrong = _changed(now, service)
        if service.id in undone:
            more["publication"] = "draft"
    is_secret = cells["secret"] == _YES
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


Read = tuple[dict[str, str], dict[str, Any], list[Wrong]]  # cells, more, faults that matter


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
    return cells, more, _wrong(now, parts)


def _wrong(now: Said, parts: Iterable[str]) -> list[Wrong]:
    return [each for part in parts for each in now.wrong.get(part, ())]


def _changed(now: Said, service: Service) -> Read:
    """What the file says otherwise than we do: never who runs it, nor what only a check of ours can
    say."""
    before = said(full_service(service, None))
    [cells] = sheet_rows([service])
    touched = [
        each for each in now.parts
        if each in now.mentioned and now.parts[each] != before.parts[each]
        and not spanish_only(each, now, service)
    ]  # fmt: skip
    becomes_secret = now.parts["secret"] and not service.confidential_location
    if service.confidential_location or becomes_secret:
        touched = [each for each in touched if each != "locations"]
        cells |= {"city": "", "address": "", "secret": _YES}
    more: dict[str, Any] = {}
    for part in touched:
        cells.update(_cells(part, now.parts))
        more.update(_more(part, now.parts))
    wrong = _wrong(now, touched) + [
        each for part in touched if (each := text_fault(part, now, service))
    ]
    if "hours" in touched and "schedules" not in touched:
        more.pop("schedules", None)  # read from the new words, or none
    if "phones" in touched:
        more["phones"] = phones_here(service, now, before, wrong)
    if "locations" in touched:
        more["locations"] = places_here(service, now) or [_nowhere(service.country)]
        cells.update(_place_cells(more["locations"]))
    if "schedules" in touched:
        words = now.parts["hours"] or Bilingual("", "") if "hours" in touched else None
        wrong += held_against_words(service, now, words, more)
    return cells, more, wrong


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
        yield part, sheet().costs[value][0]
    elif part == "organization_kind":
        yield part, sheet().kinds[value or "ngo"][0]
    elif part == "locations" and not parts["secret"]:
        yield from _place_cells([dict(each) for each in value])


def _place_cells(places: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for place in islice(places, 1):
        yield "state", place["state_province"] or ""
        yield "city", place["city"] or ""
        yield "address", place["address_1"] or ""


def _more(part: str, parts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The part as the database has it, where no sheet has a column for it."""
    value = parts[part]
    if part in ("alert", "status", "interpreters", "confidential_service"):
        yield part, value
    elif part == "cost_note":
        yield "cost_note_es", value.es if value else None
        yield "cost_note_en", value.en if value else None
    elif part == "areas":
        yield "service_area", " ".join(value)
    elif part == "phones":
        yield part, told_phones(value)
    elif part in ("schedules", "locations"):
        yield part, [dict(each) for each in value]


def _hidden(place: dict[str, Any], country: str) -> dict[str, Any]:
    return {**_nowhere(country), "state_province": place["state_province"]}


def _nowhere(country: str) -> dict[str, Any]:
    return {
        "location_type": "virtual", "address_1": None, "city": None, "state_province": None,
        "country": country, "latitude": None, "longitude": None, "precision": None,
    }  # fmt: skip
