"""The tables of what may be said. Files fill them (load.py); editors change them in the portal.

`file_hash` is the fingerprint of the record in the files that a row came from: None for a row
born in the portal, `GONE` for one whose record left the files. `edited_at` says that an editor
changed the row: the files never overwrite it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from bot.database import Base, UtcMoment
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.trust import Hidden

GONE = "gone"


class FromFile:
    """Columns of every row that a country file can fill and an editor can confirm."""

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    country: Mapped[str] = mapped_column(String(2))  # "XX" is the whole region
    as_of: Mapped[str | None] = mapped_column(String(10))  # as the source gives it
    confidence: Mapped[str] = mapped_column(String(6))
    call_first: Mapped[bool]  # told only with "call first"
    second_reading: Mapped[str | None] = mapped_column(String(24))
    verified_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    verified_by: Mapped[str | None] = mapped_column(String(80))  # a role, never a person
    edited_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    file_hash: Mapped[str | None] = mapped_column(String(64))


class Statement(FromFile, Base):
    """A sentence that a woman may be told about a country and a topic."""

    __tablename__ = "statement"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'published', 'withdrawn')", name="statement_status"),
        Index("ix_statement_topic", "country", "intent", "status"),
    )

    intent: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    text_es: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    asked: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))
    volatile: Mapped[bool]
    status: Mapped[str] = mapped_column(String(12))
    follows: Mapped[str | None] = mapped_column(String(80))
    priority: Mapped[int]  # above 0: she must not miss it
    valid_from: Mapped[date | None] = mapped_column(Date)  # told from that day on
    valid_until: Mapped[date | None] = mapped_column(Date)  # the last day on which it is told
    hidden: Mapped[list[Hidden]] = relationship(
        primaryjoin=lambda: foreign(Hidden.record_id) == Statement.id, viewonly=True
    )

    @property
    def text(self) -> Bilingual:
        return Bilingual(self.text_es, self.text_en)


class EmergencyLine(FromFile, Base):
    """A line that answers people in danger."""

    __tablename__ = "emergency_line"
    __table_args__ = (
        CheckConstraint(
            "status IN ('draft', 'published', 'withdrawn')", name="emergency_line_status"
        ),
        Index("ix_emergency_line_country", "country"),
    )

    label_es: Mapped[str] = mapped_column(Text)
    label_en: Mapped[str] = mapped_column(Text)
    purpose_es: Mapped[str] = mapped_column(Text)
    purpose_en: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(12))
    display: Mapped[str] = mapped_column(String(32))
    sms_number: Mapped[str | None] = mapped_column(String(24))
    sms_word: Mapped[str | None] = mapped_column(String(24))
    whatsapp: Mapped[str | None] = mapped_column(String(24))
    hours_es: Mapped[str | None] = mapped_column(Text)
    hours_en: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12))


class Source(Base):
    """Where a statement, emergency line or service was read.

    Record ids are unique over all three tables, so one column points to any of them.
    """

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("record_id", "position", name="uq_source_record_position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    url: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    publisher: Mapped[str] = mapped_column(Text)


class ContentLoad(Base):
    """Which files the database was last filled from, so that an unchanged load is skipped."""

    __tablename__ = "content_load"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class ToldStamp(Base):
    """One row: another stamp after every change of what is told. The database's own triggers write
    it (migration 0014), so that nobody who changes something can forget to."""

    __tablename__ = "told_stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[str] = mapped_column(String(36))


class ToldChange(Base):
    """Which record was changed under which stamp, the latest last; "" where none was. Written by
    the same triggers (migration 0023), which let go of the oldest."""

    __tablename__ = "told_change"

    number: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(String(80))
    stamp: Mapped[str] = mapped_column(String(36))
