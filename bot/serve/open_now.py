"""Whether a service of the API is open at a moment, by the rule of the conversation."""

from __future__ import annotations

from datetime import datetime

from bot.conversation.opening import is_open
from bot.directory.clocks import zones_at
from bot.directory.hsds_words import Json


def opens(service: Json, now: datetime) -> bool:
    """Whether it is surely open: not where no weekly hours are known, nor where the time zones in
    which it may be disagree. Of a secret place only what is told of it is used."""
    hours = [
        (each["byday"], each["opens_at"][:5], each["closes_at"][:5])
        for each in service.get("schedules", ())
        if each.get("opens_at")
    ]
    if not hours:
        return False
    place: Json = next((each["location"] for each in service.get("service_at_locations", ())), {})
    address: Json = next(iter(place.get("addresses", ())), {})
    country = address.get("country") or place.get("country") or service["country"]
    state = address.get("state_province") or (None if address else place.get("name"))
    return bool(is_open(hours, zones_at(country, state, address.get("city") or None), now))
