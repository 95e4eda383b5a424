"""What an SMS costs in money: parts times a list price with its source, or what the network pays
(set on the server, or by an administrator: set_here.py).

Never more than "about": companies add to it, prices differ by number and month.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from pydantic import BaseModel, ConfigDict, HttpUrl

from bot.directory.hsds_words import name_of_country
from bot.directory.words import date_in_words
from bot.knowledge.files import parse_one
from bot.knowledge.schema import COUNTRY_CODES
from bot.paths import DATA
from bot.portal.words import tell
from bot.settings import SettingError

SETTING = "COMADRE_SMS_PRICES"
_OWN = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ([A-Z]{3})")
_CENT = Decimal("0.01")


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    price: Decimal
    carriers_add: bool
    page: HttpUrl
    read: date
    read_by: str


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    vendor: str
    currency: str
    countries: dict[str, _Listed]


@dataclass(frozen=True)
class Price:
    """Of one part, to one country."""

    amount: Decimal
    currency: str
    vendor: str = ""  # whose list price it is; none: what this installation pays
    month: str = ""  # in which it was read
    page: str = ""
    carriers_add: bool = False


Prices = Mapping[str, Price]


@dataclass(frozen=True)
class Cost:
    """As it is told, and where the price can be looked up."""

    text: str
    page: str = ""


@cache
def list_prices() -> Prices:
    """data/sms_prices.yml, by country."""
    file = parse_one(DATA / "sms_prices.yml", _File)
    return {
        country: Price(each.price, file.currency, file.vendor, each.read.strftime("%Y-%m"),
                       str(each.page), each.carriers_add)
        for country, each in file.countries.items()
    }  # fmt: skip


def prices(env: Mapping[str, str]) -> Prices:
    """Those of the list, and in their place what is set; raises SettingError."""
    own: dict[str, Price] = {}
    for part in filter(None, (each.strip() for each in env.get(SETTING, "").split(","))):
        country, _, price = part.partition("=")
        found = read_price(price)
        if found is None or country not in COUNTRY_CODES or country in own:
            raise SettingError(
                f"{SETTING}: expected countries, each once, with what a part costs, such as "
                f"`HN=0.065 USD, MX=1.5 MXN`, got {part!r}"
            )
        own[country] = found
    return {**list_prices(), **own}


def read_price(text: str) -> Price | None:
    """`0.065 USD`; None for what is no price."""
    found = _OWN.fullmatch(text)
    return Price(Decimal(found[1]), found[2]) if found and Decimal(found[1]) else None


def cost(known: Prices, country: str, parts: int, language: str) -> Cost:
    """`2 partes, unos 0,36 US$ a México (precio de lista de Twilio, octubre de 2026)`."""
    counted = tell("sms_part" if parts == 1 else "sms_parts", language, n=parts)
    if country not in COUNTRY_CODES or not parts:
        return Cost(counted)
    to = name_of_country(country).get(language)
    price = known.get(country)
    if price is None:
        return Cost(tell("sms_cost_unknown", language, parts=counted, country=to))
    about = money(price.amount * parts, price.currency, language)
    values = {"parts": counted, "money": about, "country": to}
    if not price.vendor:
        return Cost(tell("sms_cost_own", language, **values))
    key = "sms_cost_adding" if price.carriers_add else "sms_cost_listed"
    when = date_in_words(price.month).get(language)
    return Cost(tell(key, language, vendor=price.vendor, when=when, **values), price.page)


def money(amount: Decimal, currency: str, language: str) -> str:
    """To the cent, and never nothing: what is paid for is not free."""
    return exactly(max(_CENT, amount.quantize(_CENT, ROUND_HALF_UP)), currency, language)


def exactly(amount: Decimal, currency: str, language: str) -> str:
    """As it is: `0,065 US$`."""
    digits = in_digits(amount, language)
    sign = "US$" if currency == "USD" else currency
    if language == "en":
        return f"{sign}{digits}" if sign == "US$" else f"{sign} {digits}"
    return f"{digits} {sign}"


def in_digits(amount: Decimal, language: str) -> str:
    """As it is read and written there: `0,065`, `0.065`."""
    return str(amount) if language == "en" else str(amount).replace(".", ",")
