"""`python -m bench understanding`: our trained model, and the gate, on the development set."""

from __future__ import annotations

from collections.abc import Sequence

from bench.record import Record, command_line
from bench.stock import shown
from bot.commands.evaluate import ask, read_cases, summary
from bot.commands.model import ensure_model, training_seconds


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    given = command_line("understanding", __doc__).parse_args(arguments)
    model = ensure_model()
    record = Record("understanding", given.to, changed=given.changed)
    scores = summary(ask(model, read_cases()))
    record.write({"trained_s": training_seconds(model),
                  "size_mb": round(model.stat().st_size / 1e6, 1), **shown(scores)})  # fmt: skip
