"""Which of the choices offered last she means, where she writes a number or "the second"."""

from __future__ import annotations

import re

from connectors.memory import Memory

_NUMBER = re.compile(r"^\W*(?:opci[oó]n|option|la|el|the|n[uú]mero|number)?\W*(\d{1,2})\W*$", re.I)
_ORDINALS = (
    re.compile(r"^\W*(?:el|la|the)?\W*(?:primer[oa]?|1r[oa]|first(?: one)?)\W*$", re.I),
    re.compile(r"^\W*(?:el|la|the)?\W*(?:segund[oa]|2d[oa]|second(?: one)?)\W*$", re.I),
    re.compile(r"^\W*(?:el|la|the)?\W*(?:tercer[oa]?|3r[oa]|third(?: one)?)\W*$", re.I),
)
_MORE_OF_IT = "/ask_repeat_or_more"  # offered beside services: "the second" is one of these
_NUMBERED = "sms"  # where every choice is printed with its number


def chosen(text: str, memory: Memory, style: str) -> str | None:
    """The payload of that choice; None where the text names none.

    What goes on after an answer ("more", "who helps", "another topic") stands on buttons without
    numbers, and nothing was asked: there "2" is how many they are, or how old.
    """
    asked = bool(memory.offered) and memory.offered[0] != _MORE_OF_IT
    number = _NUMBER.match(text) if asked or style == _NUMBERED else None
    if number and 1 <= int(number[1]) <= len(memory.offered):
        return memory.offered[int(number[1]) - 1]
    if asked:
        named = (n for n, each in enumerate(_ORDINALS) if each.match(text))
        ordinal = next(named, len(memory.offered))
        if ordinal < len(memory.offered):
            return memory.offered[ordinal]
    return None
