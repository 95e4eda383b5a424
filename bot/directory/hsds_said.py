"""What one nested HSDS service says, in our terms; of whatever we have no place for, nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from bot.directory.hsds_carried import Carries, mentioned
from bot.directory.hsds_dialled import country_of_number, dialled, is_whatsapp, phones_said
from bot.directory.hsds_notes import Notes, Wrong
from bot.directory.hsds_week import week
from bot.directory.hsds_where import betrays, country_of, place_said, untold
from bot.directory.hsds_words import Json, countries_by_name, words
from bot.directory.schema import SERVICE_TYPES
from bot.directory.sheet_check import type_of
from bot.directory.text import fold
from bot.directory.words import cost_in_words, freshness
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL

_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_COSTS = ("free", "low", "paid")


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
        self.notes = Notes()
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

    def said(self) -> Said:
        """Everything, and what is wrong with it."""
        parts = dict(self._parts())
        return Said(
            id=id_of(self.record),
            country=self.country,
            parts=parts,
            mentioned=mentioned(self.record, parts, self.carries),
            other_hours=Wrong(next(iter(self._hour_rows()), self.record), "opens_at", "hours"),
            wrong=self.notes.wrong,
            spanish=self.notes.spanish,
            untold=[untold(each, self.carries) for each in self.places],
            betrays=list(betrays(self.places)) if self.is_secret else [],
        )

    def _parts(self) -> Iterator[tuple[str, Any]]:
        record = self.record
        for name in ("name", "url", "email"):
            yield name, record.get(name) or None
        yield "description", self.notes.text("description", record, "description")
        yield "for_whom", self.notes.text("for_whom", record, "eligibility_description")
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
        numbers = self._numbers()
        yield "phones", tuple(phones_said(numbers, self.notes, self.country))
        written = [each.get("number") for each in numbers if is_whatsapp(each)]
        yield "whatsapp", written[0] if written else None
        yield "hours", self._hours()
        yield "schedules", tuple(self._schedules())
        yield "locations", tuple(map(self._place, self.places))
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

    def _countries_told(self) -> Iterator[str | None]:
        yield self.record.get("country")
        yield from (a.get("country") for place in self.places for a in place.get("addresses", ()))
        yield from (_named(each) for each in self._area_rows())
        yield from (country_of_number(each.get("number", "")) for each in self._numbers())

    def _numbers(self) -> list[Json]:
        return dialled(self.record, self.places)

    def _place(self, place: Json) -> tuple[tuple[str, Any], ...]:
        return place_said(place, self.notes, self.country, is_secret=self.is_secret)

    def _area_rows(self) -> list[Json]:
        return list(self.record.get("service_areas", ()))

    def _areas(self) -> Iterator[str]:
        """Countries that it serves, where they are not simply its own."""
        codes = [_named(each) for each in self._area_rows()]
        known = list(dict.fromkeys(each for each in codes if each))
        if known != [self.country]:
            yield from known

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
        return None if first is None else self.notes.text("hours", first, "description")

    def _schedules(self) -> Iterator[tuple[tuple[str, str], ...]]:
        """Weekly hours, by the clock of its first place."""
        country = country_of(self.places[0], self.country) if self.places else self.country
        rows = week(self._hour_rows(), country)
        yield from (tuple(each.items()) for each in rows)

    # --- what it is

    def _features(self) -> Iterator[str]:
        """Whatever taxonomy they are said to be of: a secret place must not become public because
        another program wrote it differently."""
        for each in self.record.get("attributes", ()):
            yield str(each.get("taxonomy_term", {}).get("code") or "")
            yield str(each.get("value") or "")

    def _types(self) -> Iterator[str]:
        """Ours by their code; of other taxonomies those terms that we call the same."""
        ours = []
        for each in self.record.get("attributes", ()):
            if each.get("link_type") != "service_type":
                continue
            code = str(each.get("taxonomy_term", {}).get("code") or each.get("value") or "")
            if code and code not in SERVICE_TYPES:
                self.notes.fault("types", each, "value", "type", code)
            ours.append(code)
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
                told = code or each.get("name", "")
                self.notes.fault("languages", each, "code", "language", told)
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
        fees = self.notes.text("cost_note", self.record, "fees_description")
        word = cost_in_words(cost, None)
        is_word = fees and word and fees.es == word.es and fees.en in word
        return None if is_word else fees

    def _alert(self) -> str | None:
        text = self.record.get("alert")
        return None if not text or text in _computed_alerts() else text

    def _status(self) -> str:
        status = self.record.get("status")
        if status not in ("active", "inactive", "defunct", "temporarily closed"):
            self.notes.fault("status", self.record, "status", "status", status or "")
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


def _named(area: Json) -> str | None:
    return countries_by_name().get(fold(area.get("name", "")))


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
