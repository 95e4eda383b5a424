"""`nice -n 15 .venv/bin/python -m tests.mutants [--seconds 1500] [--module bot.privacy.keys]`.

Mutants are drawn at random, module by module in turn, until the time is over. The project and its
tests are loaded once; each mutant is a fork of this process in which one function has another body
(`__code__`), so that everybody who has imported it meets the change. That costs a tenth of what a
fresh interpreter does. No file is changed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import random
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
import yaml

from bot.paths import ROOT
from tests.mutants.changes import count, mutant
from tests.mutants.puts import put_in

HERE = Path(__file__).parent
PLAIN = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider",
         "-m", "not postgresql and not running and not browser"]  # fmt: skip
SLOWEST_S = 300.0  # unchanged; a mutant may take five times as long as that took
# Made once from functions that may be changed: a fork makes them anew.
CACHES = {"bot.safety": ("bot.safety.gate", "bot.safety.card", "bot.safety.files")}


def path_of(name: str) -> Path:
    return ROOT / (name.replace(".", "/") + ".py")


def _clear(name: str) -> None:
    """What was made once and kept, from functions that are changed now."""
    package = next((each for each in CACHES if name.startswith(each)), "")
    for cached in (name, *CACHES.get(package, ())):
        for value in vars(sys.modules[cached]).values() if cached in sys.modules else ():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def run(target: dict[str, Any], number: int | None, most_s: float = SLOWEST_S) -> tuple[bool, str]:
    """Whether some test notices, and what was changed; None: nothing is changed."""
    path, only = path_of(target["module"]), tuple(target.get("only", ()))
    code, what = None, "nothing"
    if number is not None:
        tree, what = mutant(path.read_text(encoding="utf-8"), number, only)
        code = compile(tree, str(path), "exec")
    child = os.fork()
    if child == 0:
        _child(target, code, most_s)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0, what


def _child(target: dict[str, Any], code: CodeType | None, most_s: float) -> None:
    signal.alarm(int(most_s))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    if code is not None:
        put_in(sys.modules[target["module"]], code)
        _clear(target["module"])
    os._exit(int(pytest.main([*PLAIN, *_tests(target)])))


def _tests(target: dict[str, Any]) -> list[str]:
    return [each for each in target["tests"] if (ROOT / each.partition("::")[0]).exists()]


def load(targets: list[dict[str, Any]]) -> None:
    """The modules, and by collecting them the tests."""
    for each in targets:
        importlib.import_module(each["module"])
    every = sorted({test for each in targets for test in _tests(each)})
    with open(os.devnull, "w", encoding="utf-8") as nothing, contextlib.redirect_stdout(nothing):
        pytest.main([*PLAIN, "--collect-only", *every])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=1_500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--module", default="")
    parser.add_argument("--out", default=str(ROOT / "artefacts" / "mutants.json"))
    given = parser.parse_args()
    targets = yaml.safe_load((HERE / "targets.yml").read_text(encoding="utf-8"))
    targets = [each for each in targets if given.module in each["module"]]
    load(targets)
    print(json.dumps(_all(targets, given), indent=1))


def _all(targets: list[dict[str, Any]], given: argparse.Namespace) -> dict[str, Any]:
    end, chance = time.monotonic() + given.seconds, random.Random(given.seed)  # noqa: S311
    results: dict[str, dict[str, Any]] = defaultdict(lambda: {"made": 0, "killed": 0, "left": []})
    waiting: dict[str, list[int]] = {}
    for each in targets:
        source = path_of(each["module"]).read_text(encoding="utf-8")
        numbers = list(range(count(source, tuple(each.get("only", ())))))
        chance.shuffle(numbers)
        results[each["module"]]["of"], waiting[each["module"]] = len(numbers), numbers
    while any(waiting.values()) and time.monotonic() < end:
        for each in targets:
            if waiting[each["module"]] and time.monotonic() < end:
                _one(each, waiting[each["module"]], results[each["module"]])
                Path(given.out).parent.mkdir(exist_ok=True)
                Path(given.out).write_text(json.dumps(results, indent=1), encoding="utf-8")
    made, killed = (sum(each[key] for each in results.values()) for key in ("made", "killed"))
    return {"made": made, "killed": killed, "of": sum(each["of"] for each in results.values())}


def _one(target: dict[str, Any], waiting: list[int], found: dict[str, Any]) -> None:
    """The next mutant of the module; before the first, the tests as they are."""
    if "most_s" not in target:
        began = time.monotonic()
        if run(target, None)[0]:
            print(f"{target['module']}: its tests fail unchanged", file=sys.stderr, flush=True)
            waiting.clear()
            return
        target["most_s"] = 20 + 5 * (time.monotonic() - began)
    killed, what = run(target, waiting.pop(), target["most_s"])
    found["made"] += 1
    found["killed"] += killed
    if not killed:
        found["left"].append(what)
        print(f"{target['module']}:{what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
