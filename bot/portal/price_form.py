"""What an SMS costs, by country, as an administrator reads and writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.knowledge.schema import COUNTRY_CODES
from bot.portal.models import SetHere
from bot.portal.set_here import PRICE, own_prices
from bot.portal.site import Visit
from bot.portal.sms_price import Price, exactly, in_digits, read_price

# In which an SMS is paid: that of most vendors, that of each country, and Europe's.
CURRENCIES = ("USD", "BZD", "CAD", "CRC", "DOP", "EUR", "GTQ", "HNL", "MXN", "NIO", "PAB")


@dataclass(frozen=True)
class Priced:
    """What a part costs to one country. `whence`: here, server, list or none."""

    country: str
    told: str
    whence: str
    page: str = ""  # of a list price
    at: datetime | None = None  # when it was set here
    otherwise: str = ""  # what counts again if it no longer is


def priced(visit: Visit, here: Mapping[str, SetHere]) -> list[Priced]:
    """Every country; `here`: what is set here, by name."""
    own, found = own_prices(here), list[Priced]()
    for country in COUNTRY_CODES:
        server = visit.site.sms_prices.get(country)
        if country in own:
            found.append(Priced(
                country, _told(visit, own[country]), "here", at=here[PRICE + country].at,
                otherwise=_told(visit, server),
            ))  # fmt: skip
        else:
            whence = "none" if server is None else "list" if server.vendor else "server"
            page = server.page if server else ""
            found.append(Priced(country, _told(visit, server), whence, page))
    return found


def _told(visit: Visit, price: Price | None) -> str:
    if price is None:
        return visit.say("price_unknown")
    return exactly(price.amount, price.currency, visit.language)


def as_it_stands(visit: Visit, here: Mapping[str, SetHere]) -> Mapping[str, str]:
    """The form as it is opened: of the country that she chose in the list, with what the network
    pays there; a list price is nobody's own."""
    country = visit.query.get("country", "")
    price = own_prices(here).get(country) or visit.site.sms_prices.get(country)
    if price is None or price.vendor:
        return {"country": country, "amount": "", "currency": CURRENCIES[0]}
    amount = in_digits(price.amount, visit.language)
    return {"country": country, "amount": amount, "currency": price.currency}


def currencies(visit: Visit, here: Mapping[str, SetHere]) -> tuple[str, ...]:
    """Those to choose from, with what is paid in already."""
    known = (*visit.site.sms_prices.values(), *own_prices(here).values())
    more = {each.currency for each in known} - {*CURRENCIES}
    return (*CURRENCIES, *sorted(more))


def read_form(form: Mapping[str, str], known: tuple[str, ...]) -> tuple[str, Mapping[str, str]]:
    """The price as it is kept (`0.065 USD`), and what is wrong with it: by field a key of words.
    `known`: currencies."""
    currency, wrong = form.get("currency", ""), dict[str, str]()
    # As it is written here or there, and where nothing stands before the comma.
    amount = form.get("amount", "").replace(",", ".")
    amount = f"0{amount}" if amount.startswith(".") else amount
    price = read_price(f"{amount} USD")
    if form.get("country") not in COUNTRY_CODES:
        wrong["country"] = "wrong_price_country"
    if price is None:
        wrong["amount"] = "wrong_price_amount"
    if currency not in known:
        wrong["currency"] = "wrong_price_currency"
    return f"{price.amount if price else ''} {currency}", wrong
