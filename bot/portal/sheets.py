"""Many services at once: a spreadsheet comes in after a look at everything that it would do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from uuid import uuid4

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.directory.hsds_import import read_any
from bot.directory.load import organization_id
from bot.directory.models import Service
from bot.directory.sheet import Fault, Line, Unreadable
from bot.directory.sheet_check import secret_places
from bot.knowledge.history import By
from bot.knowledge.imports import Preview, apply, preview, undo
from bot.knowledge.long_imports import HalfWritten, apply_in_parts, changes_in, undo_in_parts
from bot.knowledge.trust import Version
from bot.portal.compare import Line as Change
from bot.portal.compare import lines as changes_of
from bot.portal.forgetting import UPLOADS
from bot.portal.freshness import dated_services, hers, shown
from bot.portal.long_work import UnderWay, Work
from bot.portal.models import Audit, Upload
from bot.portal.secrets import hash_of, new_token
from bot.portal.site import Refused, Visit
from bot.portal.words import both

log = logging.getLogger(__name__)
LONG = 100  # records; more are written beside the page, which says how far it is
MOST_UPLOADS = 3  # of one account at a time: nobody fills the disk
MOST_WHOLE = 12  # changed records with all that they said and would say
MOST_SHOWN = 100  # rows of a kind on the preview's page; the counts are of all


@dataclass(frozen=True)
class _Named:
    """A service's id and told name."""

    id: str
    name: str


# How what is no sheet begins, where CSV would find only that titles are missing: an old Excel (or
# Word), a PDF, photographs.
OTHER_KINDS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"RIFF")


def sheets(visit: Visit) -> Response:
    """Take the template or the present services; send a file; undo an earlier one."""
    if visit.method == "GET":
        return _sheets(visit)
    file = visit.files.get("sheet")
    if file is None or not file.data:
        return _sheets(visit, [Fault(1, "", both("sheet_missing"))])
    if file.data.startswith(OTHER_KINDS):
        return _sheets(visit, [Fault(1, "", both("sheet_other_kind"))])
    with Session(visit.engine) as session:
        try:
            lines = read_any(session, file.data)
        except Unreadable as error:
            return _sheets(visit, error.faults)
        secret = set(session.scalars(select(Service.id).where(Service.confidential_location)))
    if told := secret_places(lines, secret):  # not even kept until it is looked at
        return _sheets(visit, told)
    token = new_token()
    with transaction(visit.engine) as session:
        session.execute(delete(Upload).where(Upload.made_at < visit.now - UPLOADS))
        _make_room(session, visit.person.id)
        session.add(
            Upload(
                token=hash_of(token), account_id=visit.person.id, name=file.name[:120],
                data=file.data, is_whole_list=visit.form.get("whole") == "yes", made_at=visit.now,
            )
        )  # fmt: skip
    return visit.go(f"/portal/sheets/{token}")


def _make_room(session: Session, account_id: int) -> None:
    """The oldest of hers go."""
    hers_ = select(Upload).where(Upload.account_id == account_id).order_by(Upload.made_at.desc())
    for old in session.scalars(hers_.offset(MOST_UPLOADS - 1)):
        session.delete(old)


def sheet_preview(visit: Visit) -> Response:
    """Everything that the file would change; then, when told so, changing it."""
    token = hash_of(visit.parameters["token"])
    with Session(visit.engine) as session:
        upload = session.get(Upload, token)
        if upload is None or upload.account_id != visit.person.id:
            raise Refused(404, "nothing_here")
        seen = _looked_at(session, visit, upload)
        if visit.method == "GET":
            names = {each.id: each for each in _told(session, visit, seen)}
            return visit.page(
                "sheet.html", seen=seen, name=upload.name, most=MOST_SHOWN, names=names,
                rows_wrong=len({each.row for each in seen.faults}),
                compared=_compared(session, visit, seen),
            )  # fmt: skip
    by = By(visit.person.history_role, visit.now, str(uuid4()))
    with transaction(visit.engine) as session:
        session.execute(delete(Upload).where(Upload.token == token))
    if changes_in(seen) <= LONG:
        visit.note("imported", apply(visit.engine, seen, by))
        return visit.go("/portal/sheets", "imported")
    # Noted before it begins: should the program end meanwhile, what it wrote can be undone.
    visit.note("imported", by.batch or "")

    def write(work: Work) -> str:
        try:
            apply_in_parts(visit.engine, seen, by, work.tell)
        except HalfWritten as error:
            log.error("a sheet was not taken back: %s", type(error.__cause__).__name__)
            return "half"
        return "imported"

    return _begin(visit, "import", changes_in(seen), by.batch or "", write)


def _begin(visit: Visit, kind: str, whole: int, batch: str, do: Callable[[Work], str]
           ) -> Response:  # fmt: skip
    name = visit.site.works.start(Work(visit.person.id, kind, whole, batch=batch), do)
    return visit.go(f"/portal/sheets/work/{name}")


def sheet_work(visit: Visit) -> Response:
    """How far a long sheet is."""
    work = visit.site.works.find(visit.parameters["name"], visit.person.id)
    if work is None:
        return visit.go("/portal/sheets")
    return visit.page("sheet_work.html", work=work)


def _looked_at(session: Session, visit: Visit, upload: Upload) -> Preview:
    """Without the rows that are not hers: they are faults like any other. A whole list ends only
    what is hers, whatever organisation its rows name."""
    own = set(session.scalars(select(Service.id).where(hers(visit.person, Service))))
    lines, foreign = _hers(session, visit, read_any(session, upload.data), own)
    seen = preview(session, lines, is_whole_list=upload.is_whole_list and not foreign)
    faults = sorted((*seen.faults, *foreign), key=lambda each: each.row)
    removed = tuple(each for each in seen.removed if each in own)
    return replace(seen, faults=tuple(faults), removed=removed)


def _hers(
    session: Session, visit: Visit, lines: Iterable[Line], own: Collection[str]
) -> tuple[list[Line], list[Fault]]:
    there = set(session.scalars(select(Service.id)))
    good, foreign = [], []
    for line in lines:
        record_id, country = line.cells["id"], line.cells["country"].upper()
        if record_id in there and record_id not in own:
            foreign.append(Fault(line.row, "id", both("sheet_foreign")))
        elif not record_id and not _may_add(visit, country, line.cells["organization"]):
            foreign.append(Fault(line.row, "organization", both("sheet_foreign_new")))
        else:
            good.append(line)
    return good, foreign


def _may_add(visit: Visit, country: str, organization: str) -> bool:
    if visit.person.role == "contributor":
        return organization_id(country, organization) == visit.person.organization_id
    return visit.person.may_work_in(country)


def _told(session: Session, visit: Visit, seen: Preview) -> list[_Named]:
    """Names for the ids, as they may be told."""
    ids = [*(each.id for each in seen.changed[:MOST_SHOWN]), *seen.removed[:MOST_SHOWN],
           *(each.like for each in seen.duplicates[:MOST_SHOWN])]  # fmt: skip
    dated = dated_services(session, visit.today, Service.id.in_(ids))
    return [
        _Named(each.told.id, each.told.names.get(visit.language))
        for each in shown(session, dated, visit.today)
    ]


def _compared(session: Session, visit: Visit, seen: Preview) -> dict[str, list[Change]]:
    """Before and after of the first ones; of a secret place nobody is shown what it said."""
    first = {each.id: each for each in seen.changed[:MOST_WHOLE]}
    wanted = select(Service.id).where(Service.id.in_(first), Service.confidential_location)
    secret = set(session.scalars(wanted))
    found = {}
    for each in first.values():
        if each.id not in secret and not each.proposal.values["confidential_location"]:
            before, after = ({name: pair[side] for name, pair in each.fields.items()}
                             for side in (0, 1))  # fmt: skip
            found[each.id] = changes_of(before, after, visit.language)
    return found


def undo_batch(visit: Visit) -> Response:
    """An import of her own is taken back; an administrator takes back anybody's."""
    batch = visit.form.get("batch", "")
    with Session(visit.engine) as session:
        made = session.scalar(
            select(Audit).where(Audit.action == "imported", Audit.subject == batch)
        )
    if made is None:
        raise Refused(404, "nothing_here")
    if made.account_id != visit.person.id and visit.person.role != "administrator":
        raise Refused
    try:
        return _undo(visit, batch)
    except UnderWay as error:  # two hands on one sheet would leave half of it
        raise Refused(409, "sheet_under_way") from error


def _undo(visit: Visit, batch: str) -> Response:
    by = By(visit.person.history_role, visit.now)
    many = _written(visit.engine, batch)
    if many <= LONG:
        with visit.site.works.held(Work(visit.person.id, "undo", many, batch=batch)):
            kept = undo(visit.engine, batch, by)
            visit.note("undone", batch)
        return visit.go("/portal/sheets", "undone_partly" if kept else "undone")

    def take_back(work: Work) -> str:
        kept = undo_in_parts(visit.engine, batch, by, work.tell)
        visit.note("undone", batch)
        return "undone_partly" if kept else "undone"

    return _begin(visit, "undo", many, batch, take_back)


def _written(engine: Engine, batch: str) -> int:
    with Session(engine) as session:
        wanted = select(func.count()).select_from(Version).where(Version.batch == batch)
        return session.scalar(wanted) or 0


def _sheets(visit: Visit, faults: Iterable[Fault] = ()) -> Response:
    faults = list(faults)
    with Session(visit.engine) as session:
        wanted = select(Audit).where(Audit.action == "imported").order_by(Audit.id.desc())
        if visit.person.role != "administrator":
            wanted = wanted.where(Audit.account_id == visit.person.id)
        undone = set(session.scalars(select(Audit.subject).where(Audit.action == "undone")))
        last = session.scalars(wanted.limit(10)).all()
        count = select(Version.batch, func.count()).group_by(Version.batch)
        many = dict(
            session.execute(count.where(Version.batch.in_([e.subject for e in last]))).all()
        )
        batches = [(each, each.subject in undone, many.get(each.subject, 0)) for each in last]
    return visit.page(
        "sheets.html", status=422 if faults else 200, faults=faults, batches=batches
    )  # fmt: skip
