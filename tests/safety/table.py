"""The table of cases, as rows."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml

CASES = Path(__file__).parent / "cases.yml"


class Case(NamedTuple):
    """A message and what the gate must make of it."""

    text: str
    kind: str | None
    language: str | None
    why: str


def cases() -> list[Case]:
    """Every row of cases.yml."""
    table = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    rows = [
        Case(str(text), None, None, why)
        for why, texts in table.pop("nothing").items()
        for text in texts
    ]
    for kind, languages in table.items():
        for language, texts in languages.items():
            said = None if language == "any" else language
            rows += [Case(str(text), kind, said, kind) for text in texts]
    return rows
