"""Mail: by which server it leaves, and what all of ours have in common."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid

from bot.settings import SettingError

log = logging.getLogger(__name__)
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


def written(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """A mail that no machine should answer. Raises ValueError for an address that is none."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, sender, to
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def left(send: Send, write: Callable[[], EmailMessage], what: str) -> bool:
    """Whether it went. If not, `what` is logged, and never the error's text: it may name her."""
    try:
        send(write())
    except (OSError, smtplib.SMTPException, ValueError) as error:
        log.error("%s did not leave: %s", what, type(error).__name__)
        return False
    return True
