"""She is told of what happened to her account: on her own page, and by mail where a server is set.

Nothing that a mail says helps whoever reads it by accident: no link, no name, no record.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.utils import make_msgid

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.portal.accounts import NO_MAIL
from bot.portal.mailing import MailAccount
from bot.portal.models import Audit
from bot.portal.person import Person
from bot.portal.site import Post, Visit
from bot.portal.words import tell

log = logging.getLogger(__name__)
CHANGES = (
    "password_changed", "password_set", "totp_on", "totp_off", "account_link", "account_reset",
    "account_on", "account_off", "code_used_again",
)  # fmt: skip
TRIES = ("wrong_password", "wrong_code", "sign_in_closed")  # on her page alone: anybody can do that
ON_HER_PAGE, ON_HOME = timedelta(days=30), timedelta(days=3)
MOST = 20


def happened(visit: Visit, action: str, whose: Person) -> None:
    """Into the record, and to whose account it is."""
    visit.note(action, f"account {whose.id}")
    post = visit.site.post
    if post is not None and whose.email != NO_MAIL:
        visit.later(lambda: post(whose.email, action))


def lately(visit: Visit, within: timedelta, actions: tuple[str, ...]) -> list[Audit]:
    """What happened to her account, the newest first."""
    wanted = select(Audit).where(
        Audit.at > visit.now - within, Audit.subject == f"account {visit.person.id}",
        Audit.action.in_(actions),
    )  # fmt: skip
    with Session(visit.engine) as session:
        return list(session.scalars(wanted.order_by(Audit.id.desc()).limit(MOST)))


def post_office(env: Mapping[str, str]) -> Post | None:
    """None where no server for mail is set; raises SettingError where it is set in part."""
    if not env.get("COMADRE_SMTP_HOST"):
        return None
    account = MailAccount.read(env)

    def post(email: str, action: str) -> None:
        try:
            account.send(_letter(account.sender, email, action))
        except (OSError, smtplib.SMTPException, ValueError) as error:  # may name the address
            log.error("a notice of an account did not leave: %s", type(error).__name__)

    return post


def _letter(sender: str, email: str, action: str) -> EmailMessage:
    """In both languages: which one she reads is kept in her browser alone."""
    message = EmailMessage()
    message["Subject"] = " · ".join(tell("account_mail_subject", each) for each in ("es", "en"))
    message["From"], message["To"] = sender, email
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n—\n\n".join(
        tell("account_mail", each, what=tell(f"happened_{action}", each)) for each in ("es", "en")
    ))  # fmt: skip
    return message
