"""Who answers a phone and listens, where she asks for a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import chain, islice

from bot.conversation.near import is_near
from bot.conversation.state import State
from bot.directory.found import FoundService, has_number, is_for_own_abroad
from bot.directory.here import where_she_is
from bot.directory.search import Liking, find_service, find_services, ranked
from bot.knowledge.content import country_record
from bot.knowledge.kept_for import is_authority, is_for
from bot.knowledge.library import Library
from bot.knowledge.matters import matters
from bot.knowledge.next_step import Question, chosen_by_hand
from bot.knowledge.schema import REGIONAL
from bot.knowledge.topics import topics

PEOPLE_TYPES = ("hotline", "legal")
MOST_PEOPLE = 3
FITTING = 8  # services for the topic among whom those with a phone are looked for


def who_listens(
    library: Library, place: str, state: State, today: date, danger: str
) -> list[FoundService]:
    """For what she spoke of, who listens to anybody, and who is in her town, three at most.
    `place`: the country's code; `danger`: the number of its card, which is nobody to talk to."""
    topic = topics().get(state.topic or "")
    country = country_record(place)
    near = find_services(library, state.country or REGIONAL, PEOPLE_TYPES, state.city,
                         limit=20, today=today) if state.city else []  # fmt: skip
    fitting = []
    if topic is not None:
        here = where_she_is(state.country or REGIONAL, state.city)
        question = Question(state.topic or "", place, state.language, today, state.phase,
                            origin=state.origin)  # fmt: skip
        chosen = chosen_by_hand(library, question)
        liked = ranked(library, here, topic.service_types, Liking(tuple(topic.words)),
                       today=today)  # fmt: skip
        known_ones = (each for each in chain([chosen], liked) if each is not None)
        fitting = list(islice(known_ones, FITTING))
    listening = [find_service(library, each, today) for each in country.listens]
    offices = {country.matters.get(name) for name, each in matters().items() if each.is_office}
    general = [each for each in listening if each is not None and has_number(each)]
    theirs = [each for each in fitting if _may_listen(each, offices, state, danger)]
    at_hand = (each for each in near if is_near(state.city, each))
    local = [each for each in at_hand if _may_listen(each, offices, state, danger)]
    # Whoever listens to anybody has a place among them, however many are for her matter.
    kept = (*theirs[: MOST_PEOPLE - 1], *general[:1], *local[:1], *general[1:])
    return list({each.id: each for each in kept}.values())[:MOST_PEOPLE]


def _may_listen(
    service: FoundService, offices: Collection[str | None], state: State, danger: str
) -> bool:
    """Whether she may be sent there to talk: no police, no consulate, nobody who decides who
    may stay, and no counter for complaints about purchases, banks or taxes."""
    return (
        has_number(service)
        and not is_for_own_abroad(service)
        and not is_authority(service)
        and service.id not in offices
        and {danger, "911"}.isdisjoint(service.phone_displays)
        and is_for(service, state.topic or "")
    )
