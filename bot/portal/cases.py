"""The queue of reports: what women found wrong, how many of them, since when, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.directory.emergency import is_emergency
from bot.directory.found import FoundService, describe
from bot.directory.models import Service
from bot.directory.reports import OpenCase, open_cases
from bot.knowledge.models import Source, Statement
from bot.knowledge.snapshot import find_record
from bot.knowledge.sources import sources_of
from bot.portal.call_script import Script, script
from bot.portal.correcting import DAYS, corrected
from bot.portal.freshness import read_at
from bot.portal.just_done import just_done
from bot.portal.records import may_decide
from bot.portal.site import Visit

PAGE = 25


@dataclass(frozen=True)
class Case:
    """One number, or with "" one whole record, that women reported."""

    record_id: str
    is_service: bool
    title: str
    country: str
    number: str
    display: str
    people: int
    since: date
    last_on: date
    is_hidden: bool
    may_hide: bool
    waiting: int  # days since the first report
    script: Script | None  # of a place
    told: FoundService | None  # the same place, as women are told of it
    sources: Sequence[Source]  # where it was read; of a secret place none


Waiting = list[tuple[OpenCase, Service | Statement]]


def waiting(session: Session, visit: Visit) -> Waiting:
    """Hers, the most reported first: how many there are, and of which records."""
    found = []
    for each in open_cases(session):
        record = find_record(session, each.record_id)
        if isinstance(record, Service | Statement) and may_decide(visit.person, record):
            found.append((each, record))
    return found


def cases(session: Session, visit: Visit, some: Waiting) -> list[Case]:
    """As a page shows them."""
    return [_case(session, visit, each, record) for each, record in some]


def _case(session: Session, visit: Visit, each: OpenCase, record: Service | Statement) -> Case:
    told = describe(record, None, visit.today) if isinstance(record, Service) else None
    return Case(
        record.id, told is not None, _title(record, told, visit.language), record.country,
        each.number, _display(record, each.number), each.people, each.since, each.last_on,
        each.hidden, not each.hidden and not is_emergency(session, record, each.number),
        (visit.today - each.since).days,
        script(record, told, each.number, each.people, visit.language)
        if isinstance(record, Service) and told else None,
        told, _read_at(session, record),
    )  # fmt: skip


def _read_at(session: Session, record: Service | Statement) -> Sequence[Source]:
    if isinstance(record, Service):
        return read_at(session, [record]).get(record.id, ())
    return sources_of(session, record.id)


def _title(record: Service | Statement, told: FoundService | None, language: str) -> str:
    if told is not None:
        return told.names.get(language)
    return record.text.get(language) if isinstance(record, Statement) else ""


def _display(record: Service | Statement, number: str) -> str:
    phones = record.phones if isinstance(record, Service) else []
    return next((each.display for each in phones if each.number == number), number)


def reports(visit: Visit) -> Response:
    """The queue, a page at a time, and how long the last ones waited."""
    with Session(visit.engine) as session:
        took = corrected(session, visit.person, visit.today)
        found = waiting(session, visit)
        page, pages = visit.page_of(len(found), PAGE)
        some = cases(session, visit, found[(page - 1) * PAGE : page * PAGE])
        return visit.page(
            "reports.html", cases=some, took=took, days=DAYS, page_number=page, pages=pages,
            just=just_done(session, visit),
        )  # fmt: skip
