"""How fresh a service's data is and what it costs, in words that she can judge by."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.knowledge.bilingual import Bilingual
from bot.knowledge.dates import is_old
from bot.knowledge.files import parse_one
from bot.knowledge.schema import Both


class _Freshness(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    verified: Both
    dated: Both
    old: Both
    undated: Both
    call_first: Both
    doubted: Both


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    freshness: _Freshness
    cost: dict[str, Both]
    month: list[Both]
    month_of_year: Both


@cache
def _words() -> _Words:
    return parse_one(Path(__file__).with_name("words.yml"), _Words)


def date_in_figures(as_of: str) -> str:
    """`2026-03` as "3/2026", `2022` as it is: the shortest that both languages read alike."""
    year, *month = as_of.split("-")
    return f"{int(month[0])}/{year}" if month else year


@lru_cache(maxsize=512)
def date_in_words(as_of: str) -> Bilingual:
    """`2026-03` as "marzo de 2026", `2022` as it is."""
    year, *month = as_of.split("-")
    if not month:
        return Bilingual(year, year)
    name = _words().month[int(month[0]) - 1]
    return Bilingual(
        *(
            form.format(month=word, year=year)
            for form, word in zip(_words().month_of_year, name, strict=True)
        )
    )


@lru_cache(maxsize=4_096)  # of thousands of services a few hundred differ in age
def freshness(
    as_of: str | None,
    verified_at: datetime | None,
    today: date,
    *,
    call_first: bool = False,
    is_doubted: bool = False,
) -> Bilingual:
    """What she is told about the age of the data; `is_doubted` where women reported it wrong."""
    forms = _words().freshness
    if is_doubted:
        return forms.doubted
    if call_first and verified_at is None:
        return forms.call_first
    last = verified_at.date().isoformat() if verified_at else as_of
    if last is None:
        return forms.undated
    form = forms.old if is_old(last, today) else forms.verified if verified_at else forms.dated
    when = date_in_words(last)
    return Bilingual(form.es.format(when=when.es), form.en.format(when=when.en))


def cost_in_words(cost: str, note: Bilingual | None) -> Bilingual | None:
    """The price in words; None where it is not known."""
    return note or _words().cost.get(cost)
