"""How many turns the running system answers in a second, and what a turn costs each process.

One at a time, at a steady pace, and as fast as sixteen who wait for each other's answers can ask.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

WARM_S, ONE_S, STEADY_S, MANY_S = 4.0, 12.0, 15.0, 20.0
PER_S, MANY = 20, 16
PATIENCE_S = 90.0
TICKS = 100.0  # of /proc/PID/stat in a second


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    parts = quantiles([1_000 * s for s in seconds], n=100)
    return {"p50": round(parts[49], 1), "p95": round(parts[94], 1), "p99": round(parts[98], 1)}


def processor_s(pids: Mapping[str, int]) -> dict[str, float]:
    """Seconds of processor that each process has used."""
    used = {}
    for name, pid in pids.items():
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        used[name] = (int(fields[11]) + int(fields[12])) / TICKS
    return used


async def post(http: httpx.AsyncClient, session: str, number: int, text: str) -> float:
    """Seconds until the gateway has acknowledged."""
    started = time.perf_counter()
    response = await http.post("/simulator/message", json={
        "session": session, "style": "whatsapp", "id": str(number), "text": text})  # fmt: skip
    response.raise_for_status()
    return time.perf_counter() - started


async def turn(http: httpx.AsyncClient, session: str, number: int, text: str) -> float:
    """Seconds until the first message of the answer is there; each in a session of its own."""
    started = time.perf_counter()
    await post(http, session, number, text)
    await http.get("/simulator/replies", params={"session": session, "after": 0},
                   timeout=PATIENCE_S)  # fmt: skip
    return time.perf_counter() - started


async def paces(base: str, pids: Mapping[str, int], texts: Sequence[str]) -> dict[str, Any]:
    """For each pace: turns in a second, how long one takes, processor milliseconds of each."""
    limits = httpx.Limits(max_connections=500)
    async with httpx.AsyncClient(base_url=base, timeout=PATIENCE_S, limits=limits) as http:
        await _waiting(http, texts, 1, WARM_S, "warm")
        found = {"one": await _costs(pids, _waiting(http, texts, 1, ONE_S, "one"))}
        found[f"at_{PER_S}_a_second"] = await _costs(pids, _steady(http, texts))
        found[f"{MANY}_at_once"] = await _costs(pids, _waiting(http, texts, MANY, MANY_S, "many"))
    return found


async def _costs(pids: Mapping[str, int], work: Any) -> dict[str, Any]:
    before, started = processor_s(pids), time.perf_counter()
    seconds = await work
    took, after = time.perf_counter() - started, processor_s(pids)
    each = {name: round(1_000 * (after[name] - before[name]) / len(seconds), 1) for name in pids}
    return {"turns_per_s": round(len(seconds) / took, 1), "turn_ms": spread(seconds),
            "processor_ms": each}  # fmt: skip


async def _waiting(http: httpx.AsyncClient, texts: Sequence[str], many: int, for_s: float,
                   name: str) -> list[float]:  # fmt: skip
    """`many` who ask again as soon as they are answered."""
    seconds: list[float] = []
    end, asked = time.perf_counter() + for_s, iter(range(10**6))

    async def one() -> None:
        while time.perf_counter() < end:
            number = next(asked)
            session = f"bench-{name}-{number:08}"
            seconds.append(await turn(http, session, number, texts[number % len(texts)]))

    await asyncio.gather(*(one() for _ in range(many)))
    return seconds


async def _steady(http: httpx.AsyncClient, texts: Sequence[str]) -> list[float]:
    """PER_S new ones a second, whether the ones before are answered or not."""
    tasks, started = [], time.perf_counter()
    for number in range(int(PER_S * STEADY_S)):
        await asyncio.sleep(max(0.0, started + number / PER_S - time.perf_counter()))
        text = texts[number % len(texts)]
        tasks.append(asyncio.create_task(turn(http, f"bench-pace-{number:08}", number, text)))
    return await asyncio.gather(*tasks)
