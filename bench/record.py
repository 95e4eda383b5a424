"""Where a stage's figures go, with what they were taken on, and its command line."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.paths import ROOT
from bot.serve.supervisor import say

DATA = ROOT / "docs" / "benchmarks" / "data"
# The stages that write a file there, in the order in which `make bench` runs them.
MEASURED = ("turns", "scaling", "growth", "examples", "losses", "understanding", "stock")


def load() -> float:
    """Of the last minute: how many processes wanted a core."""
    return round(os.getloadavg()[0], 1)


def machine() -> dict[str, Any]:
    """What it all ran on."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in info if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": os.cpu_count(), "processor": names[0] if names else os.uname().machine,
            "memory_gb": round(memory / 1e9)}  # fmt: skip


def commit() -> str:
    """The state of the program that was measured; a + where it was changed since."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True,  # noqa: S603, S607
                              check=False).stdout.strip()  # fmt: skip

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/benchmarks")
    return git("rev-parse", "--short", "HEAD") + ("+" if changed else "")


@dataclass(frozen=True)
class Record:
    """A stage that begins now; `to` is the folder of its file."""

    stage: str
    to: Path = DATA
    load_before: float = field(default_factory=load)
    changed: bool = False  # whether figures of a program that no commit holds may be kept

    def __post_init__(self) -> None:
        """Before minutes of measuring; raises SystemExit."""
        if self.to == DATA and not self.changed and commit().endswith("+"):
            raise SystemExit(
                f"The program differs from its commit ({commit()}): nobody could measure this "
                "again. Commit first, or say --changed, or --to another folder."
            )

    def write(self, values: Mapping[str, Any]) -> Path:
        """The stage's file."""
        head = {"stage": self.stage, "date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": commit(),
                "machine": machine(), "load_before": self.load_before}  # fmt: skip
        text = json.dumps({**head, **values}, indent=1, ensure_ascii=False)
        self.to.mkdir(parents=True, exist_ok=True)
        path = self.to / f"{self.stage}.json"
        path.write_text(text + "\n", encoding="utf-8")
        say(f"{text}\n{path}")
        return path


def command_line(stage: str, words: str | None) -> argparse.ArgumentParser:
    """With what every stage takes."""
    parser = argparse.ArgumentParser(prog=f"python -m bench {stage}", description=words)
    parser.add_argument("--to", type=Path, default=DATA, help="folder of the figures")
    parser.add_argument("--changed", action="store_true",
                        help="also of a program that differs from its commit")  # fmt: skip
    return parser


def numbers(text: str) -> list[int]:
    """Of "1,2,4"."""
    return [int(each) for each in text.split(",") if each]
