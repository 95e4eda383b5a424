"""One service as it may be told: nothing in here gives a secret place away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.directory.models import Service
from bot.directory.words import cost_in_words, freshness
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.schema import REGIONAL


@dataclass(frozen=True)
class FoundPhone:
    """A phone: `number` to link to (E.164 or short code), `display` as people dial it."""

    number: str
    display: str
    type: str  # voice, text, textphone
    label: Bilingual | None


@dataclass(frozen=True)
class FoundService:
    """What she is told about one service; None is "not known" or "not to be told"."""

    id: str
    country: str
    name: str
    organization: str
    service_types: tuple[str, ...]
    description: Bilingual
    for_whom: Bilingual
    phones: tuple[FoundPhone, ...]
    whatsapp: str | None
    url: str | None
    email: str | None
    hours: Bilingual | None
    address: str | None
    town: str | None
    state: str | None
    distance_km: float | None
    is_distance_to_town: bool  # measured to the middle of the town, so say "about"
    cost: Bilingual | None
    freshness: Bilingual
    call_first: bool
    confidential_location: bool
    is_regional: bool

    @property
    def phone_displays(self) -> tuple[str, ...]:
        return tuple(each.display for each in self.phones)


def describe(service: Service, distance: float | None, today: date) -> FoundService:
    """The service as it may be told today."""
    secret = service.confidential_location
    place = service.locations[0] if service.locations else None
    return FoundService(
        id=service.id,
        country=service.country,
        name=service.name,
        organization=service.organization.name,
        service_types=tuple(each.type for each in service.types),
        description=Bilingual(service.description_es, service.description_en),
        for_whom=Bilingual(service.for_whom_es, service.for_whom_en),
        phones=tuple(
            FoundPhone(each.number, each.display, each.type, _both(each.label_es, each.label_en))
            for each in service.phones
            if each.shown
        ),
        whatsapp=service.whatsapp,
        url=service.url,
        email=service.email,
        hours=_both(service.hours_es, service.hours_en),
        address=place.address_1 if place and not secret else None,
        town=place.city if place and not secret else None,
        state=place.state_province if place else None,
        distance_km=None if secret or distance is None else round(distance, 1),
        is_distance_to_town=bool(place and place.precision == "town"),
        cost=cost_in_words(service.cost, _both(service.cost_note_es, service.cost_note_en)),
        freshness=freshness(
            service.as_of, service.verified_at, today, call_first=service.call_first
        ),
        call_first=service.call_first,
        confidential_location=secret,
        is_regional=service.country == REGIONAL,
    )


def _both(es: str | None, en: str | None) -> Bilingual | None:
    return Bilingual(es, en) if es and en else None
