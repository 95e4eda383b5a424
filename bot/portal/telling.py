"""She is told of what happened to her account: on her own page, and by mail where a server is set.

Nothing that a mail says helps whoever reads it by accident: no link, no name, no record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.portal.accounts import NO_MAIL
from bot.portal.models import Audit
from bot.portal.person import Person
from bot.portal.post import MailAccount, left, written
from bot.portal.site import Post, Visit
from bot.portal.words import LANGUAGES, tell

CHANGES = (
    "password_changed", "password_set", "totp_on", "totp_off", "account_link", "account_reset",
    "account_on", "account_off", "code_used_again", "totp_changed", "recovery_used",
    "recovery_made", "account_rescued", "account_change", "account_remove",
)  # fmt: skip
FIRST = "account_begun"  # by her own invitation: nothing that she is warned of at once
TRIES = ("wrong_password", "wrong_code", "sign_in_closed")  # on her page alone: anybody can do that
ON_HER_PAGE, ON_HOME = timedelta(days=30), timedelta(days=3)
MOST = 20


def happened(visit: Visit, action: str, whose: Person, also: str = "") -> None:
    """Into the record, and to whose account it is; `also` to the mail that she has from now on."""
    visit.note(action, f"account {whose.id}")
    post = visit.site.post
    if post is None:
        return
    for email in {whose.email.lower(): whose.email, also.lower(): also}.values():
        if email not in ("", NO_MAIL):
            visit.later(partial(post, email, action))


def is_new(visit: Visit, whose: Person) -> bool:
    """Whether that account never had a password: a later link is written down when it is made."""
    known = (FIRST, "password_set", "account_link", "account_reset")
    wanted = select(Audit.id).where(
        Audit.subject == f"account {whose.id}", Audit.action.in_(known)
    )  # fmt: skip
    with Session(visit.engine) as session:
        return session.scalars(wanted.limit(1)).first() is None


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
        write = partial(written, account.sender, email, *_letter(action))
        left(account.send, write, "a notice of an account")

    return post


def _letter(action: str) -> tuple[str, str]:
    """In both languages: which one she reads is kept in her browser alone."""
    subject = " · ".join(tell("account_mail_subject", each) for each in LANGUAGES)
    texts = [
        tell("account_mail", each, what=tell(f"happened_{action}", each)) for each in LANGUAGES
    ]
    return subject, "\n\n—\n\n".join(texts)
