"""Whether a message goes on with what was spoken of, whatever it would mean alone.

"And for a baby?" says nothing by itself. The intent model hears each message alone; this one, a
logistic regression over what that model found, tells for every topic how likely the message is one
more on it. Learnt from data/follow_ups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .place_names import DATA, read_yaml

FOLDER = DATA / "follow_ups"
WHOLE = "whole-"  # files of messages that stand alone, none of them in data/nlu
TOLD = 0.05  # less likely ones are not handed on
# So much a message that was written to stand alone counts beside a follow-up: by held-out writers
# 93 of 100 follow-ups are kept then, and 3 of 100 whole messages of the development set.
WHOLE_WEIGHT = 0.15
_STRENGTH, _ROUNDS, _FLOOR, _VECTOR = 0.3, 3_000, 1e-6, 6.0
_FEW = 3  # words


@dataclass(frozen=True)
class Example:
    """A message after `context` was spoken of; `weight` is what it counts."""

    text: str
    context: str
    stays: bool
    weight: float = 1.0


def read_examples(folder: Path = FOLDER) -> list[Example]:
    """Everything in data/follow_ups; a message that stands alone meets one context, in turn."""
    found: list[Example] = []
    for path in sorted(folder.glob("*.yml")):
        if path.name.startswith(WHOLE):
            continue
        for context, lines in read_yaml(path).items():
            found += [Example(str(text), context, True) for text in lines["stays"]]
            found += [Example(str(each["text"]), context, False) for each in lines["leaves"]]
    contexts = sorted({each.context for each in found})
    number = 0
    for path in sorted(folder.glob(f"{WHOLE}*.yml")):
        for intent, texts in read_yaml(path).items():
            for text in texts:
                number += 1
                context = contexts[number % len(contexts)]
                if context != intent:
                    found.append(Example(str(text), context, False, WHOLE_WEIGHT))
    return found


def groups_of_intents() -> dict[str, str]:
    """The group of every intent, from data/taxonomy.yml."""
    groups = read_yaml(DATA / "taxonomy.yml")["intents"]
    return {intent: group for group, intents in groups.items() for intent in intents}


class FollowUps:
    """How likely a message is one more on each of `contexts`."""

    def __init__(self, labels: Sequence[str], contexts: Sequence[str], groups: Mapping[str, str],
                 weights: Any) -> None:  # fmt: skip
        self.contexts = tuple(contexts)
        self._labels = tuple(labels)
        self._groups = dict(groups)
        self._names = sorted({groups.get(label, "") for label in labels})
        self._member = np.array(
            [[float(groups.get(label, "") == name) for name in self._names] for label in labels]
        )
        self._column = np.array([self._labels.index(each) for each in self.contexts])
        self._of = self._member[self._column]  # (contexts, groups)
        self.weights = weights  # (features + 1): the last is the bias

    @classmethod
    def train(cls, labels: Sequence[str], examples: Sequence[Example], vectors: Any,
              shares: Any) -> FollowUps:  # fmt: skip
        """From examples, their sentence vectors, and what the intent model makes of each."""
        from sklearn.linear_model import LogisticRegression

        contexts = sorted({each.context for each in examples})
        made = cls(labels, contexts, groups_of_intents(), None)
        rows = np.stack(
            [
                made._row(contexts.index(each.context), each.text, vector, share)
                for each, vector, share in zip(examples, vectors, shares, strict=True)
            ]
        )
        middle = rows.mean(axis=0)
        fitted = LogisticRegression(C=_STRENGTH, max_iter=_ROUNDS).fit(
            rows - middle,
            [each.stays for each in examples],
            sample_weight=[each.weight for each in examples],
        )
        weights = fitted.coef_[0]
        made.weights = np.append(weights, fitted.intercept_[0] - middle @ weights)
        return made

    def stays(self, text: str, vector: Any, shares: Any) -> dict[str, float]:
        """By topic, where it is likely at all: how likely `text` goes on with it."""
        own, shared = self._of_contexts(shares), self._shared(text, vector, shares)
        width = own.shape[1]
        scores = own @ self.weights[:width] + shared @ self.weights[width:-1] + self.weights[-1]
        likely = 1.0 / (1.0 + np.exp(-scores))
        return {
            context: round(float(share), 3)
            for context, share in zip(self.contexts, likely, strict=True)
            if share >= TOLD
        }

    def _row(self, context: int, text: str, vector: Any, shares: Any) -> Any:
        own = self._of_contexts(shares)[context]
        return np.concatenate([own, self._shared(text, vector, shares)])

    def _of_contexts(self, shares: Any) -> Any:
        """`(contexts, features)`: what the intent model makes of each context."""
        logs = np.log(np.maximum(shares, _FLOOR))
        here = logs[self._column]
        of_groups = shares @ self._member
        return np.column_stack([here, here - logs.max(), self._of @ of_groups, self._of])

    def _shared(self, text: str, vector: Any, shares: Any) -> Any:
        """`(features,)`: what is the same whatever was spoken of."""
        words = max(len(text.split()), 1)
        logs = np.log(np.maximum(shares, _FLOOR))
        second = np.sort(logs)[-2]
        best = np.zeros(len(shares))
        best[int(np.argmax(shares))] = 1.0
        spread = -float(np.sum(shares * logs))
        return np.concatenate([
            [logs.max(), second, spread, np.log(words), float(words <= _FEW)],
            shares @ self._member, best, vector * _VECTOR,
        ])  # fmt: skip

    def save(self, folder: Path) -> None:
        """Into `folder`, which must exist."""
        np.savez(folder / "follow_ups.npz", weights=self.weights.astype(np.float32),
                 contexts=np.array(self.contexts))  # fmt: skip

    @classmethod
    def load(cls, folder: Path, labels: Sequence[str]) -> FollowUps:
        """What `save` wrote, for the intent model with `labels`."""
        with np.load(folder / "follow_ups.npz", allow_pickle=False) as arrays:
            contexts = [str(each) for each in arrays["contexts"]]
            return cls(labels, contexts, groups_of_intents(), arrays["weights"])
