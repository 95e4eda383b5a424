"""What a message may be about more narrowly than a topic: a passport, rent, a school place.

The patterns stand in data/matters.yml; who knows of a matter stands in each country's file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import yaml

from bot.knowledge.topics import topics
from bot.paths import DATA

PATH = DATA / "matters.yml"
_HURT = re.compile(
    r"\b(marido|esposo|novio|pareja|husband|boyfriend)\b"
    r".{0,40}\b(me )?(pego|pega|golpe\w*|beats?|hits?)\b"
    r"|\bme (van? a |quiere[n]? )?(mat(a|an|ar|en)|viol\w+|encierr\w+|encerr\w+|vendi\w*)\b"
    r"|\bno (me|nos) (deja\w*|quiere\w* (dar|darme) permiso)( de| para)? salir\b"
    r"|\bpermission to leave the house\b|\bsold me\b|\bwon ?t let me (go|leave|out)\b"
    r"|\bperdid[ao]s? en el (desierto|monte)\b|\b(beat|hit|kill|rape[ds]?|lock\w*) me\b"
)
_NOT_BESIDE = ("violence", "safety")  # where somebody is hurt, the line for that comes first


@dataclass(frozen=True)
class Matter:
    """`hers`: how she names it; `topics`: the intents beside which it counts."""

    hers: re.Pattern[str]
    topics: frozenset[str]
    of_nationals: bool = False  # what a country does for its own people
    presumed: frozenset[str] = frozenset()  # where whoever says nothing counts as one of them

    def counts_beside(self, intent: str) -> bool:
        """Whether whoever knows of it may be named in an answer on the topic."""
        return intent in self.topics and topics()[intent].group not in _NOT_BESIDE

    def is_hers(self, origin: str | None, country: str) -> bool:
        """Whether it may be hers there: a passport is given by the country that she is from."""
        if not self.of_nationals:
            return True
        return origin == country or (origin is None and country in self.presumed)


@cache
def matters() -> Mapping[str, Matter]:
    """The matters in the order in which they count; re.error where the file is broken."""
    read = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return {
        name: Matter(
            re.compile(each["hers"]),
            frozenset(each["topics"]),
            each.get("of_nationals", False),
            frozenset(each.get("presumed", ())),
        )
        for name, each in read.items()
    }


def matters_in(folded: str) -> tuple[str, ...]:
    """The matters that the words name; `folded`: small letters, no accents or signs."""
    if _HURT.search(folded):  # whoever helps with that comes first
        return ()
    return tuple(name for name, each in matters().items() if each.hers.search(folded))
