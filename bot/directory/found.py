"""One service as it may be told: nothing in here gives a secret place away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.directory.hsds_secret import Veil, state_of, veil_of
from bot.directory.models import Service
from bot.directory.veiled import NOTHING, told_name
from bot.directory.words import cost_in_words, freshness
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.lifecycle import is_told, stage
from bot.knowledge.schema import REGIONAL

WHOLE = ""  # in `hidden`: not one number but the whole record


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
    name: str  # in Spanish where it is no name of its own; `names` has both
    names: Bilingual
    organization: str  # "" where that name would give the place away
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
    is_doubted: bool = False  # one of its numbers was reported wrong and is not told

    @property
    def phone_displays(self) -> tuple[str, ...]:
        return tuple(each.display for each in self.phones)


def is_reachable(service: FoundService) -> bool:
    """Whether she can call, write, go there or read on: a bare name helps nobody."""
    return bool(service.phones or service.whatsapp or service.address or service.url)


def has_number(service: FoundService) -> bool:
    """Whether somebody answers a call or a message."""
    return bool(service.phones or service.whatsapp)


def is_for_own_abroad(service: FoundService) -> bool:
    """Whether it is for its own country's citizens in other countries, not for her."""
    return "consulate" in service.service_types


def told_as(service: FoundService) -> str:
    """The kind of help under which she is told of it: its first; a consulate always as one, for
    who asks for papers is told of the offices where she is."""
    if is_for_own_abroad(service):
        return "consulate"
    return service.service_types[0] if service.service_types else "hotline"


def best_to_name(found: Sequence[FoundService], style: str = "web") -> FoundService | None:
    """The one to name: the first of the list where she can reach it by phone or by going there.

    On SMS a page comes after any phone, however far down that stands.
    """
    usable = [each for each in found if is_reachable(each)]
    spoken = [each for each in usable if has_number(each)]
    if not usable or (style == "sms" and spoken):
        return next(iter(spoken), None)
    first = usable[0]
    if has_number(first):
        return first
    return next(iter(spoken[:1]), first)


def may_be_told(service: Service, today: date) -> bool:
    """Whether she may hear of it: published, not forgotten, not reported wrong as a whole.

    One whose every number was reported wrong is told only where she can still go there.
    """
    if service.status != "active" or not is_told(stage(service, service.publication, today)):
        return False
    hidden = {each.number for each in service.hidden}
    if not hidden:
        return True
    place = service.locations[0] if service.locations else None
    can_go = bool(place and (place.address_1 or place.city)) and not service.confidential_location
    return WHOLE not in hidden and (can_go or bool(told_numbers(service)))


def told_numbers(service: Service) -> list[str]:
    """The numbers that are told now, in the order in which she sees them."""
    hidden = {each.number for each in service.hidden}
    numbers = [each.number for each in service.phones if each.shown]
    if service.whatsapp:
        numbers.append(service.whatsapp)
    return [each for each in dict.fromkeys(numbers) if each not in hidden]


def describe(service: Service, distance: float | None, today: date) -> FoundService:
    """The service as it may be told today."""
    veil = veil_of(service)
    secret = veil.is_secret
    place = service.locations[0] if service.locations else None
    names = told_name(service, veil)
    told = set(told_numbers(service))
    note = veil.both(service.cost_note_es, service.cost_note_en)
    return FoundService(
        id=service.id,
        country=service.country,
        name=names.es,
        names=names,
        organization=veil.one(service.organization.name) or "",
        service_types=tuple(each.type for each in service.types),
        description=veil.both(service.description_es, service.description_en) or NOTHING,
        for_whom=veil.both(service.for_whom_es, service.for_whom_en) or NOTHING,
        phones=_phones(service, veil, told),
        whatsapp=service.whatsapp if service.whatsapp in told else None,
        url=veil.link(service.url),
        email=veil.link(service.email),
        hours=veil.both(service.hours_es, service.hours_en),
        address=place.address_1 if place and not secret else None,
        town=place.city if place and not secret else None,
        state=state_of(place, is_secret=secret) if place else None,
        distance_km=None if secret or distance is None else round(distance, 1),
        is_distance_to_town=bool(place and place.precision == "town") and not secret,
        cost=cost_in_words(service.cost, note),
        freshness=_freshness(service, today),
        call_first=service.call_first,
        confidential_location=secret,
        is_regional=service.country == REGIONAL,
        is_doubted=bool(service.hidden),
    )


def _phones(service: Service, veil: Veil, told: set[str]) -> tuple[FoundPhone, ...]:
    return tuple(
        FoundPhone(each.number, each.display, each.type, veil.both(each.label_es, each.label_en))
        for each in service.phones
        if each.shown and each.number in told
    )


def _freshness(service: Service, today: date) -> Bilingual:
    return freshness(
        service.as_of,
        service.verified_at,
        today,
        call_first=service.call_first,
        is_doubted=bool(service.hidden),
    )
