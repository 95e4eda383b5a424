"""My work today: what is overdue, reported, awaits review; each one tap from done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.directory.models import Service
from bot.knowledge.models import Source, Statement
from bot.knowledge.topics import topics
from bot.portal.cases import cases, waiting
from bot.portal.census import Census
from bot.portal.ending import ending
from bot.portal.freshness import (
    Dated,
    Shown,
    dated_services,
    hers,
    is_waiting,
    shown,
)
from bot.portal.gaps import gaps
from bot.portal.just_done import just_done
from bot.portal.models import Proposal
from bot.portal.questions import of_home
from bot.portal.reviews import (
    LONGEST_REASON,
    as_waiting,
    open_notes,
    open_proposals,
    refused_ones,
)
from bot.portal.site import Visit
from bot.portal.telling import CHANGES, ON_HOME, lately

T = TypeVar("T")
FIRST = 6
PAGE = 20  # of what waits: a text with all that changes in it is six kilobytes at most


@dataclass(frozen=True)
class Said:
    """A statement to be checked, with where it was read."""

    dated: Dated
    text: str
    sources: list[Source]


def home(visit: Visit) -> Response:
    """As her role has it."""
    news = lately(visit, ON_HOME, CHANGES)
    with Session(visit.engine) as session:
        if visit.person.role == "analyst":
            return visit.page("overview.html", countries=_by_country(session, visit), news=news)
        services = Census.of_services(session, visit.today, hers(visit.person, Service))
        statements = Census.of_statements(session, visit.today, hers(visit.person, Statement))
        reported = waiting(session, visit)
        above = {each.record_id for each, _ in reported[:FIRST]}  # not twice on one page
        oldest = services.page(0, FIRST + len(above), is_waiting)
        late = [each for each in oldest if each.id not in above][:FIRST]
        drafts = services.page(0, FIRST, _is_draft)
        proposals, refused = open_proposals(session, visit), refused_ones(session, visit)
        notes = open_notes(session, visit.person)
        late_statements = statements.page(0, 3, is_waiting)
        return visit.page(
            "home.html", total=services.count(), late=services.count(is_waiting),
            services=shown(session, late, visit.today),
            late_statements=statements.count(is_waiting),
            statements=_said(session, late_statements, visit.language),
            cases=cases(session, visit, reported[:FIRST]), reported=len(reported),
            drafts=services.count(_is_draft),
            draft_services=shown(session, drafts, visit.today),
            proposals=as_waiting(session, visit, proposals[:FIRST]),
            refused=as_waiting(session, visit, refused[:FIRST]),
            notes=_notes(session, visit, notes[:FIRST]), longest_reason=LONGEST_REASON,
            waiting={"proposals": len(proposals), "refused": len(refused), "notes": len(notes)},
            questions=len(of_home(visit)), ending=ending(session, visit),
            news=news, just=just_done(session, visit),
            gaps=gaps(session, visit.engine, visit.person), topics=topics(),
        )  # fmt: skip


def waiting_page(visit: Visit) -> Response:
    """All that was refused, noted and proposed, of which my work shows the first."""
    with Session(visit.engine) as session:
        refused, notes = refused_ones(session, visit), open_notes(session, visit.person)
        proposals = open_proposals(session, visit)
        number, pages = visit.page_of(len(refused) + len(notes) + len(proposals), PAGE)
        places = range((number - 1) * PAGE, number * PAGE)
        return visit.page(
            "waiting.html", number=number, pages=pages, longest_reason=LONGEST_REASON,
            refused=as_waiting(session, visit, _among(refused, places, 0)),
            notes=_notes(session, visit, _among(notes, places, len(refused))),
            proposals=as_waiting(
                session, visit, _among(proposals, places, len(refused) + len(notes))
            ),
        )  # fmt: skip


def _among(every: Sequence[T], places: range, before: int) -> Sequence[T]:
    """Those that stand at these places of a list in which `before` others come first."""
    return every[max(places.start - before, 0) : max(places.stop - before, 0)]


def _is_draft(each: Dated) -> bool:
    return each.reached == "draft"


def _notes(
    session: Session, visit: Visit, notes: Sequence[Proposal]
) -> list[tuple[Proposal, Shown]]:
    """What organisations wrote by their link, each with its service."""
    ids = [each.record_id for each in notes]
    dated = dated_services(session, visit.today, Service.id.in_(ids)) if ids else []
    services = {each.dated.id: each for each in shown(session, dated, visit.today)}
    return [(each, services[each.record_id]) for each in notes]


def _said(session: Session, dated: list[Dated], language: str) -> list[Said]:
    found = []
    for each in dated:
        statement = session.get_one(Statement, each.id)
        wanted = select(Source).where(Source.record_id == each.id).order_by(Source.position)
        found.append(Said(each, statement.text.get(language), list(session.scalars(wanted))))
    return found


def _by_country(session: Session, visit: Visit) -> list[dict[str, Any]]:
    """Counts alone: an analyst sees no record."""
    rows: dict[str, dict[str, int]] = {}
    for code in session.scalars(select(Service.country).distinct()):
        row = rows.setdefault(code, {})
        for each in Census.of_services(session, visit.today, Service.country == code).groups:
            row[each.like.shown_as] = row.get(each.like.shown_as, 0) + each.many
    said = dict(
        session.execute(select(Statement.country, func.count()).group_by(Statement.country)).all()
    )
    return [
        {"country": code, "counts": counts, "statements": said.get(code, 0)}
        for code, counts in sorted(rows.items())
    ]
