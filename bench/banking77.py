"""Our intent model on BANKING77 (English, 77 intents, public), to see it beside others' figures.

`PYTHONPATH=. .venv-rasa/bin/python -m bench.banking77 FOLDER`, with the data set's `train.csv` and
`test.csv` (github.com/PolyAI-LDN/task-specific-datasets, CC BY 4.0) in FOLDER. Nothing is tuned for
it: weights, sizes and steps are those of the assistant's own model.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

from bot.nlu.encoder import ManyProcesses
from bot.nlu.model import IntentModel


def read(path: Path) -> tuple[list[str], list[str]]:
    """Texts and their intents."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [row["text"] for row in rows], [row["category"] for row in rows]


def main(folder: Path) -> None:
    """Trains on the one file, and prints the share of the other that is right."""
    started = time.monotonic()
    model = IntentModel.train(*read(folder / "train.csv"), ManyProcesses())
    trained_s = time.monotonic() - started
    texts, intents = read(folder / "test.csv")
    found = model.rank(texts)
    right = sum(ranked[0][0] == intent for ranked, intent in zip(found, intents, strict=True))
    print(f"{100 * right / len(texts):.1f} % of {len(texts)} right, trained in {trained_s:.0f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
