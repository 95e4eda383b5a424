"""From the services of the files to rows: organization, service, and what hangs on it."""

from __future__ import annotations

from typing import Any

from bot.directory.models import (
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceType,
    searched,
)
from bot.directory.places import Town, find_place
from bot.directory.schema import LocationRecord, ServiceRecord
from bot.directory.text import fold
from bot.knowledge.bilingual import Bilingual

Row = dict[str, Any]
HANGING = (ServiceType, Location, Phone, Schedule)


def organization_id(country: str, name: str) -> str:
    """A readable id made of the country and the name."""
    return f"{country.lower()}.org.{fold(name).replace(' ', '-')}"[:80]


def town_of(country: str, record: ServiceRecord) -> Town | None:
    """The service's town in the gazetteer, where it may be told and is named."""
    place = record.location
    if place is None or not place.city or record.confidential_location:
        return None
    return find_place(place.country or country, place.city, place.state)


def service_rows(country: str, record: ServiceRecord, town: Town | None) -> dict[type, list[Row]]:
    """The rows of one service, by table."""
    owner = record.organization
    rows: dict[type, list[Row]] = {
        Organization: [
            {
                "id": organization_id(country, owner.name),
                "country": country,
                "name": owner.name,
                "kind": owner.kind,
            }
        ],
        Service: [_service_row(country, record)],
        ServiceType: [{"type": each} for each in record.service_types],
        Location: [_location_row(country, record, town)],
        Phone: [
            {
                "number": each.number,
                "kind": each.kind,
                "type": each.type,
                "display": each.display,
                **two("label", each.label),
                "shown": each.shown != "no",
            }
            for each in record.phones
        ],
        Schedule: [{"freq": "WEEKLY", **each.model_dump()} for each in record.schedules],
    }
    for table in HANGING:
        for position, row in enumerate(rows[table], start=1):
            row.update(service_id=record.id, position=position)
    return rows


def two(name: str, text: Bilingual | None) -> Row:
    """The two columns of a text in both languages."""
    return {f"{name}_es": text.es if text else None, f"{name}_en": text.en if text else None}


def _service_row(country: str, record: ServiceRecord) -> Row:
    return {
        "id": record.id,
        "country": country,
        "organization_id": organization_id(country, record.organization.name),
        "name": record.name,
        "searched": searched(record.name, record.id),
        **two("description", record.description),
        **two("for_whom", record.for_whom),
        "url": str(record.url) if record.url else None,
        "email": record.email,
        "whatsapp": record.whatsapp,
        **two("hours", record.hours),
        "service_area": " ".join(record.service_area),
        "languages": " ".join(record.languages),
        "interpreters": record.interpreters,
        "cost": record.cost,
        **two("cost_note", record.cost_note),
        "confidential_service": record.confidential_service,
        "confidential_location": record.confidential_location,
        "status": "active",
        "publication": record.status,
        "as_of": record.as_of,
        "confidence": record.confidence,
        "call_first": record.shown == "call_first",
        "second_reading": record.second_reading.result if record.second_reading else None,
    }


def _location_row(country: str, record: ServiceRecord, town: Town | None) -> Row:
    place = record.location or LocationRecord()
    exact = None if place.latitude is None or place.longitude is None else (
        place.latitude, place.longitude
    )  # fmt: skip
    point = exact or (town.point if town else None)
    return {
        "location_type": "physical" if place.city or place.address else "virtual",
        "address_1": place.address,
        "city": place.city,
        "state_province": place.state or (town.state if town else None),
        "country": place.country or country,
        "latitude": point[0] if point else None,
        "longitude": point[1] if point else None,
        "precision": None if point is None else "exact" if exact else "town",
    }
