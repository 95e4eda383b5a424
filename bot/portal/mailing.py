"""Letters to organisations by mail, by themselves: off unless an administrator turns them on in the
back office, or the server says COMADRE_REMINDERS=on and no administrator turned them off.

Once a day at most, to addresses that the directory's own services give, each at most once a month,
never to one that does not want it, never where a place is secret.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import takewhile

from sqlalchemy import Engine, true
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.portal.post import Send, left, written
from bot.portal.reminders import (
    Letter,
    asked,
    asked_today,
    claim,
    letters,
    subject_of,
    text_of,
)
from bot.portal.secrets import Secrets
from bot.portal.set_here import mails_leave

log = logging.getLogger(__name__)
MOST_A_DAY = 50
LOOKED_AT = 2_000  # letters, for those that may be sent today
HOUR = 15  # UTC: in the morning from California to Panama
AGAIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Postwoman:
    """Sends what is due; `url` is where the links lead, `server` what COMADRE_REMINDERS says."""

    engine: Engine
    secrets: Secrets
    url: str
    sender: str
    send: Send
    server: bool

    def is_wanted(self) -> bool:
        """Now: an administrator may turn it on and off at any time."""
        with Session(self.engine) as session:
            return mails_leave(session, self.server)

    def deliver(self, today: date) -> int:
        """How many letters left. One that does not leave is tried again tomorrow. Who was asked
        today already, by another worker or by hand, counts among the most of a day."""
        with Session(self.engine, expire_on_commit=False) as session:
            room = max(0, MOST_A_DAY - asked_today(session, today))
            found = letters(session, today, true(), most=LOOKED_AT) if room else []
        wanted = [each for each in found if each.email and each.may_mail]
        still = takewhile(lambda _: self.is_wanted(), wanted[:room])
        return sum(self._tried(each, today) for each in still)

    def _tried(self, letter: Letter, today: date) -> bool:
        """One letter that cannot even be written keeps no other from leaving."""
        try:
            return self._deliver_one(letter, today)
        except (SQLAlchemyError, ValueError) as error:  # its text may name the address
            log.error("a reminder was not sent: %s", type(error).__name__)
            return False

    def _deliver_one(self, letter: Letter, today: date) -> bool:
        text = text_of(letter, self.secrets, self.url)
        write = partial(written, self.sender, str(letter.email), subject_of(letter), text)
        with transaction(self.engine) as session:
            if not claim(session, letter, today):
                return False
        if left(self.send, write, "a reminder"):
            return True
        with transaction(self.engine) as session:
            asked(session, letter, letter.asked_on)
        return False


async def every_day(postwoman: Postwoman, clock: Callable[[], datetime]) -> None:
    """Until it is cancelled. What goes wrong here stays here."""
    last: date | None = None
    while True:
        now = clock()
        if now.hour >= HOUR and last != now.date():
            try:
                # Until they are turned on, the day's letters wait.
                if await asyncio.to_thread(postwoman.is_wanted):
                    last = now.date()
                    await asyncio.to_thread(postwoman.deliver, last)
            except Exception as error:  # a database that is away, say: tomorrow again
                last = now.date()
                log.error("no reminders today: %s", type(error).__name__)
        await asyncio.sleep(AGAIN.total_seconds())
