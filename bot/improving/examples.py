"""What the network teaches: examples are looked at, kept, and written as a training file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.database import add_once
from bot.directory.text import fold
from bot.improving.models import TrainingExample

MOST_LINES = 12
LONGEST, SHORTEST = 120, 3  # characters
MOST = 2_000  # of all together: data/nlu has 51,000
_UNKNOWN = "other"  # a word that few voices use: what is new is often just that


@dataclass(frozen=True)
class Doubt:
    """What is wrong with the lines, and which line it is."""

    key: str
    line: str = ""


def read_lines(text: str) -> list[str]:
    """One example a line, each once."""
    kept: dict[str, str] = {}
    for line in (" ".join(each.split()).lstrip("-/ ") for each in text.splitlines()):
        if line:
            kept.setdefault(fold(line) or line, line)
    return list(kept.values())


def doubt(lines: Sequence[str], language: str) -> Doubt | None:
    """Why they cannot be kept. Whatever looks like a name, number or address of somebody must go:
    who writes examples after what women asked may have copied one."""
    if not lines:
        return Doubt("teach_needed")
    if len(lines) > MOST_LINES:
        return Doubt("teach_many")
    from bot.privacy.redact import redact  # two seconds of imports, for this page alone

    for line in lines:
        if not SHORTEST <= len(line) <= LONGEST:
            return Doubt("teach_length", line[:LONGEST])
        if set(redact(line, language).found) - {_UNKNOWN}:
            return Doubt("teach_redact", line)
    return None


def keep(
    session: Session, lines: Iterable[str], language: str, intent: str, on: date
) -> list[Doubt]:  # fmt: skip
    """What was not kept: there are too many, or it is taught for another topic and stays so."""
    refused = []
    for line in lines:
        if (session.scalar(select(func.count()).select_from(TrainingExample)) or 0) < MOST:
            add_once(session, TrainingExample, made_on=on, language=language, intent=intent,
                     text=line)  # fmt: skip
        there = select(TrainingExample.intent).filter_by(language=language, text=line)
        taught = session.scalar(there)
        if taught != intent:
            refused.append(Doubt("teach_elsewhere" if taught else "teach_full", line))
    return refused


def take_out(session: Session, number: int) -> None:
    """Not taught any more, from the next training on."""
    session.execute(delete(TrainingExample).where(TrainingExample.id == number))


def all_examples(session: Session) -> list[TrainingExample]:
    """By topic, the oldest first."""
    wanted = select(TrainingExample).order_by(
        TrainingExample.intent, TrainingExample.language, TrainingExample.id
    )
    return list(session.scalars(wanted))


def write_file(examples: Iterable[TrainingExample], folder: Path) -> Path:
    """A folder that the training reads beside data/nlu, in the same format."""
    blocks: dict[tuple[str, str], list[str]] = {}
    for each in examples:
        blocks.setdefault((each.intent, each.language), []).append(f"- {each.text}\n")
    rows = [
        {"intent": intent, "metadata": {"voice": f"{language}-network"}, "examples": "".join(lines)}
        for (intent, language), lines in blocks.items()
    ]
    to = folder / "nlu"  # the importer knows training messages by that name
    to.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump({"version": "3.1", "nlu": rows}, allow_unicode=True, sort_keys=False)
    (to / "network.yml").write_text(text, encoding="utf-8")
    return to
