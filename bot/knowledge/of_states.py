"""What holds in one state or province alone, where each of them has its own rules."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from bot.directory.countries import country_name
from bot.directory.places import every_town, find_place, state_names
from bot.directory.text import fold

FEDERAL = ("CA", "MX", "US")


def holds_elsewhere(text_es: str, country: str, city: str | None) -> bool:
    """Whether the statement is for one other state of `country` than that of `city`: "In Ontario".

    `city`: a town or a state as the conversation knows it; where it is not known, nothing is said.
    """
    if city is None or country not in FEDERAL:
        return False
    of = state_of(text_es, country)  # first: it is kept, and mostly there is none
    where = find_place(country, city) if of else None
    return where is not None and bool(where.state) and of != where.state


@lru_cache(maxsize=8_192)  # of statements, never of a message
def state_of(text_es: str, country: str) -> str | None:
    """The only state that it begins with; one that is an example further on is none."""
    found = _pattern(country).match(fold(text_es))
    return _names(country)[found.group("state")] if found else None


@cache
def _names(country: str) -> dict[str, str]:
    states = {town.state for town in every_town(country) if town.state}
    # "En México" is said of the country: its state of that name must be called one.
    own = {fold(name) for language in ("es", "en") if (name := country_name(country, language))}
    return {f"el estado de {name}" if name in own else name: state
            for state in states for name in (fold(state), *_folded(country, state))}  # fmt: skip


def _folded(country: str, state: str) -> frozenset[str]:
    # "Carolina del Norte" is folded to "carolina norte" there, and written with "del" in a text.
    names = state_names(country, state)
    return names | {name.replace(" norte", " del norte").replace(" sur", " del sur")
                    for name in names}  # fmt: skip


@cache
def _pattern(country: str) -> re.Pattern[str]:
    longest = sorted(_names(country), key=len, reverse=True)
    names = "|".join(map(re.escape, longest))
    return re.compile(rf"(en|si (vives|estas|trabajas) en) (el estado de )?(?P<state>{names})\b"
                      r"(?! (y|o|e|tambien)\b)")  # fmt: skip
