"""An invented year with known truth: who asked what, where. Only for tests."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bot.analytics.memory import Conversations
from bot.analytics.protect import Count, Table
from bot.analytics.publish import as_tables
from bot.analytics.vocabulary import Turn, arrival, intents, read_turn

# Many women are in Mexico and the United States, few in Belize: the smallest are the hard ones.
SHARES = {"MX": 40, "US": 18, "GT": 12, "HN": 8, "CR": 7, "PA": 5, "SV": 4, "NI": 2, "DO": 2,
          "CA": 1, "BZ": 0.4}  # fmt: skip
ORIGINS = {"HN": 20, "VE": 18, "GT": 12, "SV": 9, "HT": 7, "CU": 6, "NI": 5, "CO": 4, "EC": 3,
           "AO": 1, None: 15}  # fmt: skip
CHANNELS = {"whatsapp": 75, "sms": 14, "telegram": 8, "web": 3}
OUTCOMES = {"answered": 60, "asked back": 15, "no answer": 8, "service found": 12, "none found": 5}
PHASES = {"transit": 35, "destination": 40, "origin": 8, "return": 7, None: 10}
WAITS = (2,) * 40 + (20,) * 6 + (200,) * 3 + (2_000, None)  # seconds; None: it never left
_TOPICS = [name for name, group in intents().items() if group != "conversation"]
# Some topics are asked for every day, some a few times a year.
TOPICS = {name: 1 / (place + 1) for place, name in enumerate(sorted(_TOPICS, key=len))}


def pick(rng: random.Random, shares: Mapping[Any, float]) -> Any:
    return rng.choices(list(shares), list(shares.values()))[0]


@dataclass(frozen=True)
class Visit:
    """One invented woman's conversation."""

    who: str
    at: datetime
    turns: tuple[Turn, ...]


def visits(number: int, month: int, seed: int = 1) -> Iterator[Visit]:
    """`number` conversations within a month of 2026, in the order of time."""
    rng = random.Random(seed * 100 + month)  # noqa: S311 - the same year every time
    start = datetime(2026, month, 1, 12, tzinfo=UTC)
    moments = sorted(rng.uniform(0, 26 * 86_400) for _ in range(number))
    for place, second in enumerate(moments):
        at = start + timedelta(seconds=second)
        slots = {
            "language": "en" if rng.random() < 0.12 else "es",
            "country": pick(rng, SHARES),
            "origin": pick(rng, ORIGINS),
            "phase": pick(rng, PHASES),
        }
        style = pick(rng, CHANNELS)
        turns = tuple(
            read_turn(style, pick(rng, TOPICS), pick(rng, OUTCOMES), slots,
                      rng.expovariate(2), at.hour)
            for _ in range(rng.choice((1, 1, 2, 3, 5)))
        )  # fmt: skip
        yield Visit(f"woman-{month}-{place}", at, turns)


@cache
def month_of(number: int, month: int) -> tuple[Visit, ...]:
    """The same as `visits`, made once in a run."""
    return tuple(visits(number, month))


@cache
def counted_month(number: int, month: int) -> dict[str, dict[tuple[str, str], Count]]:
    """The counts of such a month. Shared: only read from it."""
    return counted(list(month_of(number, month)))


@cache
def tables_of(number: int, month: int) -> dict[str, Table]:
    """Its tables. Shared: only read from them."""
    return as_tables(counted_month(number, month), 10)


def counted(many: list[Visit]) -> dict[str, dict[tuple[str, str], Count]]:
    """The counts of every cut, as the recorder makes them."""
    found: dict[str, dict[tuple[str, str], list[int]]] = defaultdict(
        lambda: defaultdict(lambda: [0, 0])
    )
    talks = Conversations()
    steps = []
    for visit in many:
        for turn in visit.turns:
            steps += talks.take(visit.who, turn, visit.at, again=False, over=False)
        waited = random.Random(visit.who).choice(WAITS)  # noqa: S311
        steps += talks.sent(visit.who, arrival(waited), visit.turns[0].channel) or []
    for step in [*steps, *talks.close()]:
        numbers = found[step.cell.cut][step.cell.row, step.cell.country]
        numbers[0] += step.conversations
        numbers[1] += step.firsts
    return {cut: {at: Count(*n) for at, n in cells.items()} for cut, cells in found.items()}


def tables(many: list[Visit]) -> dict[str, Table]:
    """Every cut as a table to protect."""
    return as_tables(counted(many), 10)
