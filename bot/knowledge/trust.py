"""The tables behind trust: who confirmed what, what a record said before, what women report wrong.

Record ids are unique over statements, emergency lines and services (see `Source`), so one table
serves all three. Nothing in here can name a person: editors are roles, women are marks that mean
nothing once their key is gone (bot/directory/reports.py).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, UtcMoment


class Verification(Base):
    """Somebody checked a record and found it true. The latest also stands in the record itself."""

    __tablename__ = "verification"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    record_id: Mapped[str] = mapped_column(String(80), index=True)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    role: Mapped[str] = mapped_column(String(80))  # see lifecycle.DUE_DAYS; never a person
    method: Mapped[str] = mapped_column(String(20))  # confirm.METHODS
    # What it closed, for as long as a wrong tap may be taken back; then None (confirm.py).
    closed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Version(Base):
    """One change of a record: `before` is None where it was born, `after` where it is gone."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("record_id", "number", name="uq_version_number"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    record_id: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]  # 1 is the record's first change
    at: Mapped[datetime] = mapped_column(UtcMoment)
    role: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(
        String(20)
    )  # loaded, added, edited, confirmed, restored, imported
    batch: Mapped[str | None] = mapped_column(String(36))  # one import of a spreadsheet
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Report(Base):
    """A woman found a number, or with `number` "" the whole record, wrong."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("record_id", "number", "mark", name="uq_report_once"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    record_id: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(24))
    reported_on: Mapped[date] = mapped_column(Date)
    mark: Mapped[str | None] = mapped_column(String(64))  # None as soon as it counts no longer
    state: Mapped[str] = mapped_column(String(12))  # open, resolved, expired
    # By which way it came (bot/directory/reporter.py): only women of one way are counted together.
    way: Mapped[str] = mapped_column(String(33), server_default="")


class ReportKey(Base):
    """What marks are made with, while a record's reports are open; then it is deleted."""

    __tablename__ = "report_key"

    name: Mapped[str] = mapped_column(String(90), primary_key=True)  # a record's id, or "day/…"
    key: Mapped[bytes] = mapped_column(LargeBinary)


class ReportRate(Base):
    """How many reports one mark of the day has made; says nothing of which records."""

    __tablename__ = "report_rate"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    reports: Mapped[int]


class Hidden(Base):
    """A number, or with "" a whole record, that is not told until somebody confirms it."""

    __tablename__ = "hidden"

    record_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[str] = mapped_column(String(24), primary_key=True)
    since: Mapped[date] = mapped_column(Date)
