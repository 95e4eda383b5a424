"""The whole system as `make run` starts it, seen from outside: a process, a port, a folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.paths import ROOT
from bot.processes import die_with_parent
from bot.serve.supervisor import free_port
from connectors.registry import missing_settings

READY_S = 120  # the machine may be busy with something else
GREETING = "Comadre is running."
RASA, APPLICATION = "bot.rasa.light\0run", "bot\0serve"


def wait_for(what: str, check: Callable[[], bool], timeout_s: float = 60) -> None:
    """Return as soon as `check` holds; raises TimeoutError that names `what`."""
    end = time.monotonic() + timeout_s
    while not check():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not after {timeout_s:.0f} s")
        time.sleep(0.1)


@dataclass
class System:
    """`python -m bot run` with a port and a folder of its own."""

    folder: Path
    port: int
    model: Path
    metrics_port: int
    own: Mapping[str, str] = field(default_factory=dict)  # settings of this one
    root: Path = ROOT  # the program's
    ready_after_s: float = 0.0
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, folder: Path, model: Path, root: Path = ROOT,
              own: Mapping[str, str] | None = None) -> System:  # fmt: skip
        """Begun, not yet ready. It must not train anything itself: that takes minutes."""
        system = cls(folder, free_port(), model, free_port(), own or {}, root)
        with (folder / "run.txt").open("wb") as output:
            system.process = subprocess.Popen(  # our own command
                [sys.executable, "-m", "bot", "run"], cwd=root, env=system._environment(),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                preexec_fn=die_with_parent,  # also where the tests themselves are killed
            )  # fmt: skip
        return system

    @classmethod
    @contextmanager
    def running(cls, folder: Path, model: Path, root: Path = ROOT,
                own: Mapping[str, str] | None = None) -> Iterator[System]:  # fmt: skip
        """Ready; in the end Ctrl-C must stop it and leave nothing behind."""
        system = cls.start(folder, model, root, own)
        try:
            system.wait_ready()
            yield system
            system.tell(signal.SIGINT)
            assert system.exit_code() == 0, system.output
            system.assert_nothing_is_left()
        finally:
            system.end()

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("COMADRE_")}
        # Set but empty, so that a developer's own `.env` does not switch channels on.
        off = {name: "" for names in missing_settings({}).values() for name in names}
        return {
            **kept, **off,
            "COMADRE_PORT": str(self.port), "COMADRE_VAR": str(self.folder),
            "COMADRE_MODEL": str(self.model),
            "COMADRE_DATABASE_URL": "", "COMADRE_REDIS_URL": "",
            "COMADRE_RASA_TIMEOUT_S": "30", "COMADRE_METRICS_PORT": str(self.metrics_port),
            "PYTHONPATH": str(self.root), **self.own,
        }  # fmt: skip

    @property
    def url(self) -> str:
        """Where the gateway listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """What it has told the person who started it."""
        return (self.folder / "run.txt").read_text(encoding="utf-8", errors="replace")

    def wait_until(self, line: str, timeout_s: float = 60) -> None:
        """Until its output holds `line`; raises AssertionError if it ends before that."""
        assert self.process is not None
        process = self.process
        wait_for(
            f"{line!r} in the output", lambda: line in self.output or process.poll() is not None,
            timeout_s,
        )  # fmt: skip
        assert line in self.output, f"it ended with {process.poll()}:\n{self.output}"

    def wait_ready(self) -> None:
        """Until it greets; notes how long that took."""
        started = time.monotonic()
        self.wait_until(GREETING, READY_S)
        assert httpx.get(f"{self.url}/readyz", timeout=10).status_code == 200
        self.ready_after_s = time.monotonic() - started

    def tell(self, name: signal.Signals) -> None:
        """A signal to the supervisor alone; Ctrl-C in a terminal would reach `make` as well."""
        assert self.process is not None
        self.process.send_signal(name)

    def exit_code(self, timeout_s: float = 60) -> int:
        """Waits for its end; raises TimeoutExpired."""
        assert self.process is not None
        return self.process.wait(timeout_s)

    def processes(self) -> dict[int, str]:
        """Every living process that was started for this folder: its command by its number."""
        # Rasa is told of the folder only by where its slots lie.
        marks = (f"COMADRE_VAR={self.folder}\0".encode(), f"{self.folder}/".encode())
        found: dict[int, str] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                command = _command_if_marked(entry, marks)
                if command:
                    found[int(entry.name)] = command
        return found

    def part(self, words: str) -> int | None:
        """The number of the process whose command holds `words`."""
        return next((pid for pid, command in self.processes().items() if words in command), None)

    def wait_for_part(self, words: str) -> int:
        """The same, once it is there; raises TimeoutError."""
        wait_for(f"a process {words!r}", lambda: self.part(words) is not None)
        pid = self.part(words)
        assert pid is not None
        return pid

    def assert_nothing_is_left(self) -> None:
        """No process of this system lives any more."""
        wait_for(f"the end of {self.processes()}", lambda: not self.processes(), 10)

    def end(self) -> None:
        """Whatever a failed test has left behind."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(10)


def _command_if_marked(entry: Path, marks: tuple[bytes, ...]) -> str:
    """Empty for another's process, and for one that has ended and only waits to be noticed."""
    try:
        environment = (entry / "environ").read_bytes()
        if not any(mark in environment for mark in marks):
            return ""
        return (entry / "cmdline").read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return ""
