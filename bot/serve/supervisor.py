"""`make run`: starts Rasa and the application, waits until both are ready, stops both.

Standard library alone: it must be able to say what went wrong when everything else is broken.
"""

from __future__ import annotations

import contextlib
import ctypes
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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

LAST_LINES = 25
READY_S = 120
STOP_S = 8


def say(text: str) -> None:
    """Progress, to stderr."""
    print(text, file=sys.stderr, flush=True)


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """In the child: when the supervisor is killed, the kernel ends the child too (Linux)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


@dataclass
class Part:
    """One process, and the last lines that it wrote."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))

    def start(self) -> None:
        """Begin; everything it prints goes to its log file and to `lines`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(  # noqa: S603  # our own commands
            self.command, env=dict(self.environment), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=_die_with_parent,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        with self.log.open("wb") as file:
            for line in self.process.stdout:
                file.write(line)
                file.flush()
                self.lines.append(line.decode("utf-8", "replace").rstrip())

    @property
    def ended(self) -> int | None:
        """The exit code, once it has ended."""
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        """Ask the whole process group to end, then end it."""
        if self.process is None:
            return
        for name, seconds in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, 2)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, name)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)


class Stopped(Exception):
    """Ctrl-C or SIGTERM."""


def _raise_stopped(_: int, __: FrameType | None) -> None:
    raise Stopped


def supervise(parts: Sequence[Part], ready: Mapping[str, str], greeting: str) -> int:
    """Run `parts` until one ends or somebody stops us; the exit code for the shell."""
    signal.signal(signal.SIGTERM, _raise_stopped)
    signal.signal(signal.SIGINT, _raise_stopped)
    try:
        for part in parts:
            part.start()
        _wait_ready(parts, ready)
        say(greeting)
        while all(part.ended is None for part in parts):
            time.sleep(0.3)
        return _report(parts)
    except Stopped:
        say("\nStopping …")
        return 0
    except TimeoutError as error:
        say(str(error))
        return _report(parts, always=True)
    finally:
        # A second Ctrl-C while stopping must not leave anything behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for part in reversed(parts):
            part.stop()


def _report(parts: Sequence[Part], always: bool = False) -> int:
    for part in parts:
        if part.ended is not None or always:
            say(f"{part.name} ended with code {part.ended}. Its last lines ({part.log}):")
            for line in part.lines:
                say(f"  {line}")
    return 1


def _wait_ready(parts: Sequence[Part], ready: Mapping[str, str]) -> None:
    started = time.monotonic()
    for name, url in ready.items():
        while not _answers(url):
            if any(part.ended is not None for part in parts):
                raise TimeoutError("A part ended before everything was ready.")
            if time.monotonic() - started > READY_S:
                raise TimeoutError(f"{name} was not ready after {READY_S} s ({url}).")
            time.sleep(0.2)
        say(f"  {name} is ready after {time.monotonic() - started:.1f} s")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  # loopback
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def rasa_environment(root: Path, rasa_port: int, actions_port: int, token: str,
                     tracker_url: str) -> dict[str, str]:  # fmt: skip
    """What Rasa's process is told."""
    return {
        **os.environ,
        "PYTHONPATH": str(root),
        "COMADRE_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook?token={token}",
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
        str(root / ".venv-rasa/bin/python"), "-m", "rasa", "run", "--interface",
        "127.0.0.1", "--port", str(port), "--model", str(model), "--endpoints",
        str(root / "endpoints.yml"), "--credentials", str(root / "credentials.yml"),
        "--quiet",
    ]  # fmt: skip
    return Part("Rasa", command, environment, log)


def new_token() -> str:
    """A secret for one run, shared by the two processes."""
    return secrets.token_hex(16)
