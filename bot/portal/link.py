"""The signed link: whoever runs a service says "still true", or what changed, without an account.

The link opens one service for thirty days, shows what women are told of it anyway, and does one
thing, which a quarter of an hour long it takes back: a finger meets the wrong button here too.
Opening it changes nothing: mail programs open links by themselves.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.conversation.shown import described
from bot.database import transaction
from bot.directory.found import describe
from bot.directory.hsds_secret import veil_of
from bot.directory.models import Service
from bot.knowledge.confirm import confirm, take_back
from bot.knowledge.history import By
from bot.knowledge.lifecycle import last_check
from bot.portal.just_done import own_check
from bot.portal.models import Proposal
from bot.portal.reminders import no_mail
from bot.portal.site import Refused, Visit

LONGEST_NOTE = 600
MOST_NOTES = 5  # open at a time, by one link or many


def still_true_link(visit: Visit) -> Response:
    """One question, two answers."""
    value = visit.site.secrets.read_signed(visit.parameters["signed"])
    if not isinstance(value, dict):
        raise Refused(404, "link_over")
    with Session(visit.engine) as session:
        record = session.get(Service, str(value.get("service")))
        if record is None or record.publication == "withdrawn":
            raise Refused(404, "link_over")
        seen = last_check(record).on
        record_id, is_done = record.id, (seen.isoformat() if seen else "") != value.get("seen")
        told = describe(record, None, visit.today)
        text = described(told, visit.language)
        description = told.description.get(visit.language)
    said = ""
    if visit.method == "POST" and visit.form.get("do") == "no_mail":
        said = _no_mail(visit, record_id)  # also by a link that was answered
    elif visit.method == "POST" and visit.form.get("do") == "undo":
        said = _take_back(visit, record_id)
        is_done = is_done and said != "link_undone"
    elif visit.method == "POST" and not is_done:
        said = _say(visit, record_id)
    return visit.page(
        "link.html", status=422 if said in ("link_empty", "link_secret") else 200, text=text,
        said=said, name=told.names.get(visit.language), description=description, is_done=is_done,
        longest=LONGEST_NOTE,
        may_undo=(is_done or said == "link_thanks") and _may_take_back(visit, record_id),
    )  # fmt: skip


def _no_mail(visit: Visit, record_id: str) -> str:
    with transaction(visit.engine) as session:
        no_mail(session, record_id)
    return "link_no_mail_done"


def _may_take_back(visit: Visit, record_id: str) -> bool:
    visit.signed = None
    with Session(visit.engine) as session:
        return own_check(session, visit, session.get_one(Service, record_id)) is not None


def _take_back(visit: Visit, record_id: str) -> str:
    """Her "still true" a moment ago: then the link asks again."""
    visit.signed = None
    with transaction(visit.engine) as session:
        if own_check(session, visit, session.get_one(Service, record_id)) is None:
            return "check_stays"
        take_back(session, record_id, By("organization", visit.now))
    visit.note("check_taken_back", record_id)
    return "link_undone"


def _say(visit: Visit, record_id: str) -> str:
    """What she answered, as the key of the thanks."""
    visit.signed = None  # the link speaks for the organisation, whoever is signed in here
    if visit.form.get("do") == "true":
        confirm(visit.engine, record_id, "organization", visit.today, method="message")
        visit.note("confirmed", record_id)
        return "link_thanks"
    note = visit.form.get("note", "")[:LONGEST_NOTE]
    if not note:
        return "link_empty"
    with transaction(visit.engine) as session:
        if veil_of(session.get_one(Service, record_id)).hides_note(note):
            return "link_secret"
        count = select(func.count()).where(
            Proposal.record_id == record_id, Proposal.state == "open"
        )
        if (session.scalar(count) or 0) < MOST_NOTES:
            session.add(
                Proposal(
                    record_id=record_id, values={}, note=note, made_by=None, made_at=visit.now,
                    state="open", decided_by=None, reason="", read_at=None,
                )
            )  # fmt: skip
    visit.note("note_left", record_id)
    return "link_noted"
