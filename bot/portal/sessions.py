"""Sessions: a random token in a cookie, its hash in the database, ended there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session as Database

from bot.database import transaction
from bot.portal.accounts import Accounts
from bot.portal.models import Account, Session
from bot.portal.person import Person
from bot.portal.secrets import hash_of, new_token
from bot.privacy.keys import Unreadable

IDLE, LONGEST = timedelta(hours=12), timedelta(days=14)
# Who can let others in has shorter ones: the standard's own (OWASP ASVS 3.3.2).
OF_ROLE = {"administrator": (timedelta(minutes=30), timedelta(hours=12))}
_SEEN_EVERY = timedelta(minutes=5)  # not a write at every click
_BROWSERS = ("Firefox", "Edg", "OPR", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac", "Linux")


@dataclass(frozen=True)
class Signed:
    """Who is at the other end; `is_whole` once the code was given too."""

    person: Person
    is_whole: bool


def open_session(
    engine: Engine, account_id: int, device: str, at: datetime, *, is_whole: bool
) -> str:
    """The token for the cookie."""
    token = new_token()
    with transaction(engine) as session:
        session.execute(delete(Session).where(Session.opened_at < at - LONGEST))
        session.execute(delete(Session).where(Session.seen_at < at - IDLE))
        session.add(
            Session(
                token=hash_of(token), account_id=account_id, is_whole=is_whole, device=device,
                opened_at=at, seen_at=at,
            )
        )  # fmt: skip
    return token


def find_session(accounts: Accounts, token: str, at: datetime) -> Signed | None:
    """Who holds the token; None where the session ended or its account is off."""
    with Database(accounts.engine) as session:
        found = session.get(Session, hash_of(token))
        if found is None:
            return None
        account = session.get_one(Account, found.account_id)
        if _is_over(found, account.role, at) or not account.active:
            return None
        if found.seen_at < at - _SEEN_EVERY:
            found.seen_at = at
            session.commit()
        try:
            return Signed(accounts.person(account), found.is_whole)
        except Unreadable:  # of another root secret
            return None


def _is_over(session: Session, role: str, at: datetime) -> bool:
    """By the clock; what is over is deleted when somebody signs in."""
    idle, longest = OF_ROLE.get(role, (IDLE, LONGEST))
    return session.opened_at < at - longest or session.seen_at < at - idle


def end_session(engine: Engine, token_hash: str, account_id: int) -> None:
    """That one, if it is hers."""
    with transaction(engine) as session:
        session.execute(
            delete(Session).where(Session.token == token_hash, Session.account_id == account_id)
        )


def end_all(engine: Engine, account_id: int) -> None:
    """Signed out everywhere."""
    with transaction(engine) as session:
        session.execute(delete(Session).where(Session.account_id == account_id))


def sessions_of(engine: Engine, account_id: int, at: datetime) -> list[Session]:
    """Her open sessions, the latest first; not those that are over, which open nothing."""
    with Database(engine) as session:
        role = session.get_one(Account, account_id).role
        wanted = select(Session).where(Session.account_id == account_id)
        found = session.scalars(wanted.order_by(Session.seen_at.desc()))
        return [each for each in found if not _is_over(each, role, at)]


def device_of(agent: str) -> str:
    """Enough to know one's own telephone again, too little to follow anybody."""
    browser = next((each for each in _BROWSERS if each in agent), "")
    system = next((each for each in _SYSTEMS if re.search(each, agent)), "")
    name = {"Edg": "Edge", "OPR": "Opera"}.get(browser, browser)
    return ", ".join(filter(None, (name, system))) or "?"
