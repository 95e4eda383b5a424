"""What women report: "that number does not answer". One row a report: which record, which day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Engine, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, transaction
from bot.directory.models import Service


class ServiceReport(Base):
    """Nobody's name, number or words: a record and a day."""

    __tablename__ = "service_report"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)
    reported_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(12), default="open")  # open, resolved


def report_service(engine: Engine, service_id: str, today: date) -> str | None:
    """Note a report on a service; its name, or None where there is no such service."""
    with transaction(engine) as session:
        service = session.get(Service, service_id)
        if service is None:
            return None
        session.add(ServiceReport(service_id=service_id, reported_on=today, state="open"))
        return service.name
