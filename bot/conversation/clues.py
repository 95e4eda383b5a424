"""Clues to the country where she is: money or a word of one country only (data/clues.yml).

They count where she names none, her number does not tell, and all clues of the message agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.directory.text import fold
from bot.knowledge.files import read_yaml
from bot.paths import DATA

_LONGEST = 600  # characters of a message that are looked at


@dataclass(frozen=True)
class _Known:
    money: Mapping[str, re.Pattern[str]]
    words: Mapping[str, re.Pattern[str]]
    paid: re.Pattern[str]
    sent: re.Pattern[str]
    to_the_capital: re.Pattern[str]


@cache
def _known() -> _Known:
    read = read_yaml(DATA / "clues.yml")
    money, words = (
        {code: re.compile(text) for code, text in read[name].items()} for name in ("money", "words")
    )
    paid, sent, capital = (re.compile(read[name]) for name in ("paid", "sent", "to_the_capital"))
    return _Known(money, words, paid, sent, capital)


def read_clue(text: str, origin: str | None = None) -> str | None:
    """The country that the words of `text` show; `origin`: where she says she is from in it."""
    if text.startswith("/"):
        return None
    words, known = fold(text[:_LONGEST]), _known()
    found = {code for code, each in known.words.items() if each.search(words)}
    if known.paid.search(words) and not known.sent.search(words):
        found |= {code for code, each in known.money.items() if each.search(words)}
    if origin and known.to_the_capital.search(words):
        found.add(origin)
    return found.pop() if len(found) == 1 else None
