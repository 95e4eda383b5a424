"""Invented turns, as many as wanted, through the same door as real ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from bot.analytics.counted import Counted
from bot.analytics.memory import Step
from bot.analytics.publish import Rule, forget_counts, publish_due
from bot.analytics.recorder import Recorder
from bot.analytics.vocabulary import intents
from bot.directory.schema import SERVICE_TYPES
from bot.privacy.keys import Keys

KEYS = Keys(b"bench" * 8)
FIRST = date(2024, 1, 1)
DAYS = 1_096  # three years
COUNTRIES = {"MX": 40, "US": 18, "GT": 12, "HN": 8, "CR": 7, "PA": 5, "SV": 4, "NI": 2, "DO": 2,
             "CA": 1, "BZ": 0.4, None: 3}  # fmt: skip
ORIGINS = {"HN": 20, "VE": 18, "GT": 12, "SV": 9, "HT": 7, "CU": 6, "NI": 5, "CO": 4, "EC": 3,
           "AO": 1, None: 15}  # fmt: skip
STYLES = {"whatsapp": 75, "sms": 14, "telegram": 8, "web": 3}
OUTCOMES = {"answered": 58, "asked back": 15, "no answer": 8, "service found": 11, "none found": 5,
            "crisis card": 1, "not understood": 2}  # fmt: skip
PHASES = {"transit": 35, "destination": 40, "origin": 8, "return": 7, None: 10}
LENGTHS = (1, 1, 2, 3, 5)
WAITS = {0.8: 88, 4.0: 8, 40.0: 2, 700.0: 1.5, None: 0.5}  # seconds until sent; never
TOPICS = {name: 1 / (place + 1) for place, name in enumerate(sorted(intents(), key=len))}


@dataclass(frozen=True)
class Asked:
    """What the recorder sees of a message."""

    pseudonym: str
    style: str
    received_at: datetime
    idle_s: float | None


@dataclass(frozen=True)
class Came:
    """What the recorder sees of an answer."""

    acted_on: str
    outcome: str
    slots: Mapping[str, str | None]
    erase: bool = False


def turns_of(day: date, number: int, rng: random.Random) -> Iterator[tuple[Asked, Came]]:
    """`number` turns of a day, in conversations of one to five."""

    def pick(shares: Mapping[str, float] | Mapping[str | None, float]) -> Callable[[], str]:
        found = iter(rng.choices(list(shares), list(shares.values()), k=number))
        return lambda: next(found)  # type: ignore[return-value]

    country, origin, phase = pick(COUNTRIES), pick(ORIGINS), pick(PHASES)
    style, topic, outcome = pick(STYLES), pick(TOPICS), pick(OUTCOMES)
    start = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    done = 0
    while done < number:
        length = min(rng.choice(LENGTHS), number - done)
        slots = {"language": "es" if rng.random() < 0.88 else "en", "country": country(),
                 "origin": origin(), "phase": phase(),
                 "service_type": rng.choice(SERVICE_TYPES)}  # fmt: skip
        at = start + timedelta(seconds=86_000 * done / number)
        asked = Asked(f"{day}-{done}", style(), at, None if rng.random() < 0.7 else 90_000.0)
        for _ in range(length):
            yield asked, Came(topic(), outcome(), slots)
        done += length


class Many(Recorder):
    """Counts each invented conversation as `times` of the same kind."""

    def __init__(self, counted: Counted, times: int, clock: Callable[[], datetime]) -> None:
        super().__init__(counted, clock=clock)
        self._times = times

    def _add(self, steps: Iterable[Step]) -> None:
        times = self._times
        super()._add(replace(step, conversations=step.conversations * times,
                             firsts=step.firsts * times) for step in steps)  # fmt: skip


def fill(engine: Engine, turns: int, rule: Rule, times: int = 1, seed: int = 1,
         days: int = DAYS) -> None:  # fmt: skip
    """`days` of `turns` times `times`: recorded, flushed and published as the program does."""
    rng = random.Random(seed)  # noqa: S311 - the same years every time
    now = datetime(FIRST.year, FIRST.month, FIRST.day, 6, tzinfo=UTC)
    counted = Counted(engine, KEYS)
    recorder = Many(counted, times, lambda: now)
    for number in range(days):
        day = FIRST + timedelta(days=number)
        count = turns * (number + 1) // days - turns * number // days
        for asked, came in turns_of(day, count, rng):
            now = asked.received_at
            recorder.on_turn(asked, came)
            waited = rng.choices(list(WAITS), list(WAITS.values()))[0]
            recorder.on_sent(asked.pseudonym, asked.style, waited)
        recorder.flush()
        if day.day == 4:
            publish_due(counted, now, rule)
            forget_counts(counted, now)
    recorder.stop()
    last = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=days + 9)
    publish_due(counted, last, rule)
