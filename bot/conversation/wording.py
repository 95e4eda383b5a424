"""Everything that she reads, from data/wording/*.yml: es and en side by side, never in code."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from bot.paths import DATA

LANGUAGES = ("es", "en")


class WordingError(ValueError):
    """A text is missing, or its two languages do not agree; the message names the file and key."""


@lru_cache(maxsize=1)
def _texts(folder: Path = DATA / "wording") -> Mapping[str, Mapping[str, str]]:
    texts: dict[str, Mapping[str, str]] = {}
    for path in sorted(folder.glob("*.yml")):
        for key, pair in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            _check(path.name, key, pair)
            if key in texts:
                raise WordingError(f"{path.name}, «{key}»: the key exists already in another file")
            texts[key] = {language: pair[language].strip() for language in LANGUAGES}
    return texts


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _check(file: str, key: str, pair: object) -> None:
    if not isinstance(pair, dict) or set(pair) != set(LANGUAGES):
        raise WordingError(
            f"{file}, «{key}»: expected exactly the languages es and en, got {pair!r}"
        )
    if _fields(pair["es"]) != _fields(pair["en"]):
        raise WordingError(
            f"{file}, «{key}»: es has the fields {sorted(_fields(pair['es']))}, "
            f"en has {sorted(_fields(pair['en']))}"
        )


def say(key: str, language: str, **values: object) -> str:
    """The text `key` in `language` (Spanish where we do not have that language)."""
    text = _texts()[key]["en" if language == "en" else "es"]
    return text.format(**values) if values else text


def has(key: str) -> bool:
    """Whether there is a text `key`."""
    return key in _texts()


def all_texts() -> Mapping[str, Mapping[str, str]]:
    """Every text, for checks."""
    return _texts()
