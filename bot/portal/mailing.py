"""Letters to organisations by mail, by themselves: off unless COMADRE_REMINDERS=on.

Once a day at most, to addresses that the directory's own services give, each at most once a month,
never to one that does not want it, never where a place is secret.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid

from sqlalchemy import Engine, true
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.database import transaction
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
from bot.settings import SettingError

log = logging.getLogger(__name__)
MOST_A_DAY = 50
LOOKED_AT = 2_000  # letters, for those that may be sent today
HOUR = 15  # UTC: in the morning from California to Panama
AGAIN = timedelta(minutes=10)
WAIT_S = 20
Send = Callable[[EmailMessage], None]


@dataclass(frozen=True)
class MailAccount:
    """By which server letters leave."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, env: Mapping[str, str]) -> MailAccount:
        """Raises SettingError."""
        host, sender = env.get("COMADRE_SMTP_HOST", ""), env.get("COMADRE_MAIL_FROM", "")
        port = env.get("COMADRE_SMTP_PORT") or "587"
        if not host or "@" not in sender or not port.isdigit():
            raise SettingError(
                "Mail (COMADRE_REMINDERS=on, or a COMADRE_SMTP_HOST) needs COMADRE_SMTP_HOST, "
                "COMADRE_MAIL_FROM (an address), and a number as COMADRE_SMTP_PORT where it is not "
                "587"
            )
        return cls(host, int(port), sender, env.get("COMADRE_SMTP_USER", ""),
                   env.get("COMADRE_SMTP_PASSWORD", ""))  # fmt: skip

    def send(self, message: EmailMessage) -> None:
        """Encrypted, the server's certificate checked. Raises OSError or SMTPException."""
        with smtplib.SMTP(self.host, self.port, timeout=WAIT_S) as server:
            server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)


@dataclass(frozen=True)
class Postwoman:
    """Sends what is due; `url` is where the links lead."""

    engine: Engine
    secrets: Secrets
    url: str
    sender: str
    send: Send

    def deliver(self, today: date) -> int:
        """How many letters left. One that does not leave is tried again tomorrow. Who was asked
        today already, by another worker or by hand, counts among the most of a day."""
        with Session(self.engine, expire_on_commit=False) as session:
            room = max(0, MOST_A_DAY - asked_today(session, today))
            found = letters(session, today, true(), most=LOOKED_AT) if room else []
        wanted = [each for each in found if each.email and each.may_mail]
        return sum(self._tried(each, today) for each in wanted[:room])

    def _tried(self, letter: Letter, today: date) -> bool:
        """One letter that cannot even be written keeps no other from leaving."""
        try:
            return self._deliver_one(letter, today)
        except (SQLAlchemyError, ValueError) as error:  # its text may name the address
            log.error("a reminder was not sent: %s", type(error).__name__)
            return False

    def _deliver_one(self, letter: Letter, today: date) -> bool:
        message = EmailMessage()
        message["Subject"], message["From"] = subject_of(letter), self.sender
        message["To"] = str(letter.email)
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text_of(letter, self.secrets, self.url))
        with transaction(self.engine) as session:
            if not claim(session, letter, today):
                return False
        try:
            self.send(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:  # may name the address
            log.error("a reminder did not leave: %s", type(error).__name__)
            with transaction(self.engine) as session:
                asked(session, letter, letter.asked_on)
            return False
        return True


async def every_day(postwoman: Postwoman, clock: Callable[[], datetime]) -> None:
    """Until it is cancelled. What goes wrong here stays here."""
    last: date | None = None
    while True:
        now = clock()
        if now.hour >= HOUR and last != now.date():
            last = now.date()
            try:
                await asyncio.to_thread(postwoman.deliver, last)
            except Exception as error:  # a database that is away, say: tomorrow again
                log.error("no reminders today: %s", type(error).__name__)
        await asyncio.sleep(AGAIN.total_seconds())
