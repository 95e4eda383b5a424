"""`make bench`: writes artefacts/bench.json and artefacts/bench.md.

`python -m bench figures 1`: how long the figures' pages take after a million turns (figures.py);
`python -m bench ranking`: in which order statements answer (ranking.py);
`python -m bench fuzz`: every webhook under mutated requests (fuzz.py).
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.live import children, figures, system
from bench.stock import SHOWN, stock_figures
from bot.commands.evaluate import ask, read_cases, summary
from bot.commands.model import ensure_model, training_seconds
from bot.paths import ROOT
from bot.serve.supervisor import say

# Rasa's default is 100; each takes half a minute here. COMADRE_BENCH_EPOCHS changes it.
EPOCHS = 10


def main() -> None:
    """Ours alive, ours on the development set, the stock one on the same."""
    model = ensure_model()
    cases = read_cases()
    texts = [case.text for case in cases]
    random.Random(7).shuffle(texts)  # noqa: S311  # a fixed order, no secret
    with tempfile.TemporaryDirectory(prefix="comadre-bench-") as folder:
        say("Measuring the running system …")
        with system(Path(folder)) as (base, pid, ready_s):
            live = asyncio.run(figures(base, children(pid), texts))
    say("Measuring the understanding …")
    scores = summary(ask(model, cases))
    ours = {"trained_s": training_seconds(model), "size_mb": round(model.stat().st_size / 1e6, 1),
            **{key: scores[key] for key in SHOWN}}  # fmt: skip
    epochs = int(os.environ.get("COMADRE_BENCH_EPOCHS", EPOCHS))
    say(f"Training a stock Rasa ({epochs} epochs) …")
    result = {"machine": f"{os.cpu_count()} cores, {platform.machine()}",
              "ready_s": round(ready_s, 1), **live, "comadre": ours,
              "stock": stock_figures(epochs) if epochs else None}  # fmt: skip
    folder_ = ROOT / "artefacts"
    folder_.mkdir(exist_ok=True)
    (folder_ / "bench.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    (folder_ / "bench.md").write_text(markdown(result), encoding="utf-8")
    say(markdown(result))


def markdown(result: dict[str, Any]) -> str:
    """For people."""
    lines = ["# Bench", "", f"{result['machine']}; ready after {result['ready_s']} s", ""]
    for name in ("turn_ms", "acknowledge_ms", "memory_mb", "rasa_hangs_s"):
        lines.append(f"- **{name}**: {json.dumps(result[name])}")
    for name, pace in result["pace"].items():
        lines.append(f"- **pace, {name}**: {json.dumps(pace)}")
    lines += ["", "| | Comadre | stock Rasa |", "|---|---|---|"]
    stock = result["stock"] or {}
    for key in ("trained_s", "size_mb", *SHOWN):
        lines.append(f"| {key} | {json.dumps(result['comadre'][key])} | "
                     f"{json.dumps(stock.get(key))} |")  # fmt: skip
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:2] == ["figures"]:
        from bench.figures import main as figures_main

        figures_main(sys.argv[2:])
    elif sys.argv[1:2] == ["ranking"]:
        from bench.ranking import main as ranking_main

        ranking_main()
    elif sys.argv[1:2] == ["fuzz"]:
        from bench import fuzz

        sys.exit(fuzz.main(sys.argv[2:]))
    elif len(sys.argv) > 1:  # "--help" is no reason to load the machine for an hour
        say(__doc__ or "")
        sys.exit(sys.argv[1] not in ("-h", "--help"))
    else:
        main()
