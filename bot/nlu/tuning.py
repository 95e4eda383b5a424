"""Trains the sentence encoder's upper layers on our messages: the recipe of `weights/tuned.npz`.

Done rarely, not with every training of the assistant: 31,431 messages took 20 minutes for two
passes on two busy cores.
The piece vectors and the first projection stay as they came, so that words which our corpus lacks
keep their place beside words which it has. Needs TensorFlow, which Rasa's environment has:

    python -m bot.nlu.tuning data/nlu        (writes bot/nlu/weights/tuned.npz)
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.nlu.augment import rewritten
from bot.nlu.normalise import clean
from bot.nlu.tuned import ORDERS, TUNED, WIDTH, Pieces
from bot.nlu.tuning_network import Network

MARK = r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})"


@dataclass(frozen=True)
class Recipe:
    """Chosen on voices kept out of training; figures: docs/decisions/0003-intent-model.md."""

    epochs: int = 2
    batch: int = 64
    rewritten_share: float = 0.5
    pieces_lost: float = 0.05
    warm_up: float = 0.1
    longest: int = 96  # pieces; longer messages are cut while training only


def tune(texts: Sequence[str], intents: Sequence[str], recipe: Recipe) -> dict[str, Any]:
    """The arrays of a tuned encoder."""
    labels = sorted(set(intents))
    numbers = np.array([labels.index(intent) for intent in intents], np.int32)
    pieces = Pieces()
    network = Network(pieces.network, len(labels))
    steps = recipe.epochs * -(-len(texts) // recipe.batch)
    step, started = 0, time.monotonic()
    dice = random.Random(1)  # noqa: S311 - the same weights every time, nothing secret
    for epoch in range(recipe.epochs):
        losses = []
        for rows, sentences in _batches(texts, pieces, recipe, dice):
            step += 1
            vectors, mask = _padded(pieces, sentences)
            losses.append(network.step(vectors, mask, numbers[rows], _rate(step / steps, recipe)))
        spent = time.monotonic() - started
        print(f"pass {epoch + 1}: loss {np.mean(losses):.3f}, {spent:.0f} s", flush=True)
    return {"labels": np.array(labels), **network.arrays()}


def _rate(done: float, recipe: Recipe) -> float:
    return done / recipe.warm_up if done < recipe.warm_up else max(0.0, 1 - done)


def _batches(
    texts: Sequence[str], pieces: Pieces, recipe: Recipe, dice: random.Random
) -> Iterator[tuple[Any, list[Any]]]:
    """Each message once, as written or rewritten, those of like length together."""
    sentences = []
    for text in texts:
        changed = rewritten(text, dice) if dice.random() < recipe.rewritten_share else text
        ids = pieces.split(clean(changed))[: recipe.longest]
        sentences.append(_thinned(ids, recipe.pieces_lost, dice))
    keys = [len(s) * (1 + 0.2 * dice.random()) for s in sentences]
    order = np.argsort(keys)
    batches = [order[i : i + recipe.batch] for i in range(0, len(order), recipe.batch)]
    dice.shuffle(batches)
    for rows in batches:
        yield rows, [sentences[i] for i in rows]


def _thinned(ids: Any, share: float, dice: random.Random) -> Any:
    if len(ids) < 6:
        return ids
    last = len(ids) - 1
    return ids[[i in (0, last) or dice.random() >= share for i in range(len(ids))]]


def _padded(pieces: Pieces, sentences: Sequence[Any]) -> tuple[Any, Any]:
    """`(n, longest, 512 + 3 * 256)` vectors and which of them are real."""
    longest = max(map(len, sentences))
    vectors = np.zeros((len(sentences), longest, 512 + len(ORDERS) * WIDTH), np.float32)
    mask = np.zeros((len(sentences), longest), np.float32)
    found = pieces.vectors(np.concatenate(sentences))
    start = 0
    for i, sentence in enumerate(sentences):
        vectors[i, : len(sentence)] = found[start : start + len(sentence)]
        mask[i, : len(sentence)] = 1
        start += len(sentence)
    return vectors, mask


def read_messages(folder: Path) -> tuple[list[str], list[str]]:
    """Texts and intents of Rasa's training files under `folder`, the marks of places taken out."""
    texts, intents = [], []
    for file in sorted(folder.rglob("*.yml")):
        for block in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader).get("nlu", ()):
            for line in str(block.get("examples", "")).splitlines():
                if "intent" in block and line.startswith("- "):
                    texts.append(re.sub(MARK, r"\1", line[2:].strip()))
                    intents.append(str(block["intent"]))
    return texts, intents


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", type=Path)
    parser.add_argument("--out", type=Path, default=TUNED)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    choice = parser.parse_args()
    texts, intents = read_messages(choice.messages)
    arrays = tune(texts, intents, Recipe(epochs=choice.epochs))
    choice.out.parent.mkdir(exist_ok=True)
    write(choice.out, arrays)


def write(path: Path, arrays: dict[str, Any]) -> None:
    """As 16-bit numbers, which halves the file and moves no score by more than a thousandth."""
    halves = {k: v if k == "labels" else v.astype(np.float16) for k, v in arrays.items()}
    np.savez_compressed(path, **halves)


if __name__ == "__main__":
    main()
