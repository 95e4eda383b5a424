"""The inbox, the outbox and the people behind them. Every text and address in here is sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, UtcMoment


class Person(Base):
    """Someone who may still get a reply. The row's deletion makes all that is sealed unreadable."""

    __tablename__ = "person"

    pseudonym: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    style: Mapped[str] = mapped_column(String(16))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_memory: Mapped[bytes | None] = mapped_column(LargeBinary)  # see connectors/memory.py
    last_in_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    # She asked to be erased: gone as soon as she has been told so (connectors/forgetting.py).
    leaving: Mapped[bool] = mapped_column(default=False)


class OptOut(Base):
    """Someone who said STOP: kept until she says START, without anything but the pseudonym."""

    __tablename__ = "opt_out"

    pseudonym: Mapped[str] = mapped_column(String(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcMoment)


class OwedForgetting(Base):
    """Someone who left fast or erased while Rasa gave no answer (connectors/owed.py)."""

    __tablename__ = "owed_forgetting"

    pseudonym: Mapped[str] = mapped_column(String(32), primary_key=True)
    how: Mapped[str] = mapped_column(String(16))  # erase, leave, someone_else
    language: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime] = mapped_column(UtcMoment)
    not_before: Mapped[datetime] = mapped_column(UtcMoment, index=True)  # the next try
    until: Mapped[datetime] = mapped_column(UtcMoment)  # by then the slots have ended by themselves


class OwedDeletion(Base):
    """Records that a vendor has to delete still (connectors/owed_copies.py)."""

    __tablename__ = "owed_deletion"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # address and ids, under the root secret
    tries: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    until: Mapped[datetime] = mapped_column(UtcMoment)


class Inbox(Base):
    """A message that came in. `sealed` is emptied as soon as its turn is answered."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_waiting", "state", "pseudonym", "sort", "id"),
        Index("ix_inbox_first", "state", "rank", "received_at", "sort", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    mark: Mapped[str] = mapped_column(String(32), unique=True)
    pseudonym: Mapped[str] = mapped_column(String(32))
    sort: Mapped[int] = mapped_column(
        BigInteger
    )  # the vendor's own order where there is one, else 0
    state: Mapped[str] = mapped_column(String(8), default="new")
    # new, working, done; held: Rasa did not answer, and is asked again (connectors/held.py)
    rank: Mapped[int] = mapped_column(SmallInteger, default=2)  # crowd.USUAL: who goes first
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(UtcMoment)
    not_before: Mapped[datetime] = mapped_column(UtcMoment)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    holder: Mapped[str | None] = mapped_column(String(64))  # the worker that answers it


class Outbox(Base):
    """A message on its way out. `sealed` is emptied as soon as the vendor has taken it."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("inbox_id", "part", name="uq_outbox_part"),
        Index("ix_outbox_waiting", "state", "pseudonym", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    inbox_id: Mapped[int] = mapped_column(ForeignKey("inbox.id", ondelete="CASCADE"))
    part: Mapped[int]
    pseudonym: Mapped[str] = mapped_column(String(32))
    # new, sending, unsure (the vendor may have it), sent, failed; laid: her page fetches it
    # (connectors/laid.py), `not_before` is since when
    state: Mapped[str] = mapped_column(String(10), default="new")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(UtcMoment)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    # The vendor's id of it: a keyed mark to find it by, and sealed, to delete the message with.
    # Never readable: Meta's ids hold the receiver's number.
    vendor_mark: Mapped[str | None] = mapped_column(String(32), index=True)
    sealed_ref: Mapped[bytes | None] = mapped_column(LargeBinary)
    error_code: Mapped[str | None] = mapped_column(String(64))
    holder: Mapped[str | None] = mapped_column(String(64))  # the worker that sends it
    # When it was first sent with an unknown end: what the vendor took since then may be this one.
    tried_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class WorkerProcess(Base):
    """A worker that was alive at `seen_at`; what a dead one holds is given to others."""

    __tablename__ = "worker_process"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcMoment)


class Setting(Base):
    """Small values of the installation itself (content hashes, versions)."""

    __tablename__ = "installation"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
