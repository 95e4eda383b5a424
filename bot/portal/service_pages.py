"""One service: its form with preview, its publication, its link for whoever runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.directory.found import describe
from bot.directory.hours import DAYS
from bot.directory.models import Organization, Service
from bot.directory.schema import SERVICE_TYPES, Cost, OrganizationKind
from bot.directory.sheet import sheet
from bot.knowledge.confirm import confirm
from bot.knowledge.history import By, edit, latest_number
from bot.knowledge.lifecycle import last_check, stage
from bot.knowledge.schema import COUNTRY_CODES
from bot.portal.freshness import read_at
from bot.portal.hours_editor import before_of, rows_of, shown, write_hours
from bot.portal.hours_shown import understood, weekly_of
from bot.portal.just_done import just_done
from bot.portal.merge import merged
from bot.portal.more_phones import known_of_each, names_of
from bot.portal.person import Person
from bot.portal.pin import choices, pin
from bot.portal.preview import Looks, preview, preview_entry
from bot.portal.records import hers_or_refused
from bot.portal.reminders import ENGLISH, link_to
from bot.portal.service_form import Entry, cells_of, judge, read_form, save, veiled_fields
from bot.portal.site import Refused, Visit
from bot.portal.words import tell, texts

COSTS: tuple[str, ...] = get_args(Cost)
# Those that people speak at such places, told by name; the sheet has every other by its code.
TONGUES = ("es", "en", "fr", "ht", "pt", "mam", "quc", "kek", "cab", "miq")
KINDS = ("ngo", *(each for each in get_args(OrganizationKind) if each != "ngo"))


def service(visit: Visit) -> Response:
    """The form; saving it, or looking at how it would be told."""
    with Session(visit.engine) as session:
        record = _service(session, visit)
        if visit.method == "GET":
            return _form(visit, session, record, Entry(cells_of(record)))
        opened = visit.site.secrets.read_signed(visit.form.get("opened", "")) or {}
        kinds = opened.get("service_types") or cells_of(record)["service_types"]
        cells = read_form(visit.form, visit.many, kinds)
        editor = write_hours(visit.form, visit.many, cells)
        cells |= {"id": record.id, "country": record.country,
                  "organization": record.organization.name}  # fmt: skip
        if record.confidential_location:
            cells |= {"secret": "yes", "organization": cells_of(record)["organization"]}
        changed_since = visit.form.get("version") != str(latest_number(visit.engine, record.id))
        differs: dict[str, str] = {}
        if changed_since:
            cells, differs = merged(opened, cells, cells_of(record))
        entry = judge(session, cells, record, editor)
        if entry.wrong or changed_since or _must_ask(visit, entry):
            return _form(visit, session, record, entry, status=409 if changed_since else 422,
                         is_stale=changed_since, differs=differs)  # fmt: skip
        by = By(visit.person.history_role, visit.now)
        if visit.form.get("do") == "preview":
            session.rollback()  # the trial writes: on SQLite only one may hold the file
            looks = preview_entry(visit.engine, visit.site.world, entry, record.id, by, visit.today)
            return _form(visit, session, session.get_one(Service, record.id), entry, looks=looks)
        record_id = record.id
    _save(visit, entry, record_id, by)
    return visit.go(f"/portal/services/{quote(record_id)}", "saved")


def new_service(visit: Visit) -> Response:
    """A service that was not there; it waits as a draft."""
    with Session(visit.engine) as session:
        owner = _owner(session, visit.person)
        if visit.method == "GET":
            cells = dict.fromkeys(sheet().columns, "") | {"cost": "unknown", "secret": "no"}
            cells["country"] = visit.person.country or (owner.country if owner else "")
            cells["organization"] = owner.name if owner else ""
            if (kind := visit.query.get("type", "")) in SERVICE_TYPES:
                cells["service_types"] = kind
            return _form(visit, session, None, Entry(cells))
        cells = read_form(visit.form, visit.many) | {"id": ""}
        editor = write_hours(visit.form, visit.many, cells)
        if owner:
            cells |= {"country": owner.country, "organization": owner.name,
                      "organization_kind": owner.kind}  # fmt: skip
        elif visit.person.role == "editor":
            cells["country"] = visit.person.country or ""
        entry = judge(session, cells, None, editor)
        by = By(visit.person.history_role, visit.now)
        if entry.wrong or _must_ask(visit, entry):
            return _form(visit, session, None, entry, status=422)
        if visit.form.get("do") == "preview":
            session.rollback()
            looks = preview_entry(visit.engine, visit.site.world, entry, None, by, visit.today)
            return _form(visit, session, None, entry, looks=looks)
    record_id = _save(visit, entry, None, by)
    done = "added_by_her" if visit.person.role == "contributor" else "added"
    return visit.go(f"/portal/services/{quote(record_id)}", done)


def _save(visit: Visit, entry: Entry, record_id: str | None, by: By) -> str:
    """Saved; a change is no check, unless she says that she looked at all of it."""
    saved = save(visit.engine, entry, record_id, by)
    visit.note("edited" if record_id else "added", saved)
    if visit.form.get("checked") == "yes":
        confirm(visit.engine, saved, by.role, visit.today)
        visit.note("confirmed", saved)
    return saved


def publication(visit: Visit) -> Response:
    """Told, or not. A contributor's new service is told once somebody else has read it."""
    wanted = visit.form.get("publication", "")
    with Session(visit.engine) as session:
        record_id = _service(session, visit).id
    allowed: tuple[str, ...] = ("draft", "withdrawn")
    if visit.person.role != "contributor":
        allowed = ("draft", "published", "withdrawn")
    if wanted not in allowed:
        raise Refused(403)
    by = By(visit.person.history_role, visit.now)
    edit(visit.engine, record_id, {"publication": wanted}, by)
    visit.note(f"made_{wanted}", record_id)
    said = {"published": "told_now", "withdrawn": "told_no_more"}.get(wanted, "asked_for")
    return visit.go(f"/portal/services/{quote(record_id)}", said, of=record_id)


def _service(session: Session, visit: Visit) -> Service:
    record = hers_or_refused(session, visit)
    if not isinstance(record, Service):
        raise Refused(404, "nothing_here")
    return record


def _owner(session: Session, person: Person) -> Organization | None:
    """Whose new services are hers to add; None where she may add anybody's."""
    if person.role != "contributor":
        return None
    return session.get_one(Organization, person.organization_id)


def _must_ask(visit: Visit, entry: Entry) -> bool:
    """It looks like another one, and she has not said that it is not."""
    return bool(entry.like) and visit.form.get("even_so") != "yes"


def _form(
    visit: Visit, session: Session, record: Service | None, entry: Entry, *, status: int = 200,
    is_stale: bool = False, differs: Mapping[str, str] | None = None,
    looks: list[Looks] | None = None,
) -> Response:  # fmt: skip
    told = describe(record, None, visit.today) if record else None
    if looks is None and told is not None and visit.method == "GET":
        looks = preview(visit.site.world, told)
    veiled = veiled_fields(record) if record else set()
    more_phones = names_of(entry.cells) if record else {}
    theirs = "en" if entry.cells["country"] in ENGLISH else "es"
    rows = rows_of(weekly_of(record, entry))
    before = before_of(rows, entry.cells["hours_es"], entry.cells["hours_en"])
    if entry.editor and entry.wrong:  # what she ticked stays, beside what was wrong
        rows = entry.editor.rows
        # Where the words were written from the rows, both are what she has before her now.
        now = before_of(rows, entry.cells["hours_es"], entry.cells["hours_en"])
        before = entry.editor.before or before if entry.editor.wrong else now
    return visit.page(
        "service.html", status=status, record=record, told=told, entry=entry, looks=looks or [],
        more_phones=more_phones, numbers=known_of_each(session, record) if record else {},
        is_stale=is_stale, veiled=veiled, fields={**sheet().columns, **more_phones},
        types=SERVICE_TYPES, costs=COSTS, kinds=KINDS, tongues=_tongues(entry),
        countries=COUNTRY_CODES, like=_like(session, visit, entry),
        version=latest_number(visit.engine, record.id) if record else 0, differs=differs or {},
        opened=visit.site.secrets.sign(cells_of(record)) if record else "",
        required=sheet().required, towns=choices(entry.cells["country"]),
        pin=pin(entry.cells["country"], entry.cells["city"], entry.cells["state"], record),
        check=last_check(record) if record else None,
        sources=read_at(session, [record]).get(record.id, ()) if record else (),
        reached=stage(record, record.publication, visit.today) if record else "draft",
        is_new=record is None, rows=shown(rows), when_before=before, days=DAYS,
        day_names=visit.say("day_names").split(),
        understood=understood(record, entry, visit.language),
        was_checked=visit.form.get("checked") == "yes", words=texts(),
        just=just_done(session, visit), ask_language=theirs,
        ask_in=lambda key, **values: tell(key, theirs, **values),
        is_trial=visit.method == "POST" and bool(looks),
        invited_link=link_to(visit.site.secrets, visit.site.public_url, record) if record else "",
    )  # fmt: skip


def _tongues(entry: Entry) -> list[str]:
    """Those of the place first, in their order: sending them back must change nothing."""
    spoken = [each for each in entry.cells["languages"].split() if each in TONGUES]
    return list(dict.fromkeys((*spoken, *TONGUES)))


def _like(session: Session, visit: Visit, entry: Entry) -> list[tuple[str, str, bool]]:
    """Id, told name, and whether she may open it."""
    found = []
    for each in entry.like:
        other = session.get(Service, each.like)
        if other:
            name = describe(other, None, visit.today).names.get(visit.language)
            found.append((other.id, name, visit.person.may_edit(other)))
    return found
