"""One place of a message, with what the words before it say: denied, or somebody else's.

"I am not in Mexico" denies that she is there. "He is not in Mexico" says nothing of her at all, and
"I have no green card" names a paper: neither takes the country away that is known of her.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.conversation.signs import before_place, is_visited, was_there
from bot.directory.places import far_away, find_places
from bot.directory.text import fold
from bot.knowledge.asked import pattern
from bot.knowledge.files import read_yaml
from bot.knowledge.schema import COUNTRY_CODES
from bot.paths import DATA

_APOSTROPHES = re.compile(r"['’´`]")
_CLAUSE = re.compile(r"[,.;:!?¿¡\n]|\b(?:pero|but|sino|porque|because|and|y)\b")

_FAR = 40  # so many times as many people as the town of a country that is served


@dataclass(frozen=True)
class Named:
    """`before` are the words of its clause before it, folded; `written` how she wrote it.

    `absent`: somebody else is not there, or only is to be there, or she goes there for a visit; it
    says nothing of where she is.
    `mine`: she says that she is there; `maybe`: only if, or some day; `past`: she was; `threat`:
    somebody says that she is to be sent there; `hails`: somebody else is from there.
    """

    country: str | None
    city: str | None
    role: str | None
    start: int
    before: str
    written: str
    denied: bool
    others: bool
    partners: bool
    absent: bool = False
    mine: bool = False
    maybe: bool = False
    past: bool = False
    threat: bool = False
    hails: bool = False


def named(text: str, entity: Mapping[str, Any], found: Mapping[str, Any]) -> Named:
    """`found` is the place reader's summary of the whole message."""
    value, start = str(entity["value"]), int(entity.get("start") or 0)
    whole = _APOSTROPHES.sub("", text[:start].lower())
    before = fold(_CLAUSE.split(whole)[-1])
    is_city = entity["entity"] == "city"
    written = fold(text[start : int(entity.get("end") or start)])
    denied = bool(pattern("not_there").search(before))
    of_others = denied and _is_of_others(before)
    others = _is_others(before, fold(whole)) and not _is_here(before)
    maybe = bool(before_place("maybe").search(before) or before_place("bound").search(before))
    after = text[int(entity.get("end") or len(text)) :]
    was = was_there(after)
    was = was or bool(before_place("long_ago").search(fold(whole)))
    return Named(
        country=_country_of(value, found) if is_city else value,
        city=value if is_city else None,
        role=entity.get("role"),
        start=start,
        before=before,
        written=written,
        denied=denied and not of_others and written not in _papers(),
        others=others,
        partners=bool(pattern("partner").search(before)),
        absent=of_others
        or bool(pattern("they_not_there").search(before))
        or _is_no_place(before)
        or is_visited(before, after),
        mine=not (denied or was)
        and (_is_here(before) or (not (others or maybe) and _is_mine(before))),
        maybe=maybe,
        past=bool(before_place("past").search(before)) or was,
        threat=bool(before_place("threat").search(before)) or _is_an_anecdote(whole),
        hails=others and bool(before_place("hails").search(before)),
    )


def _is_an_anecdote(whole: str) -> bool:
    """Whether somebody whom she only tells of was there: "his cousin signed and woke up in"."""
    sentence = re.split(r"[.?!]", whole)[-1]
    return bool(before_place("anecdote").search(fold(sentence)))


def _is_no_place(before: str) -> bool:
    """A street's name, or "the border with Guatemala": it lies on the other side of that."""
    border = before_place("border").search(before)
    there = border is not None and not before_place("at_border").search(before)
    return there or bool(before_place("nameless").search(before))


def _is_here(before: str) -> bool:
    return bool(before_place("here_in").search(before))


def _is_mine(before: str) -> bool:
    """Whether she says that she is in the place that follows."""
    found = before_place("mine").search(before)
    return found is not None and not before_place("not_mine").search(before)


def _is_of_others(before: str) -> bool:
    """Whether it is not she who is not there: "my sister told me he is not in"."""
    named = [*pattern("subject").finditer(before)]
    return bool(named) and named[-1]["other"] is not None


@cache
def _papers() -> frozenset[str]:
    """Bodies, papers and programmes that stand for their country: nobody is in them."""
    known = read_yaml(DATA / "places" / "institutions.yml")
    return frozenset(fold(each) for names in known.values() for each in names)


def _is_others(before: str, all_before: str) -> bool:
    """Somebody else's place, and not that of her with them: "me and my kids in Brooklyn"."""
    theirs = pattern("others_place").search(before) or before_place("they").search(before)
    return bool(theirs) and not pattern("with_her").search(all_before)


def _country_of(city: str, found: Mapping[str, Any]) -> str | None:
    """The country of a town: the reader's, else the one with the largest town of that name; one far
    away only where it is so much larger."""
    if city == found.get("city") and found.get("country"):
        return str(found["country"])
    known = [(place.population, code) for code in COUNTRY_CODES
             for place in find_places(code, city)[:1]]  # fmt: skip
    near, far = max(known, default=(0, None)), far_away(city)
    if far is not None and far[0] > near[0] * _FAR:
        return far[1]  # Madrid is the one of Spain
    return near[1]
