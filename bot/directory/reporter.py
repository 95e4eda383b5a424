"""Who is reporting, without knowing who: a mark that counts a woman once and then means nothing.

Her pseudonym reaches this module from the action layer (`speaking`) and goes no further. What is
stored is HMAC-SHA256(key of the record, pseudonym). The key is random, belongs to that one record's
open reports, and is deleted with them: as soon as somebody has confirmed the record, or the reports
are too old to count, the mark is emptied and nothing is left that could be compared with a
pseudonym again, not even by whoever holds the root secret. Two records have two keys, so that marks
do not show that the same woman reported both.

A key per record and not per day: with a fresh key each morning one woman could count three times in
three days, and hide a number alone.

One telephone is somebody on WhatsApp, somebody else by SMS and a third on Telegram, and nothing but
the root secret could tell that they are one: a mark of the bare number would have to go through
Rasa with every message, and whoever holds the database could lay her two conversations side by
side. So a report keeps by which way it came (`way_of`), and women are only counted among those who
came by the same one. Who writes on the page of the chat proves nothing of herself, not even a
telephone: her reports tell the network to look, and hide nothing.

Only how many reports somebody makes in a day is counted under a key of the day; that count knows no
record, and is deleted with its key on the next day.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.database import add_once
from bot.knowledge.trust import ReportKey, ReportRate

MOST_A_DAY = 6
# Reports of nobody that we can tell apart count as one person, so that they hide nothing.
_NOBODY = "nobody"
_DAY = "day/"
PAGE = "web"  # the way by which one person can be many
# Nor is it known of whom there was before ways were kept, or under a former root secret
# (bot/privacy/rotation.py): one telephone may be several of them, and somebody new besides.
UNSURE = ("", PAGE)
_speaker: ContextVar[str] = ContextVar("speaker", default=_NOBODY)
_way: ContextVar[str] = ContextVar("way", default="")
_rehearses: ContextVar[bool] = ContextVar("rehearses", default=False)


@contextmanager
def speaking(pseudonym: str, way: str = "", *, rehearses: bool = False) -> Iterator[None]:
    """Inside, `pseudonym` is who reports, who came by that `way`; threads started with the context
    know it, too.

    What somebody reports who only `rehearses` is answered as ever, and not kept.
    """
    token, before = _speaker.set(pseudonym or _NOBODY), _rehearses.set(rehearses)
    came = _way.set(way)
    try:
        yield
    finally:
        _speaker.reset(token)
        _way.reset(came)
        _rehearses.reset(before)


def way_of(channel: str, style: str) -> str:
    """By which way a message came: one telephone has one address on each, except on the page, which
    looks as whoever sits before it chooses. At most 33 characters."""
    return PAGE if channel == PAGE else f"{channel} {style}".strip()


def came_by() -> str:
    """The speaker's way."""
    return _way.get()


def is_rehearsal() -> bool:
    """Whether nothing of the report may be kept."""
    return _rehearses.get()


def mark_for(session: Session, record_id: str) -> str:
    """The speaker's mark on this record, the same as long as its reports are open."""
    return _mark(_key(session, record_id))


def is_within_rate(session: Session, today: date) -> bool:
    """Counts one report of the speaker's day; False where she has made enough of them."""
    mark = _mark(_key(session, f"{_DAY}{today.isoformat()}"))
    add_once(session, ReportRate, mark=mark, day=today, reports=0)
    row = session.get_one(ReportRate, mark, with_for_update=True)
    row.reports += 1
    return row.reports <= MOST_A_DAY


def forget_days(session: Session, today: date) -> None:
    """Delete what was counted of earlier days, and the keys with which it was."""
    session.execute(delete(ReportRate).where(ReportRate.day < today))
    session.execute(
        delete(ReportKey).where(
            ReportKey.name.startswith(_DAY), ReportKey.name < f"{_DAY}{today.isoformat()}"
        )
    )


def forget_marks(session: Session, record_id: str) -> None:
    """Delete the key: the record's marks can never be made again."""
    session.execute(delete(ReportKey).where(ReportKey.name == record_id))


def _key(session: Session, name: str) -> bytes:
    row = session.get(ReportKey, name)
    if row is None:  # two women may be the first ones at the same moment: one key counts
        add_once(session, ReportKey, name=name, key=os.urandom(32))
        row = session.get_one(ReportKey, name)
    return row.key


def _mark(key: bytes) -> str:
    return hmac.new(key, _speaker.get().encode(), hashlib.sha256).hexdigest()
