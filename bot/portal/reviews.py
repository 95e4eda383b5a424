"""What waits for a second person, and notes in which an organisation says what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.directory.models import Service
from bot.knowledge.history import By, edit_inside
from bot.knowledge.models import Source, Statement
from bot.knowledge.secret_places import secret_names, telling
from bot.knowledge.sources import rows_of, sources_of
from bot.knowledge.trust import Version
from bot.portal.asked import owner_of, refuse_taken
from bot.portal.compare import Line, proposed
from bot.portal.models import Proposal
from bot.portal.person import Person
from bot.portal.records import may_decide
from bot.portal.site import Refused, Visit, whole_number
from bot.portal.source_check import unpublishable

LONGEST_REASON = 300  # characters


@dataclass(frozen=True)
class Waiting:
    """A proposed text beside the present one."""

    proposal: Proposal
    statement: Statement
    is_own: bool  # who proposed it cannot be who accepts it
    is_old: bool  # what it changes was changed since, and it can be accepted no more
    lines: list[Line]
    sources: list[Source]


Pair = tuple[Proposal, Statement]


def open_proposals(session: Session, visit: Visit) -> list[Pair]:
    """Texts of her countries that wait."""
    wanted = select(Proposal).where(Proposal.state == "open").order_by(Proposal.id)
    return _hers(session, visit, session.scalars(wanted))


def waiting_for(session: Session, visit: Visit, record: Statement) -> list[Waiting]:
    """What is proposed for one text: whoever writes another change reads it first."""
    wanted = select(Proposal).where(Proposal.record_id == record.id, Proposal.state == "open")
    found = session.scalars(wanted.order_by(Proposal.id))
    return as_waiting(session, visit, _hers(session, visit, found))


def refused_ones(session: Session, visit: Visit) -> list[Pair]:
    """Hers that somebody else did not accept, until she has read why."""
    wanted = select(Proposal).where(
        Proposal.state == "refused", Proposal.made_by == visit.person.id,
        Proposal.decided_by != visit.person.id, Proposal.read_at.is_(None),
    ).order_by(Proposal.id)  # fmt: skip
    return _hers(session, visit, session.scalars(wanted))


def _hers(session: Session, visit: Visit, proposals: Iterable[Proposal]) -> list[Pair]:
    pairs = ((each, session.get(Statement, each.record_id)) for each in proposals)
    return [(each, text) for each, text in pairs if text and may_decide(visit.person, text)]


def as_waiting(session: Session, visit: Visit, pairs: Sequence[Pair]) -> list[Waiting]:
    """As a page shows them: of hundreds only those that stand on it."""
    return [
        Waiting(
            each, statement, each.made_by == visit.person.id, _has_moved(session, each),
            proposed(statement, each.values, visit.language), sources_of(session, statement.id),
        )
        for each, statement in pairs
    ]  # fmt: skip


def open_notes(session: Session, person: Person) -> list[Proposal]:
    """The notes of services that are hers."""
    wanted = select(Proposal).where(Proposal.state == "open").order_by(Proposal.id)
    found = []
    for each in session.scalars(wanted):
        service = session.get(Service, each.record_id)
        if service and may_decide(person, service):
            found.append(each)
    return found


def propose(visit: Visit, record_id: str, values: Mapping[str, Any], note: str) -> None:
    """Wait for a second person. An older open proposal of her own that changes any of the same is
    replaced; another of hers, and a colleague's, stay beside it, and whoever reviews chooses."""
    with transaction(visit.engine) as session:
        for old in session.scalars(
            select(Proposal).where(
                Proposal.record_id == record_id, Proposal.state == "open",
                Proposal.made_by == visit.person.id,
            )
        ):  # fmt: skip
            if not old.values or not values or set(old.values) & set(values):
                old.state, old.decided_by = "replaced", visit.person.id
        session.add(
            Proposal(
                record_id=record_id, values=dict(values), note=note, made_by=visit.person.id,
                made_at=visit.now, state="open", decided_by=None, reason="", read_at=None,
            )
        )  # fmt: skip
    visit.note("proposed", record_id)


def decide(visit: Visit) -> Response:
    """A second person accepts or refuses; or a note is dealt with; or she has read why hers was
    not accepted."""
    if visit.form.get("do") == "read":
        return _read(visit)
    accepted = visit.form.get("do") == "accept"
    reason = visit.form.get("reason", "").strip()[:LONGEST_REASON]
    with transaction(visit.engine) as session:
        proposal, record = _of_address(session, visit, "open")
        record_id, own = record.id, proposal.made_by == visit.person.id
        if accepted and own and proposal.values:
            raise Refused(403, "second_person")
        if accepted and _has_moved(session, proposal):
            raise Refused(409, "proposal_old")
        if proposal.values and not (accepted or own or reason):
            raise Refused(422, "reason_needed")
        proposal.state = "accepted" if accepted else "refused"
        proposal.decided_by, proposal.reason = visit.person.id, reason
        if accepted and proposal.values:
            by = By(visit.person.history_role, visit.now)
            edit_inside(session, record_id, proposal.values, by)
            _refuse_what_cannot_be(session, visit, record, proposal.values)
    visit.note("accepted" if accepted else "refused", record_id)
    return visit.go("/portal/", "saved" if accepted or not proposal.values else "refused")


def _read(visit: Visit) -> Response:
    with transaction(visit.engine) as session:
        proposal, _ = _of_address(session, visit, "refused")
        if proposal.made_by != visit.person.id:
            raise Refused
        proposal.read_at = visit.now
    return visit.go("/portal/")


def _of_address(session: Session, visit: Visit, state: str) -> tuple[Proposal, Service | Statement]:
    """The proposal that is named, in that state, and its record; raises Refused."""
    number = whole_number(visit.parameters["id"])
    proposal = session.get(Proposal, number) if number is not None else None
    if proposal is None or proposal.state != state:
        raise Refused(404, "nothing_here")
    record = session.get(Statement, proposal.record_id) or session.get(Service, proposal.record_id)
    if record is None:
        raise Refused(404, "nothing_here")
    if not may_decide(visit.person, record):
        raise Refused
    return proposal, record


def _refuse_what_cannot_be(
    session: Session, visit: Visit, record: Service | Statement, values: Collection[str]
) -> None:
    """Much may have changed since it was proposed; raises Refused, and nothing is written."""
    if not isinstance(record, Statement):
        return
    asks = {"asked", "status", "valid_from", "valid_until", "intent"} & set(values)
    if asks and record.status != "withdrawn":
        refuse_taken(session, record.asked, owner_of(record), visit.today)
    if {"text_es", "text_en"} & set(values):
        refuse_telling(session, record.country, record.text_es, record.text_en)
    if record.status != "published":
        return
    if "status" in values:
        refuse_unpublishable(session, record)
    elif "sources" in values and not rows_of(session, record.id):
        raise Refused(409, "no_source_not_told")


def refuse_unpublishable(session: Session, record: Statement) -> None:
    """No statement without a source, and its date, nor one that says where a secret place is;
    raises Refused, saying what is missing."""
    refuse_telling(session, record.country, record.text_es, record.text_en)
    checked = record.verified_at is not None
    missing = unpublishable(rows_of(session, record.id), record.as_of, was_checked=checked)
    if missing:
        raise Refused(409, missing)


def refuse_telling(session: Session, country: str, es: str, en: str) -> None:
    """Where there is no box to mend it in: a place may be secret since the text was written."""
    if telling(country, es, en, secret_names(session, country)):
        raise Refused(409, "text_names_place")


def _has_moved(session: Session, proposal: Proposal) -> bool:
    """Whether somebody changed what it would change, after it was written."""
    later = select(Version).where(
        Version.record_id == proposal.record_id, Version.at > proposal.made_at
    )
    return any(
        (version.before or {}).get(name) != (version.after or {}).get(name)
        for version in session.scalars(later)
        for name in proposal.values
    )
