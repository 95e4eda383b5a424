"""What the report says, and how it writes numbers, months and periods."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.analytics.figures import Figure, Period
from bot.knowledge.files import parse_one
from bot.knowledge.schema import Both


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: dict[str, Both]
    months: list[Both]
    method: list[Both]
    caveats: list[Both]


@cache
def words() -> _Words:
    """All of them."""
    return parse_one(Path(__file__).with_name("words.yml"), _Words)


def text(key: str, language: str, **values: object) -> str:
    """A sentence or label of the report."""
    return words().text[key].get(language).format(**values)


def month(name: str, language: str) -> str:
    """ "2026-04" as «abril»."""
    return words().months[int(name[5:]) - 1].get(language)


def span(period: Period, language: str) -> str:
    """«abril a junio de 2026»."""
    first, last = (month(each, language) for each in (period.months[0], period.months[-1]))
    return text("span", language, first=first, last=last, year=period.name[:4])


def period_name(period: Period, language: str) -> str:
    """«marzo de 2026», «enero a marzo de 2026», «2026»."""
    if len(period.months) == 12:
        return period.name
    if len(period.months) > 1:
        return span(period, language)
    between = " " if language == "en" else " de "
    return f"{month(period.name, language)}{between}{period.name[:4]}"


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
