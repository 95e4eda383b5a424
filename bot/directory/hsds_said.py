"""What one nested HSDS service says, in our terms; of whatever we have no place for, nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import phonenumbers

from bot.directory.hsds_carried import Carries, mentioned
from bot.directory.hsds_week import week
from bot.directory.hsds_words import Json, countries_by_name, words
from bot.directory.numbers import WrongNumber, read_number
from bot.directory.places import find_places
from bot.directory.schema import SERVICE_TYPES
from bot.directory.sheet_check import type_of
from bot.directory.text import fold, fold_state
from bot.directory.words import cost_in_words, freshness
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL

_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_LOCAL = re.compile(r"[0-9*#-]{2,24}")
_LONGEST_DISPLAY = 32
_COSTS = ("free", "low", "paid")
_PHONE_TYPES = {"text": "text", "textphone": "textphone"}  # every other rings


@dataclass(frozen=True)
class Wrong:
    """A fault, and the record and field that it is in."""

    record: Json
    field: str
    key: str
    value: str = ""


@dataclass(frozen=True)
class Said:
    """One service. Two of the same file format that say the same are equal, part by part."""

    id: str
    country: str
    parts: dict[str, Any]  # by the names of our columns and parts
    mentioned: frozenset[str]  # those of them that it speaks of
    other_hours: Wrong  # where weekly hours stand, should they not be those of the words
    wrong: dict[str, list[Wrong]] = field(default_factory=dict)  # by the same names
    # Texts that it has in Spanish only, by the same names, a phone's by its number.
    spanish: dict[str, Wrong] = field(default_factory=dict)
    untold: list[frozenset[str]] = field(default_factory=list)  # of each place: see `_untold`
    betrays: list[Wrong] = field(default_factory=list)  # where it says a secret place


class _Reader:
    """One service while it is read."""

    def __init__(self, record: Json, carries: Carries, country: str) -> None:
        self.record, self.carries, self.known_country = record, carries, country
        self.wrong: dict[str, list[Wrong]] = {}
        self.spanish: dict[str, Wrong] = {}
        self.places = [
            place
            for each in record.get("service_at_locations", ())
            if isinstance(place := each.get("location"), dict)
        ]
        self.owner: Json = record.get("organization") or {}
        self.country = self._country()
        self.features = set(self._features())
        redacted = any(each.get("location_type") == "redacted" for each in self.places)
        self.is_secret = redacted or "confidential_location" in self.features

    def fault(self, part: str, record: Json, name: str, key: str, value: object = "") -> None:
        self.wrong.setdefault(part, []).append(Wrong(record, name, key, str(value)))

    def said(self) -> Said:
        """Everything, and what is wrong with it."""
        parts = dict(self._parts())
        return Said(
            id=id_of(self.record),
            country=self.country,
            parts=parts,
            mentioned=mentioned(self.record, parts, self.carries),
            other_hours=Wrong(next(iter(self._hour_rows()), self.record), "opens_at", "hours"),
            wrong=self.wrong,
            spanish=self.spanish,
            untold=[self._untold(each) for each in self.places],
            betrays=list(self._betrays()) if self.is_secret else [],
        )

    def _parts(self) -> Iterator[tuple[str, Any]]:
        record = self.record
        for name in ("name", "url", "email"):
            yield name, record.get(name) or None
        yield "description", self._text("description", record, "description")
        yield "for_whom", self._text("for_whom", record, "eligibility_description")
        yield "alert", self._alert()
        yield "status", self._status()
        yield "organization", self.owner.get("name") or None
        yield "organization_kind", next(iter(self._kinds()), None)
        yield "secret", self.is_secret
        yield "confidential_service", "confidential_service" in self.features
        yield "call_first", "call_first" in self.features
        spoken = bool(record.get("interpretation_services"))
        yield "interpreters", "interpreters" in self.features or spoken
        yield "types", tuple(self._types())
        yield "languages", tuple(self._languages())
        cost = self._cost()
        yield "cost", cost
        yield "cost_note", self._cost_note(cost)
        yield "areas", tuple(self._areas())
        yield "phones", tuple(self._phones())
        written = [each.get("number") for each in self._dialled() if _is_whatsapp(each)]
        yield "whatsapp", written[0] if written else None
        yield "hours", self._hours()
        yield "schedules", tuple(self._schedules())
        yield "locations", tuple(self._place(each) for each in self.places)
        yield "as_of", self._as_of()

    # --- where

    def _country(self) -> str:
        """Its own; else that of its address, its area or its number; else the one that we know."""
        strange = ""
        for told in self._countries_told():
            code = str(told or "").upper()
            if code in COUNTRY_CODES or code == REGIONAL:
                return code
            strange = strange or code
        return self.known_country or strange

    def _text(self, part: str, record: Json, name: str) -> Bilingual | None:
        """The text; remembered where nobody said it in English."""
        text = _both(record, name)
        if text and not record.get("translations", {}).get("en", {}).get(name):
            self.spanish[part] = Wrong(record, f"translations.en.{name}", "both")
        return text

    def _countries_told(self) -> Iterator[str | None]:
        yield self.record.get("country")
        yield from (a.get("country") for place in self.places for a in place.get("addresses", ()))
        yield from (_named(each) for each in self._area_rows())
        yield from (_country_of(each.get("number", "")) for each in self._dialled())

    def _area_rows(self) -> list[Json]:
        return list(self.record.get("service_areas", ()))

    def _areas(self) -> Iterator[str]:
        """Countries that it serves, where they are not simply its own."""
        codes = [_named(each) for each in self._area_rows()]
        known = list(dict.fromkeys(each for each in codes if each))
        if known != [self.country]:
            yield from known

    def _place(self, place: Json) -> tuple[tuple[str, Any], ...]:
        address: Json = next(iter(place.get("addresses", ())), {})
        country = self._country_of_place(place)
        city, street = address.get("city") or None, address.get("address_1") or None
        state = address.get("state_province") or None
        name = place.get("name")
        if not address and name and (place.get("country") or _is_state(country, name)):
            state = name
        kind = place.get("location_type")
        if kind not in ("physical", "postal", "virtual"):
            kind = "physical" if city or street else "virtual"
        point = self._point(place)
        if self.is_secret and not (state and _is_state(country, state)):
            state = None  # whatever else stands there may be its town
        if kind == "virtual":
            city = street = point = None
        if not self.is_secret:
            if city and point is None and not find_places(country, city):
                self.fault("locations", address, "city", "town", city)
            for text, most, where, key in (
                (city, 120, address, "city"), (state, 120, address or place, "state_province"),
                (street, 500, address, "address_1"),
            ):  # fmt: skip
                if text and len(text) > most:
                    self.fault("locations", where, key, "too_long")
            if country not in (*COUNTRY_CODES, REGIONAL):
                self.fault("locations", address or place, "country", "country", country)
        told = {
            "location_type": kind,
            "address_1": street,
            "city": city,
            "state_province": state,
            "country": country,
            "latitude": point[0] if point else None,
            "longitude": point[1] if point else None,
            "precision": ("town" if place.get("coordinates_precision") == "town" else "exact")
            if point
            else None,
        }
        return tuple(told.items())

    def _country_of_place(self, place: Json) -> str:
        address: Json = next(iter(place.get("addresses", ())), {})
        return str(address.get("country") or place.get("country") or self.country).upper()

    def _untold(self, place: Json) -> frozenset[str]:
        """Of address, point, its precision and the kind of place what the file does not mention."""
        keys = {"address": "addresses", "point": "latitude", "precision": "coordinates_precision",
                "location_type": "location_type"}  # fmt: skip
        return frozenset(name for name, key in keys.items() if not self.carries(place, key))

    def _point(self, place: Json) -> tuple[float, float] | None:
        latitude, longitude = place.get("latitude"), place.get("longitude")
        if latitude is None or longitude is None:
            return None
        for name, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
            if not -most <= value <= most:
                self.fault("locations", place, name, "point", value)
                return None
        return float(latitude), float(longitude)

    def _betrays(self) -> Iterator[Wrong]:
        """A town, an address or a point of a place that it says is secret."""
        for place in self.places:
            for name in ("latitude", "longitude"):
                if place.get(name) is not None:
                    yield Wrong(place, name, "secret_place")
            for address in place.get("addresses", ()):
                for name in ("address_1", "city", "postal_code"):
                    if address.get(name):
                        yield Wrong(address, name, "secret_place")

    # --- how to reach it

    def _dialled(self) -> list[Json]:
        """Its own numbers; else those of its places, else its organisation's."""
        own = list(self.record.get("phones", ()))
        links = self.record.get("service_at_locations", ())
        placed = [each for row in (*links, *self.places) for each in row.get("phones", ())]
        if own:
            return own
        return list({each.get("number"): each for each in placed}.values()) or list(
            self.owner.get("phones", ())
        )

    def _phones(self) -> Iterator[tuple[tuple[str, Any], ...]]:
        for each in self._dialled():
            if _is_whatsapp(each):
                continue
            text = each.get("number", "")
            if each.get("reach") == "local" and _LOCAL.fullmatch(text):
                number, kind, display = text, "local", text
            else:
                try:
                    number, kind, display = read_number(text, self.country)
                except WrongNumber as error:
                    self.fault("phones", each, "number", error.key, error.says)
                    continue
                display = _as_dialled(number, display, self.country)
            label = self._text(f"phones {number}", each, "description")
            told = {
                "number": number,
                "kind": kind,
                "type": _PHONE_TYPES.get(each["type"], "voice") if each.get("type") else None,
                "display": display,
                "label_es": label.es if label else None,
                "label_en": label.en if label else None,
                "shown": True,
            }
            yield tuple(told.items())

    # --- when

    def _hour_rows(self) -> list[Json]:
        links = self.record.get("service_at_locations", ())
        for rows in (self.record, *links, *self.places):
            if found := rows.get("schedules"):
                return list(found)
        return []

    def _hours(self) -> Bilingual | None:
        """The words: what the first schedule with words says."""
        rows = (each for each in self._hour_rows() if each.get("description"))
        first = next(rows, None)
        return None if first is None else self._text("hours", first, "description")

    def _schedules(self) -> Iterator[tuple[tuple[str, str], ...]]:
        """Weekly hours, by the clock of its first place."""
        country = self._country_of_place(self.places[0]) if self.places else self.country
        rows = week(self._hour_rows(), country)
        yield from (tuple(each.items()) for each in rows)

    # --- what it is

    def _features(self) -> Iterator[str]:
        """Whatever taxonomy they are said to be of: a secret place must not become public because
        another program wrote it differently."""
        for each in self.record.get("attributes", ()):
            yield str(each.get("taxonomy_term", {}).get("code") or "")
            yield str(each.get("value") or "")

    def _codes(self, taxonomy: str) -> Iterator[str]:
        for each in self.record.get("attributes", ()):
            if each.get("link_type") == taxonomy:
                yield str(each.get("taxonomy_term", {}).get("code") or each.get("value") or "")

    def _types(self) -> Iterator[str]:
        """Ours by their code; of other taxonomies those terms that we call the same."""
        ours = [each for each in self._codes("service_type") if each]
        for code in ours:
            if code not in SERVICE_TYPES:
                row = next(e for e in self.record["attributes"] if e.get("link_type"))
                self.fault("types", row, "value", "type", code)
        terms = [
            type_of(text)
            for each in self.record.get("attributes", ())
            if each.get("link_type") not in ("service_type", "service_feature")
            for text in (each.get("taxonomy_term", {}).get("name"), each.get("value"),
                         each.get("label"))
            if text
        ]  # fmt: skip
        yield from dict.fromkeys(each for each in (*ours, *terms) if each in SERVICE_TYPES)

    def _kinds(self) -> Iterator[str]:
        for each in self.owner.get("attributes", ()):
            code = each.get("taxonomy_term", {}).get("code") or each.get("value")
            if each.get("link_type") == "organization_kind" and code in words().organization_kinds:
                yield code

    def _languages(self) -> Iterator[str]:
        rows = self.record.get("languages") or [
            each for place in self.places for each in place.get("languages", ())
        ]
        for each in rows:
            code = each.get("code") or _language_codes().get(fold(each.get("name", "")))
            if not code or not re.fullmatch(r"[a-z]{2,3}", code):
                self.fault("languages", each, "code", "language", code or each.get("name", ""))
            else:
                yield code

    def _cost(self) -> str:
        for each in self.record.get("cost_options", ()):
            amount = each.get("amount")
            if each.get("option") in _COSTS:
                return str(each["option"])
            if amount is not None:
                return "free" if amount == 0 else "paid"
        return "unknown"

    def _cost_note(self, cost: str) -> Bilingual | None:
        """What is said of the cost where that is more than the word for it."""
        fees = self._text("cost_note", self.record, "fees_description")
        word = cost_in_words(cost, None)
        is_word = fees and word and fees.es == word.es and fees.en in word
        return None if is_word else fees

    def _alert(self) -> str | None:
        text = self.record.get("alert")
        return None if not text or text in _computed_alerts() else text

    def _status(self) -> str:
        status = self.record.get("status")
        if status not in ("active", "inactive", "defunct", "temporarily closed"):
            self.fault("status", self.record, "status", "status", status or "")
        return str(status)

    def _as_of(self) -> str | None:
        """The date that the data carries; of another's file, when they last looked."""
        for name in ("source_date", "assured_date"):
            found = str(self.record.get(name) or "")
            if _DATE.fullmatch(found) and _is_day(found):
                return found
        return None


def said(record: Json, carries: Carries = dict.__contains__, country: str = "") -> Said:
    """What the service says; `country`: where we know it to be."""
    return _Reader(record, carries, country).said()


def id_of(record: Json) -> str:
    """Its UUID, as we write it."""
    return str(record.get("id", "")).lower()


def _is_day(text: str) -> bool:
    """Whether `2026`, `2026-02` or `2026-02-14` is in the calendar."""
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def _both(record: Json, name: str) -> Bilingual | None:
    """The text in both languages; where no English is given, both are the same."""
    es = record.get(name)
    if not es:
        return None
    return Bilingual(es, record.get("translations", {}).get("en", {}).get(name) or es)


def _is_whatsapp(phone: Json) -> bool:
    return phone.get("type") == "text" and fold(phone.get("description", "")) == "whatsapp"


def _as_dialled(number: str, display: str, country: str) -> str:
    """`+50422220100` as a woman of that country dials it; any other as it was written."""
    if not number.startswith("+") or (display != number and len(display) <= _LONGEST_DISPLAY):
        return display
    parsed = phonenumbers.parse(number)
    at_home = phonenumbers.is_valid_number_for_region(parsed, country)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if at_home else form.INTERNATIONAL)


def _named(area: Json) -> str | None:
    return countries_by_name().get(fold(area.get("name", "")))


def _country_of(number: str) -> str | None:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None


def _is_state(country: str, name: str) -> bool:
    return any(each.is_state for text in (name, fold_state(name))
               for each in find_places(country, text))  # fmt: skip


@cache
def _language_codes() -> dict[str, str]:
    return {fold(text): code for code, both in words().languages.items() for text in both}


@cache
def _computed_alerts() -> Iterable[str]:
    """Those that the export makes of what it knows, and nobody wrote."""
    made = (
        freshness(None, None, date.max, call_first=True),
        freshness(None, None, date.max, is_doubted=True),
    )
    return frozenset(text for each in made for text in each)
