"""What an administrator changes of somebody's account, and what is left of who was removed.

Of the removed a row without name, mail, password or country stays: its number stands in the record
of what was done, and must never become another person's.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session as Database

from bot.database import transaction
from bot.portal.accounts import Accounts, AlreadyThere, Newcomer
from bot.portal.models import Account, Invitation, Recovery, Session, Upload

REMOVED = b""  # what is sealed of nobody; no secret opens it
_DOORS: tuple[Any, ...] = (Session, Invitation)
_HERS: tuple[Any, ...] = (*_DOORS, Recovery, Upload)


class LastAdministrator(ValueError):
    """Nobody would be left who can let others in."""


def change_account(accounts: Accounts, number: int, to: Newcomer) -> None:
    """Name, mail, role, and what belongs to the role; her sessions end, and so does an invitation
    that is not used yet where it went to another mail or for another role. Raises AlreadyThere
    where the mail is another's, LastAdministrator."""
    with transaction(accounts.engine) as session:
        if to.role != "administrator":
            _leave_one(accounts, session, number)
        account = session.get_one(Account, number)
        mark = accounts.mark(to.email)
        if session.scalar(select(Account.id).where(Account.mark == mark, Account.id != number)):
            raise AlreadyThere
        if (mark, to.role) != (account.mark, account.role):
            session.execute(delete(Invitation).where(Invitation.account_id == number))
        account.mark, account.role = mark, to.role
        account.country, account.organization_id = to.country, to.organization_id
        account.sealed = accounts.secrets.seal({"name": to.name, "email": to.email.strip()})
        session.execute(delete(Session).where(Session.account_id == number))


def switch_off(accounts: Accounts, number: int) -> None:
    """Raises LastAdministrator."""
    with transaction(accounts.engine) as session:
        _leave_one(accounts, session, number)
        session.get_one(Account, number).active = False
        for table in _DOORS:
            session.execute(delete(table).where(table.account_id == number))


def remove_account(accounts: Accounts, number: int) -> None:
    """Her name and all she could come in by; raises LastAdministrator."""
    with transaction(accounts.engine) as session:
        _leave_one(accounts, session, number)
        empty(session, session.get_one(Account, number))


def empty(session: Database, account: Account) -> None:
    """What identifies somebody leaves the row."""
    for table in _HERS:
        session.execute(delete(table).where(table.account_id == account.id))
    account.mark, account.sealed = f"removed {account.id}", REMOVED
    account.password = account.totp = account.country = account.organization_id = None
    account.active = False


def _leave_one(accounts: Accounts, session: Database, number: int) -> None:
    """Of two who take each other's key away at the same moment one is refused: both write the
    same row first, and the second waits there (SQLite locks nothing for those who only read)."""
    administrators = Account.role == "administrator"
    first = select(func.min(Account.id)).where(administrators).scalar_subquery()
    session.execute(update(Account).where(Account.id == first).values(role=Account.role))
    wanted = select(Account).where(administrators, Account.active)
    found = session.scalars(wanted.execution_options(populate_existing=True)).all()
    is_one = any(each.id == number for each in found)
    others = [each for each in found if each.id != number and each.password]
    if is_one and not any(accounts.opens(each) for each in others):
        raise LastAdministrator
