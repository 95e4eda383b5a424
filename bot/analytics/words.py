"""What the page of figures says: names of rows and countries, in Spanish and English."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from bot.analytics.protect import ALL, OTHERS, REST
from bot.analytics.vocabulary import service_types
from bot.conversation.wording import say
from bot.directory.countries import country_name
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.files import parse_one
from bot.knowledge.schema import Both
from bot.paths import DATA


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: dict[str, Both]
    section: dict[str, Both]
    row: dict[str, Both]


@cache
def _words() -> _Words:
    return parse_one(Path(__file__).with_name("words.yml"), _Words)


@cache
def _topics() -> dict[str, dict[str, str]]:
    topics = yaml.safe_load((DATA / "topics.yml").read_text(encoding="utf-8"))
    return {intent: topic["name"] for intent, topic in topics.items()}


def _in(pair: Bilingual, language: str) -> str:
    return pair.en if language == "en" else pair.es


def text(key: str, language: str, **values: object) -> str:
    """A sentence or label of the page."""
    return _in(_words().text[key], language).format(**values)


def heading(cut: str, language: str) -> str:
    """A section's title."""
    return _in(_words().section[cut], language)


def row_name(row: str, language: str) -> str:
    """A row in words: "ask_asylum", "whatsapp:es", "rest:rights", "HN"."""
    if row.startswith(f"{REST}:"):
        what = row_name(row.partition(":")[2], language)
        return _in(_words().row["rest_of"], language).format(what=what)
    if ":" in row:
        return " · ".join(row_name(part, language) for part in row.split(":"))
    if row in service_types():
        return say(f"type_{row}", language)
    if row in _topics() and row not in _words().row:
        return _topics()[row]["en" if language == "en" else "es"]
    if row in _words().row:
        return _in(_words().row[row], language)
    return country_name(row, language) or row


def place_name(country: str, language: str) -> str:
    """A country, "all", or "countries with few"."""
    if country == ALL:
        return text("all", language)
    return row_name("others" if country == OTHERS else country, language)
