"""Whether what the program stands on is there: asked once at a time, never waited for long."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from connectors.leases import writing
from connectors.models import Setting

LEAST_FREE = 16 * 1024 * 1024  # bytes; logs and SQLite's journal need some
WAIT_S, FRESH_S = 2.0, 2.0


class Probe:
    """A check that returns what is wrong. However many ask, it runs once at a time: a part that
    hangs must not take the threads of those that work."""

    def __init__(self, check: Callable[[], Awaitable[str | None]], wait_s: float = WAIT_S,
                 clock: Callable[[], float] = time.monotonic) -> None:  # fmt: skip
        self._check, self._wait_s, self._clock = check, wait_s, clock
        self._task: asyncio.Task[None] | None = None
        self._why: str | None = None
        self._at = float("-inf")

    async def state(self) -> dict[str, Any]:
        """`{"ok": True}`, or `{"ok": False, "why": …}`."""
        if self._task is None and self._clock() - self._at > FRESH_S:
            self._task = asyncio.create_task(self._run())
        if self._task is not None:
            done, _ = await asyncio.wait({self._task}, timeout=self._wait_s)
            if not done:
                return {"ok": False, "why": f"no answer within {self._wait_s:g} s"}
        return {"ok": True} if self._why is None else {"ok": False, "why": self._why}

    async def _run(self) -> None:
        try:
            self._why = await self._check()
        except Exception as error:  # any failure of any driver means the same here
            self._why = type(error).__name__
        finally:
            self._at, self._task = self._clock(), None


class _Undone(Exception):
    """Ends a transaction of which nothing shall stay."""


def database_trouble(engine: Engine) -> str | None:
    """What is wrong: it must be there, have our tables, and let us write. Nothing is kept."""
    try:
        with writing(engine) as session:
            session.execute(insert(Setting).values(key="readiness", value=""))
            raise _Undone
    except _Undone:
        return None


def disk_trouble(folder: Path, least: int = LEAST_FREE) -> str | None:
    """What is wrong with the disk under `folder`."""
    if free_bytes(folder) < least:
        return f"less than {least // 1024 // 1024} MB are free under COMADRE_VAR"
    return None


def free_bytes(folder: Path) -> int:
    """What the program may still write there; 0 where no new file fits."""
    disk = os.statvfs(folder)
    has_room = disk.f_favail > 0 or disk.f_files == 0  # some file systems do not count files
    return disk.f_bavail * disk.f_frsize if has_room else 0
