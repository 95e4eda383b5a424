"""In which order a country's statements answer her, whatever topic they stand under.

The topic of a message and the fact that answers it are found together: what the statement is asked
for and says, what the intent model makes of the message, what was spoken of before, which kind of
question it is. The weights are learnt from conversations whose turns readers labelled with the
statements that answer them (bench/ranking.py); docs/decisions/0007-which-fact-answers.md has the
figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import log
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from bot.knowledge.asked import Asked, aspects
from bot.knowledge.files import DataFileError, read_yaml
from bot.knowledge.schema import REGIONAL, Kind
from bot.knowledge.topics import topics
from bot.paths import DATA

if TYPE_CHECKING:
    from bot.knowledge.closeness import Closeness, Said

PATH = DATA / "ranking.yml"
KINDS: tuple[str, ...] = get_args(Kind)
FEW = 6  # words of a message that says little by itself
_FLOOR, _OF_GROUP, _UNKNOWN = 1e-4, 0.02, 0.05  # of what the intent model gives next to nothing
FEATURES = (
    "questions", "text", "questions, turned", "text, turned", "topic", "group", "before",
    "before and stays", "before and short", "group before", "earlier", "told", "alone", "settled",
    "alike",
    "alike and short", "words", "of it", "not of it", "kind of question", "regional",
    *KINDS, *(f"asks, {kind}" for kind in KINDS),
)  # fmt: skip


@dataclass(frozen=True)
class Signs:
    """What is known of a message beside what it means.

    `settled`: the topic that the conversation takes it for; `shares`: what the intent model makes
    of it alone; `before`: the topic before it, and how likely it goes on with that one; `earlier`:
    the other topics that she was told of; `told`: the ids of what she was told.
    """

    settled: str
    shares: Mapping[str, float] = field(default_factory=dict)
    before: str | None = None
    stays: float = 0.0
    asks: bool = False
    words: int = 99
    earlier: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()

    @property
    def alone(self) -> str:
        """The topic that the model gives most; "" where it gives none."""
        return max(self.shares, key=lambda name: self.shares[name], default="")

    def share(self, topic: str) -> float:
        """How likely the message alone is on `topic`; little, where the model did not name it."""
        return max(self.shares.get(topic, _UNKNOWN / len(topics())), _FLOOR)


def features(near: Closeness, asked: Asked, signs: Signs, last: Sequence[Said] = ()) -> Any:
    """`(statements, FEATURES)`, in the order of `near.ids`; `last`: what was told just before.
    `asked` must have vectors."""
    of_questions, of_text, turned_questions, turned_text = near.meant(asked)
    alike = near.alike(last)
    of_group: dict[str, float] = {}
    for name, share in signs.shares.items():
        of_group[group_of(name)] = of_group.get(group_of(name), 0.0) + share
    share_of = {name: log(signs.share(name)) for name in signs.shares}
    share_in = {group: log(share + _OF_GROUP) for group, share in of_group.items()}
    little, none, before, alone = log(signs.share("")), log(_OF_GROUP), signs.before, signs.alone

    def by_topic(values: Sequence[float]) -> Any:
        return np.array(values, dtype=np.float32)[near.of_topic]

    is_before = by_topic([name == before for name in near.topics])
    short = float(signs.words <= FEW)
    musts = [each for each in asked.aspects if aspects()[each].must]
    of_it = near.answer_any(musts)
    columns = [
        of_questions, of_text, turned_questions, turned_text,
        by_topic([share_of.get(name, little) for name in near.topics]),
        by_topic([share_in.get(group, none) for group in near.groups]),
        is_before, is_before * signs.stays, is_before * short,
        by_topic([group == group_of(before or "") for group in near.groups]),
        by_topic([name in signs.earlier and name != before for name in near.topics]),
        np.array([key in signs.told for key in near.ids], dtype=np.float32),
        by_topic([name == alone for name in near.topics]),
        by_topic([name == signs.settled for name in near.topics]),
        alike, alike * short, near.words_of(asked),
        of_it, (1.0 - of_it) * bool(musts), near.answer_any(sorted(asked.aspects)),
        np.full(len(near.ids), float(near.country == REGIONAL)),
    ]  # fmt: skip
    kinds = near.of_kind
    return np.column_stack([*columns, kinds, kinds * float(signs.asks)]).astype(np.float32)


@cache
def weights() -> Any:
    """`(FEATURES,)`; raises DataFileError where data/ranking.yml is not what it must be."""
    return read_weights("weights", FEATURES)


def read_weights(part: str, names: Sequence[str]) -> Any:
    """One list of data/ranking.yml, in the order of `names`; raises DataFileError."""
    content = read_yaml(PATH) if PATH.exists() else None
    known = content.get(part) if isinstance(content, dict) else None
    if not isinstance(known, dict) or set(known) != set(names):
        odd = ", ".join(sorted(set(known or ()) ^ set(names)))
        raise DataFileError(
            [f"data/ranking.yml: expected under `{part}` one weight for each name that the code"
             f" knows, these differ: {odd}. Run `python -m bench ranking`."]
        )  # fmt: skip
    return np.array([float(known[name]) for name in names], dtype=np.float32)


def group_of(name: str) -> str:
    """The group of a topic; what is none belongs to the conversation itself."""
    found = topics().get(name)
    return found.group if found is not None else "conversation"
