"""What comes before everything else is done by a process that ends: who supervises stays small."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.commands import run
from bot.commands.run import NotPrepared, Ways, _prepare
from bot.serve.supervisor import Part
from bot.settings import read_settings
from tests.serve.system import wait_for


@dataclass
class Rasa:
    """It has begun already."""

    stopped: bool = False

    def start(self) -> None: ...

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def ways(tmp_path: Path) -> Ways:
    return Ways(read_settings({"COMADRE_VAR": str(tmp_path)}, tmp_path), 1, "token")


def prepared(ways: Ways, rasa: Rasa, code: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(run, "PREPARE", (sys.executable, "-c", code))
    part: Part = rasa  # type: ignore[assignment]
    return _prepare(ways, part)


def test_the_child_says_where_the_back_office_is(
    ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    rasa = Rasa()

    assert prepared(ways, rasa, "print('/portal/x')", monkeypatch) == "/portal/x"
    assert not rasa.stopped


def test_where_nothing_could_be_prepared_rasa_does_not_stay(
    ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    rasa = Rasa()

    with pytest.raises(NotPrepared):
        prepared(ways, rasa, "raise SystemExit(1)", monkeypatch)
    assert rasa.stopped


def test_ctrl_c_meanwhile_ends_the_child_too(
    ways: Ways, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, rasa = tmp_path / "pid", Rasa()
    code = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    def ctrl_c() -> None:
        wait_for("the child", lambda: note.exists() and bool(note.read_text()))
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=ctrl_c, daemon=True).start()

    with pytest.raises(KeyboardInterrupt):
        prepared(ways, rasa, code, monkeypatch)

    assert rasa.stopped
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_who_supervises_reads_neither_the_countries_nor_their_libraries() -> None:
    """They were most of what it held: a hundred megabytes for as long as it ran."""
    code = (
        "import sys, bot.commands.run\n"
        "print([n for n in ('sqlalchemy', 'numpy', 'pydantic', 'phonenumbers', 'scipy')"
        " if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"
