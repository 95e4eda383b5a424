"""Invented months in which tables tell each other's totals: the worst worlds for differencing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.analytics.cuts import cuts
from bot.analytics.protect import Count, Table
from bot.analytics.publish import as_tables
from bot.analytics.vocabulary import (
    CHANNELS,
    COUNTRIES,
    CRISES,
    DEEPER,
    DEPTHS,
    ENDINGS,
    LANGUAGES,
    OTHER,
    REPORT,
    WEEKS,
    themes,
)
from bot.directory.schema import SERVICE_TYPES

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


Rows = Mapping[str, str]  # by table, the row that a conversation is in


def one_question_each(seed: int, number: int = 0, alone: Mapping[str, Rows] | None = None,
                      ) -> dict[str, Counter[tuple[str, str]]]:  # fmt: skip
    """Every woman asks one thing: then each crisis is one topic and one outcome, each service that
    is looked for is one outcome, and so is each topic that stays open. `alone`: countries in which
    one woman wrote, and what is counted of her."""
    rng = random.Random(seed)  # noqa: S311 - the same world every time
    beside = random.Random(seed + 1_000)  # noqa: S311
    arrivals = [*cuts()["delivery"].rows]
    found: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in cuts()}
    places = {each: rng.expovariate(1) ** 2 + 0.02 for each in COUNTRIES}
    places = {each: share for each, share in places.items() if each not in (alone or {})}
    asked_of = [row for row in cuts()["topics"].rows if row not in (*CRISES, "find_service")]
    rng.shuffle(asked_of)
    endings = [rng.expovariate(1) + 0.02 for _ in ENDINGS]
    for _ in range(number or (200, 500, 1_000, 2_000)[seed % 4]):
        at = rng.choices(list(places), list(places.values()))[0]
        depth, again = rng.choice([*DEPTHS, DEEPER]), rng.choice(("first", "again"))
        rows = {"volume": rng.choice(WEEKS), "visits": f"{depth}:{again}"}
        what = rng.choices(("crisis", "service", "topic"), (12, 30, 58))[0]
        if what == "crisis":
            topic, ending = rng.choices([*CRISES], (2, 1))[0], rng.choices(ENDINGS, endings)[0]
            rows |= {"topics": topic, "outcomes": "crisis_card",
                     "crises": f"{CRISES[topic]}:{ending}"}  # fmt: skip
        elif what == "service":
            end = rng.choices(("service_found", "none_found"), (7, 2))[0]
            kind = rng.choices(SERVICE_TYPES, _falling(SERVICE_TYPES))[0]
            topic = "find_service"
            rows |= {"topics": topic, "outcomes": end, "services": f"{kind}:{end}"}
            rows |= {"unanswered": "find_service"} if end == "none_found" else {}
        else:
            topic = rng.choices(asked_of, _falling(asked_of))[0]
            ends = ("answered", "asked_back", "no_answer", "unavailable")
            end = rng.choices(ends, (60, 12, 8, 1))[0]
            rows |= {"topics": topic, "outcomes": end}
            rows |= {"unanswered": topic} if end in ends[2:] else {}
        rows |= _told_beside(beside)
        found["delivery"][beside.choices(arrivals, _falling(arrivals))[0], _channel(rows)] += 1
        if topic == REPORT:
            found["corrections"][beside.choice([*cuts()["corrections"].rows]), at] += 1
        found["themes"] += Counter((name, at) for name, of in themes().items() if topic in of)
        for cut, row in rows.items():
            found[cut][row, at] += 1
    for at, rows in (alone or {}).items():
        for cut, row in rows.items():
            found[cut][row, at] += 1
        found["delivery"][arrivals[0], _channel(rows)] += 1
    return found


# Of whatever she asks, every conversation has one row in each of these.
BESIDE = ("phases", "origins", "channels", "hours", "latency")
ALWAYS = ("visits", *BESIDE)


def _told_beside(rng: random.Random) -> dict[str, str]:
    """The rows that have nothing to do with what she asks; a few of each table are common."""
    return {cut: rng.choices(rows, [weight**2 for weight in _falling(rows)])[0]
            for cut in BESIDE for rows in ([*cuts()[cut].rows],)}  # fmt: skip


def _channel(rows: Rows) -> str:
    return rows["channels"].partition(":")[0]


def _falling(many: Sequence[str]) -> list[float]:
    return [1 / (place + 1) for place in range(len(many))]


def all_tables(found: Mapping[str, Counter[tuple[str, str]]]) -> dict[str, Table]:
    """Every table of such a month."""
    counts = {name: {at: Count(n, n) for at, n in cells.items()} for name, cells in found.items()}
    return as_tables(counts, 10)
