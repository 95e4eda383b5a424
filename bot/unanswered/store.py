"""Redacted questions under keys of their months: written, taken back, forgotten, read for grouping.

A woman's mark is HMAC(key of the month, pseudonym): it tells women of one month apart, and nothing
else. When a month's last question is gone its key goes too, and copies of both are noise.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.orm import Session

from bot.database import add_once
from bot.privacy.keys import Keys, Unreadable, seal, unseal
from bot.unanswered.models import Unanswered, UnansweredKey, UnansweredProposal

DAYS_KEPT = 30
MOST_ROWS = 20_000
NOWHERE = "XX"


@dataclass(frozen=True)
class Question:
    """One redacted question, opened; `month` and `woman` together tell women apart."""

    id: int
    day: date
    language: str
    country: str
    woman: str
    text: str = field(repr=False)

    @property
    def month(self) -> str:
        return _month(self.day)


def keep(session: Session, keys: Keys, pseudonym: str, day: date, language: str,
         country: str, text: str) -> None:  # fmt: skip
    """The first of her day is kept, nothing where the store is full."""
    if (session.scalar(select(func.count()).select_from(Unanswered)) or 0) >= MOST_ROWS:
        return
    key = _key(session, keys, _month(day))
    add_once(session, Unanswered, day=day, language=language, country=country,
             woman=_mark(key, pseudonym), sealed=seal(key, text))  # fmt: skip


def take_back(session: Session, keys: Keys, pseudonym: str, since: date | None = None) -> None:
    """Everything of hers goes, or what is not older than `since`. Where nothing of hers is kept,
    nothing is written: most who speak of violence never asked anything that was."""
    marks = [_mark(key, pseudonym) for key in _open_keys(session, keys).values()]
    hers = select(Unanswered.id).where(Unanswered.woman.in_(marks))
    if since is not None:
        hers = hers.where(Unanswered.day >= since)
    if found := list(session.scalars(hers)):
        forget_some(session, found)


def forget_unanswered(session: Session, today: date, *, is_on: bool) -> None:
    """After 30 days; all of it, words with a topic too, where nobody wants it any more."""
    if not is_on:
        return forget_all(session.connection())
    first = today - timedelta(days=DAYS_KEPT - 1)
    session.execute(delete(Unanswered).where(Unanswered.day < first))
    _forget_keys(session)


def forget_all(connection: Connection) -> None:
    """Nothing of it stays: it was switched off, or a new root secret opens none of it."""
    for table in (Unanswered, UnansweredKey, UnansweredProposal):
        connection.execute(delete(table))


def forget_some(session: Session, ids: list[int]) -> int:
    """These, and the keys of months of which nothing else is left; how many were still there."""
    gone = session.scalars(
        delete(Unanswered).where(Unanswered.id.in_(ids)).returning(Unanswered.id)
    ).all()
    _forget_keys(session)
    return len(gone)


def read_questions(session: Session, keys: Keys, country: str | None = None) -> Iterator[Question]:
    """The oldest first; of one country, or of all."""
    opened = _open_keys(session, keys)
    wanted = select(Unanswered).order_by(Unanswered.day, Unanswered.id)
    if country is not None:
        wanted = wanted.where(Unanswered.country == country)
    for each in session.scalars(wanted):
        key = opened.get(_month(each.day))
        if key is None:
            continue
        try:
            text = str(unseal(key, each.sealed))
        except Unreadable:
            continue
        yield Question(each.id, each.day, each.language, each.country, each.woman, text)


def _month(day: date) -> str:
    return day.strftime("%Y-%m")


def _key(session: Session, keys: Keys, month: str) -> bytes:
    row = session.get(UnansweredKey, month)
    if row is None:  # two processes may come first at the same moment: one key counts
        add_once(session, UnansweredKey, month=month, wrapped=keys.new_person_key()[1])
        row = session.get_one(UnansweredKey, month)
    return keys.open_person_key(row.wrapped)


def _open_keys(session: Session, keys: Keys) -> dict[str, bytes]:
    """Of every month that can be read."""
    opened: dict[str, bytes] = {}
    for row in session.scalars(select(UnansweredKey)):
        with suppress(Unreadable):
            opened[row.month] = keys.open_person_key(row.wrapped)
    return opened


def _mark(key: bytes, pseudonym: str) -> str:
    own = hashlib.sha256(b"mark of a woman\0" + key).digest()  # the key itself only seals
    return hmac.new(own, pseudonym.encode(), hashlib.sha256).hexdigest()[:32]


def _forget_keys(session: Session) -> None:
    """Of months of which nothing is left."""
    left = {_month(day) for day in session.scalars(select(Unanswered.day).distinct())}
    session.execute(delete(UnansweredKey).where(UnansweredKey.month.not_in(left)))
