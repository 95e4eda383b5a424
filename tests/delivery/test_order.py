"""Whatever breaks, and in whatever order: her questions are answered in the order of her asking.

Outages of Rasa and of the vendor, errors, workers that die while they answer or send, as chance has
it; the seed of a story that fails tells it again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from connectors.contract import SendThrottled, SendUncertain
from tests.conftest import Copied
from tests.delivery.day import Day, a_day
from tests.delivery.test_workers import EVERY_WAY

STEPS = 40
DEATHS = 3  # and errors: what ends badly five times is answered from disk
_ANSWERED = re.compile(r"R ¿pregunta (\d+)\?")


@pytest.fixture(params=EVERY_WAY[:2])
def day(request: pytest.FixtureRequest, copied: Copied) -> Iterator[Day]:
    with a_day(copied, *request.param) as day:
        yield day


@dataclass
class Story:
    """Of one woman, on a day of which much goes wrong."""

    day: Day
    chance: random.Random
    asked: int = 0
    deaths: int = 0
    unknown: int = 2  # with the deaths fewer than the six sends after which a message is given up

    async def goes_on(self) -> None:
        """One thing happens."""
        happens: Callable[[], object] = self.chance.choices(
            [self.asks, self.rasa, self.vendor, self.dies_answering, self.dies_sending],
            weights=[6, 2, 2, 1, 1],
        )[0]
        happens()
        self.day.now += timedelta(seconds=self.chance.choice((0, 1, 7, 30)))
        if self.chance.random() < 0.6:
            await self.day.work()

    def asks(self) -> None:
        self.day.post(f"¿pregunta {self.asked}?")
        self.asked += 1

    def rasa(self) -> None:
        """It goes, comes back, answers some; or the next turn fails."""

        def fails() -> None:
            self.day.rasa.meanwhile = lambda: None
            raise RuntimeError

        share = self.chance.choice((0.0, 0.0, 0.5, 1.0))
        self.day.rasa.away = lambda _: self.chance.random() < share
        if self.deaths < DEATHS and self.chance.random() < 0.3:
            self.deaths += 1
            self.day.rasa.meanwhile = fails

    def vendor(self) -> None:
        """It goes, comes back, refuses some; or nobody knows whether it has the next."""
        share = self.chance.choice((0.0, 0.0, 0.5, 1.0))

        def trouble(address: str, words: str) -> None:
            if self.unknown and self.chance.random() < share / 2:
                self.unknown -= 1
                raise SendUncertain
            if self.chance.random() < share:
                raise SendThrottled("429", 3)

        self.day.stage.notebook.trouble = trouble

    def dies_answering(self) -> None:
        if self.deaths < DEATHS and self.day.stage.queue("dead").claim(self.day.now, ()):
            self.deaths += 1
            self.day.worker.queue.recover(self.day.now)

    def dies_sending(self) -> None:
        if self.deaths < DEATHS and self.day.stage.queue("dead").due(self.day.now, ()):
            self.deaths += 1
            self.day.worker.queue.recover(self.day.now)

    async def ends_well(self) -> None:
        """Everything is there again."""
        self.day.rasa.away = lambda _: False
        self.day.rasa.meanwhile = lambda: None
        self.day.stage.notebook.trouble = lambda *_: None
        for _ in range(10):
            await self.day.later(minutes=1)


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_breaks_she_is_answered_in_the_order_of_her_asking(
    day: Day, seed: int
) -> None:
    await day.meets()
    story = Story(day, random.Random(seed))  # noqa: S311  # to be told again
    story.rasa()

    for _ in range(STEPS):
        await story.goes_on()
    await story.ends_well()

    answered = [int(match[1]) for words in day.got if (match := _ANSWERED.search(words))]
    assert answered == list(range(story.asked))
