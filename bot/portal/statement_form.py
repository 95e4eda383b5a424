"""The form of a text that is there: what was sent, what is wrong with it, what it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, get_args

from sqlalchemy.orm import Session

from bot.knowledge.history import latest_number
from bot.knowledge.lifecycle import Span
from bot.knowledge.models import Statement
from bot.knowledge.schema import Kind
from bot.knowledge.secret_places import secret_names, telling
from bot.knowledge.snapshot import snapshot
from bot.knowledge.sources import Row, rows_of
from bot.knowledge.topics import topics
from bot.portal.asked import Fault, Owner, boxes, faults, read_boxes, sent_boxes
from bot.portal.site import Visit
from bot.portal.source_check import date_fault, read_rows, row_faults

KINDS: tuple[str, ...] = get_args(Kind)
DATES = ("valid_from", "valid_until")
LONGEST = 1_200  # characters
# What is read together is decided together: half of it accepted would make two languages differ.
_TOGETHER = (("text_es", "text_en"), DATES, ("sources", "as_of"), ("intent", "kind"))


@dataclass(frozen=True)
class Draft:
    """What stands in the form, and what is wrong with it."""

    es: str
    en: str
    intent: str
    kind: str
    sources: Sequence[Row]
    as_of: str
    dates: Mapping[str, str]  # the first and the last day on which it is told
    boxes: Mapping[str, str]  # what women ask, by language
    telling: Sequence[str] = ()  # languages that say where a secret place is
    wrong: Mapping[str, str] = field(default_factory=dict)
    wrong_asked: Mapping[str, Fault] = field(default_factory=dict)


def as_it_is(session: Session, record: Statement) -> Draft:
    """What the text says now."""
    dates = {name: getattr(record, name) for name in DATES}
    written = {name: value.isoformat() if value else "" for name, value in dates.items()}
    return Draft(
        record.text_es, record.text_en, record.intent, record.kind, rows_of(session, record.id),
        record.as_of or "", written, boxes(record.asked),
        where_told(session, record.country, record.text_es, record.text_en),
    )  # fmt: skip


def sent(visit: Visit, session: Session, record: Statement) -> Draft:
    """What came, looked at."""
    form = visit.form
    dates, texts = {name: form.get(name, "") for name in DATES}, sent_boxes(form)
    draft = Draft(
        form.get("text_es", ""), form.get("text_en", ""), form.get("intent", record.intent),
        form.get("kind", record.kind), read_rows(form), form.get("as_of", "").strip(), dates, texts,
    )  # fmt: skip
    draft = replace(draft, telling=where_told(session, record.country, draft.es, draft.en))
    span, wrong = _span(dates)
    wrong |= wrong_texts(draft.es, draft.en) | _wrong_choices(draft)
    wrong |= wrong_places(draft.telling)
    wrong |= _wrong_sources(session, record, draft, visit.today)
    if form.get("version") != str(latest_number(visit.engine, record.id)):
        wrong["text_es"] = "changed_since"
    owner = Owner(record.country, draft.intent, record.id, span)
    wrong_asked = faults(session, read_boxes(texts), owner, visit.today)
    return replace(draft, wrong=wrong, wrong_asked=wrong_asked)


def changes(record: Statement, draft: Draft) -> dict[str, Any]:
    """What is saved or proposed: what differs, with what belongs to it."""
    wanted: dict[str, Any] = {
        "text_es": draft.es, "text_en": draft.en, "intent": draft.intent, "kind": draft.kind,
        "sources": list(draft.sources), "as_of": draft.as_of or None,
        "asked": read_boxes(draft.boxes),
        **{name: value or None for name, value in draft.dates.items()},
    }  # fmt: skip
    now = snapshot(record)
    changed = {name for name in wanted if wanted[name] != now[name]}
    for group in _TOGETHER:
        if changed & set(group):
            changed |= set(group)
    return {name: value for name, value in wanted.items() if name in changed}


def wrong_texts(es: str, en: str) -> dict[str, str]:
    """By the name of the box."""
    wrong = {}
    for name, text in (("text_es", es), ("text_en", en)):
        if not text:
            wrong[name] = "text_empty"
        elif len(text) > LONGEST:
            wrong[name] = "text_too_long"
    return wrong


def where_told(session: Session, country: str, es: str, en: str) -> tuple[str, ...]:
    """The languages in which the text says where a secret place is."""
    return telling(country, es, en, secret_names(session, country))


def wrong_places(languages: Sequence[str]) -> dict[str, str]:
    """By the name of the box."""
    return {f"text_{each}": "text_names_place" for each in languages}


def _wrong_choices(draft: Draft) -> dict[str, str]:
    chosen = (("intent", draft.intent, topics()), ("kind", draft.kind, KINDS))
    return {name: "choose_one" for name, value, allowed in chosen if value not in allowed}


def _wrong_sources(
    session: Session, record: Statement, draft: Draft, today: date
) -> dict[str, str]:
    """What came with the files may stay as it is; what is written here needs a date too."""
    there = rows_of(session, record.id)
    known = {row["url"] for row in there}
    wrong: dict[str, str] = {}
    for number, row in enumerate(draft.sources, 1):
        if row not in there:
            found = row_faults(row, known)
            wrong |= {f"{name}_{number}": fault for name, fault in found.items()}
    is_new = [row for row in draft.sources if row not in there]
    must_have_date = bool(is_new) or draft.as_of != (record.as_of or "")
    if must_have_date and (fault := date_fault(draft.as_of, today)):
        wrong["as_of"] = fault
    if record.status == "published" and not draft.sources:
        wrong["url_1"] = "no_source_not_told"
    return wrong


def _span(dates: Mapping[str, str]) -> tuple[Span, dict[str, str]]:
    wrong, span = {}, Span()
    try:
        span = Span(*(date.fromisoformat(dates[n]) if dates[n] else None for n in DATES))
    except ValueError:
        wrong = {name: "date_wrong" for name in DATES if not _is_date(dates[name])}
    if span.first and span.last and span.last < span.first:
        wrong["valid_until"] = "dates_crossed"
    return span, wrong


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError:
        return False
    return True
