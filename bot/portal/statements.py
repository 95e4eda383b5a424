"""What is said about rights and steps: side by side in both languages, checked, and for violence
and law read by a second person before anybody is told."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.knowledge.history import By, edit, latest_number
from bot.knowledge.lifecycle import last_check, stage
from bot.knowledge.models import Statement
from bot.knowledge.sources import FIELDS, sources_of
from bot.knowledge.topics import topics
from bot.portal.asked import owner_of, refuse_taken, span_of
from bot.portal.census import Census, Choice, anything
from bot.portal.compare import last_change
from bot.portal.freshness import FRESHNESS, WAITING, hers, is_shown_as, is_waiting
from bot.portal.just_done import just_done
from bot.portal.records import hers_or_refused
from bot.portal.reviews import propose, refuse_unpublishable, waiting_for
from bot.portal.second_person import needs_second
from bot.portal.site import Refused, Visit
from bot.portal.source_check import LONGEST_NAME, MOST, state
from bot.portal.statement_form import KINDS, LONGEST, Draft, as_it_is, changes, sent
from bot.portal.wording_checks import Checks, checks_alone, measured, wants_checks_alone

PAGE = 25
STATES = ("draft", "published", "withdrawn")


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
        choice: Choice = partial(is_shown_as, state) if state else anything
        choice = is_waiting if state == WAITING else choice
        total = census.count(choice)
        page, pages = visit.page_of(total, PAGE)
        part = census.page((page - 1) * PAGE, PAGE, choice)
        wanted = select(Statement).where(Statement.id.in_([each.id for each in part]))
        rows = {each.id: each for each in session.scalars(wanted)}
        late = [each.id for each in part if is_waiting(each) and not each.is_hidden]
        return visit.page(
            "statements.html", found=part, rows=rows, total=total, topics=topics(),
            asked={"topic": topic, "state": state, "q": words}, page_number=page, pages=pages,
            states=(WAITING, *FRESHNESS), just=just_done(session, visit),
            sources={each: sources_of(session, each) for each in late},
        )  # fmt: skip


def statement(visit: Visit) -> Response:
    """The two texts side by side; saving them, or sending them to a second person."""
    with Session(visit.engine) as session:
        record = _statement(session, visit)
        if visit.method == "GET":
            return _form(visit, session, record, as_it_is(session, record))
        draft = sent(visit, session, record)
        if wants_checks_alone(visit):
            return checks_alone(visit, _checks(visit, draft), record.country)
        if draft.wrong or draft.wrong_asked or visit.form.get("do") == "check":
            return _form(visit, session, record, draft)
        values, record_id = changes(record, draft), record.id
        second = needs_second(record, draft.intent, draft.kind)
    here = f"/portal/statements/{quote(record_id)}"
    if not values:
        return visit.go(here, "unchanged")
    if second:
        propose(visit, record_id, values, visit.form.get("why", "")[:300])
        return visit.go(here, "proposed")
    edit(visit.engine, record_id, values, By(visit.person.history_role, visit.now))
    visit.note("edited", record_id)
    return visit.go(here, "saved")


def _checks(visit: Visit, draft: Draft) -> Checks:
    source = state(draft.sources, draft.as_of, visit.today)
    return measured(draft.es, draft.en, draft.intent, source=source, telling=draft.telling)


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
        if wanted == "published":
            refuse_unpublishable(session, record)
    if wanted == "published" and second:
        propose(visit, record_id, {"status": "published"}, "")
        return visit.go(f"/portal/statements/{quote(record_id)}", "proposed")
    by = By(visit.person.history_role, visit.now)
    edit(visit.engine, record_id, {"status": wanted}, by)
    visit.note(f"made_{wanted}", record_id)
    said = "told_no_more" if wanted == "withdrawn" else "saved"
    return visit.go(f"/portal/statements/{quote(record_id)}", said, of=record_id)


def _statement(session: Session, visit: Visit) -> Statement:
    record = hers_or_refused(session, visit)
    if not isinstance(record, Statement):
        raise Refused(404, "nothing_here")
    return record


def _form(visit: Visit, session: Session, record: Statement, draft: Draft) -> Response:
    wrong, topic = draft.wrong, topics().get(record.intent)
    rows = [*draft.sources, dict.fromkeys(FIELDS, "")][:MOST]
    return visit.page(
        "statement.html", status=422 if wrong or draft.wrong_asked else 200, record=record,
        draft=draft, rows=rows, wrong=wrong, wrong_asked=draft.wrong_asked,
        second=needs_second(record), checks=_checks(visit, draft), topics=topics(), kinds=KINDS,
        topic=topic.name.get(visit.language) if topic else record.intent,
        version=latest_number(visit.engine, record.id), longest=LONGEST,
        longest_name=LONGEST_NAME,
        reached=stage(record, record.status, visit.today, span_of(record)),
        changed=last_change(session, record, visit.language),
        check=last_check(record), waiting=waiting_for(session, visit, record),
        just=just_done(session, visit),
    )  # fmt: skip
