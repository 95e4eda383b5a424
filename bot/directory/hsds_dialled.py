"""The numbers of a service of a file in HSDS, in our terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import phonenumbers

from bot.directory.hsds_notes import Notes
from bot.directory.hsds_words import Json
from bot.directory.numbers import WrongNumber, read_number
from bot.directory.text import fold

_LOCAL = re.compile(r"[0-9*#-]{2,24}")
_LONGEST_DISPLAY = 32
_PHONE_TYPES = {"text": "text", "textphone": "textphone"}  # every other rings


def dialled(record: Json, places: Sequence[Json]) -> list[Json]:
    """Its own numbers; else those of its places."""
    if own := list(record.get("phones", ())):
        return own
    links = record.get("service_at_locations", ())
    placed = [each for row in (*links, *places) for each in row.get("phones", ())]
    return list({each.get("number"): each for each in placed}.values())


def phones_said(
    rows: Iterable[Json], notes: Notes, country: str
) -> Iterator[tuple[tuple[str, Any], ...]]:
    for each in rows:
        if is_whatsapp(each):
            continue
        text = each.get("number", "")
        if each.get("reach") == "local" and _LOCAL.fullmatch(text):
            number, kind, display = text, "local", text
        else:
            try:
                number, kind, display = read_number(text, country)
            except WrongNumber as error:
                notes.fault("phones", each, "number", error.key, error.says)
                continue
            display = _as_dialled(number, display, country)
        label = notes.text(f"phones {number}", each, "description")
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


def is_whatsapp(phone: Json) -> bool:
    """Whether it is the number that the export writes for WhatsApp."""
    return phone.get("type") == "text" and fold(phone.get("description", "")) == "whatsapp"


def country_of_number(number: str) -> str | None:
    """The country whose number it is."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None


def _as_dialled(number: str, display: str, country: str) -> str:
    """`+50422220100` as a woman of that country dials it; any other as it was written."""
    if not number.startswith("+") or (display != number and len(display) <= _LONGEST_DISPLAY):
        return display
    parsed = phonenumbers.parse(number)
    at_home = phonenumbers.is_valid_number_for_region(parsed, country)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if at_home else form.INTERNATIONAL)
