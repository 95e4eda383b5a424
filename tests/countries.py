"""The countries' files, read once for all tests of a process: they are frozen, and reading the
largest takes seconds."""

from __future__ import annotations

from functools import cache

from bot.knowledge.content import ALL_CODES, CountryContent, read_country


@cache
def country_files(code: str) -> CountryContent:
    """The content of data/countries/<code>."""
    return read_country(code)


def all_files() -> dict[str, CountryContent]:
    """The content of all of them, by code."""
    return {code: country_files(code) for code in ALL_CODES}
