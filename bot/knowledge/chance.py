"""How likely it is that a statement answers her: what it must be to be told, and how plainly.

The order of the statements (ranking.py) says which of them is likeliest, not whether any answers.
The weights are learnt from labelled turns that their layers have not seen, also from those that
nothing answers (bench/chances.py); docs/decisions/0007-which-fact-answers.md has the figures.
"""

from __future__ import annotations

import logging
from functools import cache
from math import log
from typing import Any

import numpy as np

from bot.knowledge import ranking
from bot.knowledge.files import DataFileError
from bot.knowledge.ranking import FEATURES

_log = logging.getLogger(__name__)
NAMES = ("always", "share", "behind", "length", "text", "text, turned", "not of it", "settled")
MANY = 60  # words of a message; more say no more about it
_FROM_ORDER = [FEATURES.index(name) for name in NAMES[4:]]


def signs(rows: Any, values: Any, words: int) -> Any:
    """`(statements, NAMES)` of one message: `rows` of ranking.features and its scores, over all
    that may be told there; `words`: how many it has.

    share: the logarithm of how likely it is beside the others; behind: how far behind the first.
    """
    first = values.max()
    share = values - first - log(float(np.exp(values - first).sum()))
    size = len(values)
    return np.column_stack([
        np.ones(size), share, first - values, np.full(size, log(min(words, MANY) + 1)),
        rows[:, _FROM_ORDER],
    ]).astype(np.float32)  # fmt: skip


def chances(rows: Any, values: Any, words: int) -> Any:
    """`(statements,)`, 0 to 1: how likely each answers; half, where it would do as well."""
    return 1.0 / (1.0 + np.exp(-(signs(rows, values, words) @ weights())))


@cache
def weights() -> Any:
    """`(NAMES,)`; raises DataFileError where data/ranking.yml is not what it must be."""
    return ranking.read_weights("answers", NAMES)


@cache
def is_usable() -> bool:
    """Whether the file can be read; where not, that is told once, and the words decide."""
    try:
        ranking.weights()
        weights()
    except (DataFileError, TypeError, ValueError) as error:
        _log.error("statements are ordered by their words alone: %s", error)
        return False
    return True
