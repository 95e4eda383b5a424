"""Which statements answer what she asks: those close to her words, none that she was told before.

Where she asks generally, the topic's best ones come, as `choose` orders them. Where she asks one
thing that no statement speaks of, that is said instead of two more general sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bot.knowledge.asked import ENOUGH, SURE, Asked, Closeness, stems
from bot.knowledge.choice import Wish, choose
from bot.knowledge.citing import publishers, rests_on_doubtful
from bot.knowledge.lifecycle import may_be_told
from bot.knowledge.models import Statement
from bot.knowledge.next_step import Question
from bot.knowledge.topics import Topic, topics


@dataclass(frozen=True)
class Fit:
    """What to tell; `missed`: nothing answers her one question; `again`: it was told before."""

    chosen: list[Statement]
    before: bool
    missed: bool = False
    again: bool = False


def fit(session: Session, told_now: Sequence[Statement], topic: Topic, question: Question,
        *, before: bool = False) -> Fit:  # fmt: skip
    """The choice among `told_now`, everything on the topic that may be told."""
    new = [each for each in told_now if each.id not in question.without]
    old = [each for each in told_now if each.id in question.without]
    before = before or bool(old)
    wish = Wish(question.today, topic.first, question.phase, question.without,
                doubtful=_doubtful(session, new))  # fmt: skip
    if not question.asked.aspects and not question.asked.stems:
        return Fit(choose(new, wish), before)
    near = _closeness(_texts(session, question.country))
    asked = question.asked.beside(
        near.common(told_now) | _own_words(topic), f"{topic.name.es} {topic.name.en}"
    )
    close = {each.id: near.of(each, asked) for each in told_now}
    fitting = [each for each in new if close[each.id] >= ENOUGH]
    close = {key: value if value >= ENOUGH else 0.0 for key, value in close.items()}
    wish = Wish(wish.today, wish.first, wish.phase, wish.told, close, wish.doubtful)
    specific = asked.says_something if before else asked.is_specific
    if not specific or (fitting and not before):
        return Fit(choose(new, wish), before)
    if fitting:
        return Fit(choose(fitting, wish), before)
    if repeated := _best(old, close):
        return Fit([repeated], before, again=True)
    if elsewhere := _elsewhere(session, near, asked, topic, question):
        return Fit([elsewhere], before)
    if before and not (asked.tells and new):
        return Fit([], before, missed=True)
    return Fit(choose(new, wish), before, missed=asked.is_question)


def _best(statements: Sequence[Statement], close: dict[str, float]) -> Statement | None:
    best = max(statements, key=lambda each: close[each.id], default=None)
    return best if best is not None and close[best.id] >= ENOUGH else None


def _elsewhere(session: Session, near: Closeness, asked: Asked, topic: Topic,
               question: Question) -> Statement | None:  # fmt: skip
    """A statement of another topic that answers plainly; never one on violence out of the blue."""
    open_ = ("rights", "family", "work")
    groups = open_ if topic.group in open_ else (*open_, topic.group)
    wanted = select(Statement).where(
        Statement.country == question.country, Statement.follows.is_(None),
        Statement.intent.in_([name for name, each in topics().items() if each.group in groups]),
    ).order_by(Statement.id)  # fmt: skip
    others = [
        each for each in session.scalars(wanted.options(selectinload(Statement.hidden)))
        if each.id not in question.without and may_be_told(each, question.today)
    ]  # fmt: skip
    best = max(others, key=lambda each: near.of(each, asked), default=None)
    return best if best is not None and near.of(best, asked) >= SURE else None


def _texts(session: Session, country: str) -> tuple[tuple[str, str], ...]:
    """What is said in the country: few columns, for the statements themselves are not needed."""
    rows = session.execute(
        select(Statement.id, Statement.text_es, Statement.text_en)
        .where(Statement.country == country)
        .order_by(Statement.id)
    )
    return tuple((record_id, f"{es} {en}") for record_id, es, en in rows)


@lru_cache(maxsize=32)
def _closeness(corpus: tuple[tuple[str, str], ...]) -> Closeness:
    """Counted once for as long as the country says the same."""
    return Closeness(corpus)


def _own_words(topic: Topic) -> frozenset[str]:
    return stems(f"{topic.name.es} {topic.name.en}") | stems(" ".join(topic.words))


def _doubtful(session: Session, statements: Sequence[Statement]) -> set[str]:
    names = publishers(session, [each.id for each in statements])
    return {key for key, value in names.items() if rests_on_doubtful(value)}
