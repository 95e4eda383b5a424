"""All alerts of this moment, looked for again after a minute."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.analytics.alerts.months import looked_at, of_months
from bot.analytics.alerts.rules import Alert, Rules, rules
from bot.analytics.alerts.weeks import of_weeks, surges
from bot.analytics.counted import Counted
from bot.analytics.figures import Shelf, published_months
from bot.analytics.publish import Rule
from bot.knowledge.trust import Hidden

AGAIN = timedelta(minutes=1)
Failing = tuple[str, int, int]  # a channel; people whom a message did not reach; all written to
Failures = Callable[[datetime, int], Sequence[Failing]]  # by moment and hours


@dataclass
class Watch:
    """Made once per process. `failures`: see connectors/failing.py; without it, no delivery.
    Without `counted`, which only opens with the instance's secret, nothing of the week."""

    engine: Engine
    clock: Callable[[], datetime]
    rule: Rule = field(default_factory=Rule)
    failures: Failures | None = None
    counted: Counted | None = None
    rules: Rules = field(default_factory=rules)
    _shelf: Shelf = field(init=False)
    _found: list[Alert] = field(init=False, default_factory=list)
    _looked_at: datetime | None = field(init=False, default=None)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._shelf = Shelf(self.engine, most=8)

    def alerts(self) -> list[Alert]:
        """Of now, or of a minute ago at most."""
        with self._lock:
            now = self.clock()
            if self._looked_at is None or not self._looked_at <= now < self._looked_at + AGAIN:
                self._found, self._looked_at = list(self._look(now)), now
            return self._found

    def _look(self, now: datetime) -> Iterator[Alert]:
        yield from _dead_numbers(self.engine, self.rules)
        if self.failures is not None:
            yield from _delivery(self.failures, now, self.rules, self.rule.threshold)
        if self.counted is not None:
            yield from surges(self.counted, now, self.rules, self.rule)
            yield from of_weeks(self.counted, now, self.rules, self.rule)
        months = looked_at(published_months(self.engine), self.rules)
        found = of_months(self._shelf, months, self.rules)
        yield from sorted(found, key=lambda each: -each.weight)


def _dead_numbers(engine: Engine, rules: Rules) -> Iterator[Alert]:
    """How many; which, the network's own page says to those who can call them."""
    with Session(engine) as session:
        count = session.scalar(select(func.count()).select_from(Hidden)) or 0
    if count >= rules.dead_numbers.least:
        yield Alert("dead_numbers", {"count": str(count)})


def _delivery(failures: Failures, now: datetime, rules: Rules,
              threshold: int) -> Iterator[Alert]:  # fmt: skip
    """By channel; where too few people are behind every one of them, all channels together."""
    rule = rules.delivery
    told = {"share": f"{100 * rule.share:.0f}", "hours": str(rule.hours)}
    channels = [each for each in failures(now, rule.hours) if each[1]]
    alone = [each for each in channels if each[1] >= threshold]
    together = ("channels", sum(each[1] for each in channels), sum(each[2] for each in channels))
    for name, failed, written in alone or [together]:
        if failed >= threshold and failed > rule.share * written:
            yield Alert("delivery", told, name)
