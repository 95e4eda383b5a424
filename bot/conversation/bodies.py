"""An office that she asks for by its name: "el número del ACNUR", "where is that ministry".

Only what stands beside the word for a telephone or a place counts, so that "a lawyer for
immigration, any phone?" is no question for the immigration office. What is known: data/bodies.yml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.directory.found import FoundService
from bot.directory.text import fold
from bot.knowledge.files import read_yaml
from bot.paths import DATA

MOST = 4  # words between, before the name
MOST_WORDS = 14  # who tells more asks for more than a number
_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]{2,}\b")
_LONGEST = 300  # characters of a message that are looked at


@dataclass(frozen=True)
class _Known:
    reach: re.Pattern[str]
    after: re.Pattern[str]
    between: frozenset[str]
    words: Mapping[str, tuple[str, ...]]


@cache
def _known() -> _Known:
    read = read_yaml(DATA / "bodies.yml")
    reach, after = (read[name].replace("| ", "|") for name in ("reach", "after"))
    return _Known(
        re.compile(rf"\b(?:{reach})(?= |$)"),
        re.compile(rf"(?:^| )([a-z]{{3,}}) (?:{after})(?= |$)"),
        frozenset(read["between"].split()),
        {word: tuple(names) for word, names in read["words"].items()},
    )


def read_bodies(text: str) -> tuple[str, ...]:
    """The words of `text` that may be the name of an office that she wants to reach."""
    if text.startswith("/"):
        return ()
    words, known = fold(text[:_LONGEST]), _known()
    if len(words.split()) > MOST_WORDS:
        return ()
    found = [match[1] for match in known.after.finditer(words)]
    for match in known.reach.finditer(words):
        following = words[match.end() :].split()
        named = [word for word in following[: MOST + 1] if word not in known.between]
        if named and all(word in known.between for word in following[: following.index(named[0])]):
            found.append(named[0])
    return tuple(dict.fromkeys(each for each in found if each.isalpha()))


def called(names: Sequence[str], services: Sequence[FoundService]) -> list[FoundService]:
    """Of `services`, in their order, those that one of `names` means."""
    return [each for each in services if any(_is_called(name, each) for name in names)]


def _is_called(name: str, service: FoundService) -> bool:
    whole = f"{service.name} {service.names.en} {service.organization}"
    if name in {fold(each) for each in _CAPITALS.findall(whole)}:
        return True
    said = f" {fold(whole)} "
    return any(f" {each} " in said for each in _known().words.get(name, ()))
