"""`python -m bench stock`: a stock Rasa trained on our messages and asked our development set.

How often it is right after some epochs of DIET (Rasa's default is a hundred; each takes about half
a minute on two quiet cores). How fast whole turns are with it: bench/turns.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bench.record import Record, command_line
from bench.stock_server import environment
from bot.commands.evaluate import Case, Judged, read_cases, summary
from bot.commands.model import RASA_PYTHON
from bot.paths import ROOT

SHOWN = ("messages", "accuracy", "macro_f1", "safety", "out_of_scope", "milliseconds")
EPOCHS = 6
CONFIG = ROOT / "bench" / "stock.yml"


def shown(scores: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared."""
    return {key: scores[key] for key in SHOWN}


def train(folder: Path, epochs: int) -> Path:
    """On all messages, without stories: they would change nothing in what is understood."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if component["name"] == "DIETClassifier":
            component["epochs"] = epochs
    (folder / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    subprocess.run(  # noqa: S603  # our own command
        [str(RASA_PYTHON), "-m", "rasa", "train", "--config", str(folder / "config.yml"),
         "--data", "data/nlu", "data/stories", "--out", str(folder),
         "--fixed-model-name", "stock", "--force"],
        cwd=ROOT, env=environment(), check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return folder / "stock.tar.gz"


def ask(model: Path, cases: Sequence[Case]) -> list[Judged]:
    """Each case, one at a time, timed."""
    judged = []
    command = [str(RASA_PYTHON), "-m", "bench.stock_parse", str(model)]
    with subprocess.Popen(  # noqa: S603  # our own command
        command, cwd=ROOT, env=environment(), text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        for case in cases:
            started = time.perf_counter()
            process.stdin.write(json.dumps({"text": case.text}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            judged.append(Judged(case, json.loads(line), time.perf_counter() - started))
        process.stdin.close()
    return judged


def stock_figures(
    epochs: int, model: Path | None = None, trained_s: float | None = None
) -> dict[str, Any]:
    """Training time, size and scores after `epochs` of DIET; `model`: one that was trained so."""
    with tempfile.TemporaryDirectory(prefix="comadre-stock-") as name:
        started = time.monotonic()
        if model is None:
            model = train(Path(name), epochs)
            trained_s = time.monotonic() - started
        scores = summary(ask(model, read_cases()))
        return {"epochs": epochs, "trained_s": round(trained_s) if trained_s else None,
                "size_mb": round(model.stat().st_size / 1e6, 1), **shown(scores)}  # fmt: skip


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    parser = command_line("stock", __doc__)
    epochs = int(os.environ.get("COMADRE_BENCH_EPOCHS") or EPOCHS)
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--model", type=Path, help="one that was trained so, in place of training")
    parser.add_argument("--trained-s", type=float, help="how long that took")
    given = parser.parse_args(arguments)
    record = Record("stock", given.to, changed=given.changed)
    record.write(stock_figures(given.epochs, given.model, given.trained_s))
