"""What she tells of a danger, of her phone and of who is near, in her own words.

The patterns stand in data/tells.yml; nothing of the message is kept.
"""

from __future__ import annotations

import re
from functools import cache

import yaml

from bot.paths import DATA


@cache
def _patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    read = yaml.safe_load((DATA / "tells.yml").read_text(encoding="utf-8"))
    patterns: dict[str, dict[str, re.Pattern[str]]] = {}
    for part, named in read.items():
        for name, text in named.items():
            if not isinstance(name, str):  # an unquoted yes or no
                raise TypeError(f"data/tells.yml, {part}: expected a name, got {name}: quote it")
            patterns.setdefault(part, {})[name] = re.compile(text)
    return patterns


def read_tells(words: str) -> frozenset[str]:
    """What is told in `words`, folded as in `cues.fold`."""
    return frozenset(n for n, each in _patterns()["tells"].items() if each.search(words))


def is_told(name: str, words: str) -> bool:
    """Whether `read_tells` would find `name`, where nothing else of it is needed."""
    return bool(_patterns()["tells"][name].search(words))


def read_evidence(words: str) -> frozenset[str]:
    """Of which kinds of matter `words` hold a word: harm, despair, sexual, ordinary."""
    return frozenset(n for n, each in _patterns()["evidence"].items() if each.search(words))
