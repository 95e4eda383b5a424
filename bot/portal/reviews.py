"""What waits for a second person, and notes in which an organisation says what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.directory.models import Service
from bot.knowledge.history import By, edit_inside, versions
from bot.knowledge.models import Statement
from bot.portal.asked import owner_of, refuse_taken
from bot.portal.compare import Line, proposed
from bot.portal.models import Proposal
from bot.portal.person import Person
from bot.portal.records import may_decide
from bot.portal.site import Refused, Visit, whole_number


@dataclass(frozen=True)
class Waiting:
    """A proposed text beside the present one."""

    proposal: Proposal
    statement: Statement
    is_own: bool  # who proposed it cannot be who accepts it
    lines: list[Line]


def open_proposals(session: Session, visit: Visit) -> list[Waiting]:
    """Texts of her countries that wait."""
    wanted = select(Proposal).where(Proposal.state == "open").order_by(Proposal.id)
    found = []
    for each in session.scalars(wanted):
        statement = session.get(Statement, each.record_id)
        if statement and may_decide(visit.person, statement):
            lines = proposed(statement, each.values, visit.language)
            found.append(Waiting(each, statement, each.made_by == visit.person.id, lines))
    return found


def open_notes(session: Session, person: Person) -> list[Proposal]:
    """The notes of services that are hers."""
    wanted = select(Proposal).where(Proposal.state == "open").order_by(Proposal.id)
    found = []
    for each in session.scalars(wanted):
        service = session.get(Service, each.record_id)
        if service and may_decide(person, service):
            found.append(each)
    return found


def waiting_since(session: Session, record_id: str) -> datetime | None:
    """When the change was proposed that still waits for a second person."""
    wanted = select(Proposal.made_at).where(
        Proposal.record_id == record_id, Proposal.state == "open"
    )
    return session.scalar(wanted.order_by(Proposal.id.desc()).limit(1))


def propose(visit: Visit, record_id: str, values: Mapping[str, Any], note: str) -> None:
    """Wait for a second person; an older open proposal of the record is replaced."""
    with transaction(visit.engine) as session:
        for old in session.scalars(
            select(Proposal).where(Proposal.record_id == record_id, Proposal.state == "open")
        ):
            old.state, old.decided_by = "refused", visit.person.id
        session.add(
            Proposal(
                record_id=record_id, values=dict(values), note=note, made_by=visit.person.id,
                made_at=visit.now, state="open", decided_by=None,
            )
        )  # fmt: skip
    visit.note("proposed", record_id)


def decide(visit: Visit) -> Response:
    """A second person accepts or refuses; or a note is dealt with."""
    accepted = visit.form.get("do") == "accept"
    number = whole_number(visit.parameters["id"])
    with transaction(visit.engine) as session:
        proposal = session.get(Proposal, number) if number is not None else None
        if proposal is None or proposal.state != "open":
            raise Refused(404, "nothing_here")
        record = session.get(Statement, proposal.record_id) or session.get(
            Service, proposal.record_id
        )
        if record is None:
            raise Refused(404, "nothing_here")
        if not may_decide(visit.person, record):
            raise Refused
        own = proposal.made_by == visit.person.id
        if accepted and own and proposal.values:
            raise Refused(403, "second_person")
        if accepted and _has_moved(session, proposal):
            raise Refused(409, "proposal_old")
        proposal.state = "accepted" if accepted else "refused"
        proposal.decided_by = visit.person.id
        record_id = record.id
        if accepted and proposal.values:
            by = By(visit.person.history_role, visit.now)
            edit_inside(session, record_id, proposal.values, by)
            asks = {"asked", "status", "valid_from", "valid_until"} & set(proposal.values)
            if isinstance(record, Statement) and asks and record.status != "withdrawn":
                refuse_taken(session, record.asked, owner_of(record), visit.today)
    visit.note("accepted" if accepted else "refused", record_id)
    return visit.go("/portal/", "saved")


def _has_moved(session: Session, proposal: Proposal) -> bool:
    """Whether somebody changed what it would change, after it was written."""
    return any(
        (version.before or {}).get(name) != (version.after or {}).get(name)
        for version in versions(session, proposal.record_id)
        if version.at > proposal.made_at
        for name in proposal.values
    )
