"""The tables of figures. None has a column that could hold a person, a town, a text or an hour."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Float, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, UtcMoment


class SealedCount(Base):
    """What one process has counted of a month or week (bot/analytics/counted.py): the raw counts,
    deleted some weeks after publication."""

    __tablename__ = "sealed_count"

    since: Mapped[date] = mapped_column(Date, primary_key=True)  # a month's first day or a Monday
    block: Mapped[str] = mapped_column(String(32), primary_key=True)  # chance: says nothing
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class DayCount(Base):
    """One cell of one cut on one day, in the clear, as an earlier version counted. Emptied at the
    start (`Counted.adopt`), and nothing is written into it."""

    __tablename__ = "day_count"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    cut: Mapped[str] = mapped_column(String(16), primary_key=True)
    row: Mapped[str] = mapped_column(String(48), primary_key=True)
    country: Mapped[str] = mapped_column(String(8), primary_key=True)
    conversations: Mapped[int] = mapped_column(Integer)
    firsts: Mapped[int] = mapped_column(Integer)


class Publication(Base):
    """A month that has been published, once and for all, and by which rule."""

    __tablename__ = "publication"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)  # 2026-11
    published_at: Mapped[datetime] = mapped_column(UtcMoment)
    threshold: Mapped[int] = mapped_column(Integer)
    step: Mapped[int] = mapped_column(Integer)  # what figures are rounded to
    epsilon: Mapped[float | None] = mapped_column(Float)  # of each cut; None: no noise


class PublishedFigure(Base):
    """One published number. `row` and `country` may be "*" (all) or name what was merged."""

    __tablename__ = "published_figure"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    cut: Mapped[str] = mapped_column(String(16), primary_key=True)
    row: Mapped[str] = mapped_column(String(48), primary_key=True)
    country: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[int] = mapped_column(Integer)


class Spent(Base):
    """The ledger: how much of a month's privacy budget each cut has used."""

    __tablename__ = "privacy_spent"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    cut: Mapped[str] = mapped_column(String(16), primary_key=True)
    epsilon: Mapped[float] = mapped_column(Float)
