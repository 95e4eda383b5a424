"""The tables behind the portal: who works in it, and what waits for a second pair of eyes.

Nothing that names a worker is in clear: mail and name are sealed, mails are found by their mark,
and of tokens only hashes are kept. Whoever steals the database learns no name and opens no session.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.database import Base, UtcMoment


class Account(Base):
    """Somebody who works here. Without a password the invitation was not accepted yet."""

    __tablename__ = "portal_account"
    __table_args__ = (
        CheckConstraint(
            "role IN ('contributor', 'editor', 'administrator', 'analyst')",
            name="portal_account_role",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)  # of the mail, in small letters
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # name and mail
    role: Mapped[str] = mapped_column(String(16))
    country: Mapped[str | None] = mapped_column(String(2))  # an editor's
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organization.id"))
    password: Mapped[str | None] = mapped_column(String(200))  # argon2id, sealed
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed; None while it is off
    totp_step: Mapped[int]  # of the last code taken, so that each is taken once
    active: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcMoment)


class Invitation(Base):
    """A link by which somebody sets a password, once."""

    __tablename__ = "portal_invitation"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)  # its SHA-256
    account_id: Mapped[int] = mapped_column(
        ForeignKey("portal_account.id", ondelete="CASCADE"), index=True
    )
    until: Mapped[datetime] = mapped_column(UtcMoment)


class Recovery(Base):
    """A code that stands for the telephone once; used, it is deleted."""

    __tablename__ = "portal_recovery"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("portal_account.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str] = mapped_column(String(200))  # argon2id, sealed


class Session(Base):
    """An open session; ended by deleting it."""

    __tablename__ = "portal_session"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)  # its SHA-256
    account_id: Mapped[int] = mapped_column(
        ForeignKey("portal_account.id", ondelete="CASCADE"), index=True
    )
    is_whole: Mapped[bool]  # False: the password was right, the code is still missing
    device: Mapped[str] = mapped_column(String(40))  # "Firefox, Android"; no version, no address
    opened_at: Mapped[datetime] = mapped_column(UtcMoment)
    seen_at: Mapped[datetime] = mapped_column(UtcMoment)
    account: Mapped[Account] = relationship()


class Attempt(Base):
    """How often a sign-in failed, by a mark of the mail or of the network address."""

    __tablename__ = "portal_attempt"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcMoment)
    failures: Mapped[int]


class Audit(Base):
    """What was done in the portal, by which account."""

    __tablename__ = "portal_audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    account_id: Mapped[int | None]  # None: by a signed link, or nobody known
    role: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))  # a record's id, or "account 7"


class Proposal(Base):
    """A change that waits for somebody else: a statement for a second person, or a note by which
    an organisation says that something changed."""

    __tablename__ = "portal_proposal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    record_id: Mapped[str] = mapped_column(String(80), index=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    state: Mapped[str] = mapped_column(String(12))  # open, accepted, refused; replaced by her own
    decided_by: Mapped[int | None]
    # Why it was not accepted, for whoever made it.
    reason: Mapped[str] = mapped_column(Text, default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcMoment)  # when she had read that


class GapSeen(Base):
    """Something that was asked for and not there, which my work shows no longer to `whose`: closed
    by who looks after a country (its code, or "*" for all), or seen by an organisation (its id)."""

    __tablename__ = "portal_gap_seen"

    whose: Mapped[str] = mapped_column(String(80), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)  # 2026-10
    cut: Mapped[str] = mapped_column(String(12), primary_key=True)  # services, unanswered
    key: Mapped[str] = mapped_column(String(60), primary_key=True)  # a kind of help, or a topic
    at: Mapped[datetime] = mapped_column(UtcMoment)


class SetHere(Base):
    """What an administrator set in place of what the server says (set_here.py)."""

    __tablename__ = "portal_setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)  # mails, "sms_price HN"
    value: Mapped[str] = mapped_column(String(40))  # on, off; 0.065 USD
    role: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcMoment)


class Upload(Base):
    """A spreadsheet between its preview and "yes, do that"; forgotten after a day."""

    __tablename__ = "portal_upload"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256, as of a session
    account_id: Mapped[int] = mapped_column(
        ForeignKey("portal_account.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    is_whole_list: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcMoment)


class Reminder(Base):
    """When whoever runs a service was last asked whether it is still true."""

    __tablename__ = "reminder"

    record_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    asked_on: Mapped[date | None]
    no_mail: Mapped[bool]  # they do not want to be asked by mail
