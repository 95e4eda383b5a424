"""The program with a corpus that trains in seconds: a folder like the checkout, everything in it
the checkout's own but what is learnt and asked in an evaluation, of which it has the first few of
every topic.

Nothing in the program knows of it: every path is found from where `bot/` lies.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.paths import ROOT

EACH = 8  # messages of an intent and a language
FOLLOWING = 4  # of what is learnt about messages that go on with a topic
ASKED = 2  # messages of the development set of an intent and a language
LEARNT = ("nlu", "follow_ups")
CODE = ("bot", "actions", "connectors")  # copied: a link would lead back to the checkout
LEFT_OUT = (*CODE, "data", "models", "tests", "var", ".env", ".git", "artefacts")


def small_program(folder: Path) -> Path:
    """Its root, below `folder`."""
    root = folder / "program"
    for name in CODE:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.name not in LEFT_OUT:
            (root / path.name).symlink_to(path)
    for name in ("data", "models", "tests/understanding"):
        (root / name).mkdir(parents=True)
    for path in (ROOT / "data").iterdir():
        if path.name not in LEARNT:
            (root / "data" / path.name).symlink_to(path)
    for path in (ROOT / "models").glob("meant.*"):  # what statements answer: not of this training
        shutil.copy(path, root / "models")
    for path in (ROOT / "data/nlu").rglob("*.yml"):
        _write(root / path.relative_to(ROOT), _few_messages(_read(path)))
    for path in (ROOT / "data/follow_ups").glob("*.yml"):
        _write(root / path.relative_to(ROOT), _few_follow_ups(_read(path)))
    for path in (ROOT / "tests/understanding").glob("*.jsonl"):
        (root / path.relative_to(ROOT)).write_text("".join(_few_cases(path)), encoding="utf-8")
    return root


def _read(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506


def _write(path: Path, values: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")


def _few_messages(found: dict[str, Any]) -> dict[str, Any]:
    seen: Counter[str] = Counter()
    blocks = []
    for block in found["nlu"]:
        lines = block["examples"].splitlines()[: EACH - seen[block["intent"]]]
        seen[block["intent"]] += len(lines)
        if lines:
            blocks.append({**block, "examples": "".join(f"{line}\n" for line in lines)})
    return {**found, "nlu": blocks}


def _few_follow_ups(found: dict[str, Any]) -> dict[str, Any]:
    """Of every topic the first that stay and that leave, or that stand alone."""
    return {
        topic: lines[:FOLLOWING] if isinstance(lines, list)
        else {way: texts[:FOLLOWING] for way, texts in lines.items()}
        for topic, lines in found.items()
    }  # fmt: skip


def _few_cases(path: Path) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        intent = json.loads(line)["intent"]
        seen[intent] += 1
        if seen[intent] <= ASKED:
            yield line
