"""The process and its folder, closed to everybody else on the machine."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def confine(folder: Path) -> None:
    """New files are ours alone, old ones become so, and a crash leaves no picture of the memory."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder.mkdir(parents=True, exist_ok=True)
    for path in open_to_others(folder):
        path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)


def open_to_others(folder: Path) -> Iterator[Path]:
    """What somebody else with an account on the machine may read or change."""
    for path in (folder, *sorted(folder.rglob("*"))):
        if not path.is_symlink() and stat.S_IMODE(path.lstat().st_mode) & _OTHERS:
            yield path
