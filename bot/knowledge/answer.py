"""What she is told about one topic in one country, with whatever goes with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bot.directory.found import FoundService
from bot.knowledge.choice import Wish, choose
from bot.knowledge.dates import is_old, oldest
from bot.knowledge.lifecycle import is_told, last_check, stage
from bot.knowledge.models import Source, Statement
from bot.knowledge.next_step import (
    EmergencyNumber,
    Question,
    emergency_number,
    next_step,
    who_may_know,
)
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.knowledge.topics import topics

__all__ = ["Answer", "Citation", "EmergencyNumber", "Told", "answer", "cite", "may_be_told"]


@dataclass(frozen=True)
class Told:
    """One sentence for her, and what the portal and the analytics need to know about it."""

    id: str
    kind: str
    text: str
    as_of: str | None


@dataclass(frozen=True)
class Citation:
    """Where statements come from and how old the oldest of them is."""

    source_name: str | None
    oldest: str | None  # as the source gives it: "2025-12", "2022"; or the day it was confirmed
    confirmed: bool  # that day is one on which somebody of the network confirmed it
    undated: bool  # something told carries no date
    confirm_first: bool  # volatile, old, or not confirmed by an editor


@dataclass(frozen=True)
class Answer:
    """Everything an action needs to reply; texts are in the language asked for."""

    intent: str
    country: str
    topic: str  # the topic's name in plain words
    child_focus: bool
    note: str | None  # what must be said honestly with this topic, in every country
    statements: tuple[Told, ...]
    emergency: EmergencyNumber | None
    citation: Citation
    act_early: bool  # a short deadline may exist that is not confirmed
    next_step: FoundService | None
    is_regional: bool  # told from the regional file, not from the country's
    unknown: bool
    ask: FoundService | None  # who may know, when nothing is known here


def answer(
    session: Session,
    intent: str,
    country: str,
    language: str,
    today: date,
    phase: str | None = None,
    city: str | None = None,
    *,
    without: Collection[str] = (),
) -> Answer:
    """The best answer to `intent` in `country` ("XX", or any other code, is the region).

    `without` holds the ids of statements that she was told before: the next ones come.
    Raises KeyError for an intent that data/topics.yml does not know.
    """
    code = country if country in COUNTRY_CODES else REGIONAL
    question = Question(intent, code, language, today, phase, city, frozenset(without))
    topic = topics()[intent]
    kept = _on_topic(session, question)
    known = _told_now(kept, question)
    is_regional = code == REGIONAL or not known
    if not known and code != REGIONAL:
        regional = _on_topic(session, replace(question, country=REGIONAL))
        known = _told_now(regional, question)
    chosen = choose(known, Wish(today, topic.first, phase, question.without))
    emergency = emergency_number(topic, code, language)
    return Answer(
        intent=intent,
        country=code,
        topic=topic.name.get(language),
        child_focus=topic.child_focus,
        note=topic.note.get(language) if topic.note else None,
        statements=tuple(
            Told(each.id, each.kind, each.text.get(language), each.as_of) for each in chosen
        ),
        emergency=emergency,
        citation=cite(session, chosen, today),
        act_early=any(_is_unconfirmed_deadline(each) for each in kept),
        next_step=next_step(session, question, topic, emergency),
        is_regional=is_regional,
        unknown=not chosen,
        ask=None if chosen else who_may_know(session, question),
    )


def cite(session: Session, chosen: Sequence[Statement], today: date) -> Citation:
    """The first statement's publisher, and the age of the one looked at the longest ago."""
    checks = [last_check(each).on or date.min for each in chosen]
    first = chosen[checks.index(min(checks))] if chosen else None
    return Citation(
        source_name=_source_name(session, chosen),
        oldest=oldest([_known_on(each) for each in chosen]),
        confirmed=first is not None and first.verified_at is not None,
        undated=any(_known_on(each) is None for each in chosen),
        confirm_first=any(_must_be_confirmed(each, today) for each in chosen),
    )


def may_be_told(statement: Statement, today: date) -> bool:
    """Published, not past its time, not reported wrong; `hidden` must be loaded."""
    reached = stage(statement, statement.status, today, statement.valid_until)
    return is_told(reached) and not statement.hidden


def _on_topic(session: Session, question: Question) -> list[Statement]:
    """Everything kept about the topic in the country, told or not."""
    return list(
        session.scalars(
            select(Statement)
            .where(Statement.country == question.country, Statement.intent == question.intent)
            .options(selectinload(Statement.hidden))
        )
    )


def _told_now(statements: list[Statement], question: Question) -> list[Statement]:
    return [
        each
        for each in statements
        if may_be_told(each, question.today) and each.id not in question.without
    ]


def _is_unconfirmed_deadline(statement: Statement) -> bool:
    return statement.kind == "deadline" and (statement.status == "draft" or statement.call_first)


def _known_on(statement: Statement) -> str | None:
    """The day on which it was confirmed, else the date of its source."""
    verified = statement.verified_at
    return verified.date().isoformat() if verified else statement.as_of


def _must_be_confirmed(statement: Statement, today: date) -> bool:
    """Whether she should ask before relying on it; an editor's recent word is enough."""
    if statement.call_first:
        return True
    if statement.verified_at is not None:
        return is_old(statement.verified_at.date().isoformat(), today)
    return statement.volatile or is_old(statement.as_of, today)


def _source_name(session: Session, chosen: Sequence[Statement]) -> str | None:
    """The publisher behind the first statement, as a name that she can judge."""
    if not chosen:
        return None
    return session.scalar(
        select(Source.publisher)
        .where(Source.record_id == chosen[0].id)
        .order_by(Source.position)
        .limit(1)
    )
