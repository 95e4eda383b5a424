"""Whether it is somebody else who suffers: for whom she writes, and what she asks for that one.

The patterns stand in data/for_another.yml; of the message only the key of who it is stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.conversation.cues import fold
from bot.knowledge.files import read_yaml
from bot.paths import DATA

HURT, DESPAIR, RANSOM = "hurt", "despair", "ransom"
SOMEONE = "someone"
_CLAUSES = re.compile(r"[.,;:!?¿¡()\n]+")
_BESIDE = "(mejor|propia|pobre|unica|gran|otra|best|good|poor|own|older|little|big)"
_DAUGHTER, _GROWN = "daughter", "grown_daughter"
_YOUNG = re.compile(
    r"\b(nin[ao]s?|nena|bebe|chiquit[ao]|menor|\d{1,2} (anos|anitos|years?)"
    r"|(tiene|is) (\d|1[0-7])\b|(de|tiene) (diez|once|doce|trece|catorce|quince|dieciseis)\b"
    r"|(diez|once|doce|trece|catorce|quince|dieciseis|diecisiete) anos)\b"
)
# Her own man: the writer's ("mi marido le pega a mi hija") says nothing of the daughter's age.
_OF_AGE = re.compile(
    r"(?<!\bmi )(?<!\bmy )\b(maridos?|espos[oa]s?|pareja|husband)\b"
    r"|\b(married|casada|nietos?|yerno)\b"
)
_BY_PARENT = re.compile(r"\b(papa|padre|padrastro|stepfather|stepdad|father|dad)\b")
_LONGEST = 600  # characters of a message that are looked at


@dataclass(frozen=True)
class Another:
    """Of one message: whom it speaks of (a key of `who`), and the signs in it."""

    who: str | None = None
    signs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Helped:
    """Whom she writes for, where that one is (None: where she is), and the matter, once told."""

    who: str
    at: str | None = None
    matter: str | None = None
    now: bool = False  # this message speaks of it


@dataclass(frozen=True)
class Who:
    """Somebody, as she is told of."""

    es: str
    en: str
    near: bool
    he: bool
    child: bool

    def get(self, language: str) -> str:
        """In her language."""
        return self.en if language == "en" else self.es


NOBODY = Another()


@dataclass(frozen=True)
class _Known:
    who: Mapping[str, Who]
    she_is: Mapping[str, re.Pattern[str]]
    after_to: Mapping[str, re.Pattern[str]]
    plain: Mapping[str, re.Pattern[str]]
    signs: Mapping[str, re.Pattern[str]]
    tells: Mapping[str, Mapping[str, tuple[str, ...]]]
    abroad: tuple[str, ...]
    also_hers: frozenset[str]
    of_a_woman: frozenset[str]


@cache
def _known() -> _Known:
    read = read_yaml(DATA / "for_another.yml")
    whose = read["whose"]
    heard = {key: each["heard"] for key, each in read["who"].items()}
    return _Known(
        {key: _who(each) for key, each in read["who"].items()},
        {
            key: re.compile(
                rf"\b(?:soy (?:(?P<su>su)|la|una)|(?:i am|im) (?:(?P<her>her)|the|a))"
                rf"(?: {_BESIDE})? {each}\b(?P<of> (?:de ella|of her)\b)?"
            )
            for key, each in read["she_is"].items()
        },
        # The one to whom it is done: "le pega a mi hermana", "el marido de mi vecina".
        {
            key: re.compile(
                rf"\b(a|de|por|para|for|about|to) {whose}( \w+)?? {each}\b"
                rf"|\b{whose} {each}s (husband|boyfriend|man|partner|ex)\b"
            )
            for key, each in heard.items()
        },
        {
            key: re.compile(rf"\b({whose}|soy (la|su)|her|the)( {_BESIDE})? {each}\b|^{each} ")
            for key, each in heard.items()
        },
        {name: re.compile(text) for name, text in read["signs"].items()},
        {matter: {kind: tuple(ids) for kind, ids in kinds.items()}
         for matter, kinds in read["tells"].items()},
        tuple(read["abroad"]),
        frozenset(read["also_hers"]),
        frozenset(read["of_a_woman"]),
    )  # fmt: skip


def _who(each: Mapping[str, Any]) -> Who:
    flags = {name: str(each.get(name)).lower() == "true" for name in ("near", "he", "child")}
    return Who(each["es"], each["en"], **flags)


def known_as(key: str) -> Who:
    """Somebody by the key; an unknown one is somebody."""
    return _known().who.get(key) or _known().who[SOMEONE]


def statements(matter: str, kind: str, *, he: bool = False) -> tuple[str, ...]:
    """The ids of what is told to a helper on the matter: `help`, `say`, `call`, `now`.

    `he`: a man is hurt; what speaks of a woman is not for him.
    """
    ids = _known().tells.get(matter, {}).get(kind, ())
    return tuple(each for each in ids if not (he and each in _known().of_a_woman))


def from_abroad() -> tuple[str, ...]:
    """The ids of what is told to whoever calls from another country."""
    return _known().abroad


@cache
def for_helpers() -> frozenset[str]:
    """The ids of what speaks to a helper, and not to the one who is hurt."""
    known = _known()
    every = {each for m in (HURT, DESPAIR) for ids in known.tells[m].values() for each in ids}
    return (frozenset(every) | frozenset(known.abroad)) - known.also_hers


def read_another(text: str) -> Another:
    """Of whom the message speaks, and what it says of that one; nothing of a tap."""
    if text.startswith("/"):
        return NOBODY
    words = " | ".join(filter(None, map(fold, _CLAUSES.split(text[:_LONGEST]))))
    signs = frozenset(name for name, each in _known().signs.items() if each.search(words))
    signs -= {DESPAIR} if "not_dying" in signs else frozenset()
    return Another(_whom(words, signs), signs)


def _whom(words: str, signs: frozenset[str]) -> str | None:
    """The one who is meant: to whom it is done, before whoever else is named."""
    for key, each in _known().she_is.items():
        if (found := each.search(words)) is None:
            continue
        # "I am her mother" names no mother who suffers.
        named = _named(words[: found.start()] + words[found.end() :], signs)
        if named is None:
            related = found["su"] or found["her"] or found["of"]
            if not related or "herself" in signs:
                return None
            young = key == _GROWN and (_YOUNG.search(words) or _BY_PARENT.search(words))
            return _DAUGHTER if young else key
        grown = named == _DAUGHTER and _OF_AGE.search(words) and not _YOUNG.search(words)
        return _GROWN if grown else named
    return _named(words, signs)


def _named(words: str, signs: frozenset[str]) -> str | None:
    orders = (_known().plain, _known().after_to)
    if DESPAIR not in signs:
        orders = (_known().after_to, _known().plain)
    for patterns in orders:
        found = [(m.start(), key) for key, each in patterns.items() if (m := each.search(words))]
        if found:
            first = min(start for start, _ in found)
            return next(key for start, key in found if start == first)
    return None
