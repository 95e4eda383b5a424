"""`nice -n 15 .venv/bin/python -m tests.mutants [--seconds 1500] [--module bot.privacy.keys]`.

Mutants are drawn at random from all, module by module in turn, until the time is over. Each runs in
a fork of this process, in which the libraries are loaded already and the project is not: a fresh
interpreter would cost ten times as much. No file is changed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.abc
import importlib.util
import json
import os
import random
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from bot.paths import ROOT
from tests.mutants.changes import every, mutant

HERE = Path(__file__).parent
LIBRARIES = (
    "alembic.command", "argon2", "cryptography.hazmat.primitives.ciphers.aead", "httpx",
    "hypothesis", "numpy", "phonenumbers", "psycopg", "pydantic", "pytest", "sqlalchemy.orm",
    "starlette.testclient", "twilio.request_validator", "uvicorn", "prometheus_client", "pyotp",
)  # fmt: skip
SLOWEST_S = 300  # unchanged; a mutant may take five times as long as that took


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, changed."""

    def __init__(self, name: str, path: Path, code: Any) -> None:
        self.name, self.path, self.code = name, path, code

    def find_spec(self, name: str, *_: object) -> Any:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)  # noqa: S102 - our own module


def run(target: dict[str, Any], number: int | None, most_s: float = SLOWEST_S) -> tuple[bool, str]:
    """Whether some test notices, and what was changed; None: nothing is changed."""
    path = ROOT / (target["module"].replace(".", "/") + ".py")
    only = tuple(target.get("only", ()))
    code, what = None, "nothing"
    if number is not None:
        tree, what = mutant(path.read_text(encoding="utf-8"), number, only)
        code = compile(tree, str(path), "exec")
    child = os.fork()
    if child == 0:
        _child(target, path, code, most_s)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0, what


def _child(target: dict[str, Any], path: Path, code: Any, most_s: float) -> None:
    import pytest

    signal.alarm(int(most_s))
    with contextlib.suppress(AttributeError):
        os.setpgid(0, 0)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    if code is not None:
        sys.meta_path.insert(0, _Changed(target["module"], path, code))
    for name in [each for each in sys.modules if each.split(".")[0] in ("bot", "connectors")]:
        del sys.modules[name]
    tests = [each for each in target["tests"] if (ROOT / each.partition("::")[0]).exists()]
    wanted = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider",
              "-m", "not postgresql and not running and not browser"]  # fmt: skip
    os._exit(int(pytest.main([*wanted, *tests])))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=1_500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--module", default="")
    parser.add_argument("--out", default=str(ROOT / "artefacts" / "mutants.json"))
    given = parser.parse_args()
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    targets = yaml.safe_load((HERE / "targets.yml").read_text(encoding="utf-8"))
    targets = [each for each in targets if given.module in each["module"]]
    print(json.dumps(_all(targets, given), indent=1))


def _all(targets: list[dict[str, Any]], given: argparse.Namespace) -> dict[str, Any]:
    end, chance = time.monotonic() + given.seconds, random.Random(given.seed)  # noqa: S311
    results: dict[str, dict[str, Any]] = defaultdict(lambda: {"made": 0, "killed": 0, "left": []})
    waiting = {}
    for each in targets:
        source = (ROOT / (each["module"].replace(".", "/") + ".py")).read_text(encoding="utf-8")
        numbers = list(every(source, tuple(each.get("only", ()))))
        chance.shuffle(numbers)
        results[each["module"]]["of"] = len(numbers)
        waiting[each["module"]] = numbers
        began = time.monotonic()
        failed = run(each, None)[0]
        each["most_s"] = 20 + 5 * (time.monotonic() - began)
        if failed:
            print(f"{each['module']}: its tests fail unchanged", file=sys.stderr)
            waiting[each["module"]] = []
    while any(waiting.values()) and time.monotonic() < end:
        for each in targets:
            if not waiting[each["module"]] or time.monotonic() > end:
                continue
            killed, what = run(each, waiting[each["module"]].pop(), each["most_s"])
            found = results[each["module"]]
            found["made"] += 1
            found["killed"] += killed
            if not killed:
                found["left"].append(what)
                print(f"{each['module']}:{what}", file=sys.stderr, flush=True)
            Path(given.out).parent.mkdir(exist_ok=True)
            Path(given.out).write_text(json.dumps(results, indent=1), encoding="utf-8")
    made, killed = (sum(each[key] for each in results.values()) for key in ("made", "killed"))
    return {"made": made, "killed": killed, "of": sum(each["of"] for each in results.values())}


if __name__ == "__main__":
    main()
