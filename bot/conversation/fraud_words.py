"""What her words say of money that somebody asks for: asked, paid, in a hurry; and what for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from bot.directory.text import fold
from bot.paths import DATA

_FLAGS = ("asks", "named", "paid", "urgent", "rightly", "whom", "other", "office", "kept", "loses")


@dataclass(frozen=True)
class Money:
    """The signs in one message."""

    asks: bool = False  # somebody asks her to pay
    named: bool = False  # she calls it fraud, or wonders
    paid: bool = False
    urgent: bool = False
    rightly: bool = False  # how it is done rightly
    whom: bool = False
    other: bool = False  # a threat, an agent, a debt: something else
    office: bool = False  # the official price
    loses: bool = False  # what she would lose if she does not hurry
    kept: bool = False  # whoever asks has her papers
    matter: str | None = None  # what the money is for, where she says so


NO_MONEY = Money()


@dataclass(frozen=True)
class Matter:
    """One thing that money is asked for."""

    words: re.Pattern[str]
    beside: re.Pattern[str] | None  # must be there as well
    topic: str
    helper: str
    after: tuple[str, ...]  # topics after which her words need not say it
    ways: tuple[str, ...]  # ids of the statements that tell the right way

    def is_in(self, words: str) -> bool:
        """Whether her words speak of it."""
        beside = self.beside is None or bool(self.beside.search(words))
        return beside and bool(self.words.search(words))


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DATA / "fraud.yml").read_text(encoding="utf-8"))
    return found


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    money = str(_read()["money"]).strip()
    return {n: re.compile(str(_read()[n]).strip().replace("MONEY", money)) for n in _FLAGS}


@cache
def matters() -> Mapping[str, Matter]:
    """Every matter by its name, in the order in which they are looked for."""
    return {
        name: Matter(
            re.compile(each["words"]), re.compile(each["with"]) if "with" in each else None,
            each["topic"], each["helper"], tuple(each["after"]), tuple(each["ways"]),
        )
        for name, each in _read()["matters"].items()
    }  # fmt: skip


@cache
def unless() -> tuple[frozenset[str], frozenset[str]]:
    """Intents that are no fraud: unless such a matter, or fraud itself, was spoken of."""
    return frozenset(_read()["unless_spoken"]), frozenset(_read()["unless_fraud"])


def read_money(text: str) -> Money:
    """The signs in `text`; none in a tap ("/…")."""
    if text.startswith("/"):
        return NO_MONEY
    words = fold(text[:600].replace("$", " dolares "))
    flags = {name: bool(each.search(words)) for name, each in _patterns().items()}
    matter = next((name for name, each in matters().items() if each.is_in(words)), None)
    return Money(**flags, matter=matter)
