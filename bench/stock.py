"""A stock Rasa trained on our messages and asked our development set."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from bot.commands.evaluate import ask, read_cases, summary
from bot.commands.model import RASA_PYTHON
from bot.paths import ROOT
from bot.serve.supervisor import rasa_environment

SHOWN = ("accuracy", "macro_f1", "safety", "out_of_scope", "milliseconds")


def stock_figures(epochs: int) -> dict[str, Any]:
    """Training time, size and scores after `epochs` of DIET (Rasa's default is 100)."""
    with tempfile.TemporaryDirectory(prefix="comadre-stock-") as name:
        folder = Path(name)
        config = yaml.safe_load((ROOT / "bench" / "stock.yml").read_text(encoding="utf-8"))
        for component in config["pipeline"]:
            if component["name"] == "DIETClassifier":
                component["epochs"] = epochs
        (folder / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        started = time.monotonic()
        subprocess.run(  # noqa: S603  # our own command
            [str(RASA_PYTHON), "-m", "rasa", "train", "--config", str(folder / "config.yml"),
             "--data", "data/nlu", "data/stories", "--out", str(folder),
             "--fixed-model-name", "stock"],
            cwd=ROOT, env=rasa_environment(ROOT, 0, 0, "", ""), check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        trained_s = time.monotonic() - started
        model = folder / "stock.tar.gz"
        figures = summary(ask(model, read_cases()))
        return {"epochs": epochs, "trained_s": round(trained_s), "size_mb": _mb(model),
                **{key: figures[key] for key in SHOWN}}  # fmt: skip


def _mb(path: Path) -> float:
    return round(path.stat().st_size / 1e6, 1)
