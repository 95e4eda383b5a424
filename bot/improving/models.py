"""The examples by which the network teaches, until an administrator takes them out."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base


class TrainingExample(Base):
    """One way to ask, in an editor's own words: never anybody's message."""

    __tablename__ = "training_example"
    __table_args__ = (UniqueConstraint("language", "text", name="uq_training_example_text"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    made_on: Mapped[date]
    language: Mapped[str] = mapped_column(String(2))
    intent: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
