"""A statement that was missing: written in both languages, with where it was read, as a draft."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.knowledge.history import By, write_version
from bot.knowledge.models import Source, Statement
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics
from bot.portal.asked import Asked, Fault, Owner, faults, read_boxes, sent_boxes
from bot.portal.questions import shared_words
from bot.portal.site import Visit
from bot.portal.source_check import LONGEST_NAME, date_fault, row_faults, state
from bot.portal.statement_form import KINDS, LONGEST, where_told, wrong_places, wrong_texts
from bot.portal.wording_checks import Checks, checks_alone, measured, wants_checks_alone

FIELDS = ("country", "topic", "kind", "text_es", "text_en", "url", "title", "publisher", "as_of")
SOURCE = ("url", "title", "publisher")


def new_statement(visit: Visit) -> Response:
    """The form; a draft is told once somebody publishes it, law and violence by a second person."""
    form = visit.form if visit.method == "POST" else visit.query
    values = {name: str(form.get(name, "")).strip() for name in FIELDS}
    if visit.person.role == "editor":
        values["country"] = visit.person.country or ""
    if visit.method == "GET":
        values["as_of"] = visit.today.isoformat()  # read today, unless it has a date of its own
        return _form(visit, values, {}, {})
    if wants_checks_alone(visit):
        return checks_alone(visit, _checks(visit, values), values["country"])
    wrong, wrong_asked = _wrong(visit, values), _wrong_asked(visit, values)
    if wrong or wrong_asked or visit.form.get("do") == "check":
        return _form(visit, values, wrong, wrong_asked)
    with transaction(visit.engine) as session:
        asked = read_boxes(sent_boxes(visit.form))
        record_id = _add(session, values, asked, By(visit.person.history_role, visit.now))
    visit.note("added", record_id)
    return visit.go(f"/portal/statements/{quote(record_id)}", "added")


def _form(visit: Visit, values: Mapping[str, str], wrong: Mapping[str, str],
          wrong_asked: Mapping[str, Fault]) -> Response:  # fmt: skip
    came = shared_words(visit) if visit.method == "GET" else {}
    boxes = {language: came.get(language, text)
             for language, text in sent_boxes(visit.form).items()}  # fmt: skip
    return visit.page(
        "new_statement.html", status=422 if wrong or wrong_asked else 200, values=values,
        wrong=wrong, boxes=boxes, wrong_asked=wrong_asked, came=came, topics=topics(),
        kinds=KINDS, countries=COUNTRY_CODES, longest=LONGEST,
        longest_name=LONGEST_NAME, checks=_checks(visit, values),
    )  # fmt: skip


def _checks(visit: Visit, values: Mapping[str, str]) -> Checks:
    row = {name: values[name] for name in SOURCE}
    source = state([row] if any(row.values()) else [], values["as_of"], visit.today)
    return measured(values["text_es"], values["text_en"], values["topic"], source=source,
                    telling=_telling(visit, values))  # fmt: skip


def _telling(visit: Visit, values: Mapping[str, str]) -> tuple[str, ...]:
    with Session(visit.engine) as session:
        return where_told(session, values["country"], values["text_es"], values["text_en"])


def _wrong_asked(visit: Visit, values: Mapping[str, str]) -> dict[str, Fault]:
    owner = Owner(values["country"], values["topic"])
    with Session(visit.engine) as session:
        asked = read_boxes(sent_boxes(visit.form))
        return faults(session, asked, owner, visit.today, needed=True)


def _wrong(visit: Visit, values: Mapping[str, str]) -> dict[str, str]:
    known = {"country": COUNTRY_CODES, "topic": topics(), "kind": KINDS}
    wrong = {name: "choose_one" for name, allowed in known.items() if values[name] not in allowed}
    wrong |= wrong_texts(values["text_es"], values["text_en"])
    wrong |= wrong_places(_telling(visit, values))
    wrong |= row_faults({name: values[name] for name in SOURCE})
    if fault := date_fault(values["as_of"], visit.today):
        wrong["as_of"] = fault
    return wrong


def _add(session: Session, values: Mapping[str, str], asked: Asked | None, by: By) -> str:
    record = Statement(
        id=f"{values['country'].lower()}.portal-{secrets.token_hex(4)}", country=values["country"],
        intent=values["topic"], kind=values["kind"], text_es=values["text_es"],
        text_en=values["text_en"], asked=asked, volatile=False, status="draft", follows=None,
        priority=0, valid_from=None, valid_until=None,
        as_of=values["as_of"], confidence="medium",
        call_first=False, second_reading=None, verified_at=None, verified_by=None, edited_at=by.at,
        file_hash=None,
    )  # fmt: skip
    session.add(record)
    session.add(
        Source(record_id=record.id, position=1, url=values["url"], title=values["title"],
               publisher=values["publisher"])
    )  # fmt: skip
    session.flush()
    write_version(session, record, by, "added", None)
    return record.id
