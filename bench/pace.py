"""How many turns a running system answers in a second, how long each takes, and what it costs.

One at a time, at a steady pace, and as fast as many who wait for each other's answers can ask.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

WARM_S, PER_S, MANY = 5.0, 20, 16
Turn = Callable[[int], Awaitable[float | None]]  # by its number; seconds, None: never answered
Used = Callable[[], dict[str, float]]  # seconds of processor, by part


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    if len(seconds) < 2:
        return {}
    parts = quantiles([1_000 * s for s in seconds], n=100)
    return {"p50": round(parts[49], 1), "p95": round(parts[94], 1), "p99": round(parts[98], 1)}


@dataclass
class Pacer:
    """Whoever asks: each turn has a number of its own."""

    turn: Turn
    used: Used
    _next: itertools.count[int]

    @classmethod
    def of(cls, turn: Turn, used: Used) -> Pacer:
        """From the first turn on."""
        return cls(turn, used, itertools.count(1))

    async def all(self, for_s: float) -> dict[str, Any]:
        """Each pace for so long, after a few turns that count nowhere."""
        await self.waiting(1, WARM_S)
        return {"one_at_a_time": await self.costs(self.waiting(1, for_s)),
                f"at_{PER_S}_a_second": await self.costs(self.steady(PER_S, for_s)),
                f"{MANY}_at_once": await self.costs(self.waiting(MANY, for_s))}  # fmt: skip

    async def costs(self, work: Awaitable[list[float | None]]) -> dict[str, Any]:
        """Turns in a second, how long one takes, milliseconds of processor of each part; "all" is
        the sum without the part that asks."""
        before, started = self.used(), time.perf_counter()
        all_seconds = await work
        took, after = time.perf_counter() - started, self.used()
        seconds = [each for each in all_seconds if each is not None]
        many = max(1, len(seconds))
        each = {name: round(1_000 * (after[name] - before[name]) / many, 1) for name in after}
        ours = sum(after[name] - before[name] for name in after if name != "bench")
        return {"turns": len(seconds), "unanswered": len(all_seconds) - len(seconds),
                "seconds": round(took, 1), "turns_per_s": round(len(seconds) / took, 1),
                "turn_ms": spread(seconds),
                "processor_ms": {**each, "all": round(1_000 * ours / many, 1)}}  # fmt: skip

    async def waiting(self, many: int, for_s: float) -> list[float | None]:
        """`many` who ask again as soon as they are answered."""
        seconds: list[float | None] = []
        end = time.perf_counter() + for_s

        async def one() -> None:
            while time.perf_counter() < end:
                seconds.append(await self.turn(next(self._next)))

        await asyncio.gather(*(one() for _ in range(many)))
        return seconds

    async def steady(self, per_s: float, for_s: float) -> list[float | None]:
        """So many new ones a second, whether the ones before are answered or not."""
        tasks, started = [], time.perf_counter()
        for number in range(int(per_s * for_s)):
            await asyncio.sleep(max(0.0, started + number / per_s - time.perf_counter()))
            tasks.append(asyncio.create_task(self.turn(next(self._next))))
        return await asyncio.gather(*tasks)
