"""The program's processes in a soak."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.paths import ROOT
from bot.processes import die_with_parent


@dataclass
class Process:
    """One of the program's processes, started again whenever it is killed."""

    role: str
    environment: dict[str, str]
    log: Path
    command: Sequence[str] = ()  # another than that of the role
    kills: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own command
                self.command or [sys.executable, "-m", "bot", "serve", self.role], cwd=ROOT,
                env=self.environment, stdout=log, stderr=log, preexec_fn=die_with_parent,
            )  # fmt: skip

    def kill(self) -> None:
        """At this very instant."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1
        self.start()

    def stop(self) -> None:
        """As when the machine is shut down."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
            self.process.wait()
