"""Phone numbers as people write them, judged for the country of the place that they are of."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import phonenumbers
from phonenumbers import shortnumberinfo
from pydantic import RootModel

from bot.knowledge.files import parse_one
from bot.knowledge.schema import COUNTRY_CODES

_SHORT = re.compile(r"[*#0-9]{2,6}")
Kind = Literal["phone", "short_code"]
# Keys of the faults of sheet.yml.
NO_NUMBER, NO_SHORT_CODE, FOREIGN = "phone", "short_code", "foreign_phone"


class Number(NamedTuple):
    """A number that exists: E.164 or a short code, and as people dial it."""

    number: str
    kind: Kind
    display: str


class WrongNumber(ValueError):
    """`key`: of the fault in sheet.yml; `says`: what that fault is about."""

    def __init__(self, key: str, says: str) -> None:
        super().__init__(f"{key}: {says}")
        self.key, self.says = key, says


class _ShortCodes(RootModel[dict[str, list[str]]]):
    """short_codes.yml."""


def read_number(text: str, country: str, *, short: bool = True) -> Number:
    """The number; raises WrongNumber. One of another country is taken only with its +code, for
    whoever reads it must see that calling there is a call abroad, and may cost as one. `short`:
    whether a short code will do."""
    squeezed = re.sub(r"[\s().-]", "", text)
    if _SHORT.fullmatch(squeezed):
        if short and is_short_code(squeezed, country):
            return Number(squeezed, "short_code", text)
        raise WrongNumber(NO_SHORT_CODE if short else NO_NUMBER, text)
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as error:
        raise WrongNumber(NO_NUMBER, text) from error
    if not phonenumbers.is_valid_number(number):
        raise WrongNumber(NO_NUMBER, text)
    whole = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    at_home = phonenumbers.is_valid_number_for_region(number, country)
    if not at_home and not text.strip().startswith("+"):
        written = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        raise WrongNumber(FOREIGN, phonenumbers.format_number(number, written))
    return Number(whole, "phone", text)


def is_telephone(text: str, country: str) -> bool:
    """Whether it is a number that can be called, of that country or with its +code."""
    try:
        return phonenumbers.is_valid_number(
            phonenumbers.parse(text, country if country in COUNTRY_CODES else None)
        )
    except phonenumbers.NumberParseException:
        return False


def is_short_code(code: str, country: str) -> bool:
    """Whether somebody answers it in that country."""
    if code in _own_codes().get(country, ()):
        return True
    if not code.isdigit() or country not in COUNTRY_CODES:
        return False
    number = phonenumbers.parse(code, country)
    known = shortnumberinfo.is_valid_short_number_for_region(number, country)
    return known or shortnumberinfo.is_emergency_number(code, country)


@cache
def _own_codes() -> dict[str, list[str]]:
    return parse_one(Path(__file__).with_name("short_codes.yml"), _ShortCodes).root
