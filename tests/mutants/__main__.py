"""`nice -n 15 .venv/bin/python -m tests.mutants [--seconds 1500] [--module bot.privacy.keys]…`.

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
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import CodeType

import pytest

from bot.paths import ROOT
from tests.mutants.changes import Change, changes, mutant
from tests.mutants.equivalents import equivalents
from tests.mutants.puts import put_in
from tests.mutants.targets import Target, path_of, targets

PLAIN = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider",
         "-m", "not postgresql and not running and not browser"]  # fmt: skip
SLOWEST_S = 300.0  # unchanged; a mutant may take five times as long as that took
# Made once from functions that may be changed: a fork makes them anew.
CACHES = {"bot.safety": ("bot.safety.gate", "bot.safety.card", "bot.safety.files")}


def _clear(name: str) -> None:
    """What was made once and kept, from functions that are changed now."""
    package = next((each for each in CACHES if name.startswith(each)), "")
    for cached in (name, *CACHES.get(package, ())):
        for value in vars(sys.modules[cached]).values() if cached in sys.modules else ():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def run(target: Target, number: int | None, most_s: float = SLOWEST_S) -> bool:
    """Whether some test notices that change; None: nothing is changed."""
    path, code = path_of(target.module), None
    if number is not None:
        tree = mutant(path.read_text(encoding="utf-8"), number, target.only)
        code = compile(tree, str(path), "exec")
    child = os.fork()
    if child == 0:
        _child(target, code, most_s)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def _child(target: Target, code: CodeType | None, most_s: float) -> None:
    signal.alarm(int(most_s))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    if code is not None:
        put_in(sys.modules[target.module], code)
        _clear(target.module)
    os._exit(int(pytest.main([*PLAIN, *target.there])))


def load(chosen: list[Target]) -> None:
    """The modules, and by collecting them the tests."""
    for each in chosen:
        importlib.import_module(each.module)
    every = sorted({test for each in chosen for test in each.tests})
    with open(os.devnull, "w", encoding="utf-8") as nothing, contextlib.redirect_stdout(nothing):
        found = pytest.main([*PLAIN, "--collect-only", *every])
    if found != pytest.ExitCode.OK:
        raise SystemExit("some test of targets.yml is not there")


@dataclass
class Found:
    """What became of one module's mutants."""

    of: int = 0  # all that there are, the equivalent among them
    equivalent: int = 0  # not drawn: equivalents.yml
    made: int = 0
    killed: int = 0
    left: list[str] = field(default_factory=list)


@dataclass
class Waiting:
    """One module's mutants that were not made yet."""

    target: Target
    changes: list[Change]
    numbers: list[int]
    found: Found
    most_s: float = 0.0

    def one(self) -> None:
        """The next; before the first, the tests as they are."""
        if not self.most_s:
            began = time.monotonic()
            if run(self.target, None):
                raise SystemExit(f"{self.target.module}: its tests fail unchanged")
            self.most_s = 20 + 5 * (time.monotonic() - began)
        number = self.numbers.pop()
        self.found.made += 1
        if run(self.target, number, self.most_s):
            self.found.killed += 1
        else:
            self.found.left.append(str(self.changes[number]))
            print(f"{self.target.module}:{self.changes[number]}", file=sys.stderr, flush=True)


def waiting(target: Target, chance: random.Random) -> Waiting:
    """All of a module's mutants but the equivalent, in an order by chance."""
    found = changes(path_of(target.module).read_text(encoding="utf-8"), target.only)
    known = equivalents()
    numbers = [number for number, each in enumerate(found)
               if (target.module, each.text, each.what) not in known]  # fmt: skip
    chance.shuffle(numbers)
    return Waiting(target, found, numbers, Found(len(found), len(found) - len(numbers)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=1_500)
    parser.add_argument("--most", type=int, default=10_000, help="so many mutants at most")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--module", action="append", help="only those whose name begins so")
    parser.add_argument("--out", default=str(ROOT / "artefacts" / "mutants.json"))
    given = parser.parse_args()
    chosen = [each for each in targets() if each.module.startswith(tuple(given.module or ("",)))]
    load(chosen)
    chance = random.Random(given.seed)  # noqa: S311
    every = [waiting(each, chance) for each in chosen]
    end = time.monotonic() + given.seconds
    for made, each in enumerate(_in_turn(every)):
        if made >= given.most or time.monotonic() >= end:
            break
        each.one()
        _write(Path(given.out), every)
    total = {key: sum(getattr(each.found, key) for each in every)
             for key in ("of", "equivalent", "made", "killed")}  # fmt: skip
    print(json.dumps({**total, "survived": total["made"] - total["killed"]}, indent=1))


def _in_turn(every: list[Waiting]) -> Iterator[Waiting]:
    """One of each module, then the next of each, as long as there are any."""
    while left := [each for each in every if each.numbers]:
        yield from left


def _write(path: Path, every: list[Waiting]) -> None:
    path.parent.mkdir(exist_ok=True)
    found = {each.target.module: asdict(each.found) for each in every}
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
