"""What goes with the statements: the emergency number, the best service, who may know more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.directory.found import FoundService, best_to_name, is_for_own_abroad, is_reachable
from bot.directory.here import where_she_is
from bot.directory.search import Liking, find_service, ranked
from bot.directory.text import fold
from bot.knowledge.asked import NOTHING, Asked
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.cards import CardNumber, cards
from bot.knowledge.content import country_record
from bot.knowledge.kept_for import is_for
from bot.knowledge.library import Library
from bot.knowledge.ranking import Signs
from bot.knowledge.topics import Topic


@dataclass(frozen=True)
class Question:
    """What is asked, where, and when."""

    intent: str
    country: str
    language: str
    today: date
    phase: str | None = None
    city: str | None = None
    without: frozenset[str] = frozenset()  # ids of statements told before
    asked: Asked = NOTHING  # her words of this turn
    style: str = "web"  # on "sms" a page is of little use
    origin: str | None = None  # the country that she said she is from
    last: tuple[str, ...] = ()  # ids of what she was told just before: "how much?" is about that
    signs: Signs | None = None  # what orders the statements; None: only how close they come


@dataclass(frozen=True)
class EmergencyNumber:
    """The number that goes with a topic of danger or violence."""

    ref: str
    number: str
    display: str
    label: str
    hours: str | None
    line: str  # one short sentence to say with it


def emergency_number(topic: Topic, country: str, language: str) -> EmergencyNumber | None:
    """The first number of the card that belongs to the topic; read from disk, not the database."""
    if topic.emergency is None:
        return None
    card = cards(country).card(topic.emergency)
    first: CardNumber = card.numbers[0]
    hours: Bilingual | None = first.hours
    return EmergencyNumber(
        ref=first.ref,
        number=first.number,
        display=first.display,
        label=first.label.get(language),
        hours=hours.get(language) if hours else None,
        line=card.line.get(language),
    )


def next_step(
    library: Library, question: Question, topic: Topic, emergency: EmergencyNumber | None
) -> FoundService | None:
    """The best service for the topic: one in her town, else the one chosen by hand for the
    country, else whatever fits, else the body that may know."""
    if not topic.service_types:
        return None
    by_hand = country_record(question.country).next_steps.get(question.intent)
    chosen = find_service(library, by_hand, question.today) if by_hand else None
    if chosen is not None and question.city is None and _can_call(chosen, question):
        return chosen
    here = where_she_is(question.country, question.city)
    liking = Liking(tuple(topic.words), frozenset({emergency.number}) if emergency else frozenset())
    found = [
        each
        for each in ranked(library, here, topic.service_types, liking, today=question.today)
        if is_reachable(each)
        and (question.intent == "ask_consulate" or not is_for_own_abroad(each))
        and is_for(each, question.intent)
    ]
    in_town = [each for each in found if each.town and fold(each.town) == here.town]
    near = [each for each in in_town if each.phones or each.whatsapp or each.address]
    if near:
        return best_to_name(near, question.style)
    if chosen is not None and _can_call(chosen, question):
        return chosen
    listed = [chosen, *found] if chosen else found
    return best_to_name(listed, question.style) or who_may_know(library, question)


def _can_call(service: FoundService, question: Question) -> bool:
    """Whether it may be named as it is: with a page alone only where she can open it."""
    return bool(service.phones or service.whatsapp) or (
        question.style != "sms" and is_reachable(service)
    )


def who_may_know(library: Library, question: Question) -> FoundService | None:
    """A named body that answers a phone: the country's own list first, then any legal help."""
    here = where_she_is(question.country, None)
    found = [each for each in ranked(library, here, today=question.today)
             if is_for(each, question.intent)]  # fmt: skip
    by_id = {each.id: each for each in found}
    named = [by_id[each] for each in country_record(question.country).ask_first if each in by_id]
    others = [each for each in found if each.phones and "legal" in each.service_types]
    return next(iter([*named, *others, *found]), None)
