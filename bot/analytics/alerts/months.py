"""Alerts from the newest published month: nothing in them is not on the page of figures as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.analytics.alerts.rules import Alert, Rules
from bot.analytics.figures import Figure, Figures, Shelf, is_rest
from bot.analytics.protect import ALL, OTHERS
from bot.analytics.vocabulary import OTHER

CUTS = ("topics", "crises", "volume")


def of_months(shelf: Shelf, months: Sequence[str], rules: Rules) -> Iterator[Alert]:
    """Topics and crises that grew; nothing where no earlier month is published."""
    if len(months) < 2:
        return
    every = shelf.by_month(months, *CUTS)
    now, before = every[-1], every[:-1]
    yield from _topics(now, before, rules)
    yield from _crises(now, before[-rules.crisis.months :], rules)


def looked_at(months: Sequence[str], rules: Rules) -> list[str]:
    """The newest month, and those before it that any rule looks back at."""
    back = max(rules.surge.months, rules.appeared.months, rules.crisis.months)
    return list(months[-back - 1 :])


def _topics(now: Figures, before: Sequence[Figures], rules: Rules) -> Iterator[Alert]:
    countries = {country for _, country in now.cells("topics")}
    back = before[-rules.surge.months :]
    growth = {country: _growth(now, back, country) for country in countries}
    for (row, country), each in now.cells("topics").items():
        if is_rest(row) or row == OTHER or country == OTHERS:
            continue
        surge, appeared = rules.surge, rules.appeared
        then = _mean([one.at("topics", row, country) for one in back])
        told = {"number": f"{each.value:,}", "month": now.period.name}
        if then is None:
            shown = any(one.at("topics", row, country) for one in before[-appeared.months :])
            if each.value >= appeared.least and not shown:
                yield Alert("appeared", told, row, country, each.value)
            continue
        expected = then * growth[country]
        times = each.value / expected
        if each.value >= surge.least and times >= surge.times:
            told |= {"times": f"{times:.1f}", "before": f"{expected:,.0f}"}
            yield Alert("surge", told, row, country, each.value - expected)


def _crises(now: Figures, before: Sequence[Figures], rules: Rules) -> Iterator[Alert]:
    rule = rules.crisis
    # Which countries are merged changes from month to month: no number of theirs grew.
    for country in sorted({country for _, country in now.cells("crises")} - {OTHERS}):
        each = now.total("crises", country)
        then = _mean([one.total("crises", country) for one in before])
        if each is None or then is None or each.value < rule.least:
            continue
        expected = then * _growth(now, before, country)
        if each.value >= rule.times * expected:
            told = {"number": f"{each.value:,}", "month": now.period.name,
                    "before": f"{expected:,.0f}"}  # fmt: skip
            yield Alert("crisis", told, "", country, each.value - expected)


def _mean(found: Sequence[Figure | None]) -> float | None:
    """Of the months in which the number was shown."""
    shown = [each.value for each in found if each is not None]
    return sum(shown) / len(shown) if shown else None


def _growth(now: Figures, before: Sequence[Figures], country: str) -> float:
    """How much more of everything there is: a campaign makes every topic grow, and is no surge."""
    total = now.total("volume", country) or now.total("volume", ALL)
    then = _mean([one.total("volume", country) or one.total("volume", ALL) for one in before])
    return max(1.0, total.value / then) if total and then else 1.0
