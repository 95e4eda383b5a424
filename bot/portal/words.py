"""Everything that people read in the portal, from words.yml: es and en side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bot.knowledge.bilingual import Bilingual
from bot.knowledge.files import read_yaml

LANGUAGES = ("es", "en")


class WordsError(ValueError):
    """A text lacks a language, or its languages do not agree; the message names the key."""


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Every text by its key; raises WordsError."""
    found: dict[str, Mapping[str, str]] = read_yaml(Path(__file__).with_name("words.yml"))
    for key, pair in found.items():
        if not isinstance(pair, dict) or set(pair) != set(LANGUAGES):
            raise WordsError(f"words.yml, «{key}»: expected exactly es and en, got {pair!r}")
        if _fields(pair["es"]) != _fields(pair["en"]):
            raise WordsError(f"words.yml, «{key}»: the languages have different fields")
    return found


def _fields(text: str) -> set[str]:
    return set(re.findall(r"\{([a-z]+)\}", text))


def both(key: str) -> Bilingual:
    """The text `key` in both languages."""
    pair = texts()[key]
    return Bilingual(pair["es"], pair["en"])


def tell(key: str, language: str, **values: object) -> str:
    """The text `key`, Spanish where we do not have the language."""
    text = texts()[key]["en" if language == "en" else "es"]
    return text.format(**values) if values else text
