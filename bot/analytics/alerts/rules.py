"""The limits and words of alerts, and what an alert is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.analytics.figures import Period
from bot.analytics.words import capital, period_name, place_name, row_name, week_name
from bot.knowledge.files import parse_one
from bot.knowledge.schema import Both

KINDS = ("surge_week", "surge", "appeared", "crisis", "crisis_week", "fallback", "dead_numbers",
         "delivery")  # fmt: skip


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Grown(_Model):
    """So many times what was to be expected, and at least so many conversations."""

    times: float = Field(gt=1)
    least: int = Field(ge=3)
    months: int = Field(3, ge=1)


class Appeared(_Model):
    """At least so many conversations where nothing was shown."""

    least: int = Field(ge=3)
    months: int = Field(ge=1)


class GrownWeek(_Model):
    """The same of weeks."""

    times: float = Field(gt=1)
    least: int = Field(ge=3)
    weeks: int = Field(ge=1, le=4)  # older days may be deleted already


class Share(_Model):
    """A part of all conversations, where there are at least so many."""

    share: float = Field(gt=0, lt=1)
    least: int = Field(ge=3)


class Numbers(_Model):
    """So many records."""

    least: int = Field(ge=1)


class Delivery(_Model):
    """A part of all people who were written to within some hours."""

    share: float = Field(gt=0, lt=1)
    hours: int = Field(ge=1, le=24)  # nothing is kept longer


class Rules(_Model):
    """All limits."""

    surge_week: GrownWeek
    surge: Grown
    appeared: Appeared
    crisis: Grown
    crisis_week: GrownWeek
    fallback: Share
    dead_numbers: Numbers
    delivery: Delivery


class _File(_Model):
    rules: Rules
    text: dict[str, Both]


@cache
def _file() -> _File:
    return parse_one(Path(__file__).with_name("rules.yml"), _File)


def rules() -> Rules:
    """As the file has them."""
    return _file().rules


def text(key: str, language: str, **values: object) -> str:
    """A sentence of the file."""
    return _file().text[key].get(language).format(**values)


@dataclass(frozen=True)
class Alert:
    """Something to look at: its kind, the topic and country it is about, and what is told."""

    kind: str
    told: Mapping[str, str]
    row: str = ""
    country: str = ""
    weight: float = 0.0  # the heavier comes first
    part: str = ""  # of the month, as the figures call it

    def sentence(self, language: str) -> str:
        """For an operator."""
        names = {"what": row_name(self.row, language) if self.row else "",
                 "where": place_name(self.country, language) if self.country else "",
                 "channel": row_name(self.row, language) if self.row else ""}  # fmt: skip
        told = {**names, **self.told}
        if self.part:
            told["days"] = row_name(self.part, language)
        if month := told.get("month"):
            told["month"] = period_name(Period(month, (month,)), language)
        if monday := told.pop("monday", None):
            told["week"] = week_name(date.fromisoformat(monday), language)
        return capital(text(self.kind, language, **told))
