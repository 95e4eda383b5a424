"""What women ask when a text is the answer: one question a line, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import ValidationError
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.directory.text import fold
from bot.knowledge.lifecycle import ALWAYS, Span
from bot.knowledge.models import Statement
from bot.knowledge.schema import Questions
from bot.portal.site import Refused

LANGUAGES = ("es", "en")
SHOWN = 90  # characters of a question, or of a text, in a message
_KEYS = {  # what pydantic calls it; what we say, and where its number stands
    "too_short": ("asked_both", ""), "too_long": ("asked_many", "max_length"),
    "string_too_short": ("asked_short", "min_length"),
    "string_too_long": ("asked_long", "max_length"),
}  # fmt: skip
Asked = dict[str, list[str]]


@dataclass(frozen=True)
class Fault:
    """What to say, with what is filled in; `other`: the text that has the question already."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    other: str = ""


@dataclass(frozen=True)
class Owner:
    """The text that the questions are of; a new one has no id yet."""

    country: str
    topic: str
    id: str = ""
    told: Span = ALWAYS


def owner_of(record: Statement) -> Owner:
    return Owner(record.country, record.intent, record.id, span_of(record))


def span_of(record: Statement) -> Span:
    """When it is told."""
    return Span(record.valid_from, record.valid_until)


def boxes(asked: Mapping[str, list[str]] | None) -> dict[str, str]:
    """As they stand in the form."""
    return {language: "\n".join((asked or {}).get(language, [])) for language in LANGUAGES}


def sent_boxes(form: Mapping[str, str]) -> dict[str, str]:
    """As they were sent."""
    return {language: form.get(f"asked_{language}", "") for language in LANGUAGES}


def read_boxes(texts: Mapping[str, str]) -> Asked | None:
    """The questions; None where there is none. What stands there twice counts once."""
    asked = {language: _lines(texts.get(language, "")) for language in LANGUAGES}
    return asked if any(asked.values()) else None


def _lines(text: str) -> list[str]:
    kept: dict[str, str] = {}
    for line in (" ".join(each.split()) for each in text.splitlines()):
        if line:
            kept.setdefault(_bare(line), line)
    return list(kept.values())


def _bare(question: str) -> str:
    """Questions that differ in capitals, accents or signs are one."""
    return fold(question) or question


def faults(
    session: Session, asked: Asked | None, owner: Owner, today: date, *, needed: bool = False
) -> dict[str, Fault]:
    """By the name of the box; `needed`: a text without questions is refused."""
    if asked is None:
        wrong = dict.fromkeys(LANGUAGES, Fault("asked_needed")) if needed else {}
    else:
        wrong = _misshapen(asked) or taken(session, asked, owner, today)
    return {f"asked_{language}": fault for language, fault in wrong.items()}


def _misshapen(asked: Asked) -> dict[str, Fault]:
    """What a country file may not say either (bot/knowledge/schema.py)."""
    try:
        Questions.model_validate(asked)
    except ValidationError as error:
        found: dict[str, Fault] = {}
        for each in error.errors():
            language, *place = each["loc"]
            key, number = _KEYS[each["type"]]
            values: dict[str, object] = {"n": each["ctx"][number]} if number else {}
            if place:
                values["question"] = str(each["input"])[:SHOWN]
            found.setdefault(str(language), Fault(key, values))
        return found
    return {}


def taken(session: Session, asked: Asked, owner: Owner, today: date) -> dict[str, Fault]:
    """By language: a question that another text of the topic and country has already. Texts that
    are withdrawn or past their time need none of theirs; nor does one that ends before this one
    begins."""
    wanted = select(Statement).where(
        Statement.country == owner.country, Statement.intent == owner.topic,
        Statement.id != owner.id, Statement.status != "withdrawn",
        or_(Statement.valid_until.is_(None), Statement.valid_until >= today),
    ).order_by(Statement.id)  # fmt: skip
    holders: dict[str, Statement] = {}
    for other in session.scalars(wanted):
        if not owner.told.meets(span_of(other)):
            continue
        for question in [each for some in (other.asked or {}).values() for each in some]:
            holders.setdefault(_bare(question), other)
    found: dict[str, Fault] = {}
    for language, questions in asked.items():
        for question in questions:
            if holder := holders.get(_bare(question)):
                values = {"question": question, "text": _short(holder.text.get(language))}
                found.setdefault(language, Fault("asked_taken", values, holder.id))
    return found


def refuse_taken(session: Session, asked: Asked | None, owner: Owner, today: date) -> None:
    """Where nothing can be written into a box; raises Refused, naming question and text."""
    for fault in taken(session, asked or {}, owner, today).values():
        raise Refused(409, fault.key, **fault.values)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()}…"
