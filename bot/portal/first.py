"""Links that whoever runs the server makes: for the first administrator, and for one who is
locked out."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.database import open_engine
from bot.portal import audit
from bot.portal.accounts import NO_MAIL, Accounts, Newcomer
from bot.portal.secrets import Secrets
from bot.portal.telling import post_office
from bot.settings import Settings


def first_login(settings: Settings) -> str | None:
    """The path of a link with which the first administrator chooses her password; None as soon as
    one can sign in. Until then each start makes a new link, and older ones end."""
    engine = open_engine(settings.database_url)
    try:
        accounts, now = Accounts(engine, Secrets(settings.secret_key)), datetime.now(UTC)
        waiting = accounts.waiting_administrator()
        if waiting is None:
            return None
        if waiting:
            return f"/portal/invitation/{accounts.new_link(waiting, now)}"
        first = Newcomer("Administración", NO_MAIL, "administrator")
        return f"/portal/invitation/{accounts.invite(first, now)}"
    finally:
        engine.dispose()


class NoSuchAdministrator(LookupError):
    """No open account of an administrator has that mail."""


def link_again(settings: Settings, email: str) -> str:
    """The path of a link for an administrator who lost telephone or password, and whom nobody else
    can help: her password, second lock, recovery codes and sessions end. Written into the record,
    and told to her. Raises NoSuchAdministrator."""
    engine = open_engine(settings.database_url)
    try:
        accounts, now = Accounts(engine, Secrets(settings.secret_key)), datetime.now(UTC)
        person = accounts.administrator(email)
        if person is None:
            raise NoSuchAdministrator
        token = accounts.new_link(person.id, now, forget_totp=True)
        audit.note_server(engine, now, "account_rescued", f"account {person.id}")
        post = post_office(settings.environment)
        if post is not None and person.email != NO_MAIL:
            post(person.email, "account_rescued")
        return f"/portal/invitation/{token}"
    finally:
        engine.dispose()
