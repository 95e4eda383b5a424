"""What a tap has just done, told with the record's name, and taken back where that can be: a
finger on a telephone meets the wrong button."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.directory.found import WHOLE, describe
from bot.directory.models import Service
from bot.directory.reports import open_cases
from bot.knowledge.confirm import METHODS, UNSAID, last_of, take_back
from bot.knowledge.history import By, edit_inside
from bot.knowledge.models import Statement
from bot.knowledge.snapshot import find_record
from bot.knowledge.trust import Hidden, Verification, Version
from bot.portal.asked import owner_of, refuse_taken
from bot.portal.models import Audit
from bot.portal.records import back, hers_or_refused, may_decide
from bot.portal.reviews import refuse_telling
from bot.portal.site import ONCE, Refused, Visit

SHORT = 60  # letters of a text that are its name


@dataclass(frozen=True)
class JustDone:
    """With what the page was asked for."""

    record_id: str
    name: str
    number: str
    undo: str  # the end of the address that takes it back; "" where that can no longer be
    may_say_how: bool  # she checked it, and how was not said


def just_done(session: Session, visit: Visit) -> JustDone | None:
    """Of which record the page says that something was done; only of her own ones."""
    record = find_record(session, visit.query["of"]) if visit.query.get("of") else None
    if not isinstance(record, Service | Statement) or not may_decide(visit.person, record):
        return None
    number, done = visit.query.get("number", WHOLE), visit.query.get("done")
    undo, may_say = "", False
    if done == "hidden" and _may_undo(session, visit, record.id, number):
        undo = "show-again"
    if done == "confirmed" and (check := own_check(session, visit, record)):
        undo, may_say = "not-checked", check.method == UNSAID
    if done == "told_no_more" and _may_tell_again(session, visit, record):
        undo = "tell-again"
    return JustDone(record.id, _name(record, visit), number, undo, may_say)


def _name(record: Service | Statement, visit: Visit) -> str:
    if isinstance(record, Service):
        return describe(record, None, visit.today).names.get(visit.language)
    text = str(record.text.get(visit.language))
    return text if len(text) <= SHORT else f"{text[:SHORT].rstrip()} …"


def _was_her_last(session: Session, visit: Visit, subject: str, done: str, undone: str) -> bool:
    """Of these two acts the last one was the first, hers, and a moment ago. Whoever opens a signed
    link has no account: hers is what a link of that place did."""
    last = session.scalar(
        select(Audit).where(Audit.action.in_((done, undone)), Audit.subject == subject[:80])
        .order_by(Audit.at.desc(), Audit.id.desc()).limit(1)
    )  # fmt: skip
    hers = visit.signed.id if visit.signed else None
    if last is None or last.action != done or last.account_id != hers:
        return False
    return last.at > visit.now - ONCE


def _may_undo(session: Session, visit: Visit, record_id: str, number: str) -> bool:
    """She was the last to hide it, a moment ago, and women's reports alone would not hide it."""
    if session.get(Hidden, (record_id, number)) is None:
        return False
    subject = f"{record_id} {number}".strip()
    if not _was_her_last(session, visit, subject, "hidden", "shown_again"):
        return False
    enough = visit.site.world.rule.people
    return not any(
        (each.record_id, each.number) == (record_id, number) and each.people >= enough
        for each in open_cases(session)
    )


def _may_tell_again(session: Session, visit: Visit, record: Service | Statement) -> bool:
    """She stopped showing it a moment ago, and nothing of it was changed since: a draft was never
    shown, and who rewrites what is not shown does not bring it back with a tap."""
    if not _was_her_last(session, visit, record.id, "made_withdrawn", "told_again"):
        return False
    state = "publication" if isinstance(record, Service) else "status"
    wanted = select(Version).where(Version.record_id == record.id)
    last = session.scalar(wanted.order_by(Version.number.desc()).limit(1))
    return last is not None and [(said or {}).get(state) for said in (last.before, last.after)] == [
        "published", "withdrawn"
    ]  # fmt: skip


def own_check(session: Session, visit: Visit, record: Service | Statement) -> Verification | None:
    """The check that she made a moment ago, where nobody checked it since."""
    if not _was_her_last(session, visit, record.id, "confirmed", "check_taken_back"):
        return None
    check = last_of(session, record.id)
    is_last = check is not None and (check.at, check.role) == (
        record.verified_at, record.verified_by
    )  # fmt: skip
    return check if is_last and check is not None and check.closed is not None else None


def not_checked(visit: Visit) -> Response:
    """Her own tap on "still true" taken back: checked when it was before, and what women reported
    waits again, with what it had hidden."""
    with transaction(visit.engine) as session:
        record = hers_or_refused(session, visit)
        if own_check(session, visit, record) is None:
            raise Refused(409, "check_stays")
        record_id = record.id
        take_back(session, record_id, By(visit.person.history_role, visit.now))
    visit.note("check_taken_back", record_id)
    return visit.go(back(visit), "check_taken_back", of=record_id)


def how_checked(visit: Visit) -> Response:
    """How she knows what she just tapped."""
    method = visit.form.get("method", "")
    with transaction(visit.engine) as session:
        record = hers_or_refused(session, visit)
        check = own_check(session, visit, record)
        if check is None or method not in METHODS:
            raise Refused(409, "check_stays")
        check.method = method
    return visit.go(back(visit), "how_said")


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


def tell_again(visit: Visit) -> Response:
    """What she stopped showing with a slip is shown as before. Nobody need read it first, and it
    may lack a date as it did: nothing in it changed."""
    with transaction(visit.engine) as session:
        record = hers_or_refused(session, visit)
        if not _may_tell_again(session, visit, record):
            raise Refused(409, "told_no_more_stays")
        if isinstance(record, Statement):
            refuse_taken(session, record.asked, owner_of(record), visit.today)
            refuse_telling(session, record.country, record.text_es, record.text_en)
        state = "publication" if isinstance(record, Service) else "status"
        record_id, kind = record.id, "services" if isinstance(record, Service) else "statements"
        by = By(visit.person.history_role, visit.now)
        edit_inside(session, record_id, {state: "published"}, by)
    visit.note("told_again", record_id)
    return visit.go(f"/portal/{kind}/{quote(record_id)}", "shown_again", of=record_id)
