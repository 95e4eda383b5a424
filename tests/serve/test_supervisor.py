"""The supervisor with parts that are quick: scripts of a few lines instead of Rasa."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.paths import ROOT
from bot.serve.supervisor import free_port, rasa_environment
from tests.serve.system import wait_for

SLEEPER = "import time; print('I am here', flush=True); time.sleep(600)"
# Answers 200 to everything and says so.
SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
print("listening", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]); {SLEEPER}"
FAILS = "import sys; print('no such model', flush=True); sys.exit(3)"

SUPERVISE = """
import sys
from pathlib import Path
from bot.serve import supervisor
from bot.serve.supervisor import Part, supervise
supervisor.STOP_S = 1
folder, port, trouble, *scripts = sys.argv[1:]
parts = [
    Part(f"Part {n}", [sys.executable, "-c", script, port], {"MARK": folder},
         Path(folder) / f"{n}.log")
    for n, script in enumerate(scripts, 1)
]
ready = {"Everything": f"http://127.0.0.1:{port}/"}
sys.exit(supervise(parts, ready, "Up.", lambda: trouble or None))
"""


class Supervised:
    """A supervisor over a few scripts, in a process of its own."""

    def __init__(self, folder: Path, *scripts: str, trouble: str = "") -> None:
        self.folder = folder
        self.output = folder / "output.txt"
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(  # noqa: S603  # our own command
                [sys.executable, "-c", SUPERVISE, str(folder), str(free_port()), trouble, *scripts],
                env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=file, stderr=file,
            )  # fmt: skip

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_until(self, words: str) -> None:
        wait_for(words, lambda: words in self.said())

    def parts(self) -> list[int]:
        mark = f"MARK={self.folder}\0".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return sorted(found)

    def assert_nothing_is_left(self) -> None:
        wait_for("the end of every part", lambda: not self.parts(), 15)


def test_it_greets_once_everything_answers_and_ctrl_c_ends_every_part(tmp_path: Path) -> None:
    supervised = Supervised(tmp_path, SLEEPER, SERVER)
    supervised.wait_until("Up.")
    assert len(supervised.parts()) == 2

    supervised.process.send_signal(signal.SIGINT)

    assert supervised.process.wait(30) == 0
    assert "Stopping" in supervised.said()
    supervised.assert_nothing_is_left()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGHUP], ids=["terminate", "hang up"])
def test_other_ways_of_stopping_leave_nothing_behind_either(
    tmp_path: Path, name: signal.Signals
) -> None:
    supervised = Supervised(tmp_path, SERVER)
    supervised.wait_until("Up.")

    supervised.process.send_signal(name)

    assert supervised.process.wait(30) == 0
    supervised.assert_nothing_is_left()


def test_a_part_that_does_not_listen_is_ended_all_the_same(tmp_path: Path) -> None:
    supervised = Supervised(tmp_path, DEAF, SERVER)
    supervised.wait_until("Up.")

    supervised.process.send_signal(signal.SIGINT)
    supervised.process.send_signal(signal.SIGINT)  # an impatient person

    assert supervised.process.wait(30) == 0
    supervised.assert_nothing_is_left()


def test_a_parts_own_children_end_with_it(tmp_path: Path) -> None:
    supervised = Supervised(tmp_path, PARENT, SERVER)
    supervised.wait_until("Up.")
    wait_for("the child", lambda: len(supervised.parts()) == 3)

    supervised.process.send_signal(signal.SIGINT)

    assert supervised.process.wait(30) == 0
    supervised.assert_nothing_is_left()


def test_a_supervisor_that_is_killed_takes_its_parts_along(tmp_path: Path) -> None:
    supervised = Supervised(tmp_path, SLEEPER, SERVER)
    supervised.wait_until("Up.")

    supervised.process.kill()
    supervised.process.wait(30)

    supervised.assert_nothing_is_left()


def test_when_a_part_is_killed_it_says_which_one_with_its_last_lines(tmp_path: Path) -> None:
    supervised = Supervised(tmp_path, SLEEPER, SERVER)
    supervised.wait_until("Up.")
    wait_for("its first line", lambda: b"I am here" in (tmp_path / "1.log").read_bytes())
    first = next(pid for pid in supervised.parts() if SLEEPER in _command(pid))

    os.kill(first, signal.SIGKILL)

    assert supervised.process.wait(30) == 1
    assert "Part 1 was ended by signal 9 (SIGKILL). Its last lines" in supervised.said()
    assert "  I am here" in supervised.said()
    assert "Part 2 " not in supervised.said()
    supervised.assert_nothing_is_left()


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")


def test_a_part_that_cannot_start_is_reported_before_anything_is_ready(tmp_path: Path) -> None:
    supervised = Supervised(tmp_path, FAILS, SLEEPER)

    assert supervised.process.wait(30) == 1
    assert "A part ended before everything was ready." in supervised.said()
    assert "Part 1 ended with code 3." in supervised.said()
    assert "  no such model" in supervised.said()
    supervised.assert_nothing_is_left()


def test_what_the_last_check_finds_wrong_stops_everything(tmp_path: Path) -> None:
    supervised = Supervised(tmp_path, SERVER, trouble="It answers nothing.")

    assert supervised.process.wait(30) == 1
    assert "It answers nothing." in supervised.said()
    assert "Part 1 is still running. Its last lines" in supervised.said()
    assert "Up." not in supervised.said()
    supervised.assert_nothing_is_left()


def test_rasa_learns_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TELEGRAM_BOT_TOKEN", "COMADRE_SECRET_KEY", "COMADRE_SECRET_KEY_OLD",
                 "COMADRE_DATABASE_URL", "A_CHANNEL_OF_TOMORROW_TOKEN"):  # fmt: skip
        monkeypatch.setenv(name, "planted-secret")

    told = rasa_environment(ROOT, 1, 2, "token", "slots.db")

    assert "planted-secret" not in str(told)
