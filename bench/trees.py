"""What processes, each with those that it began, have used: processor and memory."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")  # of /proc/PID/stat in a second
Pids = Mapping[str, Iterable[int]]  # by what they are


def _fields(pid: int) -> list[str]:
    """Of its state, from the third on; none where it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return []


def below(pid: int) -> list[int]:
    """It, and all that come from it."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            children[int(fields[1])].append(int(entry.name))
    found = [pid]
    for each in found:  # grows meanwhile
        found += children[each]
    return found


def processor_s(pids: Pids) -> dict[str, float]:
    """Seconds of processor, those of what has ended included; and our own, "bench"."""
    used = {}
    for name, roots in pids.items():
        ticks = 0
        for root in roots:
            for each in below(root):
                # Of itself, and of its children that have ended.
                ticks += sum(map(int, _fields(each)[11:15]))
        used[name] = ticks / TICKS
    return {**used, "bench": sum(os.times()[:2])}


def memory_mb(pids: Pids) -> dict[str, float]:
    """Resident now, what several share told once in parts; "all" is the sum."""
    sizes = {name: round(sum(_kb(each, "smaps_rollup", "Pss:") for root in roots
                             for each in below(root)) / 1024, 1)
             for name, roots in pids.items()}  # fmt: skip
    return {**sizes, "all": round(sum(sizes.values()), 1)}


def most_mb(pids: Pids) -> dict[str, float]:
    """The most that was ever resident; "all" is the sum, though not all were largest at once."""
    sizes = {name: round(sum(_kb(each, "status", "VmHWM:") for root in roots
                             for each in below(root)) / 1024, 1)
             for name, roots in pids.items()}  # fmt: skip
    return {**sizes, "all": round(sum(sizes.values()), 1)}


def _kb(pid: int, file: str, name: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def parts_of(pid: int) -> dict[str, list[int]]:
    """Of `make run`: who supervises, and what it began."""
    found: dict[str, list[int]] = {"supervisor": []}
    for each in below(pid):
        with contextlib.suppress(OSError, IndexError):
            if int(_fields(each)[1]) == pid:
                command = Path(f"/proc/{each}/cmdline").read_bytes().decode()
                found["rasa" if "bot.rasa" in command else "application"] = [each]
    return found
