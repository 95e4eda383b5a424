"""Services as rows of the spreadsheet, for their organisation to correct and bring back.

Of a secret place the sheet holds nothing that the veil hides: sheets travel by mail. Such a cell is
empty, and an empty cell of a secret service changes nothing when the sheet comes back.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.directory.hsds_secret import state_of, veil_of
from bot.directory.hsds_words import service_type_name
from bot.directory.models import Phone, Service
from bot.directory.numbers import WrongNumber, read_number
from bot.directory.sheet import sheet
from bot.directory.veiled import NOTHING


def sheet_rows(services: Iterable[Service]) -> list[dict[str, str]]:
    """One row a service, by the columns' keys."""
    return [_row(each) for each in services]


def _row(service: Service) -> dict[str, str]:
    veil = veil_of(service)
    place = service.locations[0] if service.locations else None
    description = veil.both(service.description_es, service.description_en) or NOTHING
    for_whom = veil.both(service.for_whom_es, service.for_whom_en) or NOTHING
    hours = veil.both(service.hours_es, service.hours_en) or NOTHING
    phones = [_dialled(each, service.country) for each in service.phones[:2]]
    row = {
        "id": service.id,
        "name": veil.one(service.name),
        "organization": veil.one(service.organization.name),
        "organization_kind": sheet().kinds[service.organization.kind][0],
        "country": service.country,
        "service_types": ", ".join(service_type_name(each.type).es for each in service.types),
        "description_es": description.es,
        "description_en": description.en,
        "for_whom_es": for_whom.es,
        "for_whom_en": for_whom.en,
        "phone_1": phones[0] if phones else "",
        "phone_2": phones[1] if len(phones) > 1 else "",
        "whatsapp": service.whatsapp,
        "email": veil.link(service.email),
        "url": veil.link(service.url),
        "state": state_of(place, is_secret=veil.is_secret) if place else "",
        "city": place.city if place and not veil.is_secret else "",
        "address": place.address_1 if place and not veil.is_secret else "",
        "hours_es": hours.es,
        "hours_en": hours.en,
        "languages": service.languages,
        "cost": sheet().costs[service.cost][0],
        "secret": "sí" if veil.is_secret else "no",
    }
    return {name: text or "" for name, text in row.items()}


def _dialled(phone: Phone, country: str) -> str:
    """As people dial it, where that is read again as the same number."""
    if phone.kind != "phone":
        return phone.display
    try:
        same = read_number(phone.display, country).number == phone.number
    except WrongNumber:
        same = False
    return phone.display if same else phone.number
