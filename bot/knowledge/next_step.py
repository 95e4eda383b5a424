"""What goes with the statements: the emergency number, the best service, who may know more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.directory.consulates import of_country
from bot.directory.found import (
    FoundService,
    best_to_name,
    has_number,
    is_for_own_abroad,
    is_reachable,
)
from bot.directory.here import is_at_hand, where_she_is
from bot.directory.search import Liking, find_service, hits, ranked
from bot.knowledge.asked import NOTHING, Asked
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.cards import CardNumber, cards
from bot.knowledge.content import country_record
from bot.knowledge.kept_for import is_authority, is_for, is_kept_for
from bot.knowledge.library import Library
from bot.knowledge.matters import matters
from bot.knowledge.ranking import Signs
from bot.knowledge.topics import Topic

_AT_HOME = ("origin", "return")  # phases in which she is where she comes from


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
    chosen: bool = True  # the topic is what the conversation takes the message for


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
    """The best service for the topic: one in her town that is for this very matter and answers,
    else the one chosen by hand for the country, else whatever fits, else the body that may know.

    None where the country's file says that nobody is known.
    """
    by_hand = country_record(question.country).next_steps
    if not topic.service_types or by_hand.get(question.intent, "") is None:
        return None
    of_matter = _of_matter(library, question)
    chosen = of_matter or chosen_by_hand(library, question)
    is_settled = question.city is None or of_matter is not None
    if is_settled and chosen is not None and has_number(chosen):
        return chosen
    here = where_she_is(question.country, question.city)
    liking = Liking(tuple(topic.words), frozenset({emergency.number}) if emergency else frozenset())
    found = [
        each
        for each in ranked(library, here, topic.service_types, liking, today=question.today)
        if is_reachable(each)
        and (_may_be_hers(each, question) or not is_for_own_abroad(each))
        and is_for(each, question.intent)
    ]
    local = [each for each in found if is_at_hand(each, here)]
    for_her = next((each for each in local if _is_for_this(each, question, topic)), None)
    if for_her is not None:
        return for_her
    if chosen is not None and (has_number(chosen) or question.style != "sms"):
        return chosen
    if chosen is not None:  # a page alone is of little use to her: whoever answers a phone
        return who_may_know(library, question)
    elsewhere = [each for each in found if not each.town or each in local]
    return (
        best_to_name(elsewhere, question.style)
        or who_may_know(library, question)
        or best_to_name(found, question.style)
    )


def _may_be_hers(service: FoundService, question: Question) -> bool:
    """Whether she asks for a consulate, and it is one of the country where she is."""
    return question.intent == "ask_consulate" and not service.is_regional


def chosen_by_hand(library: Library, question: Question) -> FoundService | None:
    """The service that the country's file names for the topic, if it may be told and reached: the
    one for where she is on her way before the one for anybody."""
    named = (_of_phase(question), country_record(question.country).next_steps.get(question.intent))
    found = (find_service(library, each, question.today) for each in named if each)
    return next((each for each in found if each is not None and is_reachable(each)), None)


def _of_phase(question: Question) -> str | None:
    """The id of who is there for her phase of the journey. Whoever prepares to leave, or is back,
    is in her own country: who is known to come from elsewhere is told what anybody is told."""
    if question.phase in _AT_HOME and question.origin not in (None, question.country):
        return None
    steps: Mapping[Any, dict[str, str]] = country_record(question.country).phase_steps
    return steps.get(question.phase, {}).get(question.intent)


def _of_matter(library: Library, question: Question) -> FoundService | None:
    """Who knows of the narrower matter that her words name: of a passport another office than of
    papers in general."""
    known = country_record(question.country).matters
    ids = [known[each] for each in question.asked.matters
           if each in known and matters()[each].counts_beside(question.intent)
           and matters()[each].is_hers(question.origin, question.country)]  # fmt: skip
    found = (find_service(library, each, question.today) for each in ids)
    return next((each for each in found if each is not None and is_reachable(each)
                 and (has_number(each) or question.style != "sms")), None)  # fmt: skip


def _is_for_this(service: FoundService, question: Question, topic: Topic) -> bool:
    """Whether a place near her may come before the one chosen by hand: it answers, and it is for
    this matter in the first place. A shelter that also knows lawyers is no lawyer, and who can
    detain her is never put first only for being near."""
    if not has_number(service) or is_authority(service):
        return False
    if question.intent == "ask_consulate":
        return bool(question.origin and of_country([service], question.origin))
    told = f"{service.names.es} {service.names.en} {service.description.es} {service.for_whom.es}"
    if hits(told, topic.words) == 0:
        return False
    for_violence = is_kept_for(service, "ask_domestic_violence")
    if topic.group in ("violence", "safety"):  # a line for it, not an office that is shut at night
        is_line = for_violence and "hotline" in service.service_types
        return is_line and question.intent != "ask_emotional_support"
    return service.service_types[0] == topic.service_types[0] and not for_violence


def who_may_know(library: Library, question: Question) -> FoundService | None:
    """A named body: the one for the very matter or topic, if she can call it or open its page; then
    one that answers a phone, of the country's own list or any legal help."""
    here = where_she_is(question.country, None)
    found = [
        each
        for each in ranked(library, here, today=question.today)
        if is_for(each, question.intent) and is_reachable(each) and not is_for_own_abroad(each)
    ]
    by_id = {each.id: each for each in found}
    of_matter, chosen = _of_matter(library, question), chosen_by_hand(library, question)
    may_know = chosen is not None and not is_authority(chosen) and not is_for_own_abroad(chosen)
    own = [each for each in (of_matter, chosen if may_know else None) if each is not None]
    named = [by_id[each] for each in country_record(question.country).ask_first if each in by_id]
    legal = [each for each in found if "legal" in each.service_types and not each.is_regional]
    known = [*own, *named, *legal]
    if own and own[0].url and question.style != "sms":
        return own[0]
    return next((each for each in known if has_number(each)), next(iter([*named, *own]), None))
