"""The ledger of privacy in the open: what noise has cost so far, in a month and over months."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.analytics.models import Spent
from bot.analytics.publish import Rule
from bot.analytics.words import text

YEAR = 12  # months that are added up


@dataclass(frozen=True)
class Ledger:
    """What is spent, epsilon by month, of the period; and over the last `months` that ended with
    it. All of it together bounds what is told of a woman who wrote in each of them."""

    by_month: dict[str, float]
    over_months: float
    months: int
    budget: float = Rule.budget  # of one month

    def as_dict(self) -> dict[str, Any]:
        """For files that programs read."""
        return {"budget_per_month": self.budget, "spent_by_month": self.by_month,
                "months_added_up": self.months, "spent_over_months": self.over_months}  # fmt: skip

    def sentence(self, language: str) -> str:
        """With what that means: how many times surer somebody may be who knows all the rest."""
        most = max(self.by_month.values())
        return text("spent", language, most=f"{most:.2f}", budget=f"{self.budget:g}",
                    over=f"{self.over_months:.2f}", months=self.months,
                    times=f"{math.exp(most):,.0f}")  # fmt: skip


def ledger(engine: Engine, months: Sequence[str], published: Sequence[str]) -> Ledger | None:
    """Of a period's months, where any of them carries noise. `published`: all months, in order."""
    until = [each for each in published if each <= months[-1]][-YEAR:]
    wanted = (
        select(Spent.month, func.sum(Spent.epsilon))
        .where(Spent.month.in_({*months, *until}))
        .group_by(Spent.month)
    )
    with Session(engine) as session:
        spent = {month: round(float(each), 4) for month, each in session.execute(wanted)}
    by_month = {month: spent[month] for month in months if month in spent}
    if not by_month:
        return None
    over = round(sum(spent.get(month, 0.0) for month in until), 4)
    return Ledger(by_month, over, len(until))
