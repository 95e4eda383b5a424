"""Which numbers are emergency lines: no report may ever hide one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.directory.models import Service
from bot.knowledge.cards import Card, cards
from bot.knowledge.models import EmergencyLine, Statement
from bot.knowledge.schema import REGIONAL


def is_emergency(session: Session, record: Service | Statement, number: str) -> bool:
    """Whether the number, or the record as a whole, is one that people in danger need.

    A service counts as a whole when any of its numbers is one, a statement when it says one.
    """
    lines, refs = _emergency(session, record.country)
    if record.id in refs:
        return True
    if isinstance(record, Statement):
        return record.priority > 0 or any(each in record.text_es for each in lines)
    own = {each.number for each in record.phones} | {record.whatsapp or ""}
    return number in lines if number else not own.isdisjoint(lines)


def _emergency(session: Session, country: str) -> tuple[set[str], set[str]]:
    """The numbers of the country's lines and cards, as stored and as dialled; and what the cards
    were made from."""
    numbers: set[str] = set()
    for line in session.scalars(
        select(EmergencyLine).where(EmergencyLine.country.in_({country, REGIONAL}))
    ):
        numbers |= {line.number, line.display, *filter(None, (line.sms_number, line.whatsapp))}
    refs: set[str] = set()
    file = cards(country)
    for need in type(file).model_fields:
        card = getattr(file, need)
        for each in [*card.numbers, *card.more] if isinstance(card, Card) else []:
            numbers |= {each.number, each.display, *filter(None, (each.whatsapp,))}
            refs.add(each.ref)
    return numbers - {""}, refs
