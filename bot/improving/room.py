"""Whether a training fits into the memory that is left, before it is begun.

A training that the kernel ends after half an hour looks like a fault of the program; the page says
beforehand what is missing. Standard library alone.
"""

from __future__ import annotations

from pathlib import Path

# Measured once, all processes of a training together, at their peak (docs/portal.md).
TRAINING_MB = 1_850
# What the program has beside it (docs/deploy.md).
PROGRAM_MB = 1_000


def room_mb(proc: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")) -> int | None:
    """Megabytes that may still be taken, on the machine and within the limit of this program's
    control group (version 2); None where neither is told."""
    told = [each for each in (_of_machine(proc), _of_group(proc, groups)) if each is not None]
    return min(told) // 2**20 if told else None


def fits(room: int | None) -> bool:
    """Where nothing is told nothing is refused."""
    return room is None or room >= TRAINING_MB


def _of_machine(proc: Path) -> int | None:
    return _line(proc / "meminfo", "MemAvailable:", 1024)


def _of_group(proc: Path, groups: Path) -> int | None:
    """The narrowest of the groups that this process stands in; what the kernel can give back of
    the files that it holds counts as free."""
    try:
        lines = (proc / "self/cgroup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    own = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), None)
    if own is None:
        return None
    found = []
    folder = groups / own
    for each in (folder, *folder.parents):
        if groups not in (each, *each.parents):
            break
        most, taken = _number(each / "memory.max"), _number(each / "memory.current")
        if most is not None and taken is not None:
            given_back = _line(each / "memory.stat", "inactive_file ", 1) or 0
            found.append(max(0, most - taken + given_back))
    return min(found, default=None)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # "max": no limit
        return None


def _line(path: Path, name: str, unit: int) -> int | None:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = (line.removeprefix(name).split()[0] for line in lines if line.startswith(name))
    number = next(found, None)
    return int(number) * unit if number else None
