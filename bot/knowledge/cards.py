"""The numbers to give first, read straight from disk: they must work when nothing else does."""

from __future__ import annotations

from functools import cache

from pydantic import Field

from bot.knowledge.files import country_folder, parse_one
from bot.knowledge.schema import (
    COUNTRY_CODES,
    REGIONAL,
    Both,
    CountryCode,
    FileRecord,
    InternationalNumber,
    RecordId,
    Text,
    TextNumber,
)


class CardNumber(FileRecord):
    """A number on a card; `ref` is the emergency line or service that it was taken from."""

    ref: RecordId
    number: Text
    display: Text
    label: Both
    sms: TextNumber | None = None
    whatsapp: InternationalNumber | None = None
    hours: Both | None = None


class Card(FileRecord):
    """What to give first for one need: one or two numbers and one line."""

    numbers: list[CardNumber] = Field(min_length=1, max_length=2)
    more: list[CardNumber] = Field(default_factory=list)
    line: Both


class CountryNumber(FileRecord):
    """The general emergency number of one country, on the regional card."""

    code: CountryCode
    name: Both
    number: Text
    ref: RecordId


class CardsFile(FileRecord):
    """The cards of one country."""

    danger: Card
    violence: Card
    sexual_violence: Card
    child: Card
    trafficking: Card
    suicide: Card
    ambulance: Card
    threats: Card | None = None
    countries: list[CountryNumber] = Field(default_factory=list)

    def card(self, need: str) -> Card:
        """The card for a need; the general emergency card where there is no special one."""
        found = getattr(self, need, None)
        return found if isinstance(found, Card) else self.danger


@cache
def cards(country: str) -> CardsFile:
    """The cards of a country; the regional ones for any country that is not ours."""
    code = country if country in COUNTRY_CODES else REGIONAL
    return parse_one(country_folder(code) / "cards.yml", CardsFile)
