"""What her words say about the places in them: where she is not, and where somebody else is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from bot.conversation.places_named import Named, named
from bot.conversation.state import ARRESTED, PLACE_ONLY
from bot.conversation.whose_law import Law, law
from bot.directory.places import find_places
from bot.directory.text import fold
from bot.knowledge.asked import pattern
from bot.knowledge.topics import topics

_BESIDE = ("", "in", "en", "de")  # between a town and its country
_OF_A_GIRL = ("ask_child_abuse", "ask_digital_violence")  # her mother is abroad, and she is not
# Her own pain, whoever is elsewhere: the line must be one that she can reach.
_HER_OWN = ("ask_emotional_support", "express_suicidal_distress")


@dataclass(frozen=True)
class Said:
    """The place asked about; `here` where she says she is beside it; `other`: somebody else's."""

    country: str | None
    city: str | None
    here: str | None = None
    not_in: tuple[str, ...] = ()
    other: bool = False
    origin: str | None = None  # told only by whose law it is
    absent: tuple[str, ...] = ()  # where somebody else is not, or is only to be sent
    mine: bool = False  # she says that she is in that country
    told: bool = False  # nothing says that she is not there
    maybe: bool = False  # only if, or some day
    past: bool = False  # she was there, or somebody was, and is no more
    mentioned: tuple[str, ...] = ()  # every country that comes up, and is not denied

    @property
    def elsewhere(self) -> bool:
        """Whether the only place is somebody else's, and not the one that decides."""
        return self.other and self.country is None


def places_said(text: str, entities: Sequence[Mapping[str, Any]], found: Mapping[str, Any],
                intent: str) -> Said:  # fmt: skip
    """`found` is the place reader's own summary: it holds unless her words say otherwise."""
    if text.startswith("/"):
        return Said(found.get("country"), found.get("city"))
    every = [named(text, e, found) for e in entities if e.get("entity") in ("country", "city")]
    every = _without_corners(text, _with_its_country(text, every))
    places = [p for p in every if not (p.absent or p.threat or p.hails
                                       or (intent == ARRESTED and _is_to_be(p)))]  # fmt: skip
    kept = {p.country for p in places}
    absent = tuple(dict.fromkeys(p.country for p in every if p.country and p.country not in kept))
    said = _of_places(text, places, found, intent, absent)
    mine = next((p for p in reversed(places) if p.mine and p.country), None)
    come_up = dict.fromkeys(p.country for p in every if _comes_up(p, found))
    of_it = [p for p in places if p.country == said.country]
    return replace(
        said, absent=absent, mine=mine is not None and mine.country == said.country,
        here=said.here or (mine.country if mine and said.country else None),
        maybe=any(p.maybe for p in of_it),
        past=bool(of_it) and all(p.past and not p.mine for p in of_it),
        told=any(p.role == "location" and not (p.past or p.maybe or p.others) for p in of_it),
        mentioned=tuple(filter(None, come_up)),
    )  # fmt: skip


def _with_its_country(text: str, places: Sequence[Named]) -> list[Named]:
    """A town in the country that is written behind it: "San Pedro, Belize" is no San Pedro of
    another one."""
    found = list(places)
    for i, (town, land) in enumerate(pairwise(places)):
        raw = text[town.start + len(town.written) : land.start]
        between = "-" if re.search(r"[.;:!?\n]", raw) else fold(raw)
        beside = town.city is not None and land.city is None and between in _BESIDE
        there = beside and land.country is not None and land.start > town.start
        if there and find_places(str(land.country), str(town.city)):
            found[i] = replace(town, country=land.country)
    return found


def _without_corners(text: str, places: Sequence[Named]) -> list[Named]:
    """Without what only tells where in a place that is: "in Mexico City, by Vallejo" is not the
    Vallejo of another country."""
    kept: list[Named] = []
    for each in places:
        last = kept[-1] if kept else None
        between = fold(text[last.start + len(last.written) : each.start]) if last else ""
        corner = (
            last is not None and last.mine and last.role == each.role and each.city is not None
            and each.country != last.country and bool(pattern("corner").fullmatch(between))
        )  # fmt: skip
        if not corner:
            kept.append(each)
    return kept


def _of_places(text: str, places: Sequence[Named], found: Mapping[str, Any], intent: str,
               absent: Sequence[str]) -> Said:  # fmt: skip
    country, city = found.get("country"), found.get("city")
    if country in absent:
        first = next((p for p in places if p.country and not p.denied), None)
        country, city = (first.country, first.city) if first else (None, None)
    not_in = tuple(dict.fromkeys(p.country for p in places if p.denied and p.country))
    if (settled := _settled(text, places, found, intent)) is not None:
        return replace(settled, not_in=not_in)
    left = [p for p in places if p.country and not p.denied and p.country != found.get("origin")]
    if country in not_in:
        country, city = (left[0].country, left[0].city) if left else (None, None)
    decided = law(text, places, found, intent)
    if decided is not None and decided.country not in not_in:
        return _by_law(decided, left, not_in)
    others = next((p for p in left if p.others), None)
    hers = next((p for p in left if not p.others), None)
    if others is None:
        return Said(country, city, not_in=not_in)
    of_hers = others.partners or (intent in _OF_A_GIRL and _is_parents(others))
    of_hers = of_hers or intent in _HER_OWN
    if of_hers and _is_hers(intent) and not pattern("for_other").search(fold(text)):
        return Said(hers.country if hers else None, hers.city if hers else None, not_in=not_in)
    if hers is not None and hers.country != others.country:
        return Said(others.country, others.city, hers.country, not_in, other=True)
    return Said(country or others.country, city or others.city, not_in=not_in, other=True)


def _settled(text: str, places: Sequence[Named], found: Mapping[str, Any],
             intent: str) -> Said | None:  # fmt: skip
    """What the verb before a place settles: seen there last, sent away from there, born there."""
    if intent == "ask_missing_relative" and len({p.country for p in places}) > 1:
        seen = [p for p in places if pattern("last_seen").search(p.before) and p.country]
        if seen:
            return Said(seen[-1].country, seen[-1].city, other=True)
    if intent in (ARRESTED, *PLACE_ONLY) and len({p.country for p in places}) > 1:
        taken = [p for p in places if pattern("taken_in").search(p.before) and p.country]
        hers = next((p for p in places if p not in taken and p.role == "location"), None)
        if taken:
            return Said(taken[0].country, taken[0].city, hers.country if hers else None, other=True)
    if intent == ARRESTED and pattern("taken_of_hers").search(fold(text)):
        taken = [p for p in places if pattern("taken_in").search(p.before) and p.country]
        if taken:  # where he was caught is not where she is
            return Said(taken[0].country, taken[0].city, other=True)
    if any(pattern("sent_from").search(p.before) for p in places):
        kept = [p for p in places if not pattern("sent_from").search(p.before) and p.country]
        if kept and kept[-1].country not in (None, *(p.country for p in places if p.denied)):
            return Said(kept[-1].country, kept[-1].city)
    if intent in ("ask_unpaid_wages", "ask_labour_rights", "ask_domestic_work"):
        worked = [p for p in places if pattern("worked_in").search(p.before) and p.country]
        if worked and len({p.country for p in places}) > 1:
            return Said(worked[-1].country, worked[-1].city, other=True)
    if intent == "ask_birth_registration":
        born = any(pattern("born_in").search(p.before) for p in places)
        if born and found.get("origin") and pattern("but_i_am").search(fold(text)):
            return Said(str(found["origin"]), None, other=True, origin=str(found["origin"]))
    return None


def _comes_up(place: Named, found: Mapping[str, Any]) -> bool:
    """A town of her origin says of itself no country: "soy de Petén, de San Luis"."""
    stray = place.role == "origin" and place.country != found.get("origin")
    return place.country is not None and not (place.denied or stray)


def _is_to_be(place: Named) -> bool:
    """Where somebody who is held is to be sent: the law is that of where he is held."""
    return bool(pattern("to_be_there").search(place.before))


def _by_law(decided: Law, left: Sequence[Named], not_in: tuple[str, ...]) -> Said:
    """Where she is stays apart from the country that decides."""
    not_hers = decided.country if decided.theirs else None
    hers = next((p for p in left if p.role == "location" and p.country != not_hers
                 and not (p.others or p.past or p.maybe)), None)  # fmt: skip
    here = decided.here or (hers.country if hers else None)
    theirs = any(p.others and p.country == decided.country for p in left)
    return Said(
        decided.country, decided.city, here, not_in,
        other=theirs or decided.theirs or decided.country is None, origin=decided.origin,
    )  # fmt: skip


def _is_parents(place: Named) -> bool:
    """A girl's mother abroad: it is here that she is hurt."""
    return bool(pattern("parents").search(place.before))


def _is_hers(intent: str) -> bool:
    """Whether the topic is what happens to her, wherever her partner is."""
    topic = topics().get(intent)
    return topic is not None and topic.group in ("violence", "safety")
