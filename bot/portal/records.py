"""What can be done to a record with one tap: still true, hide until checked, solved."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import add_once, transaction
from bot.directory.emergency import is_emergency
from bot.directory.found import WHOLE
from bot.directory.models import Service
from bot.knowledge.confirm import METHODS, UNSAID, confirm
from bot.knowledge.models import Statement
from bot.knowledge.snapshot import find_record
from bot.knowledge.trust import Hidden
from bot.portal.person import Person
from bot.portal.site import Refused, Visit

_KEPT = (
    "q",
    "country",
    "type",
    "town",
    "fresh",
    "topic",
    "state",
    "page",
)  # what a list was asked for
_BACK = ("/portal/", "/portal/reports", "/portal/services", "/portal/statements")


def may_decide(person: Person, record: Service | Statement) -> bool:
    """Whether the record is hers."""
    if isinstance(record, Service):
        return person.may_edit(record)
    return person.may_work_in(record.country)


def hers_or_refused(session: Session, visit: Visit) -> Service | Statement:
    """The record of the address; raises Refused."""
    record = find_record(session, visit.parameters["record_id"])
    if not isinstance(record, Service | Statement):
        raise Refused(404, "nothing_here")
    if not may_decide(visit.person, record):
        raise Refused
    return record


def still_true(visit: Visit) -> Response:
    """Somebody looked, and it is so: reports are closed, what they hid is told again. How she
    looked is written down only where the button, or she herself afterwards, says it."""
    with Session(visit.engine) as session:
        record_id = hers_or_refused(session, visit).id
    method = visit.form.get("method", UNSAID)
    confirm(
        visit.engine, record_id, visit.person.history_role, visit.today,
        method=method if method in METHODS else UNSAID,
    )  # fmt: skip
    visit.note("confirmed", record_id)
    return visit.go(back(visit), "confirmed", of=record_id)


def hide(visit: Visit) -> Response:
    """Not told any more until somebody confirms it; what people in danger need is never hidden."""
    number = visit.form.get("number", WHOLE)
    with transaction(visit.engine) as session:
        record = hers_or_refused(session, visit)
        if is_emergency(session, record, number):
            raise Refused(409, "never_hidden")
        numbers = {WHOLE}
        if isinstance(record, Service):
            numbers |= {each.number for each in record.phones} | {record.whatsapp or WHOLE}
        if number not in numbers:
            raise Refused(400, "nothing_here")
        is_new = session.get(Hidden, (record.id, number)) is None
        add_once(session, Hidden, record_id=record.id, number=number, since=visit.today)
        record_id = record.id
    if is_new:  # what was hidden already is nobody's to show again
        visit.note("hidden", f"{record_id} {number}".strip())
    return visit.go(back(visit), "hidden", of=record_id, number=number)


def back(visit: Visit) -> str:
    """The page where she tapped, if it is one of ours."""
    path, _, query = visit.form.get("back", "/portal/").partition("?")
    own = f"/portal/services/{visit.parameters.get('record_id', '')}"
    if path not in (*_BACK, own):
        return "/portal/"
    kept = [(name, value) for name, value in parse_qsl(query) if name in _KEPT]
    return f"{path}?{urlencode(kept)}" if kept else path
