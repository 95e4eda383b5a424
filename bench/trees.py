"""What processes, each with those that it began, have used: processor and memory."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")  # of /proc/PID/stat in a second
Pids = Mapping[str, Collection[int]]  # by what they are


def _fields(pid: int) -> list[str]:
    """Of its state, from the third on; none where it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return []


def below(pid: int, but: Collection[int] = ()) -> list[int]:
    """It, and all that come from it; `but` those, and what comes from them."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            children[int(fields[1])].append(int(entry.name))
    found = [pid]
    for each in found:  # grows meanwhile
        found += [child for child in children[each] if child not in but]
    return found


def members(pids: Pids) -> dict[str, list[int]]:
    """The processes of each part: what is a part of its own counts nowhere else."""
    roots = {root for some in pids.values() for root in some}
    return {name: [each for root in some for each in below(root, roots)]
            for name, some in pids.items()}  # fmt: skip


def processor_s(pids: Pids) -> dict[str, float]:
    """Seconds of processor, those of what has ended included; and our own, "bench"."""
    used = {
        # Each with its children that have ended.
        name: sum(int(ticks) for each in some for ticks in _fields(each)[11:15]) / TICKS
        for name, some in members(pids).items()
    }
    return {**used, "bench": sum(os.times()[:2])}


def memory_mb(pids: Pids) -> dict[str, float]:
    """Resident now, what several share told once in parts; "all" is the sum."""
    return _sizes(pids, "smaps_rollup", "Pss:")


def most_mb(pids: Pids) -> dict[str, float]:
    """The most that was ever resident; "all" is the sum, though not all were largest at once."""
    return _sizes(pids, "status", "VmHWM:")


def _sizes(pids: Pids, file: str, name: str) -> dict[str, float]:
    sizes = {part: round(sum(_kb(each, file, name) for each in some) / 1024, 1)
             for part, some in members(pids).items()}  # fmt: skip
    return {**sizes, "all": round(sum(sizes.values()), 1)}


def _kb(pid: int, file: str, name: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def parts_of(pid: int) -> dict[str, list[int]]:
    """Of `make run`: who supervises, and what it began."""
    found: dict[str, list[int]] = {"supervisor": [pid]}
    for each in below(pid)[1:]:
        with contextlib.suppress(OSError, IndexError):
            if int(_fields(each)[1]) == pid:
                command = Path(f"/proc/{each}/cmdline").read_bytes().decode()
                found["rasa" if "bot.rasa" in command else "application"] = [each]
    return found
