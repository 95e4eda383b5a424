"""What a tap has just done, told with the record's name, and taken back where that can be: a
finger on a telephone meets the wrong button."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.directory.found import WHOLE, describe
from bot.directory.models import Service
from bot.directory.reports import open_cases
from bot.knowledge.models import Statement
from bot.knowledge.snapshot import find_record
from bot.knowledge.trust import Hidden
from bot.portal.models import Audit
from bot.portal.records import back, hers_or_refused, may_decide
from bot.portal.site import ONCE, Refused, Visit

SHORT = 60  # letters of a text that are its name


@dataclass(frozen=True)
class JustDone:
    """With what the page was asked for."""

    record_id: str
    name: str
    number: str
    may_undo: bool


def just_done(session: Session, visit: Visit) -> JustDone | None:
    """Of which record the page says that something was done; only of her own ones."""
    record = find_record(session, visit.query["of"]) if visit.query.get("of") else None
    if not isinstance(record, Service | Statement) or not may_decide(visit.person, record):
        return None
    number = visit.query.get("number", WHOLE)
    may = visit.query.get("done") == "hidden" and _may_undo(session, visit, record.id, number)
    return JustDone(record.id, _name(record, visit), number, may)


def _name(record: Service | Statement, visit: Visit) -> str:
    if isinstance(record, Service):
        return describe(record, None, visit.today).names.get(visit.language)
    text = str(record.text.get(visit.language))
    return text if len(text) <= SHORT else f"{text[:SHORT].rstrip()} …"


def _may_undo(session: Session, visit: Visit, record_id: str, number: str) -> bool:
    """She was the last to hide it, a moment ago, and women's reports alone would not hide it."""
    if session.get(Hidden, (record_id, number)) is None:
        return False
    last = session.scalar(
        select(Audit).where(Audit.action.in_(("hidden", "shown_again")),
                            Audit.subject == f"{record_id} {number}".strip()[:80])
        .order_by(Audit.at.desc(), Audit.id.desc()).limit(1)
    )  # fmt: skip
    own = last is not None and last.action == "hidden" and last.account_id == visit.person.id
    if last is None or not own or last.at <= visit.now - ONCE:
        return False
    enough = visit.site.world.rule.people
    return not any(
        (each.record_id, each.number) == (record_id, number) and each.people >= enough
        for each in open_cases(session)
    )


def show_again(visit: Visit) -> Response:
    """Her own tap taken back: it is told as before, and counts as no check."""
    number = visit.form.get("number", WHOLE)
    with transaction(visit.engine) as session:
        record_id = hers_or_refused(session, visit).id
        if not _may_undo(session, visit, record_id, number):
            raise Refused(409, "hidden_stays")
        session.delete(session.get_one(Hidden, (record_id, number)))
    visit.note("shown_again", f"{record_id} {number}".strip())
    return visit.go(back(visit), "shown_again", of=record_id)
