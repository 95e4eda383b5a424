"""The poster as one HTML file without anything from elsewhere: opened, it is printed.

It fits on A4 and on Letter. What she tears off and carries says nothing of what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import quote

import phonenumbers
import segno
import yaml
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from bot.knowledge.bilingual import Bilingual
from bot.knowledge.schema import COUNTRY_CODES
from bot.safety.numbers import first_number

HERE = Path(__file__).parent
Channel = Literal["whatsapp", "sms", "telegram"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
SETTINGS: Mapping[Channel, str] = {"whatsapp": "TWILIO_WHATSAPP_FROM", "sms": "TWILIO_SMS_FROM"}
TABS = 8
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{4,31}")  # core.telegram.org: of a bot


class PosterError(ValueError):
    """The poster cannot be made; the message says what was expected."""


@dataclass(frozen=True)
class Way:
    """How she writes to us."""

    channel: Channel
    shown: str  # as she reads it
    address: str  # as her camera reads it

    def link(self, hello: str) -> str:
        """What the square holds: it opens the chat, with `hello` ready to be sent."""
        if self.channel == "telegram":
            return f"https://t.me/{self.address}"
        if self.channel == "sms":
            return f"smsto:+{self.address}:{hello}"
        return f"https://wa.me/{self.address}?text={quote(hello)}"


def way(channel: Channel, given: str) -> Way:
    """From a number in international form, or a bot's name; raises PosterError."""
    given = given.strip().removeprefix("whatsapp:")
    if channel == "telegram":
        name = given.removeprefix("https://t.me/").removeprefix("@")
        if not _NAME.fullmatch(name):
            raise PosterError(f"{given!r}: expected the name of a Telegram bot, @like_this_bot")
        return Way(channel, f"@{name}", name)
    try:
        number = phonenumbers.parse(given)
    except phonenumbers.NumberParseException as error:
        raise PosterError(f"{given!r}: expected a number with + and country code") from error
    if not phonenumbers.is_possible_number(number):
        raise PosterError(f"{given!r}: no country has numbers of this length")
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return Way(channel, shown, f"{number.country_code}{number.national_number}")


def way_of(environment: Mapping[str, str]) -> Way:
    """The first channel whose number stands in the settings; raises PosterError."""
    for channel, setting in SETTINGS.items():
        if environment.get(setting):
            return way(channel, environment[setting])
    raise PosterError(
        f"no number: give --whatsapp, --sms or --telegram, or set {' or '.join(SETTINGS.values())}"
    )


@cache
def words() -> Mapping[str, Bilingual]:
    """Everything that the poster says."""
    texts = yaml.safe_load((HERE / "words.yml").read_text(encoding="utf-8"))
    return {key: Bilingual(pair["es"], pair["en"]) for key, pair in texts.items()}


def _code(way: Way, language: str) -> segno.QRCode:
    """A quarter of it may be torn or dirty."""
    return segno.make(way.link(words()["hello"].get(language)), error="q", micro=False)


def square(way: Way, language: str) -> str:
    """The QR code as SVG."""
    return _code(way, language).svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None)


@dataclass(frozen=True)
class Where:
    """Where the poster hangs, and what holds there."""

    language: str = "es"
    country: str = ""  # whose emergency number it names
    unanswered: bool = False  # whether redacted questions without an answer are kept there


def page(way: Way, where: Where) -> str:
    """The poster; raises PosterError."""
    language, country = where.language, where.country
    if country and country not in COUNTRY_CODES:
        raise PosterError(f"{country!r}: expected one of {', '.join(COUNTRY_CODES)}")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = environment.from_string((HERE / "poster.html").read_text(encoding="utf-8"))
    number = first_number("danger", country) if country else ""

    def t(key: str, **values: str) -> str:
        return words()[key].get(language).format(**values)

    return template.render(
        t=t, language=language, way=way, number=number, tabs=range(TABS),
        unanswered=where.unanswered, square=Markup(square(way, language)),  # noqa: S704  # segno's own SVG
    )  # fmt: skip


def write(path: Path, way: Way, where: Where) -> Path:
    """`.html`: the poster; `.svg`: its square alone, for a leaflet of your own."""
    if path.suffix == ".html":
        path.write_text(page(way, where), encoding="utf-8")
    elif path.suffix == ".svg":
        _code(way, where.language).save(str(path), kind="svg", border=2, scale=4)
    else:
        raise PosterError(f"{path.name}: expected a name that ends in .html or .svg")
    return path
