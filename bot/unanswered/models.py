"""The tables. Nothing in them can be read without the key of its month, which goes with it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base


class Unanswered(Base):
    """One redacted question; at most one of a woman and a day."""

    __tablename__ = "unanswered"
    __table_args__ = (UniqueConstraint("woman", "day", name="uq_unanswered_woman_day"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    day: Mapped[date] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(2))
    country: Mapped[str] = mapped_column(String(2))  # "XX": not known
    woman: Mapped[str] = mapped_column(String(32))  # a mark under the month's key
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class UnansweredKey(Base):
    """A random key of one month, wrapped by the root secret."""

    __tablename__ = "unanswered_key"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class UnansweredProposal(Base):
    """Words that many women share, and the topic that somebody of the network gave them."""

    __tablename__ = "unanswered_proposal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    made_on: Mapped[date]
    language: Mapped[str] = mapped_column(String(2))
    words: Mapped[str] = mapped_column(Text)
    intent: Mapped[str] = mapped_column(String(60))
    people: Mapped[int]  # rounded down to fives
