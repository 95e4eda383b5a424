"""What women report: "that number does not answer".

Independent reports are counted, those together that came by one way (reporter.py); a quorum of them
hides the number, and only that number, until somebody of the network confirms the record
(bot/knowledge/confirm.py). Emergency lines are never hidden: for them a report only tells the
network to look.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, case, func, select, update
from sqlalchemy.orm import Session

from bot.database import add_once, transaction
from bot.directory.emergency import is_emergency
from bot.directory.found import WHOLE, told_numbers
from bot.directory.models import Service
from bot.directory.reporter import (
    PAGE,
    UNSURE,
    came_by,
    forget_days,
    forget_marks,
    is_rehearsal,
    is_within_rate,
    mark_for,
)
from bot.knowledge.models import Statement
from bot.knowledge.trust import Hidden, Report

Record = Service | Statement


@dataclass(frozen=True)
class Rule:
    """How many women within how many days hide a number."""

    people: int = 3
    days: int = 60


@dataclass(frozen=True)
class Filed:
    """What became of one report."""

    record_id: str
    number: str  # "" is the record as a whole
    counted: bool  # False: she had reported it before, or reports too much
    people: int  # of whom it is sure that they are so many
    hidden: bool


def report_record(engine: Engine, record_id: str, today: date, rule: Rule = Rule()) -> Filed | None:
    """Note that the speaker (reporter.py) found a service or statement wrong.

    The number meant is the first that she is told; when she reports the same service again on that
    day, the next one, because we had told her to try it. None where there is no such record.
    """
    if is_rehearsal():
        with Session(engine) as session:  # never committed
            return _file(session, record_id, today, rule)
    with transaction(engine) as session:
        return _file(session, record_id, today, rule)


def _file(session: Session, record_id: str, today: date, rule: Rule) -> Filed | None:
    record = session.get(Service, record_id) or session.get(Statement, record_id)
    if record is None:
        return None
    expire(session, today, rule)
    mark = mark_for(session, record_id)
    number = _number_meant(session, record, mark, today)
    if number is None or not is_within_rate(session, today):
        return Filed(record_id, number or WHOLE, False, _people(session, record_id, number), False)
    session.add(
        Report(record_id=record_id, number=number, reported_on=today, mark=mark, state="open",
               way=came_by())
    )  # fmt: skip
    session.flush()
    people = _people(session, record_id, number)
    hides = people >= rule.people and not is_emergency(session, record, number)
    if hides:
        add_once(session, Hidden, record_id=record_id, number=number, since=today)
    return Filed(record_id, number, True, people, hides)


def resolve(session: Session, record_id: str) -> None:
    """Somebody looked: everything is told again, and who reported can no longer be found out."""
    session.execute(
        update(Report)
        .where(Report.record_id == record_id, Report.state == "open")
        .values(state="resolved", mark=None)
    )
    for hidden in session.scalars(select(Hidden).where(Hidden.record_id == record_id)):
        session.delete(hidden)
    forget_marks(session, record_id)


def to_be_closed(session: Session, record_id: str) -> dict[str, Any]:
    """What `resolve` is about to close, so that `reopen` can bring it back; nothing of it tells who
    reported: {"reports": their ids, "hidden": [number, since when as a day of ISO 8601]}."""
    reports = select(Report.id).where(Report.record_id == record_id, Report.state == "open")
    hidden = select(Hidden).where(Hidden.record_id == record_id).order_by(Hidden.number)
    return {
        "reports": list(session.scalars(reports.order_by(Report.id))),
        "hidden": [[each.number, each.since.isoformat()] for each in session.scalars(hidden)],
    }


def reopen(session: Session, record_id: str, closed: Mapping[str, Any]) -> None:
    """What `to_be_closed` told, as it was, after a tap on the wrong button.

    Each report gets a mark of its own that means nothing: it counts as one woman again, and who
    she was stays forgotten. Should she report once more, she counts twice.
    """
    wanted = select(Report).where(Report.record_id == record_id, Report.state == "resolved",
                                  Report.id.in_(closed["reports"]))  # fmt: skip
    for report in session.scalars(wanted):
        report.state, report.mark = "open", secrets.token_hex(32)
    for number, since in closed["hidden"]:
        add_once(session, Hidden, record_id=record_id, number=number,
                 since=date.fromisoformat(since))  # fmt: skip


# For the network to read: all windows of the page are one.
_WHO = case((Report.way == PAGE, PAGE), else_=Report.mark)


@dataclass(frozen=True)
class OpenCase:
    """What the network should look at, the most reported first."""

    record_id: str
    number: str
    # By whatever way; 0: the reports are too old to count, or somebody of the network hid it.
    people: int
    since: date
    last_on: date
    hidden: bool


def open_cases(session: Session) -> list[OpenCase]:
    """Every number or record with open reports, or hidden until somebody confirms it."""
    hidden = {(each.record_id, each.number): each.since for each in session.scalars(select(Hidden))}
    rows = session.execute(
        select(
            Report.record_id,
            Report.number,
            func.count(func.distinct(_WHO)),
            func.min(Report.reported_on),
            func.max(Report.reported_on),
        )
        .where(Report.state == "open")
        .group_by(Report.record_id, Report.number)
    ).all()
    cases = [OpenCase(*row, hidden=(row[0], row[1]) in hidden) for row in rows]
    reported = {(each.record_id, each.number) for each in cases}
    cases += [
        OpenCase(*which, people=0, since=day, last_on=day, hidden=True)
        for which, day in hidden.items()
        if which not in reported
    ]
    return sorted(cases, key=lambda each: (-each.people, each.record_id, each.number))


def _number_meant(session: Session, record: Record, mark: str, today: date) -> str | None:
    """What this report is about; None where she has reported it already."""
    numbers = [*told_numbers(record), WHOLE] if isinstance(record, Service) else [WHOLE]
    mine = {
        row.number: row.reported_on
        for row in session.scalars(
            select(Report).where(
                Report.record_id == record.id, Report.mark == mark, Report.state == "open"
            )
        )
    }
    for number in numbers:
        if number not in mine:
            return number
        if mine[number] != today:
            return None
    return None


def _people(session: Session, record_id: str, number: str | None) -> int:
    """How many different women have an open report on it, each with a telephone of her own: the
    most who came by one way."""
    people = func.count(func.distinct(Report.mark))
    by_way = select(people).where(
        Report.record_id == record_id, Report.number == (number or WHOLE),
        Report.state == "open", Report.way.not_in(UNSURE),
    ).group_by(Report.way).order_by(people.desc())  # fmt: skip
    return session.scalar(by_way.limit(1)) or 0


def expire(session: Session, today: date, rule: Rule) -> None:
    """Reports that are too old count no longer, and lose their marks; a record without any other
    loses its key. What was counted of a day goes with the day. Called every minute."""
    forget_days(session, today)
    old = (Report.state == "open", Report.reported_on <= today - timedelta(days=rule.days))
    ids = set(session.scalars(select(Report.record_id).where(*old)))
    if not ids:
        return
    session.execute(update(Report).where(*old).values(state="expired", mark=None))
    for record_id in ids:
        still = select(Report.id).where(Report.record_id == record_id, Report.state == "open")
        if session.scalar(still.limit(1)) is None:
            forget_marks(session, record_id)
