"""Where and when, as HSDS has it: locations, areas, schedules. A secret place is only `virtual`."""

from __future__ import annotations

from bot.directory.found import told_numbers
from bot.directory.hsds_secret import Veil, state_of
from bot.directory.hsds_words import Json, both, name_of_country, present, with_texts, words
from bot.directory.models import Location, Service, hsds_id, part_of
from bot.knowledge.bilingual import Bilingual


def part_id(service: Service, part: str, position: int = 1) -> str:
    """The UUID of something that hangs on the service."""
    return str(part_of(service.id, f"{part}/{position}"))


def service_at_locations(service: Service) -> list[Json]:
    """The service's places, each in its `service_at_location`."""
    return [
        {
            "id": part_id(service, "service_at_location", place.position),
            "service_id": str(hsds_id(service.id)),
            "location_id": part_id(service, "location", place.position),
            "location": _secret(service, place)
            if service.confidential_location
            else _open(service, place),
        }
        for place in service.locations
    ]


def _secret(service: Service, place: Location) -> Json:
    """Neither address, nor town, nor point, whatever the row says."""
    return present(
        {
            "id": part_id(service, "location", place.position),
            "location_type": "virtual",
            "name": state_of(place, is_secret=True),
        }
    )


def _open(service: Service, place: Location) -> Json:
    is_town_point = place.precision == "town" and place.latitude is not None
    record = {
        "id": part_id(service, "location", place.position),
        "location_type": place.location_type,
        "name": ", ".join(each for each in (place.city, place.state_province) if each) or None,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "coordinates_precision": place.precision if place.latitude is not None else None,
        "country": place.country,
        "addresses": _addresses(service, place),
    }
    return with_texts(
        record, {"description": words().phrases["town_point"] if is_town_point else None}
    )


def _addresses(service: Service, place: Location) -> list[Json]:
    """HSDS requires all parts of an address: those that we do not know are empty."""
    if place.location_type == "virtual" or not (place.address_1 or place.city):
        return []
    return [
        {
            "id": part_id(service, "address", place.position),
            "address_1": place.address_1 or "",
            "city": place.city or "",
            "state_province": place.state_province or "",
            "postal_code": "",
            "country": place.country,
            "address_type": place.location_type,
        }
    ]


def service_areas(service: Service) -> list[Json]:
    """The countries that it serves; a state's line without a town serves its state."""
    return [
        with_texts(
            {"id": part_id(service, "service_area", number), "extent_type": "text"},
            {"name": name},
        )
        for number, name in enumerate(_area_names(service), start=1)
    ]


def _area_names(service: Service) -> list[Bilingual]:
    if codes := service.service_area.split():
        return [name_of_country(code) for code in codes]
    place = service.locations[0] if service.locations else None
    country = name_of_country(service.country)
    if place is None:
        return [country]
    if place.city and not service.confidential_location:
        return []  # nobody told us how far around the town
    state = state_of(place, is_secret=service.confidential_location)
    if state is None:
        return [country]
    return [Bilingual(f"{state}, {country.es}", f"{state}, {country.en}")]


def is_always_open(service: Service) -> bool:
    """Every hour of every day."""
    return any(
        (each.opens_at, each.closes_at) == ("00:00", "23:59") and len(each.byday.split(",")) == 7
        for each in service.schedules
    )


def schedules(service: Service, veil: Veil) -> list[Json]:
    """Weekly hours; the words about hours stand with the first, or alone."""
    hours = veil.both(service.hours_es, service.hours_en) or None
    if not service.schedules:
        spoken = {"id": part_id(service, "schedule")}
        return [with_texts(spoken, {"description": hours})] if hours else []
    place = service.locations[0] if service.locations else None
    offset = words().utc_offsets.get(place.country if place else service.country)
    return [
        with_texts(
            {
                "id": part_id(service, "schedule", each.position),
                "freq": each.freq,
                "byday": each.byday,
                "opens_at": _with_zone(each.opens_at, offset),
                "closes_at": _with_zone(each.closes_at, offset),
                "timezone": offset,
            },
            {"description": hours if each is service.schedules[0] else None},
        )
        for each in service.schedules
    ]


def _with_zone(time: str, offset: int | None) -> str:
    """`09:00` as `09:00-06:00`, where the country has one zone."""
    return time if offset is None else f"{time}{offset:+03d}:00"


def phones(service: Service, veil: Veil) -> list[Json]:
    """The phones that may be told, and WhatsApp as one for text."""
    numbers = told_numbers(service)
    spoken = [each for each in service.phones if each.shown and each.number in numbers]
    told = [
        with_texts(
            {
                # Counted without those that may not be told: they leave no trace.
                "id": part_id(service, "phone", position),
                "number": each.number,
                "type": each.type,
                "reach": "local" if each.kind == "local" else None,
            },
            {"description": veil.both(each.label_es, each.label_en)},
        )
        for position, each in enumerate(spoken, start=1)
    ]
    if service.whatsapp in numbers:
        whatsapp = {
            "id": part_id(service, "whatsapp"),
            "number": service.whatsapp,
            "type": "text",
        }
        told.append(with_texts(whatsapp, {"description": both("WhatsApp", "WhatsApp")}))
    return told
