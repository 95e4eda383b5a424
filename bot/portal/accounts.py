"""Accounts: inviting, accepting, signing in, the second lock, switching off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import pyotp
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session as Database

from bot.database import transaction
from bot.portal.models import Account, Invitation, Recovery, Session
from bot.portal.person import Person
from bot.portal.secrets import Secrets, hash_of, new_token
from bot.privacy.keys import Unreadable

INVITATION_DAYS = 7
SHORTEST, LONGEST = 12, 128
LONGEST_EVER = 200  # of those that were set before 128 was the most
_STEP_S = 30
NO_MAIL = "admin@comadre.invalid"  # the first administrator writes her own


class AlreadyThere(ValueError):
    """That mail has an account."""


@dataclass(frozen=True)
class Newcomer:
    """Whom to invite."""

    name: str
    email: str
    role: str
    country: str | None = None
    organization_id: str | None = None


class Accounts:
    """All accounts of one installation."""

    def __init__(self, engine: Engine, secrets: Secrets) -> None:
        self.engine, self.secrets = engine, secrets

    def mark(self, email: str) -> str:
        """By what an account is found."""
        return mark_of_mail(self.secrets, email)

    def person(self, account: Account) -> Person:
        """The account, readable."""
        known = self.secrets.unseal(account.sealed)
        return Person(
            account.id, known["name"], known["email"], account.role, account.country,
            account.organization_id, account.totp is not None,
        )  # fmt: skip

    def invite(self, who: Newcomer, at: datetime) -> str:
        """A token for the link that she is given; raises AlreadyThere."""
        with transaction(self.engine) as session:
            if session.scalar(select(Account).where(Account.mark == self.mark(who.email))):
                raise AlreadyThere
            account = Account(
                mark=self.mark(who.email), role=who.role, country=who.country,
                organization_id=who.organization_id, password=None, totp=None, totp_step=0,
                sealed=self.secrets.seal({"name": who.name, "email": who.email.strip()}),
                active=True, made_at=at,
            )  # fmt: skip
            session.add(account)
            session.flush()
            return _new_link(session, account.id, at)

    def new_link(self, account_id: int, at: datetime, *, forget_totp: bool = False) -> str:
        """A token with which she sets a new password; older links end, her sessions and
        the old password too: until she has set a new one, nobody is her."""
        with transaction(self.engine) as session:
            account = session.get_one(Account, account_id)
            session.execute(delete(Session).where(Session.account_id == account_id))
            account.password = None
            if forget_totp:
                account.totp = None
                session.execute(delete(Recovery).where(Recovery.account_id == account_id))
            return _new_link(session, account_id, at)

    def invited(self, token: str, at: datetime) -> Person | None:
        """Whom the link is for; None where it is used, old or invented."""
        with Database(self.engine) as session:
            found = session.get(Invitation, hash_of(token))
            if found is None or found.until < at:
                return None
            account = session.get_one(Account, found.account_id)
            return self.person(account) if account.active else None

    def accept(
        self, token: str, password: str, at: datetime, email: str | None = None
    ) -> Person | None:
        """Set the password, and a mail where the invitation had none; the link is used up. Raises
        AlreadyThere where that mail is another's."""
        with transaction(self.engine) as session:
            used = session.get(Invitation, hash_of(token))
            if used is None or used.until < at:
                return None
            account = session.get_one(Account, used.account_id)
            if not account.active:
                return None
            if email:
                self._name_mail(session, account, email)
            account.password = self.secrets.hash_password(password)
            session.execute(delete(Session).where(Session.account_id == account.id))
            session.delete(used)
            return self.person(account)

    def _name_mail(self, session: Database, account: Account, email: str) -> None:
        known = session.scalar(select(Account.id).where(Account.mark == self.mark(email)))
        if known not in (None, account.id):
            raise AlreadyThere
        name = self.secrets.unseal(account.sealed)["name"]
        account.mark = self.mark(email)
        account.sealed = self.secrets.seal({"name": name, "email": email.strip()})

    def with_password(self, email: str, password: str) -> Person | None:
        """Whose mail and password these are."""
        with Database(self.engine) as session:
            account = session.scalar(select(Account).where(Account.mark == self.mark(email)))
            right = self.secrets.is_password(account.password if account else None, password)
            person = self.person(account) if account and right and account.active else None
            if account and person and self.secrets.is_bare(account.password):
                self._seal_hash(session, account.id, account.password or "")
                session.commit()
            return person

    def _seal_hash(self, session: Database, account_id: int, bare: str) -> None:
        """Unless it was changed while she signed in."""
        kept = update(Account).where(Account.id == account_id, Account.password == bare)
        session.execute(kept.values(password=self.secrets.seal_hash(bare)))

    def change_password(self, account_id: int, password: str) -> None:
        with transaction(self.engine) as session:
            hashed = self.secrets.hash_password(password)
            session.get_one(Account, account_id).password = hashed

    def keep_totp(self, account_id: int, secret: str | None, step: int = 0) -> None:
        """Turn the second lock on, or with None off. `step`: of the code that proved it, which is
        used up. Codes of the one before stand for nothing any more."""
        with transaction(self.engine) as session:
            account = session.get_one(Account, account_id)
            account.totp = self.secrets.seal(secret) if secret else None
            account.totp_step = step
            session.execute(delete(Recovery).where(Recovery.account_id == account_id))

    def try_code(self, account_id: int, code: str, at: datetime) -> Literal["right", "used", ""]:
        """Whether it is the code of now, or was taken before: then somebody saw it."""
        with transaction(self.engine) as session:
            account = session.get_one(Account, account_id, with_for_update=True)
            if account.totp is None:
                return ""
            step = step_of(self.secrets.unseal(account.totp), code, at)
            if step is None:
                return ""
            if step <= account.totp_step:
                return "used"
            account.totp_step = step
            return "right"

    def switch_on(self, account_id: int) -> None:
        """As it was before it was closed."""
        with transaction(self.engine) as session:
            session.get_one(Account, account_id).active = True

    def everybody(self) -> list[dict[str, Any]]:
        """All that the root secret opens, with what an administrator must know."""
        with Database(self.engine) as session:
            return [
                {"person": self.person(each), "active": each.active,
                 "accepted": each.password is not None}
                for each in session.scalars(select(Account).order_by(Account.id))
                if self.opens(each)
            ]  # fmt: skip

    def opens(self, account: Account) -> bool:
        """Whether the root secret does; it does not of somebody who was removed."""
        try:
            self.secrets.unseal(account.sealed)
        except Unreadable:
            return False
        return True

    def number_of(self, email: str) -> int | None:
        """Of the account with that mail."""
        with Database(self.engine) as session:
            return session.scalar(select(Account.id).where(Account.mark == self.mark(email)))

    def administrator(self, email: str) -> Person | None:
        """Whose account is open and an administrator's."""
        with Database(self.engine) as session:
            account = session.scalar(select(Account).where(Account.mark == self.mark(email)))
            if account is None or not account.active or account.role != "administrator":
                return None
            return self.person(account) if self.opens(account) else None

    def waiting_administrator(self) -> int | None:
        """Account 0 stands for "make the first one"; None where somebody can sign in. Whose seal
        another root secret has made can not, so she does not count."""
        with Database(self.engine) as session:
            found = session.scalars(select(Account).where(Account.role == "administrator")).all()
        admins = [each for each in found if self.opens(each)]
        if any(each.password and each.active for each in admins):
            return None
        return next((each.id for each in admins if each.active), 0)


def mark_of_mail(secrets: Secrets, email: str) -> str:
    """By what an account is found under that secret."""
    return secrets.mark("mail", email.strip().lower())


def _new_link(session: Database, account_id: int, at: datetime) -> str:
    session.execute(delete(Invitation).where(Invitation.account_id == account_id))
    token = new_token()
    until = at + timedelta(days=INVITATION_DAYS)
    session.add(Invitation(token=hash_of(token), account_id=account_id, until=until))
    return token


def new_totp() -> str:
    """A fresh secret."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The half minute that the code is of: this one or a neighbour; None for a wrong code."""
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // _STEP_S
    squeezed = code.replace(" ", "")
    return next(
        (step for step in (now - 1, now, now + 1)
         if pyotp.utils.strings_equal(squeezed, totp.at(step * _STEP_S))),
        None,
    )  # fmt: skip
