"""What a message may be about more narrowly than a topic: a passport, rent, a school place.

The patterns stand in data/matters.yml; who knows of a matter stands in each country's file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from bot.knowledge.topics import topics
from bot.paths import DATA

PATH = DATA / "matters.yml"
_HURT = "hurt"  # no matter: what somebody does to her
_NOT_BESIDE = ("violence", "safety")  # where somebody is hurt, the line for that comes first


@dataclass(frozen=True)
class Matter:
    """`hers`: how she names it; `topics`: the intents beside which it counts."""

    hers: re.Pattern[str]
    topics: frozenset[str]
    of_nationals: bool = False  # what a country does for its own people
    presumed: frozenset[str] = frozenset()  # where whoever says nothing counts as one of them
    is_office: bool = False  # whoever knows of it is no person to talk to about anything else

    def counts_beside(self, intent: str) -> bool:
        """Whether whoever knows of it may be named in an answer on the topic."""
        return intent in self.topics and topics()[intent].group not in _NOT_BESIDE

    def is_hers(self, origin: str | None, country: str) -> bool:
        """Whether it may be hers there: a passport is given by the country that she is from."""
        if not self.of_nationals:
            return True
        return origin == country or (origin is None and country in self.presumed)


@cache
def _read() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return found


@cache
def _hurt() -> re.Pattern[str]:
    return re.compile(_read()[_HURT])


@cache
def matters() -> Mapping[str, Matter]:
    """The matters in the order in which they count; re.error where the file is broken."""
    read = {name: each for name, each in _read().items() if name != _HURT}
    return {
        name: Matter(
            re.compile(each["hers"]),
            frozenset(each["topics"]),
            each.get("of_nationals", False),
            frozenset(each.get("presumed", ())),
            each.get("office", False),
        )
        for name, each in read.items()
    }


def matters_in(folded: str) -> tuple[str, ...]:
    """The matters that the words name; `folded`: small letters, no accents or signs."""
    if _hurt().search(folded):  # whoever helps with that comes first
        return ()
    return tuple(name for name, each in matters().items() if each.hers.search(folded))
