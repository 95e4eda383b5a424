"""What takes long to make and is the same for every run: kept in var/tests."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from bot.knowledge.fingerprint import of_files
from bot.paths import DATA, ROOT

FOLDER = ROOT / "var" / "tests"


def kept(name: str, make: Callable[[Path], None], folder: Path = FOLDER) -> Path:
    """A file: made by the first process that asks for it, for all of them, and for the next run
    where neither the countries' files nor the program changed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{_of_program()}"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for old in folder.glob(f"{name}-*"):
                old.unlink()
            made = folder / f"{name}-new"
            make(made)
            made.rename(path)
    return path


@cache
def _of_program() -> str:
    """A hash over what reads the files and fills a database."""
    total = hashlib.sha256(of_files().encode())
    programs = (*(ROOT / "bot").rglob("*.py"), *(ROOT / "migrations").rglob("*.py"))
    for each in sorted((*programs, *DATA.glob("*.yml"))):
        total.update(each.read_bytes())
    return total.hexdigest()[:16]
