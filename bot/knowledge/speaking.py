"""Who answers a telephone in a language that we do not speak, in the country where she is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.directory.consulates import consulates_of
from bot.directory.found import FoundService, has_number, is_for_own_abroad
from bot.directory.search import find_service, find_services
from bot.knowledge.content import country_record
from bot.knowledge.kept_for import is_authority, is_for
from bot.knowledge.library import Library
from bot.knowledge.schema import COUNTRY_CODES

MANY = 400  # services of one country
_KINDS = ("hotline", "legal")
_GENERAL = "ask_rights_overview"  # who is for this topic is for anybody
# No language of the country itself: who interprets between Spanish and those is none for her.
_FROM_FAR = ("es", "en", "fr", "ht", "pt")
# Whoever writes it comes, as good as always, from this country.
_SPOKEN_IN = {"ht": "HT"}


@dataclass(frozen=True)
class Speaker:
    """A service with a number; `speaks` False: she is to ask there for an interpreter."""

    service: FoundService
    speaks: bool


def speaking(library: Library, code: str, country: str, city: str | None, today: date, *,
             origin: str | None, is_hers: bool) -> Speaker | None:  # fmt: skip
    """Who speaks the language `code` (ISO 639) in `country`, else who has interpreters, those who
    listen to anybody first; then, where `is_hers`, a consulate of her own country that speaks it.

    None where the directory knows nobody with a number there. An office of the migration
    authorities is never named.
    """
    if country not in COUNTRY_CODES:
        return None
    rows = {each.id: each for each in library.of(country).services}
    record = country_record(country)
    listening = dict.fromkeys((*record.ask_first, *record.listens, *record.matters.values()))
    named = [find_service(library, each, today) for each in listening if each in rows]
    found = find_services(library, country, _KINDS, city, limit=MANY, today=today)
    general = [
        each
        for each in (*named, *found)
        if each is not None and each.id in rows and has_number(each)
        and not is_authority(each) and not is_for_own_abroad(each) and is_for(each, _GENERAL)
    ]  # fmt: skip
    speaks = [each for each in general if code in rows[each.id].languages.split()]
    if speaks:
        return Speaker(speaks[0], speaks=True)
    home = origin or _SPOKEN_IN.get(code)
    lines = (each.id for each in general
             if each.id in listening and "hotline" in each.service_types)  # fmt: skip
    asked = {*lines, record.matters.get("own_language") if code not in _FROM_FAR else None}
    interpreted = [each for each in general if rows[each.id].interpreters and each.id in asked]
    if interpreted:
        return Speaker(interpreted[0], speaks=False)
    if not (is_hers and home):
        return None
    near = consulates_of(library, home, country, city, today).near
    if city is None:  # an embassy is there for the whole country
        near = sorted(near, key=lambda each: not each.name.startswith("Embajada"))
    own = (each for each in near if each.id in rows and has_number(each)
           and code in rows[each.id].languages.split())  # fmt: skip
    return next((Speaker(each, speaks=True) for each in own), None)
