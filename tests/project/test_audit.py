"""The step that looks for known faults: it fails, passes, or says that it did not look."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.paths import ROOT

FAULT = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-0001"], "fix_versions": ["9.9"]}
REQUIREMENTS = ROOT / "requirements"


def told(name: str, vulns: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """What pip-audit says of every package of that file; the first one has the faults."""
    locked = re.findall(r"^(\S+)==(\S+)", (REQUIREMENTS / f"{name}.txt").read_text("utf-8"), re.M)
    found = [{"name": each, "version": version, "vulns": []} for each, version in locked]
    found[0]["vulns"] = vulns or []
    return {"dependencies": found, "fixes": []}


def audited(folder: Path, **answers: object) -> subprocess.CompletedProcess[str]:
    """With a pip-audit that says that of app.txt and rasa.txt."""
    for name in ("app", "rasa"):
        said = answers.get(name, told(name))
        (folder / f"{name}.json").write_text(
            said if isinstance(said, str) else json.dumps(said), encoding="utf-8"
        )
    tool = folder / "pip-audit"
    which = '"$(basename "$last" .txt).json"'
    tool.write_text(f'#!/bin/sh\nfor last; do :; done\ncat "{folder}"/{which}\n')
    tool.chmod(0o755)
    return subprocess.run(  # noqa: S603  # our own script
        [sys.executable, str(ROOT / ".ci" / "audit.py"), str(tool)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_what_has_no_known_fault_passes(tmp_path: Path) -> None:
    done = audited(tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "NOT AUDITED" not in done.stdout


def test_a_known_fault_of_the_application_fails_the_build_and_names_the_version_without(
    tmp_path: Path,
) -> None:
    done = audited(tmp_path, app=told("app", [FAULT]))

    assert done.returncode == 1
    assert "PYSEC-2026-1, fixed in: 9.9 (FAULT)" in done.stdout


def test_rasas_old_libraries_are_told_and_fail_nothing(tmp_path: Path) -> None:
    done = audited(tmp_path, rasa=told("rasa", [FAULT]))

    assert done.returncode == 0
    assert "PYSEC-2026-1, fixed in: 9.9 (cannot be updated)" in done.stdout


@pytest.mark.parametrize(
    "said",
    ["", "Connection refused", '{"dependencies": []}',
     {"dependencies": [{"name": "httpx", "skip_reason": "Dependency not found on PyPI"}]}],
    ids=["silence", "no JSON", "nothing", "pip-audit's own way of passing without a network"],
)  # fmt: skip
def test_without_a_network_it_says_that_it_did_not_look_and_does_not_pass(
    tmp_path: Path, said: object
) -> None:
    done = audited(tmp_path, app=said)

    assert done.returncode == 3
    assert re.search(r"NOT AUDITED: \d+ of \d+ packages of app\.txt", done.stdout)
    assert "no known fault" not in done.stdout


def test_a_fault_is_not_hidden_by_another_package_that_could_not_be_looked_up(
    tmp_path: Path,
) -> None:
    some = told("app", [FAULT])
    some["dependencies"] = some["dependencies"][:1]

    assert audited(tmp_path, app=some).returncode == 1


def test_each_accepted_fault_has_its_reason() -> None:
    lines = (REQUIREMENTS / "accepted.txt").read_text(encoding="utf-8").splitlines()

    for line in lines:
        assert line.startswith("#") or len(line.split()) >= 5, line


@pytest.mark.parametrize(
    ("code", "required", "ends"),
    [(0, "", 0), (3, "", 0), (3, "1", 3), (1, "", 0), (1, "1", 1)],
)
def test_continuous_integration_says_it_at_the_end_and_fails_where_it_is_required(
    tmp_path: Path, code: int, required: str, ends: int
) -> None:
    """The lines of .ci/run that judge, with an audit that ends so."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    step = script.partition('say "make audit"\n')[2].partition("\nsay ")[0]
    last = script.rpartition("\n\n")[2]
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f"#!/bin/sh\nexit {code}\n")
    python.chmod(0o755)

    done = subprocess.run(  # noqa: S603
        ["bash", "-euo", "pipefail", "-c", f"say() {{ echo \"$@\"; }}\n{step}\n{last}"],  # noqa: S607
        cwd=tmp_path, env={**os.environ, "COMADRE_AUDIT_REQUIRED": required},
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip

    assert done.returncode == ends, done.stderr
    assert ("NOT AUDITED" in done.stdout) == (code == 3 and ends == 0)
    assert ("KNOWN FAULTS" in done.stdout) == (code == 1 and ends == 0)


def test_where_there_is_a_network_it_must_be_asked() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))

    assert workflow["jobs"]["all"]["steps"][-1]["env"] == {"COMADRE_AUDIT_REQUIRED": "1"}
