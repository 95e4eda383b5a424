"""The first administrator: made once; her link is told to whoever starts the program."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.database import open_engine
from bot.portal.accounts import NO_MAIL, Accounts, Newcomer
from bot.portal.secrets import Secrets
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
