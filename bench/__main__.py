"""`make bench`: every stage below, then the page; `python -m bench STAGE` one of them, `--help` its
options. Each writes one file into docs/benchmarks/data.

turns          whole turns, ours and a stock Rasa's, on the same messages
scaling        1, 2, 4 workers and Rasa on PostgreSQL and Redis
growth         more services, statements, conversations
examples       the understanding, learnt from more and more messages
losses         messages while processes are killed, ours and a stock Rasa
understanding  ours on the development set; `stock`: a stock Rasa trained on all messages
report         docs/benchmarks/index.md and its charts, from the files

Not in `make bench`: `figures 1`, how long the figures' pages take after a million turns;
`figures_told`, the same in docs/analytics.md;
`ranking`, in which order statements answer; `fuzz`, every webhook under mutated requests; `scale`,
docs/scale.md, the plan on paper; `fallback FILE`, how often a set of conversations (lines of
`make converse`) is not understood.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

# As bot/__main__.py does, before anybody imports numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bench.record import MEASURED
from bot.serve.supervisor import say

STAGES = (*MEASURED, "report")
OTHERS = ("figures", "figures_told", "ranking", "fuzz", "fallback", "scale")


def stage(name: str) -> Callable[[Sequence[str]], int | None]:
    """Its command line."""
    found: Callable[[Sequence[str]], int | None] = import_module(f"bench.{name}").main
    return found


def main(arguments: Sequence[str]) -> int:
    """One stage, or all that there are."""
    if arguments and arguments[0] in (*STAGES, *OTHERS):
        return stage(arguments[0])(arguments[1:]) or 0
    if arguments:  # "--help" is no reason to load the machine for an hour
        say(__doc__ or "")
        return int(arguments[0] not in ("-h", "--help"))
    for name in STAGES:
        # COMADRE_BENCH_EPOCHS=0: the stock Rasa's figures stay as they were measured last.
        if name != "stock" or os.environ.get("COMADRE_BENCH_EPOCHS") != "0":
            say(f"Bench: {name} …")
            stage(name)(())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
