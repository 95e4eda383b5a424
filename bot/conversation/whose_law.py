"""Whose law a message is about: that of where she is or where the petition runs.

A relative's country, or the one that she left, is the answer's only where she asks about there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.facets import FAMILY
from bot.conversation.places_named import Named
from bot.conversation.signs import before_place
from bot.directory.text import fold
from bot.knowledge.asked import named_patterns, pattern, spouses
from bot.knowledge.topics import topics

# Decided by the law of the place where she lives, works, learns or is cured.
OF_HER_PLACE = ("ask_regular_status", "ask_asylum", "ask_work_permit", "ask_labour_rights",
                "ask_unpaid_wages", "ask_domestic_work", "ask_maternity_at_work", "ask_education",
                "ask_health_care", "ask_sexual_reproductive_health", "ask_birth_registration",
                "ask_workplace_harassment", "ask_child_custody_support")  # fmt: skip
_NO_TOPIC = ("inform_location", "nlu_fallback", "out_of_scope")
_HER_CHILDREN = ("ask_child_custody_support",)  # their father's place is told, not asked about
SPONSORS = ("US", "CA")  # one may sponsor from outside as well


@dataclass(frozen=True)
class Law:
    """The country that decides, None where only the conversation tells; `city` in it."""

    country: str | None
    city: str | None = None
    origin: str | None = None
    here: str | None = None
    theirs: bool = False  # she is not there


def law(text: str, places: Sequence[Named], found: Mapping[str, Any], intent: str) -> Law | None:
    """None where the places themselves tell, as in most messages."""
    words = fold(text)
    entered = _entered(places)
    if entered is not None:
        return Law(entered.country, _town(places, entered.country), here=entered.country)
    by_code = _by_code(text, places, found)
    if by_code is not None:
        return by_code
    if intent in (*FAMILY, *OF_HER_PLACE) and pattern("marries_there").search(words):
        country = next((code for code, each in spouses().items() if each.search(words)), None)
        if country is not None:
            return Law(country, theirs=True)
    if _is_violence(intent) or not (places or intent in FAMILY):
        return None
    for_other = bool(pattern("for_other").search(words))
    others = [each for each in places if each.others]
    hers = next((p for p in places if _is_hers(p, found)), None)
    if pattern("us_programme").search(words) and (hers is None or hers.country == "US"):
        return _programme(places, hers)
    if hers is None and intent in OF_HER_PLACE and _is_short_trip(words, places):
        return Law(None)
    if intent in FAMILY:
        return _petition(words, places, others, hers)
    if others and hers and hers.country != others[0].country and not for_other:
        contrast = intent in _NO_TOPIC and hers.start > others[0].start
        if contrast or (intent in OF_HER_PLACE and not pattern("asks_for_them").search(words)):
            return Law(hers.country, hers.city)
    only_theirs = others and hers is None and intent in OF_HER_PLACE and not for_other
    if only_theirs and not pattern("asks_for_them").search(words):
        father = intent in _HER_CHILDREN and not _is_a_childs(others[0])
        for_her = father or pattern("asks_for_herself").search(words)
        return Law(None) if for_her else None
    return None


def _is_a_childs(place: Named) -> bool:
    """Whether it is her child who is there: a court there decides, not where its father is."""
    return bool(before_place("child").search(place.before))


def _is_short_trip(words: str, places: Sequence[Named]) -> bool:
    """ "If I go to Panama for two days, do I lose my claim": of the country where she is."""
    goes = bool(places) and all(each.role == "destination" for each in places)
    return goes and bool(pattern("short_trip").search(words))


def _is_violence(intent: str) -> bool:
    topic = topics().get(intent)
    return topic is not None and topic.group in ("violence", "safety")


def _is_hers(place: Named, found: Mapping[str, Any]) -> bool:
    left = place.role != "location" or place.others or place.denied
    return not left and place.country is not None and place.country != found.get("origin")


def _town(places: Sequence[Named], country: str | None) -> str | None:
    return next((p.city for p in places if p.city and p.country == country), None)


def _entered(places: Sequence[Named]) -> Named | None:
    """ "I entered Canada from the USA": she is in the first, and came through the second."""
    goal = next((p for p in places if pattern("entered").search(p.before)), None)
    if goal is None:
        return None
    through = [p for p in places if p.start > goal.start and p.country != goal.country
               and pattern("coming_from").search(p.before)]  # fmt: skip
    return goal if through else None


def _by_code(text: str, places: Sequence[Named], found: Mapping[str, Any]) -> Law | None:
    """ "San Carlos CR": the letters after the town settle which one it is."""
    for place in places:
        if not place.city or place.denied or place.others:
            continue
        after = fold(text[place.start + len(place.written) :][:8])
        for country, letters in named_patterns("country_letters").items():
            if letters.match(after) and country in (found.get("candidates") or ()):
                return Law(country, place.city)
    return None


def _programme(places: Sequence[Named], hers: Named | None) -> Law:
    """TPS or DACA are the United States'; the country beside the name is her own."""
    own = next((p.country for p in places if p.country not in (None, "US") and not p.others), None)
    asked = next((p for p in places if p.country == own), None)
    of_her = asked is not None and pattern("programme_for").search(asked.before)
    return Law("US", hers.city if hers else None, own if of_her else None)


def _petition(words: str, places: Sequence[Named], others: Sequence[Named],
              hers: Named | None) -> Law | None:  # fmt: skip
    """Where a petition for a relative runs: with whoever asks for the other to come."""
    theirs = next(iter(others), None)
    if theirs is not None and pattern("they_petition").search(words):
        return Law(theirs.country, theirs.city)
    citizen = next((p for p in places if _is_citizenship(p)), None)
    if citizen is not None and (hers is None or citizen.country in SPONSORS):
        city = hers.city if hers and hers.country == citizen.country else None
        return Law(citizen.country, city)
    in_us = hers is None or hers.country == "US"
    if pattern("us_citizen").search(words) or (pattern("us_status").search(words) and in_us):
        hers = hers if in_us else None
        return Law("US", hers.city if hers else None)
    if others:
        return Law(hers.country, hers.city) if hers else Law(None)
    return None


def _is_citizenship(place: Named) -> bool:
    if place.country not in SPONSORS and place.role not in ("origin", "location"):
        return False  # it is the relative's
    beside = f"{place.before} {place.written}"
    return bool(pattern("citizen").search(beside)) or place.written == "estadounidense"
