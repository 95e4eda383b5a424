"""What is said about rights and steps: side by side in both languages, checked, and for violence
and law read by a second person before anybody is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.knowledge.history import By, edit, latest_number
from bot.knowledge.lifecycle import Span, last_check, stage
from bot.knowledge.models import Source, Statement
from bot.knowledge.topics import topics
from bot.portal.asked import (
    Fault,
    Owner,
    boxes,
    faults,
    owner_of,
    read_boxes,
    refuse_taken,
    sent_boxes,
    span_of,
)
from bot.portal.census import Census, anything
from bot.portal.compare import last_change
from bot.portal.freshness import FRESHNESS, hers, is_shown_as
from bot.portal.just_done import just_done
from bot.portal.records import hers_or_refused
from bot.portal.reviews import propose, waiting_since
from bot.portal.site import Refused, Visit
from bot.portal.wording_checks import QUIET_GROUPS, checks_alone, measured, wants_checks_alone

PAGE = 25
LEGAL = ("law", "right", "deadline", "requirement")
STATES = ("draft", "published", "withdrawn")
DATES = ("valid_from", "valid_until")
LONGEST = 1_200  # characters


@dataclass(frozen=True)
class Draft:
    """What stands in the form, and what is wrong with it."""

    es: str
    en: str
    dates: Mapping[str, str]  # the first and the last day on which it is told
    boxes: Mapping[str, str]  # what women ask, by language
    wrong: Mapping[str, str] = field(default_factory=dict)
    wrong_asked: Mapping[str, Fault] = field(default_factory=dict)


def needs_second(statement: Statement) -> bool:
    """Whether a second person must read it first: a mistake here costs most."""
    return _group(statement) in QUIET_GROUPS or statement.kind in LEGAL


def _group(statement: Statement) -> str:
    topic = topics().get(statement.intent)
    return topic.group if topic else ""


def statements(visit: Visit) -> Response:
    """Hers, the longest unchecked first."""
    topic, state = visit.query.get("topic", ""), visit.query.get("state", "")
    words = visit.query.get("q", "")[:80]
    with Session(visit.engine) as session:
        where = [hers(visit.person, Statement)]
        if topic in topics():
            where.append(Statement.intent == topic)
        if words:
            like = f"%{words.lower().replace('%', '')}%"
            where.append(or_(func.lower(Statement.text_es).like(like),
                             func.lower(Statement.text_en).like(like)))  # fmt: skip
        census = Census.of_statements(session, visit.today, *where)
        choice = partial(is_shown_as, state) if state else anything
        total = census.count(choice)
        page, pages = visit.page_of(total, PAGE)
        part = census.page((page - 1) * PAGE, PAGE, choice)
        wanted = select(Statement).where(Statement.id.in_([each.id for each in part]))
        rows = {each.id: each for each in session.scalars(wanted)}
        return visit.page(
            "statements.html", found=part, rows=rows, total=total, topics=topics(),
            asked={"topic": topic, "state": state, "q": words}, page_number=page, pages=pages,
            states=FRESHNESS, just=just_done(session, visit),
        )  # fmt: skip


def statement(visit: Visit) -> Response:
    """The two texts side by side; saving them, or sending them to a second person."""
    with Session(visit.engine) as session:
        record = _statement(session, visit)
        if visit.method == "GET":
            return _form(visit, session, record, _as_it_is(record))
        if wants_checks_alone(visit):
            es, en = visit.form.get("text_es", ""), visit.form.get("text_en", "")
            there = bool(_sources(session, record))
            checks = measured(es, en, record.intent, has_source=there)
            return checks_alone(visit, checks, record.country)
        draft = _sent(visit, session, record)
        if draft.wrong or draft.wrong_asked or visit.form.get("do") == "check":
            return _form(visit, session, record, draft)
        values, record_id, second = _values(record, draft), record.id, needs_second(record)
    if second:
        propose(visit, record_id, values, visit.form.get("why", "")[:300])
        return visit.go(f"/portal/statements/{quote(record_id)}", "proposed")
    edit(visit.engine, record_id, values, By(visit.person.history_role, visit.now))
    visit.note("edited", record_id)
    return visit.go(f"/portal/statements/{quote(record_id)}", "saved")


def _as_it_is(record: Statement) -> Draft:
    dates = {name: getattr(record, name) for name in DATES}
    written = {name: value.isoformat() if value else "" for name, value in dates.items()}
    return Draft(record.text_es, record.text_en, written, boxes(record.asked))


def _sent(visit: Visit, session: Session, record: Statement) -> Draft:
    es, en = visit.form.get("text_es", ""), visit.form.get("text_en", "")
    dates, texts = {name: visit.form.get(name, "") for name in DATES}, sent_boxes(visit.form)
    wrong, span = _wrong(es, en), Span()
    try:
        span = Span(*(date.fromisoformat(dates[n]) if dates[n] else None for n in DATES))
    except ValueError:
        wrong |= {name: "date_wrong" for name in DATES if not _is_date(dates[name])}
    if span.first and span.last and span.last < span.first:
        wrong["valid_until"] = "dates_crossed"
    if visit.form.get("version") != str(latest_number(visit.engine, record.id)):
        wrong["text_es"] = "changed_since"
    owner = Owner(record.country, record.intent, record.id, span)
    wrong_asked = faults(session, read_boxes(texts), owner, visit.today)
    return Draft(es, en, dates, texts, wrong, wrong_asked)


def _values(record: Statement, draft: Draft) -> dict[str, Any]:
    """What is saved or proposed; the questions only where they change."""
    values: dict[str, Any] = {
        "text_es": draft.es, "text_en": draft.en,
        **{name: value or None for name, value in draft.dates.items()},
    }  # fmt: skip
    asked = read_boxes(draft.boxes)
    return values if asked == record.asked else values | {"asked": asked}


def _wrong(es: str, en: str) -> dict[str, str]:
    wrong = {}
    for name, text in (("text_es", es), ("text_en", en)):
        if not text:
            wrong[name] = "text_empty"
        elif len(text) > LONGEST:
            wrong[name] = "text_too_long"
    return wrong


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError:
        return False
    return True


def statement_status(visit: Visit) -> Response:
    """Withdraw, or tell again; what needs a second person is told again only by a proposal."""
    wanted = visit.form.get("status", "")
    with Session(visit.engine) as session:
        record = _statement(session, visit)
        record_id, second = record.id, needs_second(record)
        if wanted not in STATES:
            raise Refused(400, "nothing_here")
        if wanted != "withdrawn":
            refuse_taken(session, record.asked, owner_of(record), visit.today)
    if wanted == "published" and second:
        propose(visit, record_id, {"status": "published"}, "")
        return visit.go(f"/portal/statements/{quote(record_id)}", "proposed")
    by = By(visit.person.history_role, visit.now)
    edit(visit.engine, record_id, {"status": wanted}, by)
    visit.note(f"made_{wanted}", record_id)
    return visit.go(f"/portal/statements/{quote(record_id)}", "saved")


def _statement(session: Session, visit: Visit) -> Statement:
    record = hers_or_refused(session, visit)
    if not isinstance(record, Statement):
        raise Refused(404, "nothing_here")
    return record


def _sources(session: Session, record: Statement) -> list[Source]:
    wanted = select(Source).where(Source.record_id == record.id).order_by(Source.position)
    return list(session.scalars(wanted))


def _form(visit: Visit, session: Session, record: Statement, draft: Draft) -> Response:
    es, en, wrong = draft.es, draft.en, draft.wrong
    sources = _sources(session, record)
    topic = topics().get(record.intent)
    return visit.page(
        "statement.html", status=422 if wrong or draft.wrong_asked else 200, record=record,
        es=es, en=en, dates=draft.dates, boxes=draft.boxes, wrong=wrong,
        wrong_asked=draft.wrong_asked, second=needs_second(record),
        sources=sources, checks=measured(es, en, record.intent, has_source=bool(sources)),
        topic=topic.name.get(visit.language) if topic else record.intent,
        version=latest_number(visit.engine, record.id), longest=LONGEST,
        reached=stage(record, record.status, visit.today, span_of(record)),
        changed=last_change(session, record, visit.language),
        check=last_check(record), waits=waiting_since(session, record.id),
    )  # fmt: skip
