"""`make parse`: the gate, then the trained model in Rasa's environment, as in a conversation."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from bot.commands.model import RASA_PYTHON, TrainingFailed, ensure_model
from bot.paths import ROOT
from bot.safety.gate import gate
from bot.serve.supervisor import rasa_environment, say

# What the conversation does for the gate's decisions, in the vocabulary's words. Those that have no
# intent of their own (START, somebody else typing) are left to the model; so is a body in danger,
# for whom the ambulance's number stands before whatever topic the model hears.
GATED = {
    "emergency": "report_immediate_danger",
    "lost": "report_immediate_danger",
    "police": "report_immediate_danger",
    "suicide": "express_suicidal_distress",
    "leave": "quick_exit",
    "erase": "delete_my_data",
    "stop": "stop_messages",
}


def gated(line: str) -> str:
    """The line with what the gate decides as `force`; any other line as it is."""
    try:
        value = json.loads(line)
        decision = gate(str(value["text"]), style=str(value.get("channel") or "web"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return line.rstrip("\n") + "\n"  # the other side says what is wrong with it
    force = GATED.get(decision.kind) if decision else None
    return json.dumps({"text": value["text"], "force": force}) + "\n"


def start(model: Path, output: int | None) -> subprocess.Popen[str]:
    """The understanding, waiting for lines of `gated`; `output` as for Popen."""
    command = [str(RASA_PYTHON), "-m", "bot.rasa.parse", str(model)]
    return subprocess.Popen(  # noqa: S603  # our own command
        command, cwd=ROOT, env=rasa_environment(ROOT, 0, 0, "", ""), text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=output,
    )  # fmt: skip


def _feed(lines: Iterable[str], to: IO[str]) -> None:
    for line in lines:
        to.write(gated(line))
        to.flush()
    to.close()


def parse() -> int:
    """The exit code."""
    try:
        model = ensure_model()
    except TrainingFailed as error:
        say(str(error))
        return 1
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    process = start(model, None)
    assert process.stdin is not None
    feeder = threading.Thread(target=_feed, args=(sys.stdin, process.stdin), daemon=True)
    feeder.start()
    return process.wait()
