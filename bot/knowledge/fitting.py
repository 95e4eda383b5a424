"""What a choice among statements leads to, and what both ways of choosing need."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.knowledge.asked import Asked
from bot.knowledge.choice import Wish
from bot.knowledge.closeness import ENOUGH, SURE, Closeness
from bot.knowledge.library import Library
from bot.knowledge.lifecycle import may_be_told
from bot.knowledge.models import Statement
from bot.knowledge.next_step import Question
from bot.knowledge.offers import Offer
from bot.knowledge.topics import Topic, topics


@dataclass(frozen=True)
class Fit:
    """What to tell; `missed`: nothing answers her one question; `again`: it was told before.

    `closest`: it is the closest that is known, and may not be quite what she asks.
    """

    chosen: list[Statement]
    before: bool
    missed: bool = False
    again: bool = False
    closest: bool = False
    offers: tuple[Offer, ...] = ()  # where nothing answers plainly: questions near hers
    moves: bool = False  # what answers may stand under another topic, which it is then about


@dataclass(frozen=True)
class Matter:
    """What is asked, and what may be told on it: `new` to her, or `old`."""

    topic: Topic
    question: Question
    asked: Asked
    near: Closeness
    new: Sequence[Statement]
    old: Sequence[Statement]
    before: bool


def by_closeness(wish: Wish, statements: Sequence[Statement], close: Mapping[str, float]) -> Wish:
    """`wish` with how close each of the statements comes."""
    return replace(wish, close={each.id: close[each.id] for each in statements})


def best_of(statements: Sequence[Statement], close: Mapping[str, float]) -> Statement | None:
    """The closest, if it comes close enough to answer."""
    best = max(statements, key=lambda each: close[each.id], default=None)
    return best if best is not None and close[best.id] >= ENOUGH else None


def told_elsewhere(
    library: Library, near: Closeness, asked: Asked, topic: Topic, question: Question
) -> Statement | None:
    """A statement of another topic that answers plainly; never one on violence out of the blue,
    nor one on papers to a woman who tells of violence."""
    if not asked.rest:
        return None  # "and how much?" would fit anywhere
    open_ = ("rights", "family", "work")
    groups = open_ if topic.group in open_ else (topic.group,)
    intents = [name for name, each in topics().items() if each.group in groups]
    others = [
        each
        for each in may_tell(library, question.country, intents, question)
        if each.follows is None
    ]
    best = max(others, key=lambda each: near.by_words(each, asked), default=None)
    return best if best is not None and near.by_words(best, asked) >= SURE else None


def may_tell(
    library: Library, country: str, intents: Collection[str], question: Question
) -> list[Statement]:
    """What may be told now in the country on these intents, and was not told before."""
    return [
        each
        for each in library.of(country).statements
        if each.intent in intents
        and each.id not in question.without
        and may_be_told(each, question.today)
    ]
