"""The words of the export in both languages, and how a record carries them.

HSDS has no translations: its fields are in Spanish, the profile's `translations.en` repeats them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.directory.countries import country_name
from bot.directory.text import fold
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.files import parse_one, read_yaml
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL, Both
from bot.paths import DATA

HSDS = DATA / "hsds"
Json = dict[str, Any]


class Named(BaseModel):
    """A taxonomy or a term."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Both
    description: Both


class Words(BaseModel):
    """data/hsds/words.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    taxonomies: dict[str, Named]
    service_types: dict[str, Both]
    service_features: dict[str, Named]
    organization_kinds: dict[str, Named]
    languages: dict[str, Both]
    utc_offsets: dict[str, int]
    phrases: dict[str, Both]


@cache
def words() -> Words:
    """The file, read once."""
    return parse_one(HSDS / "words.yml", Words)


@cache
def _service_type_names() -> dict[str, Bilingual]:
    names = read_yaml(DATA / "wording" / "service_types.yml")
    return {key: Bilingual(each["es"], each["en"]) for key, each in names.items()}


def service_type_name(service_type: str) -> Bilingual:
    """What the assistant calls the type, too."""
    return _service_type_names()[f"type_{service_type}"]


def name_of_country(code: str) -> Bilingual:
    """The country's name; the region's for `XX`, the code where no name is known."""
    if code == REGIONAL:
        return _service_type_names()["region"]
    return Bilingual(country_name(code, "es") or code, country_name(code, "en") or code)


@cache
def countries_by_name() -> dict[str, str]:
    """Every way to write a country, folded."""
    codes = (*COUNTRY_CODES, REGIONAL)
    return {fold(text): code for code in codes for text in (*name_of_country(code), code)}


def present(record: Mapping[str, Any]) -> Json:
    """The record without what is not known: HSDS leaves such fields out."""
    return {name: value for name, value in record.items() if value not in (None, [], {})}


def with_texts(record: Mapping[str, Any], texts: Mapping[str, Bilingual | None]) -> Json:
    """The record with each known text in Spanish, and in English under `translations`, where the
    two differ (names mostly do not)."""
    known = {name: text for name, text in texts.items() if text}
    spanish = {name: text.es for name, text in known.items()}
    english = {name: text.en for name, text in known.items() if text.en != text.es}
    return present({**record, **spanish, "translations": {"en": english} if english else None})


def both(es: str | None, en: str | None) -> Bilingual | None:
    """A text that exists in both languages."""
    return Bilingual(es, en) if es and en else None
