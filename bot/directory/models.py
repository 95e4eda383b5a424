"""The tables of who helps. Names and meanings follow Open Referral HSDS 3.1.

HSDS wants UUIDs: `hsds_id` derives them from our readable ids, the same on every machine.
"""

from __future__ import annotations

import re
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from bot.database import Base, UtcMoment
from bot.directory.text import fold
from bot.knowledge.models import FromFile
from bot.knowledge.trust import Hidden

_NAMESPACE = uuid5(NAMESPACE_URL, "https://comadre.invalid/directory")


# A place that came from somebody's HSDS file is `mx.` and the UUID that it has there: it leaves
# under the same one, and their next file finds it again.
_BROUGHT = re.compile(r"[a-z]{2}\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


def hsds_id(record_id: str) -> UUID:
    """The UUID under which a record is exported."""
    brought = _BROUGHT.fullmatch(record_id)
    return UUID(brought[1]) if brought else uuid5(_NAMESPACE, record_id)


def part_of(record_id: str, part: str) -> UUID:
    """The UUID of something that hangs on a record: the same wherever that record is."""
    return uuid5(hsds_id(record_id), part)


def searched(name: str, record_id: str) -> str:
    """By what the lists of the portal find a service: no words run from the one into the other."""
    return f"{fold(name)}\n{fold(record_id)}"


def _searched_of_row(context: DefaultExecutionContext) -> str:
    row = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return searched(row["name"], row["id"])


class Organization(Base):
    """Who runs services."""

    __tablename__ = "organization"
    __table_args__ = (UniqueConstraint("country", "name", name="uq_organization_country_name"),)

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(250))
    kind: Mapped[str] = mapped_column(String(20))
    services: Mapped[list[Service]] = relationship(back_populates="organization")


class Service(FromFile, Base):
    """A place or line that helps. `status` is HSDS's; `publication` is ours: may it be told."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint(
            "status IN ('active', 'inactive', 'defunct', 'temporarily closed')",
            name="service_status",
        ),
        CheckConstraint(
            "publication IN ('draft', 'published', 'withdrawn')", name="service_publication"
        ),
        Index("ix_service_country", "country", "publication"),
        Index(
            "ix_service_age", "country", "publication", "as_of", "verified_at", "verified_by", "id"
        ),
        Index("ix_service_verified", "verified_at", "id"),
        Index("ix_service_organization", "organization_id"),
        Index("ix_service_searched", "country", "searched", "id", "confidential_location"),
    )

    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[str] = mapped_column(String(250))
    # Follows the name in every way of writing: see below, and load.py for rows of the files.
    searched: Mapped[str] = mapped_column(Text, default=_searched_of_row, server_default="")
    description_es: Mapped[str] = mapped_column(Text)
    description_en: Mapped[str] = mapped_column(Text)
    for_whom_es: Mapped[str] = mapped_column(Text)  # HSDS eligibility_description
    for_whom_en: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(120))
    whatsapp: Mapped[str | None] = mapped_column(String(24))
    hours_es: Mapped[str | None] = mapped_column(Text)
    hours_en: Mapped[str | None] = mapped_column(Text)
    service_area: Mapped[str] = mapped_column(String(80))  # country codes; "" is its own country
    languages: Mapped[str] = mapped_column(String(80))  # ISO 639 codes, one space between
    interpreters: Mapped[bool]
    cost: Mapped[str] = mapped_column(String(8))
    cost_note_es: Mapped[str | None] = mapped_column(Text)  # HSDS fees_description
    cost_note_en: Mapped[str | None] = mapped_column(Text)
    confidential_service: Mapped[bool]
    confidential_location: Mapped[bool]
    status: Mapped[str] = mapped_column(String(20))
    publication: Mapped[str] = mapped_column(String(12))
    alert: Mapped[str | None] = mapped_column(Text)  # HSDS: "the number does not answer"
    last_modified: Mapped[datetime | None] = mapped_column(UtcMoment)

    organization: Mapped[Organization] = relationship(back_populates="services")
    types: Mapped[list[ServiceType]] = relationship(
        order_by="ServiceType.position", cascade="all, delete-orphan", passive_deletes=True
    )
    locations: Mapped[list[Location]] = relationship(
        order_by="Location.position", cascade="all, delete-orphan", passive_deletes=True
    )
    phones: Mapped[list[Phone]] = relationship(
        order_by="Phone.position", cascade="all, delete-orphan", passive_deletes=True
    )
    schedules: Mapped[list[Schedule]] = relationship(
        order_by="Schedule.position", cascade="all, delete-orphan", passive_deletes=True
    )
    hidden: Mapped[list[Hidden]] = relationship(
        primaryjoin=lambda: foreign(Hidden.record_id) == Service.id, viewonly=True
    )


@event.listens_for(Service, "before_update")
def _search_by_the_new_name(_mapper: object, _connection: object, service: Service) -> None:
    service.searched = searched(service.name, service.id)


class OfService:
    """Columns of everything that hangs on one service."""

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]


class ServiceType(OfService, Base):
    """One of the service types of taxonomy.yml; the first one is what the service mainly is."""

    __tablename__ = "service_type"
    __table_args__ = (UniqueConstraint("service_id", "type", name="uq_service_type"),)

    type: Mapped[str] = mapped_column(String(20))


class Location(OfService, Base):
    """Where a service is: HSDS location and address in one. A secret place is `virtual` and has
    neither address, nor town, nor coordinates, and the database refuses them."""

    __tablename__ = "location"
    __table_args__ = (
        CheckConstraint(
            "location_type IN ('physical', 'postal', 'virtual')", name="location_location_type"
        ),
        CheckConstraint(
            "location_type <> 'virtual' OR (address_1 IS NULL AND city IS NULL"
            " AND latitude IS NULL AND longitude IS NULL)",
            name="location_secret_stays_secret",
        ),
    )

    location_type: Mapped[str] = mapped_column(String(10))
    address_1: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(String(120))
    state_province: Mapped[str | None] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2))
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    precision: Mapped[str | None] = mapped_column(String(8))  # exact, town


class Phone(OfService, Base):
    """A phone of a service; only those with `shown` are ever told."""

    __tablename__ = "phone"

    number: Mapped[str] = mapped_column(String(24))  # E.164, or a short code
    kind: Mapped[str] = mapped_column(String(12))
    type: Mapped[str] = mapped_column(String(10))  # HSDS: voice, text, textphone
    display: Mapped[str] = mapped_column(String(32))  # as people dial it
    label_es: Mapped[str | None] = mapped_column(Text)  # HSDS description
    label_en: Mapped[str | None] = mapped_column(Text)
    shown: Mapped[bool]


class Schedule(OfService, Base):
    """Weekly opening hours, local time; always open is 00:00 to 23:59 on all days."""

    __tablename__ = "schedule"

    freq: Mapped[str] = mapped_column(String(8))
    byday: Mapped[str] = mapped_column(String(24))
    opens_at: Mapped[str] = mapped_column(String(5))
    closes_at: Mapped[str] = mapped_column(String(5))
