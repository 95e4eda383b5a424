"""A new root secret, for the people of the portal: names, mails, hashes of passwords
and of recovery codes, and second locks are sealed anew.

Whoever was signed in signs in again, and links that were not used yet end: a new secret is set
after a loss, and nothing that was opened before it should go on.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session as Database

from bot.portal.accounts import mark_of_mail
from bot.portal.models import Account, Attempt, Invitation, Recovery, Session
from bot.portal.secrets import Secrets
from bot.portal.staff import REMOVED, empty
from bot.privacy.keys import Unreadable


def rotate_accounts(connection: Connection, old: Secrets, new: Secrets) -> int:
    """Inside the caller's transaction; how many were sealed anew. A second run changes no more;
    accounts that neither secret opens are emptied, as nobody could ever sign in with them."""
    with Database(connection, join_transaction_mode="create_savepoint") as session:
        for table in (Session, Invitation, Attempt):
            session.execute(delete(table))
        accounts = list(session.scalars(select(Account).order_by(Account.id)))
        changed = sum(_rotate_account(session, each, old, new) for each in accounts)
        session.commit()
    return changed


def _rotate_account(session: Database, account: Account, old: Secrets, new: Secrets) -> bool:
    if account.sealed == REMOVED or _opens(new, account.sealed):
        return False
    try:
        known = old.unseal(account.sealed)
    except Unreadable:
        empty(session, account)
        return False
    account.mark = mark_of_mail(new, known["email"])
    account.sealed = new.seal(known)
    if account.totp is not None:
        try:
            account.totp = new.seal(old.unseal(account.totp))
        except Unreadable:
            account.totp = None
    for code in session.scalars(select(Recovery).where(Recovery.account_id == account.id)):
        _rotate_code(session, code, old, new)
    try:
        hashed = old.open_hash(account.password)
        account.password = new.seal_hash(hashed) if hashed else None
    except Unreadable:
        account.password = None
    return True


def _rotate_code(session: Database, code: Recovery, old: Secrets, new: Secrets) -> None:
    try:
        code.code = new.seal_hash(old.open_hash(code.code) or "")
    except Unreadable:
        session.delete(code)


def _opens(secrets: Secrets, sealed: bytes) -> bool:
    try:
        secrets.unseal(sealed)
    except Unreadable:
        return False
    return True
