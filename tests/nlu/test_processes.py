"""A training that is cut off, however roughly, leaves nothing that goes on working."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from bot.commands.model import RASA_PYTHON
from bot.paths import ROOT
from tests.serve.system import wait_for

_LONG = (
    "from bot.nlu.encoder import ManyProcesses\n"
    "if __name__ == '__main__':\n"
    "    ManyProcesses().encode(['¿dónde está mi hija?'] * 500_000)\n"
)


def _ancestors(pid: str) -> set[str]:
    """`pid` and whoever began it, up to the first that is not there any more."""
    found: set[str] = set()
    with suppress(OSError):
        while pid not in ("0", "1"):
            found.add(pid)
            pid = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]
    return found


def test_the_encoders_processes_end_with_the_training(tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(_LONG, encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603  # our own words
        [RASA_PYTHON, "-W", "ignore", script], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    workers: set[str] = set()

    def begun() -> bool:
        pids = {each.name for each in Path("/proc").iterdir() if each.name.isdecimal()}
        workers.update(pid for pid in pids if str(process.pid) in _ancestors(pid) - {pid})
        return len(workers) >= 2

    try:
        wait_for("processes that encode", begun)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_for("the end of what it began", lambda: not any(map(_is_alive, workers)), 10)


def _is_alive(pid: str) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False
