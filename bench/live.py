"""The running system under measurement: whole turns, memory, load, a Rasa that hangs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from bench.pace import paces, post, spread
from bot.paths import ROOT
from bot.serve.supervisor import free_port

TURNS, LOAD_PER_S, LOAD_S = 500, 50, 20
SILENCE_S = 0.25


@contextlib.contextmanager
def system(folder: Path) -> Iterator[tuple[str, int, float]]:
    """`make run` on a free port with its files under `folder`: (address, pid, seconds to ready)."""
    port = free_port()
    environment = {**os.environ, "COMADRE_PORT": str(port), "COMADRE_VAR": str(folder),
                   "PYTHONPATH": str(ROOT)}  # fmt: skip
    started = time.monotonic()
    process = subprocess.Popen(  # our own command
        [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=environment,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{base}/readyz", timeout=3).status_code == 200:
                    break
            if process.poll() is not None or time.monotonic() - started > 180:
                raise RuntimeError("the system did not start; try `make run`")
            time.sleep(0.2)
        yield base, process.pid, time.monotonic() - started
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def children(pid: int) -> dict[str, int]:
    """The processes under `pid`: what they are, and their ids."""
    found = {"supervisor": pid}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                command = (entry / "cmdline").read_bytes().decode()
                found["rasa" if "rasa" in command else "application"] = int(entry.name)
    return found


def memory_mb(pids: dict[str, int]) -> dict[str, float]:
    """Resident memory of each."""
    sizes = {}
    for name, pid in pids.items():
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                sizes[name] = round(int(line.split()[1]) / 1024, 1)
    return {**sizes, "all": round(sum(sizes.values()), 1)}


async def figures(base: str, pids: dict[str, int], texts: Sequence[str]) -> dict[str, Any]:
    """All live figures."""
    async with httpx.AsyncClient(base_url=base, timeout=40) as http:
        turns = []
        for number, text in enumerate(texts[:TURNS]):
            # A session for each turn: what is measured is a turn, not a waiting line.
            session = f"bench-session-{number:06}"
            started = time.perf_counter()
            await post(http, session, number, text)
            turns.append(await _last_reply(http, session) - started)
        after_turns = memory_mb(pids)
        pace = await paces(base, pids, texts)
        load = await _load(http, texts)
        os.kill(pids["rasa"], signal.SIGSTOP)
        try:
            hung = await _hung(http)
        finally:
            os.kill(pids["rasa"], signal.SIGCONT)
        return {"turn_ms": spread(turns), "memory_mb": after_turns, "acknowledge_ms": load,
                "pace": pace, "rasa_hangs_s": hung}  # fmt: skip


async def _last_reply(http: httpx.AsyncClient, session: str) -> float:
    """When the last message of the answer was there: after it comes SILENCE_S of nothing."""
    seen, after, patience = time.perf_counter(), 0, 40.0
    with contextlib.suppress(httpx.ReadTimeout):
        while True:
            asked = {"session": session, "after": after}
            response = await http.get("/simulator/replies", params=asked, timeout=patience)
            seen, patience = time.perf_counter(), SILENCE_S
            after = response.json()["messages"][-1]["n"]
    return seen


async def _load(http: httpx.AsyncClient, texts: Sequence[str]) -> dict[str, float]:
    """Acknowledgement times at LOAD_PER_S messages a second."""
    tasks = []
    started = time.perf_counter()
    for number in range(LOAD_PER_S * LOAD_S):
        await asyncio.sleep(max(0.0, started + number / LOAD_PER_S - time.perf_counter()))
        session = f"bench-load-{number % 200:06}-aaaa"
        tasks.append(asyncio.create_task(post(http, session, number, texts[number % len(texts)])))
    return spread(await asyncio.gather(*tasks))


async def _hung(http: httpx.AsyncClient) -> dict[str, float]:
    """Seconds until an emergency and an ordinary question are answered from disk."""
    result = {}
    for name, text in (("emergency", "me está pegando ayuda"), ("ordinary", "¿y mi visa?")):
        session = f"bench-hung-{name:->16}"
        started = time.perf_counter()
        await post(http, session, 1, text)
        await http.get("/simulator/replies", params={"session": session, "after": 0})
        result[name] = round(time.perf_counter() - started, 2)
    return result
