"""What the report says, and how it writes numbers and days."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.analytics.figures import Figure
from bot.analytics.words import month
from bot.knowledge.files import parse_one
from bot.knowledge.schema import Both


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: dict[str, Both]
    method: list[Both]
    caveats: list[Both]


@cache
def words() -> _Words:
    """All of them."""
    return parse_one(Path(__file__).with_name("words.yml"), _Words)


def text(key: str, language: str, **values: object) -> str:
    """A sentence or label of the report."""
    return words().text[key].get(language).format(**values)


def day(at: datetime, language: str) -> str:
    """«2 de julio de 2026»."""
    name = month(f"{at:%Y-%m}", language)
    return f"{at.day} {name} {at.year}" if language == "en" else f"{at.day} de {name} de {at.year}"


def number(figure: Figure | None, language: str) -> str:
    """A number as the report writes it: «45», «45+» for at least that, «–» where it is hidden."""
    if figure is None:
        return text("hidden", language)
    told = f"{figure.value:,}"
    return text("least", language, number=told) if figure.is_least else told
