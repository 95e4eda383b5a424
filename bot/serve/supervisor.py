"""`make run`: starts Rasa and the application, waits until both are ready, stops both.

Standard library alone: it must be able to say what went wrong when everything else is broken.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.processes import die_with_parent

LAST_LINES = 25
READY_S = 120
STOP_S = 8
# All that Rasa's process sees of our environment: what it may see, not what it may not. So the
# secrets of the next channel are kept from it without anybody thinking of it.
_RASA_MAY_SEE = ("PATH", "HOME", "LANG", "LC_", "TZ", "TMPDIR", "TERM", "LD_LIBRARY_PATH",
                 "OPENBLAS_", "NVPL_", "MKL_", "PYTHONDONTWRITEBYTECODE",
                 "COMADRE_RETENTION_")  # fmt: skip


def say(text: str) -> None:
    """Progress, to stderr."""
    print(text, file=sys.stderr, flush=True)


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Part:
    """One process, and the last lines that it wrote."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    reader: threading.Thread | None = None
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))

    def start(self) -> None:
        """Begin; everything it prints goes to its log file and to `lines`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(  # noqa: S603  # our own commands
            self.command, env=dict(self.environment), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=die_with_parent,
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        with self.process.stdout as lines, self.log.open("wb") as file:
            for line in lines:
                file.write(line)
                file.flush()
                self.lines.append(line.decode("utf-8", "replace").rstrip())

    @property
    def ended(self) -> int | None:
        """The exit code, once it has ended."""
        return self.process.poll() if self.process else None

    def read_all(self) -> None:
        """Wait until the last lines of a part that has ended are there."""
        if self.reader is not None and self.ended is not None:
            self.reader.join(2)

    def stop(self) -> None:
        """Ask the whole process group to end, then end it."""
        if self.process is None:
            return
        for name, seconds in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, 2)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, name)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self.read_all()


def supervise(parts: Sequence[Part], ready: Mapping[str, str], greeting: str,
              last_check: Callable[[], str | None] = lambda: None,
              meanwhile: Callable[[], None] = lambda: None,
              at_the_end: Callable[[], None] = lambda: None) -> int:  # fmt: skip
    """Run `parts`, those too that have begun, until one ends or somebody stops us; the exit code
    for the shell.

    `ready`: addresses that must answer 200, by name. `last_check` follows, and says what is wrong.
    `meanwhile` is called again and again, and may put another part in the place of one;
    `at_the_end` before the parts are stopped.
    """
    stopped = threading.Event()
    # The handlers only note it: an exception raised in the midst of starting or stopping a part
    # would leave that part behind. A second Ctrl-C changes nothing either.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stopped.set())
    try:
        for part in parts:
            if part.process is None:
                part.start()
        trouble = _wait_ready(parts, ready, stopped)
        if not trouble and not stopped.is_set():
            trouble = last_check()
        if not trouble and not stopped.is_set():
            say(greeting)
            while not stopped.wait(0.3) and not _ended(parts):
                meanwhile()
        if stopped.is_set():
            say("\nStopping …")
            return 0
        if trouble:
            say(trouble)
        _report(_ended(parts) or parts)
        return 1
    finally:
        at_the_end()
        for part in reversed(parts):
            part.stop()


def _ended(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.ended is not None]


def _report(parts: Sequence[Part]) -> None:
    for part in parts:
        part.read_all()
        say(f"{part.name} {_how_it_ended(part.ended)}. Its last lines ({part.log}):")
        for line in part.lines or ["(it wrote nothing)"]:
            say(f"  {line}")


def _how_it_ended(code: int | None) -> str:
    if code is None:
        return "is still running"
    if code < 0:
        return f"was ended by signal {-code} ({signal.Signals(-code).name})"
    return f"ended with code {code}"


def _wait_ready(parts: Sequence[Part], ready: Mapping[str, str],
                stopped: threading.Event) -> str | None:  # fmt: skip
    """What is wrong; None once everything is ready, or somebody has stopped us."""
    started = time.monotonic()
    for name, url in ready.items():
        while not answers(url):
            if stopped.is_set():
                return None
            if _ended(parts):
                return "A part ended before everything was ready."
            if time.monotonic() - started > READY_S:
                return f"{name} was not ready after {READY_S} s ({url})."
            stopped.wait(0.2)
        say(f"  {name} is ready after {time.monotonic() - started:.1f} s")
    return None


def answers(url: str) -> bool:
    """Whether it says 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  # loopback
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def rasa_environment(root: Path, rasa_port: int, actions_port: int, token: str,
                     tracker_url: str) -> dict[str, str]:  # fmt: skip
    """What Rasa's process is told: nothing of the providers' credentials or our own keys."""
    return {
        **{name: value for name, value in os.environ.items() if name.startswith(_RASA_MAY_SEE)},
        "PYTHONPATH": str(root),
        "COMADRE_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "COMADRE_RASA_TOKEN": token,  # who may ask Rasa (bot/rasa/rest.py), and Rasa the actions
        "COMADRE_TRACKER_URL": tracker_url,
        # One message at a time on one thread is fastest for short texts on few cores.
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "PYTHONWARNINGS": "ignore",
        "SANIC_WORKERS": "1",
    }  # fmt: skip


def rasa_part(root: Path, model: Path, port: int, environment: Mapping[str, str],
              log: Path) -> Part:  # fmt: skip
    """Rasa's server, on loopback."""
    command = [
        str(root / ".venv-rasa/bin/python"), "-m", "bot.rasa.light", "run", "--interface",
        "127.0.0.1", "--port", str(port), "--model", str(model), "--endpoints",
        str(root / "endpoints.yml"), "--credentials", str(root / "credentials.yml"),
        "--quiet",
    ]  # fmt: skip
    return Part("Rasa", command, environment, log)


def new_token() -> str:
    """A secret for one run, shared by the two processes."""
    return secrets.token_hex(16)
