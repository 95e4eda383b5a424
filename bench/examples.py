"""`python -m bench examples`: the understanding, learnt from more and more of the messages.

The messages are drawn by lot from all of them, so that only their number changes; the largest is
the model in use. Measured on the development set, by the best guess.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import samples
from bench.record import Record, command_line, numbers
from bot.commands.evaluate import Case, ask, read_cases, summary
from bot.commands.model import RASA_PYTHON, ensure_model, training_seconds
from bot.paths import ROOT
from bot.serve.supervisor import rasa_environment, say

SHOWN = ("accuracy", "macro_f1", "milliseconds")


def train(folder: Path, every: Sequence[samples.Message], many: int) -> tuple[Path, float]:
    """A model of so many messages, and how long it took."""
    nlu = samples.write(samples.drawn(every, many), folder)
    started = time.monotonic()
    subprocess.run(  # noqa: S603  # our own command
        [str(RASA_PYTHON), "-m", "bot.rasa.light", "train", "--data", str(nlu), "data/stories",
         "--out", str(folder), "--fixed-model-name", "part", "--force"],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**rasa_environment(ROOT, 0, 0, "", ""), "RASA_CACHE_DIRECTORY": str(folder / "cache")},
    )  # fmt: skip
    return folder / "part.tar.gz", time.monotonic() - started


def measured(model: Path, cases: Sequence[Case]) -> dict[str, Any]:
    """Of one model."""
    scores = summary(ask(model, cases))
    return {"size_mb": round(model.stat().st_size / 1e6, 1),
            **{name: scores[name] for name in SHOWN}}  # fmt: skip


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    parser = command_line("examples", __doc__)
    parser.add_argument("--sizes", type=numbers, default=[3_000, 12_000, 40_000])
    parser.add_argument("--cases", type=int, default=0, help="of the development set; 0: all")
    given = parser.parse_args(arguments)
    ours, cases = ensure_model(), read_cases()
    cases = cases[:: len(cases) // given.cases] if given.cases else cases
    record = Record("examples", given.to, changed=given.changed)
    every, found = samples.messages(), []
    for many in given.sizes:
        say(f"  learning from {many} messages …")
        with tempfile.TemporaryDirectory(prefix="comadre-part-") as folder:
            model, trained_s = train(Path(folder), every, many)
            found.append({"examples": many, "trained_s": round(trained_s),
                          **measured(model, cases)})  # fmt: skip
    found.append({"examples": len(every), "trained_s": training_seconds(ours),
                  **measured(ours, cases)})  # fmt: skip
    record.write({"cases": len(cases), "sizes": found})
