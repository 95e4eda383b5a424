"""Invented months in which tables tell each other's totals: the worst worlds for differencing."""

from __future__ import annotations

import random
from collections import Counter

from bot.analytics.cuts import cuts
from bot.analytics.protect import Count, Table
from bot.analytics.publish import as_tables
from bot.analytics.vocabulary import CHANNELS, COUNTRIES, LANGUAGES, OTHER, REPORT

LINKED = ("topics", "channels", "delivery", "corrections")


def linked_counts(seed: int) -> dict[str, Counter[tuple[str, str]]]:
    """Every report is one record of the same country, every answer is in one row of delivery."""
    rng = random.Random(seed)  # noqa: S311 - the same world every time
    scale = (3, 10, 40, 300)[seed % 4]
    found: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in cuts()}
    rows = {name: [*cuts()[name].rows] for name in LINKED}
    for country in COUNTRIES:
        many = int(rng.expovariate(1) * scale * 3)
        found["volume"]["days_01_07", country] = many + 20
        for row in rows["topics"]:
            if row == REPORT or rng.random() < 0.3:
                found["topics"][row, country] = min(many, int(rng.expovariate(1) * scale))
        reports = found["topics"][REPORT, country]
        for row in rng.choices(rows["corrections"], (6, 3, 2, 1), k=reports):
            found["corrections"][row, country] += 1
    for channel in (*CHANNELS, OTHER):
        for language in LANGUAGES:
            many = int(rng.expovariate(1) * scale * rng.choice((0.05, 0.3, 2)))
            for country in rng.choices(COUNTRIES, k=many):
                found["channels"][f"{channel}:{language}", country] += 1
            for row in rng.choices(rows["delivery"], (40, 6, 3, 1, 1), k=many):
                found["delivery"][row, channel] += 1
    return found


def linked_tables(found: dict[str, Counter[tuple[str, str]]]) -> dict[str, Table]:
    """Those of such a month that tell of each other, in the order in which they are published."""
    made = as_tables(
        {name: {at: Count(n, n) for at, n in cells.items()} for name, cells in found.items()}, 10
    )
    return {name: made[name] for name in LINKED}
