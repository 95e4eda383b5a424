"""Known faults of the locked packages, by pip-audit, which also says "none" where it asked nobody.

    python .ci/audit.py [PIP_AUDIT]
    python .ci/audit.py --database FOLDER

The second asks no network: FOLDER is a copy of https://github.com/pypa/advisory-database, fetched
where there is one. A copy whose last change is older than MOST_DAYS counts as not looked up.

Ends with 0: every package was looked up, and the application has no known fault but those that
requirements/accepted.txt names with a reason. 1: it has. 3: NOT AUDITED, all or some, because
nobody could be asked; never taken for a pass. .ci/run says either again at its end, and fails with
COMADRE_AUDIT_REQUIRED. Rasa's packages are told and fail nothing: they have no newer version
that Rasa takes, which is why Rasa has a process without secrets, on loopback.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from advisories import Advisories

ROOT = Path(__file__).parents[1]
FAULTS, NOT_AUDITED = 1, 3
PATIENCE_S = 60  # for each file; a machine that is closed off should not wait long
MOST_DAYS = 31  # how old the last change of a copy of the database may be
MAY_FAIL = {"app": True, "rasa": False}
DATABASE = "--database"


def accepted() -> set[str]:
    """Judged by a person not to reach us."""
    lines = (ROOT / "requirements" / "accepted.txt").read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


def ask(tool: str, name: str) -> list[dict[str, Any]] | None:
    """What is said of each package; None where nothing is."""
    command = [
        tool,
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "--format",
        "json",
        "--requirement",
        str(ROOT / "requirements" / f"{name}.txt"),
    ]
    try:
        done = subprocess.run(  # noqa: S603  # our own command
            command, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        return list(json.loads(done.stdout)["dependencies"])
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return None


def look_up(copy: Advisories, name: str) -> list[dict[str, Any]]:
    """The same by a copy of the database."""
    return copy.of_all((ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8"))


def by_copy(folder: Path) -> int:
    """An audit by a copy of the database; says of when that is."""
    today = datetime.now(UTC).date()
    try:
        copy = Advisories(folder, today)
    except OSError as error:
        print(f"NOT AUDITED: {error}")
        return NOT_AUDITED
    code = audit(partial(look_up, copy))
    if (today - copy.newest).days > MOST_DAYS:
        print(f"NOT AUDITED since {copy.newest}: this copy of the database knows nothing newer")
        return code or NOT_AUDITED
    return told(code, f" by {copy.newest}")


def told(code: int, when: str = "") -> int:
    """The same code, said where it is good."""
    if code == 0:
        print(f"audited: no known fault of the application's packages{when}")
    return code


def audit(ask: Callable[[str], list[dict[str, Any]] | None]) -> int:
    """Prints what was found; the exit code."""
    code, known = 0, accepted()
    for name, may_fail in MAY_FAIL.items():
        said = ask(name)
        locked = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").count("==")
        looked_at = [each for each in said or [] if "vulns" in each]
        if len(looked_at) < locked:
            print(f"NOT AUDITED: {locked - len(looked_at)} of {locked} packages of {name}.txt "
                  "could not be looked up (no way to the package index?)")  # fmt: skip
            code = code or NOT_AUDITED
        for each in looked_at:
            for fault in each["vulns"]:
                names = {fault["id"], *fault.get("aliases", ())}
                fix = ", ".join(fault.get("fix_versions") or ()) or "none"
                word = "accepted" if names & known else "FAULT" if may_fail else "cannot be updated"
                print(f"{name}: {each['name']} {each['version']}: {fault['id']}, fixed in: {fix}"
                      f" ({word})")  # fmt: skip
                if word == "FAULT":
                    code = FAULTS
    return code


if __name__ == "__main__":
    if sys.argv[1:2] == [DATABASE]:
        sys.exit(by_copy(Path(sys.argv[2])))
    tool = sys.argv[1] if sys.argv[1:] else str(Path(sys.executable).with_name("pip-audit"))
    sys.exit(told(audit(partial(ask, tool))))
