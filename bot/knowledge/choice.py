"""Choosing at most three statements, the most useful first. Pure: rows in, rows out.

The order: what she can do now and where, then her rights, then requirements, costs and warnings;
firm before uncertain, fresh before old, short before long. Before all of that: what comes close to
her own words; after it: what rests on doubtful sources alone. What she must not miss (a deadline
or warning that an editor gave a priority) keeps a seat even when it is long.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from bot.directory.text import fold
from bot.knowledge.dates import is_fresh, is_old
from bot.knowledge.models import Statement

MOST = 3
MOST_WORDS = 60
_KIND_RANK = {
    "hotline": 0, "procedure": 0, "institution": 1, "right": 2, "deadline": 2, "requirement": 3,
    "law": 4, "fee": 4, "warning": 4,
}  # fmt: skip
# Kinds that come one step earlier in a phase of the journey.
_PHASE_KINDS = {
    "origin": ("requirement", "warning"),
    "transit": ("warning", "institution"),
    "destination": (),
    "return": ("right",),
}
_CONFIDENCE_RANK = {"high": 0, "medium": 1, "low": 2}
_READING_RANK = {"confirmed": 0, "corrected": 0, "new": 1, None: 1, "unconfirmed": 2}
_LATER = 1.5  # what must be checked first comes after what is firm
_ALIKE = 0.5
_SMALL_WORDS = 3


@dataclass(frozen=True)
class Wish:
    """What is asked for: which kinds lead, in which phase of the journey, today."""

    today: date
    first: Collection[str] = ()
    phase: str | None = None
    told: Collection[str] = ()  # ids of statements that she was told before
    close: Mapping[str, float] = field(default_factory=dict)  # by id: how well it fits her words
    doubtful: Collection[str] = ()  # ids of statements without a source to trust


def choose(statements: Sequence[Statement], wish: Wish) -> list[Statement]:
    """At most three of the statements, in the order in which to tell them."""
    ordered = sorted(statements, key=lambda each: _rank(each, wish))
    chosen: list[Statement] = []
    for each in ordered:
        if _fits_after(each, chosen, wish):
            chosen.append(each)
            break
    if vital := _vital(ordered, chosen, wish):
        chosen.append(vital)
    while len(chosen) < MOST and (more := _next(ordered, chosen, wish)):
        chosen.append(more)
    return sorted(chosen, key=lambda each: (each.follows is not None, _rank(each, wish)))


def _next(
    ordered: Sequence[Statement], chosen: Sequence[Statement], wish: Wish
) -> Statement | None:
    """The best of the rest for which there is still room."""
    return next(
        (
            each
            for each in ordered
            if _fits_after(each, chosen, wish) and _words([*chosen, each]) <= MOST_WORDS
        ),
        None,
    )


def _rank(statement: Statement, wish: Wish) -> tuple[object, ...]:
    return (
        -round(wish.close.get(statement.id, 0.0)),
        statement.id in wish.doubtful,
        _kind_rank(statement.kind, wish) + (_LATER if statement.call_first else 0),
        -statement.priority,
        _CONFIDENCE_RANK[statement.confidence],
        _READING_RANK[statement.second_reading],
        is_old(statement.as_of, wish.today),
        not is_fresh(statement.as_of, wish.today),
        _words([statement]) // 8,
        statement.id,
    )


def _kind_rank(kind: str, wish: Wish) -> float:
    if kind in wish.first:
        return -1.0
    earlier = 1.0 if kind in _PHASE_KINDS.get(wish.phase or "", ()) else 0.0
    return _KIND_RANK[kind] - earlier


def _vital(
    ordered: Sequence[Statement], chosen: Sequence[Statement], wish: Wish
) -> Statement | None:
    """The statement that she must not miss, unless it is there already."""
    vital = [each for each in ordered if each.priority > 0 and _fits_after(each, chosen, wish)]
    return max(vital, key=lambda each: each.priority, default=None)


def _fits_after(statement: Statement, chosen: Sequence[Statement], wish: Wish) -> bool:
    """Whether it adds something to what is already chosen, and can be understood after it."""
    if statement in chosen:
        return False
    before = {*wish.told, *(each.id for each in chosen)}
    if statement.follows is not None and statement.follows not in before:
        return False
    return not any(_say_the_same(statement, each) for each in chosen)


def _say_the_same(one: Statement, other: Statement) -> bool:
    """Whether two statements share most of their longer words, or answer with the same number."""
    if one.kind == other.kind == "hotline" and _numbers(one) & _numbers(other):
        return True
    first, second = _long_words(one.text_es), _long_words(other.text_es)
    smaller = min(len(first), len(second))
    return smaller > 0 and len(first & second) / smaller > _ALIKE


@lru_cache(maxsize=8_192)  # of statements, never of a message
def _long_words(text: str) -> frozenset[str]:
    return frozenset(word for word in fold(text).split() if len(word) > _SMALL_WORDS)


def _numbers(statement: Statement) -> set[str]:
    return set(re.findall(r"[*\d][\d -]{1,}\d", statement.text_es))


def _words(statements: Sequence[Statement]) -> int:
    return sum(len(each.text_es.split()) for each in statements)
