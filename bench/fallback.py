"""How often we do not understand: the share of turns in a set of conversations that end in it.

`python -m bench fallback FILE`: plays the lines of FILE (JSON Lines, as `make converse` reads them)
through the same path as `make converse`, and prints the figures as JSON. The set must be one from
which nothing was learnt, or the share says nothing. Exit 1 where the share is above `MOST`.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.commands.converse import rehearse
from bot.commands.meanings import ensure_meanings
from bot.commands.model import ensure_model
from bot.serve.supervisor import say

MOST = 0.06  # of the turns
_TRIES = 3  # so often in a row not understood, she is given a person


@dataclass(frozen=True)
class Fallback:
    """Of `turns` that were played: how each of those that were not understood ended."""

    turns: int
    conversations: int
    asked_again: int  # "did you mean", or the menu
    out_of_scope: int  # "about that I know nothing": rightly so where it is so
    given_a_person: int  # after three misses in a row, and not because she asked for one
    errors: int  # lines that could not be played; no turns

    @property
    def share(self) -> float:
        """Of the turns, those in which she had to say it again or was given a person for it."""
        return (self.asked_again + self.given_a_person) / self.turns if self.turns else 0.0


def count(answers: Sequence[Mapping[str, Any]]) -> Fallback:
    """The figures of the lines that `make converse` wrote."""
    played = [each for each in answers if each["acted_on"] != "error"]
    acted = [str(each["acted_on"]) for each in played]
    missed = [each for each in played if each["acted_on"] == "ask_human"
              and float(each["slots"].get("misunderstood") or 0) >= _TRIES]  # fmt: skip
    return Fallback(
        turns=len(played),
        conversations=len({each["conversation"] for each in played}),
        asked_again=acted.count("nlu_fallback"),
        out_of_scope=acted.count("out_of_scope"),
        given_a_person=len(missed),
        errors=len(answers) - len(played),
    )


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        say("expected one file of conversations: python -m bench fallback FILE")
        return 2
    text = Path(arguments[0]).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip()]
    model = ensure_model()
    ensure_meanings()
    out = io.StringIO()
    asyncio.run(rehearse(model, lines, out))
    found = count([json.loads(line) for line in out.getvalue().splitlines()])
    print(json.dumps({**asdict(found), "share": round(found.share, 4), "most": MOST}))
    return int(found.turns == 0 or found.share > MOST)
