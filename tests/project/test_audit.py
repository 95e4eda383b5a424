"""The step that looks for known faults: it fails, passes, or says that it did not look."""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime, timedelta
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


def audit(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The script as it is called, but in this process: another one takes a second to begin."""
    out, errors, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(errors):
        patch.setattr(sys, "argv", ["audit.py", *arguments])
        patch.syspath_prepend(ROOT / ".ci")
        try:
            runpy.run_path(str(ROOT / ".ci" / "audit.py"), run_name="__main__")
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), errors.getvalue())


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
    return audit(str(tool))


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


TODAY = datetime.now(UTC).date()
LOCKED = (REQUIREMENTS / "app.txt").read_text("utf-8")
HTTPX = re.search(r"^httpx==(\S+)", LOCKED, re.M)


def copied(folder: Path, *events: dict[str, str], name: str = "httpx",
           versions: tuple[str, ...] = (), on: date = TODAY,
           **more: str) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """With a copy of the advisory database that knows this fault of a package, and no other."""
    fault = {
        "id": "PYSEC-2026-1", "aliases": ["CVE-2026-0001"], "modified": f"{on}T08:00:00Z", **more,
        "affected": [{"package": {"ecosystem": "PyPI", "name": name}, "versions": list(versions),
                      "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]},
                                 {"type": "ECOSYSTEM", "events": list(events)}]}],
    }  # fmt: skip
    (folder / "vulns" / name).mkdir(parents=True)
    text = yaml.safe_dump(fault, sort_keys=False)
    (folder / "vulns" / name / "PYSEC-2026-1.yaml").write_text(text, encoding="utf-8")
    return by_copy(folder)


def by_copy(folder: Path) -> subprocess.CompletedProcess[str]:
    """The audit by the copy in that folder."""
    return audit("--database", str(folder))


@pytest.mark.parametrize("events", [
    [{"introduced": "0"}, {"fixed": "99.1"}],
    [{"fixed": "0.2"}, {"introduced": "0.1"}, {"fixed": "99.1"}, {"introduced": "0.3"}],
    [{"introduced": "0.28"}, {"last_affected": "99"}, {"fixed": "99.1"}],
])  # fmt: skip
def test_behind_a_firewall_a_copy_of_the_database_is_asked(
    tmp_path: Path, events: list[dict[str, str]]
) -> None:
    assert HTTPX is not None
    done = copied(tmp_path, *events)

    assert done.returncode == 1, done.stderr
    assert f"app: httpx {HTTPX[1]}: PYSEC-2026-1, fixed in: " in done.stdout
    assert "99.1 (FAULT)" in done.stdout


def test_a_version_that_the_copy_lists_is_found_without_a_range(tmp_path: Path) -> None:
    assert HTTPX is not None

    assert copied(tmp_path, versions=("2004d", HTTPX[1])).returncode == 1


@pytest.mark.parametrize("events", [
    [{"introduced": "0"}, {"fixed": "0.1"}], [{"introduced": "99"}],
    [{"introduced": "0"}, {"last_affected": "0.1"}], [],
])  # fmt: skip
def test_a_fault_of_another_version_is_none(tmp_path: Path, events: list[dict[str, str]]) -> None:
    done = copied(tmp_path, *events)

    assert (done.returncode, done.stderr) == (0, "")
    assert f"no known fault of the application's packages by {TODAY}" in done.stdout


def test_what_was_withdrawn_is_no_fault(tmp_path: Path) -> None:
    assert copied(tmp_path, {"introduced": "0"}, withdrawn="2026-11-01T00:00:00Z").returncode == 0


@pytest.mark.parametrize("extra", ["", "2999-01-01"], ids=["old", "one of its dates is wrong"])
def test_an_old_copy_is_no_audit(tmp_path: Path, extra: str) -> None:
    if extra:
        (tmp_path / "vulns" / "x").mkdir(parents=True)
        (tmp_path / "vulns" / "x" / "PYSEC-1.yaml").write_text(f"modified: '{extra}T00:00:00Z'\n")
    done = copied(tmp_path, name="no-package-of-ours", on=TODAY - timedelta(days=60))

    assert done.returncode == 3
    assert f"NOT AUDITED since {TODAY - timedelta(days=60)}" in done.stdout
    assert "no known fault" not in done.stdout


def test_a_folder_without_the_database_is_no_audit(tmp_path: Path) -> None:
    done = by_copy(tmp_path)

    assert (done.returncode, done.stderr) == (3, "")
    assert "NOT AUDITED" in done.stdout


FAULTS = ROOT / "docs" / "security" / "libraries.md"
RASA = ROOT / ".venv-rasa" / "bin" / "python"
_CELL = r"[^|]* \|"
ROWS = re.findall(
    rf"^\| (\S+) ([\d.]+) \| {_CELL} {_CELL} ([^|]*) \|", FAULTS.read_text("utf-8"), re.M
)
IMPORTED = {"dnspython": "dns", "protobuf": "google.protobuf", "scikit-learn": "sklearn"}
ANSWERS = """
from bot.rasa.light import _StandIn, leave_out
leave_out()
import sys
import rasa.__main__, rasa.cli.run, rasa.core.run, rasa.server
import bot.nlu.components, bot.rasa.rest, bot.rasa.tracker_store
print(*(name for name, each in sys.modules.items() if not isinstance(each, _StandIn)))
"""


def test_what_is_told_of_a_library_of_rasas_is_of_the_locked_version() -> None:
    locked = (REQUIREMENTS / "rasa.txt").read_text("utf-8")

    assert len(ROWS) > 10
    assert [row for row in ROWS if f"\n{row[0]}=={row[1]} " not in locked] == []


@pytest.mark.skipif(not RASA.exists(), reason="Rasa's environment is not installed")
def test_what_has_known_faults_is_not_in_the_process_that_answers() -> None:
    done = subprocess.run(  # noqa: S603  # our own environment
        [str(RASA), "-W", "ignore", "-c", ANSWERS], cwd=ROOT,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    there = set(done.stdout.split())

    assert "rasa.server" in there, done.stderr
    names = {name: IMPORTED.get(name, name.replace("-", "_")) for name, _, _ in ROWS}
    loaded = {name for name, module in names.items() if module in there}
    assert loaded == {name for name, _, where in ROWS if where.startswith("loaded")}


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


def test_no_workflow_can_be_made_to_write_or_to_run_what_a_stranger_names() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        read = yaml.safe_load(text)
        steps = [step for job in read["jobs"].values() for step in job["steps"]]

        assert read["permissions"] == {"contents": "read"}, path.name
        assert not [job for job in read["jobs"].values() if "permissions" in job]
        assert "pull_request_target" not in text
        assert "workflow_run" not in text
        assert "secrets." not in text
        assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []
        used = [step for step in steps if "uses" in step]
        assert {step["uses"].partition("@")[0] for step in used} <= {"actions/checkout"}
        assert all(step["with"]["persist-credentials"] is False for step in used)
