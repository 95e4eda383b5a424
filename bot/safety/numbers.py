"""The first number of a card, for sentences that name it. From disk, never the database."""

from __future__ import annotations

from bot.knowledge.cards import cards
from bot.knowledge.files import DataFileError
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL

LAST_RESORT = "911"  # holds in eight of the eleven countries; said when no file can be read


def first_number(kind: str, country: str | None) -> str:
    """As it is dialled; unknown country: the number that holds in most."""
    if country not in COUNTRY_CODES:
        return LAST_RESORT if kind != "suicide" else _first(kind, REGIONAL)
    return _first(kind, country)


def _first(kind: str, country: str) -> str:
    try:
        return cards(country).card(kind).numbers[0].display
    except (DataFileError, KeyError, IndexError):
        return LAST_RESORT
