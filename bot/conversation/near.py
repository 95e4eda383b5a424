"""Which of the places found are for her: those that are near, those that are for her matter."""

from __future__ import annotations

from bot.directory.found import FoundService
from bot.directory.here import NEARBY_KM
from bot.directory.search import hits
from bot.directory.text import fold
from bot.knowledge.topics import Topic


def in_town(city: str | None, service: FoundService, *, or_state: bool = False) -> bool:
    """Whether it may be said to be in the town, or with `or_state` in the state of that name: of a
    secret place never."""
    if not city or service.confidential_location:
        return False
    names = (service.town, service.state) if or_state else (service.town,)
    return any(fold(name) == fold(city) for name in names if name)


def is_near(city: str | None, service: FoundService) -> bool:
    """In her town, or a short way from it."""
    km = service.distance_km
    return in_town(city, service) or (km is not None and km <= NEARBY_KM)


def not_far(city: str | None, found: list[FoundService]) -> list[FoundService]:
    """Where something is near, without what is in other towns; else all of it."""
    if not any(is_near(city, each) for each in found):
        return found
    return [each for each in found if is_near(city, each) or not (each.town or each.state)]


def fits(service: FoundService, topic: Topic) -> bool:
    """Whether its own words speak of the topic."""
    text = f"{service.name} {service.description.es} {service.description.en}"
    return hits(text, topic.words) > 0
