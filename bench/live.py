"""Our running system: started as by `make run`, asked through its chat page, a Rasa that hangs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx

from bench.pace import spread
from bot.paths import ROOT
from bot.serve.supervisor import free_port

LOAD_PER_S = 50
PATIENCE_S = 60.0


@contextlib.contextmanager
def system(
    folder: Path, more: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[tuple[str, int, float]]:
    """`make run` on a free port with its files under `folder`: (address, pid, seconds to ready)."""
    port = port or free_port()
    base = f"http://127.0.0.1:{port}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMADRE_")}
    environment = {**kept, "COMADRE_PORT": str(port), "COMADRE_VAR": str(folder),
                   "COMADRE_PUBLIC_URL": base, "PYTHONPATH": str(ROOT), **(more or {})}  # fmt: skip
    started = time.monotonic()
    process = subprocess.Popen(  # our own command
        [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=environment,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
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


class Page:
    """The chat page; each turn is a session of its own."""

    def __init__(self, http: httpx.AsyncClient, texts: Sequence[str]) -> None:
        self._http = http
        self._texts = texts

    async def post(self, session: str, number: int, text: str) -> float:
        """Seconds until the gateway has acknowledged."""
        started = time.perf_counter()
        response = await self._http.post("/simulator/message", json={
            "session": session, "style": "whatsapp", "id": str(number), "text": text})  # fmt: skip
        response.raise_for_status()
        return time.perf_counter() - started

    async def turn(self, number: int) -> float | None:
        """Seconds until the first message of the answer is there."""
        session = f"bench-page-{number:08}"
        started = time.perf_counter()
        await self.post(session, number, self._texts[number % len(self._texts)])
        with contextlib.suppress(httpx.TimeoutException):
            await self._http.get("/simulator/replies", params={"session": session, "after": 0},
                                 timeout=PATIENCE_S)  # fmt: skip
            return time.perf_counter() - started
        return None

    async def acknowledged(self, for_s: float) -> dict[str, float]:
        """Times of acknowledgement at LOAD_PER_S messages a second, of two hundred women."""
        tasks, started = [], time.perf_counter()
        for number in range(int(LOAD_PER_S * for_s)):
            await asyncio.sleep(max(0.0, started + number / LOAD_PER_S - time.perf_counter()))
            session = f"bench-load-{number % 200:06}-aaaa"
            text = self._texts[number % len(self._texts)]
            tasks.append(asyncio.create_task(self.post(session, number, text)))
        return {"per_s": LOAD_PER_S, **spread(await asyncio.gather(*tasks))}

    async def hung(self) -> dict[str, float]:
        """Seconds until an emergency and an ordinary question are answered from disk."""
        result = {}
        for name, text in (("emergency", "me está pegando ayuda"), ("ordinary", "¿y mi visa?")):
            session = f"bench-hung-{name:->16}"
            started = time.perf_counter()
            await self.post(session, 1, text)
            await self._http.get("/simulator/replies", params={"session": session, "after": 0},
                                 timeout=PATIENCE_S)  # fmt: skip
            result[name] = round(time.perf_counter() - started, 2)
        return result
