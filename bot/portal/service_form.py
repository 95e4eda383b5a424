"""The edit form's fields, read as one row of the spreadsheet: the same checks, the same words.

Of a secret place the form shows nothing that the veil hides, not even to who runs it: an empty
field of it changes nothing, and a text that names a town is not taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bot.directory.hsds_secret import Veil, veil_of
from bot.directory.models import Phone, Service, searched
from bot.directory.sheet import Line, sheet
from bot.directory.sheet_check import Proposal, check
from bot.directory.sheet_export import sheet_rows
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.history import By, edit
from bot.knowledge.imports import (
    Duplicate,
    Preview,
    apply,
    differences,
    duplicates,
    known_of,
    without_hours,
)
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.trust import Version
from bot.portal.hours_editor import Editor
from bot.portal.more_phones import as_row, joined, more_cells, more_sent, read_more
from bot.portal.words import both

TEXTS = ("name", "description_es", "description_en", "for_whom_es", "for_whom_en", "hours_es",
         "hours_en")  # fmt: skip
ONE_LINE = ("hours_es", "hours_en", "address")  # boxes of two rows, so that all of it is seen
_CLEARED = ("whatsapp", "email", "url", "hours_es", "hours_en")
SECRET_FIELDS = (*TEXTS, "organization", "email", "url")


@dataclass
class Entry:
    """What the form holds, and what is wrong with it by field."""

    cells: dict[str, str]
    wrong: dict[str, Bilingual] = field(default_factory=dict)
    proposal: Proposal | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    like: list[Duplicate] = field(default_factory=list)
    editor: Editor | None = None  # the rows of hours, once the form was sent


def cells_of(service: Service) -> dict[str, str]:
    """What the form shows at first."""
    cells = dict.fromkeys(sheet().columns, "") | sheet_rows([service])[0]
    return cells | {
        "cost": service.cost, "service_types": ",".join(each.type for each in service.types),
        "secret": "yes" if service.confidential_location else "no",
    } | more_cells(service)  # fmt: skip


def veiled_fields(service: Service) -> set[str]:
    """Fields that say something which nobody is shown."""
    if not service.confidential_location:
        return set()
    shown = sheet_rows([service])[0]
    return {
        name
        for name in SECRET_FIELDS
        if name != "organization" and getattr(service, name) and not shown[name]
    }


def read_form(
    form: Mapping[str, str], many: Mapping[str, list[str]], kinds_before: str = ""
) -> dict[str, str]:
    """The form's fields as cells. A place that was made secret has lost its town and address."""
    cells = {name: form.get(name, "") for name in sheet().columns}
    cells |= {name: " ".join(cells[name].split()) for name in ONE_LINE}
    ticked, main = many.get("service_types", []), form.get("main_type", "")
    cells["service_types"] = ",".join(_kinds(ticked, main, kinds_before))
    spoken = [*many.get("languages", []), *form.get("languages_more", "").replace(",", " ").split()]
    cells["languages"] = " ".join(dict.fromkeys(spoken))
    cells["secret"] = "yes" if form.get("secret") == "yes" else "no"
    cells |= more_sent(form)
    if cells["secret"] == "yes":  # noqa: S105 - a tick in a box
        cells["city"] = cells["address"] = ""
    return cells


def _kinds(ticked: list[str], main: str, before: str) -> list[str]:
    """Ticked kinds of help in the order in which they stood, for the first one heads the place: the
    boxes have an order of their own. One chosen as the main one stands first, ticked or not; the
    former main one is chosen by nobody who takes its tick out."""
    was = [each for each in before.split(",") if each]
    found = [each for each in was if each in ticked] + [each for each in ticked if each not in was]
    if main and (main in found or main not in was[:1]):
        found = [main, *(each for each in found if each != main)]
    return found


def judge(
    session: Session, cells: dict[str, str], service: Service | None, editor: Editor | None = None
) -> Entry:
    """Everything that is wrong, what would change, and what it looks like."""
    entry = Entry(cells, editor=editor)
    if editor and editor.wrong:
        entry.wrong["hours_es"] = editor.wrong
    line = Line(1, {**cells, "service_types": cells["service_types"]})
    known = {service.id: known_of(service)} if service else {}
    checked = check([line], known)
    for fault in checked.faults:
        entry.wrong.setdefault(fault.field, fault.text)
    more = read_more(service, line, entry.wrong) if service and more_sent(cells) else None
    if cells["secret"] == "yes":  # noqa: S105 - a tick in a box
        _keep_silent(entry, service)
    if entry.wrong or not checked.proposals:
        return entry
    entry.proposal = checked.proposals[0]
    if service and more is not None:
        entry.proposal = _with_more(service, entry.proposal, more)
    if service:
        entry.changes = differences(service, entry.proposal)
        entry.changes |= _emptied(service, cells)
        if editor and editor.is_cleared:
            entry.changes |= without_hours(service)
    if service is None or "name" in entry.changes or "phones" in entry.changes:
        entry.like = _like(session, entry.proposal, service)
    return entry


def _with_more(service: Service, proposal: Proposal, more: list[dict[str, Any]]) -> Proposal:
    """With the numbers that no sheet has a column for, as the form has them now."""
    found = differences(service, proposal).get("phones")
    first = found[1] if found else [as_row(each) for each in service.phones]
    phones = joined(first[: len(proposal.phones)], more)
    return replace(proposal, more={**proposal.more, "phones": phones})


def _keep_silent(entry: Entry, service: Service | None) -> None:
    """A secret place's texts must not say where it is."""
    if service:
        veil = replace(veil_of(service), is_secret=True)
    else:
        country = entry.cells["country"]
        veil = Veil(True, (country,) if country in COUNTRY_CODES else COUNTRY_CODES, ())
    for name in SECRET_FIELDS:
        text = entry.cells[name]
        hides = veil.hides_link(text) if name in ("email", "url") else veil.hides(text)
        if hides:
            entry.wrong.setdefault(name, both("names_place"))


def _emptied(service: Service, cells: Mapping[str, str]) -> dict[str, tuple[Any, Any]]:
    """Of a secret service: fields that were shown and are empty now."""
    if not service.confidential_location:
        return {}
    shown = sheet_rows([service])[0]
    return {
        name: (getattr(service, name), None) for name in _CLEARED if shown[name] and not cells[name]
    }


def _like(session: Session, proposal: Proposal, service: Service | None) -> list[Duplicate]:
    """Services of that country that share two of name, phone and place with it. Who shares neither
    name nor phone cannot: the others alone are read."""
    numbers = [number for number, _, _ in proposal.phones]
    named = searched(proposal.values["name"], "")
    alike = Service.searched.startswith(named, autoescape=True) | Service.id.in_(
        select(Phone.service_id).where(Phone.number.in_(numbers))
    )
    wanted = select(Service).where(Service.country == proposal.country, alike).options(
        selectinload(Service.phones), selectinload(Service.locations),
        joinedload(Service.organization),
    )  # fmt: skip
    others = [each for each in session.scalars(wanted) if service is None or each.id != service.id]
    return list(duplicates(others, [proposal]))


def save(engine: Engine, entry: Entry, service_id: str | None, by: By) -> str:
    """Write it; the service's id. A new one is a draft."""
    if service_id is None:
        assert entry.proposal is not None  # only good entries are saved
        shown = Preview((entry.proposal,), (), (), 0, (), ())
        batch = apply(engine, shown, by)
        with Session(engine) as session:
            return session.scalars(select(Version.record_id).where(Version.batch == batch)).one()
    if entry.changes:
        edit(engine, service_id, {name: after for name, (_, after) in entry.changes.items()}, by)
    return service_id
