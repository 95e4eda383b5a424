"""Parts of the training messages, as Rasa reads them, for trainings that are to be short."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from bot.paths import DATA

SEED = 7


class Message(NamedTuple):
    """One line of data/nlu, with its marks."""

    intent: str
    voice: str
    line: str


def messages(folder: Path = DATA / "nlu") -> list[Message]:
    """All of them."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [
        Message(block["intent"], block["metadata"]["voice"], line.removeprefix("- "))
        for path in sorted(folder.rglob("*.yml"))
        for block in yaml.load(path.read_text(encoding="utf-8"), loader)["nlu"]  # noqa: S506
        for line in block["examples"].splitlines() if line.strip()
    ]  # fmt: skip


def drawn(every: Sequence[Message], many: int) -> list[Message]:
    """So many by lot, the same every time; a larger part holds the smaller ones."""
    mixed = sorted(every)
    random.Random(SEED).shuffle(mixed)  # noqa: S311  # no secret
    return mixed[:many]


def of_each(every: Sequence[Message], many: int) -> list[Message]:
    """So many of each intent."""
    found: dict[str, list[Message]] = defaultdict(list)
    for each in drawn(every, len(every)):
        if len(found[each.intent]) < many:
            found[each.intent].append(each)
    return [each for some in found.values() for each in some]


def write(some: Sequence[Message], folder: Path) -> Path:
    """Into `folder`/nlu, which bot/rasa/importer.py knows by its name."""
    blocks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in some:
        blocks[each.intent, each.voice].append(f"- {each.line}")
    nlu = [
        {"intent": intent, "metadata": {"voice": voice}, "examples": "\n".join(lines) + "\n"}
        for (intent, voice), lines in blocks.items()
    ]
    to = folder / "nlu"
    to.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True)
    (to / "sample.yml").write_text(text, encoding="utf-8")
    return to
