"""Whoever follows the README gets what it says."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from bot.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.S)
    for line in block.splitlines()
    if line.strip()
]
TALKING = [command for command in COMMANDS if "|" in command]
# Started by continuous integration itself, because they hold the machine or run these very tests.
BY_CI = {
    "make run": "setsid make -s run",
    "make test": "make -s test",
    "make evaluate": "make -s evaluate",
    "make check": "make -s check",
}


def test_every_command_is_run_by_a_test_or_by_continuous_integration() -> None:
    ci = "".join((ROOT / ".ci" / name).read_text(encoding="utf-8") for name in ("run", "smoke"))

    assert COMMANDS
    for command in set(COMMANDS) - set(TALKING):
        assert BY_CI[command] in ci, command


def test_make_alone_lists_its_targets() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607

    for name in ("run", "test", "parse", "converse", "evaluate", "bench"):
        assert f"make {name}" in done.stderr


@pytest.mark.running
@pytest.mark.parametrize("command", TALKING, ids=lambda text: text.split("make -s ")[-1])
def test_the_example_answers_with_json(command: str) -> None:
    done = subprocess.run(  # noqa: S602  # the README's own lines
        command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )

    assert done.returncode == 0, done.stderr[-2_000:]
    answer = json.loads(done.stdout)
    assert answer.get("intent") == "ask_asylum" or answer["acted_on"] == "ask_unpaid_wages"


def test_linked_pages_exist() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []
