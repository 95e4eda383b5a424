"""Which statements answer what she asks: those close to her words, none that she was told before.

Where she asks generally, the topic's best ones come, as `choose` orders them. Where she asks one
thing that no statement speaks of, that is said instead of two more general sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from bot.knowledge.asked import stems
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.by_meaning import by_meaning
from bot.knowledge.choice import Wish, choose
from bot.knowledge.citing import publishers, rests_on_doubtful
from bot.knowledge.closeness import ENOUGH, closeness
from bot.knowledge.fitting import Fit, Matter, best_of, by_closeness, told_elsewhere
from bot.knowledge.library import Library
from bot.knowledge.models import Statement
from bot.knowledge.next_step import Question
from bot.knowledge.topics import Topic

__all__ = ["Fit", "fit"]


def fit(library: Library, told_now: Sequence[Statement], topic: Topic, question: Question,
        *, before: bool = False) -> Fit:  # fmt: skip
    """The choice among `told_now`, everything on the topic that may be told."""
    new = [each for each in told_now if each.id not in question.without]
    old = [each for each in told_now if each.id in question.without]
    before = before or bool(old)
    wish = Wish(question.today, topic.first, question.phase, question.without,
                doubtful=_doubtful(library, new))  # fmt: skip
    asked = question.asked
    if not asked.aspects and not asked.stems and asked.vectors is None:
        return Fit(choose(new, wish), before)
    near = closeness(library, question.country)
    asked = asked.beside(
        near.common(told_now) | _own_words(topic.name, tuple(topic.words)),
        f"{topic.name.es} {topic.name.en}",
    )
    if near.knows_meaning(asked):
        matter = Matter(topic, question, asked, near, new, old, before)
        return replace(by_meaning(library, matter, wish), moves=True)
    close = {each.id: near.by_words(each, asked) for each in told_now}
    fitting = [each for each in new if close[each.id] >= ENOUGH]
    wish = by_closeness(wish, fitting, close)
    specific = asked.says_something if before else asked.is_specific
    if fitting and before:
        return Fit(choose(fitting, wish), before)
    if not specific or fitting:
        return Fit(choose(new, wish), before)
    if repeated := best_of(old, close):
        return Fit([repeated], before, again=True)
    if elsewhere := told_elsewhere(library, near, asked, topic, question):
        return Fit([elsewhere], before)
    if before and not (asked.tells and new):
        return Fit([], before, missed=True)
    return Fit(choose(new, wish), before, missed=asked.is_question)


@cache
def _own_words(name: Bilingual, words: tuple[str, ...]) -> frozenset[str]:
    """Of a topic."""
    return stems(f"{name.es} {name.en}") | stems(" ".join(words))


def _doubtful(library: Library, statements: Sequence[Statement]) -> set[str]:
    return {each.id for each in statements if rests_on_doubtful(publishers(library, each))}
