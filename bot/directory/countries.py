"""Names of all countries, also of those that we do not serve."""

from __future__ import annotations

from functools import cache

import yaml

from bot.paths import DATA


def country_name(code: str, language: str) -> str | None:
    """The name in `language`, None for a code that data/places/countries.yml does not have."""
    found = _names().get(code)
    return found.get(language) if found else None


def all_countries() -> tuple[str, ...]:
    """The codes of data/places/countries.yml: those that we serve, and all others."""
    return tuple(_names())


@cache
def _names() -> dict[str, dict[str, str]]:
    text = (DATA / "places" / "countries.yml").read_text(encoding="utf-8")
    return {str(code): entry for code, entry in yaml.safe_load(text).items()}
