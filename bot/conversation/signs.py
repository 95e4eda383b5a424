"""What in her words tells for which country she asks: "allá", "back home", "and me", "I stay".

The patterns stand in data/whereabouts.yml; nothing of the message is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.conversation.cues import fold
from bot.knowledge.asked import named_patterns
from bot.knowledge.files import read_yaml
from bot.paths import DATA

HERE, THERE = "here", "there"
_CLAUSES = re.compile(r"[.,;:!?¿¡()\n]+")
_LONGEST = 600  # characters of a message that are looked at
_OF_A_NATIONALITY = (
    r"\b(?:nacionalidad|ciudadania|citizenship|nationality) "
    r"(?:(?:de|del|of|la|el|the) )*(?:{of})\b"
    r"|\b(?:{of}) (?:nationality|citizenship|citizen too|passport)\b"
    r"|\b(?:sea|ser|be) (?:{of}) (?:tambien|too)\b|\btambien (?:sea|ser|es) (?:{of})\b"
)
_US_PAPER = r"|u s|usa|(?<=\ba )us|(?<=\bthe )us"  # not "they dont give us passport"
_HAS_IT = re.compile(r"\b(tengo|tiene|have|has|con|with|saque|got)( \w+){0,3}$")


@dataclass(frozen=True)
class _Known:
    signs: Mapping[str, re.Pattern[str]]
    before: Mapping[str, re.Pattern[str]]
    shared: frozenset[str]
    after: re.Pattern[str]
    visit: re.Pattern[str]
    documents: re.Pattern[str]


@cache
def _known() -> _Known:
    read = read_yaml(DATA / "whereabouts.yml")
    signs, before = (
        {name: re.compile(text) for name, text in read[part].items()}
        for part in ("signs", "before_place")
    )
    return _Known(
        signs, before, frozenset(map(fold, read["shared"])),
        *(re.compile(read[part]) for part in ("after_place", "visit_after", "documents")),
    )  # fmt: skip


def before_place(name: str) -> re.Pattern[str]:
    """One of the patterns for the words before a place."""
    return _known().before[name]


def was_there(after: str) -> bool:
    """Whether the words after a place say how often she was there: she is no more."""
    return bool(_known().after.search(fold(after[:40])))


def is_visited(before: str, after: str) -> bool:
    """Whether she goes to the place between the words `before` and `after` it and comes back."""
    known = _known()
    return bool(known.before["visits"].search(before) and known.visit.search(fold(after[:40])))


def read_signs(text: str) -> frozenset[str]:
    """The signs in `text`. Of "here" and "there" only the one that she says last stays: "there I
    worked, can I work here?" is of here, "here they charge, is it free there?" of there."""
    if text.startswith("/"):
        return frozenset()
    words = " | ".join(filter(None, map(fold, _CLAUSES.split(text[:_LONGEST]))))
    found = {name for name, each in _known().signs.items() if each.search(words)}
    places = _known().signs["past_there"].sub(" | ", words)
    here, there = (_last(_known().signs[name], places) for name in (HERE, THERE))
    found -= {HERE, THERE}
    if here >= 0 or there >= 0:
        found.add(HERE if here > there else THERE)
    return frozenset(found)


def _last(pattern: re.Pattern[str], words: str) -> int:
    return max((each.start() for each in pattern.finditer(words)), default=-1)


@cache
def _of_nationalities() -> Mapping[str, re.Pattern[str]]:
    """By country: that she asks about its nationality, or a paper of it."""
    return {
        country: re.compile(
            _OF_A_NATIONALITY.format(of=of.pattern + (_US_PAPER if country == "US" else ""))
        )
        for country, of in named_patterns("marries_one_of").items()
    }


def read_nationality(text: str) -> str | None:
    """The country whose nationality she asks about: "can she get Belizean nationality too?"."""
    words = fold(text[:_LONGEST])
    for country, pattern in _of_nationalities().items():
        found = pattern.search(words)
        if found and not _HAS_IT.search(words[: found.start()].rstrip()):
            return country
    return None


def without_shared(entities: Sequence[Mapping[str, Any]], found: Mapping[str, Any], text: str,
                   here: str | None) -> Mapping[str, Any]:  # fmt: skip
    """`found` (the place reader's summary) without the country of a paper or body whose name
    several countries have, where she has told that she is in another one."""
    country = found.get("country")
    if here is None or country in (None, here):
        return found
    named = [each for each in entities if each.get("entity") in ("country", "city")]
    of_it = [each for each in named if each.get("value") == country]
    weak = all(_is_shared(each, text) for each in of_it)
    towns = [each for each in named if each.get("entity") == "city"]
    return {**found, "country": None} if weak and of_it and not towns else found


def without_documents(entities: Sequence[Mapping[str, Any]], found: Mapping[str, Any], text: str,
                      known: str | None) -> Mapping[str, Any]:  # fmt: skip
    """`found` with the country of a paper that she only has ("my DPI from Guatemala") as the one
    that she is from, where it is known otherwise where she is."""
    country = found.get("country")
    if known is None or country in (None, known):
        return found
    named = [each for each in entities if each.get("entity") in ("country", "city")]
    if not named or not all(_is_of_a_document(each, text) for each in named):
        return found
    return {**found, "country": None, "city": None, "origin": found.get("origin") or country}


def _is_of_a_document(entity: Mapping[str, Any], text: str) -> bool:
    start, end = int(entity.get("start") or 0), int(entity.get("end") or 0)
    if _known().documents.search(fold(text[start:end])):
        return True
    return bool(_known().before["paper_of"].search(fold(text[:start])))


def _is_shared(entity: Mapping[str, Any], text: str) -> bool:
    written = text[int(entity.get("start") or 0) : int(entity.get("end") or 0)]
    return entity.get("role") is None and fold(written) in _known().shared
