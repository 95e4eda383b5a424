"""Which statements answer, by what they and her message mean.

At first the closest leads and others of the topic follow; later only what answers. What holds in
the whole region, and what stands under the topic that the message would be on if it stood alone, is
held beside the topic's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from bot.knowledge.asked import nationals_in
from bot.knowledge.choice import Wish, choose
from bot.knowledge.closeness import BY_MEANING, closeness
from bot.knowledge.fitting import Fit, Matter, best_of, by_closeness, may_tell, told_elsewhere
from bot.knowledge.models import Statement
from bot.knowledge.next_step import Question
from bot.knowledge.schema import REGIONAL

FOR_OTHERS = 0.25  # what a sentence for people of other countries loses
OF_LAST = 0.25  # what closeness to what was told just before counts for a bare "how much?"
NOTHING_BESIDE = "ask_sexual_violence"  # hours count: no list of papers comes between
# Sides of one matter: what answers on one may stand under another.
SIDES = (("ask_family_reunification", "ask_family_reunification_documents",
          "ask_family_reunification_cost_time"),)  # fmt: skip


def by_meaning(session: Session, matter: Matter, wish: Wish) -> Fit:
    """The choice for a message whose vectors are known."""
    close = _closeness_of_its_own(matter)
    asked, before, scale = matter.asked, matter.before, BY_MEANING
    more = [] if asked.tells and not before else _also(session, matter, close)
    new = [*matter.new, *more]
    best = max((close[each.id] for each in new), default=0.0)
    fitting = _fitting(new, close)
    wish = by_closeness(wish, new, close, scale)
    if not before:
        if best >= scale.plain:  # short: what answers, and what must not be missed
            vital = [each for each in matter.new if each.priority > 0 and each not in fitting]
            return Fit(choose([*fitting, *vital], wish), before)
        if fitting or not asked.is_question:
            return Fit(choose(new, wish), before)
    repeated = best_of(matter.old, close, scale)
    if repeated and close[repeated.id] > max(best + scale.ahead, scale.plain):
        return Fit([repeated], before, again=True)
    if fitting:
        return Fit(choose(fitting, wish), before, closest=best < scale.plain)
    if elsewhere := told_elsewhere(session, matter.near, asked, matter.topic, matter.question):
        return Fit([elsewhere], before)
    return _nothing_answers(matter, wish)


def _nothing_answers(matter: Matter, wish: Wish) -> Fit:
    """A woman who told of violence is never told that nothing is known."""
    if matter.before and matter.topic.group == "violence" and matter.new:
        return Fit(choose(matter.new, wish)[:1], matter.before, closest=True)
    if matter.before and not (matter.asked.tells and matter.new):
        return Fit([], matter.before, missed=not matter.asked.tells)
    return Fit(choose(matter.new, wish), matter.before, missed=matter.asked.is_question)


def _closeness_of_its_own(matter: Matter) -> dict[str, float]:
    """By id, of everything on the topic."""
    close: dict[str, float] = {}
    bare = matter.before and not matter.asked.rest  # "how much?" is about what was told just before
    for each in (*matter.new, *matter.old):
        close[each.id] = matter.near.of(each, matter.asked)
        if bare:
            close[each.id] += OF_LAST * matter.near.alike(each, matter.question.last)
        if _is_for_others(each, matter.question):
            close[each.id] -= FOR_OTHERS
    return close


def _is_for_others(statement: Statement, question: Question) -> bool:
    """Whether it is for people of other countries than hers: "TPS for Honduras has ended"."""
    if question.origin is None:
        return False
    of = nationals_in(statement.text_es) - {question.country}
    return bool(of) and question.origin not in of


def _also(session: Session, matter: Matter, close: dict[str, float]) -> list[Statement]:
    """Statements from beside the topic that come closer than all of it; puts them into `close`."""
    question, asked = matter.question, matter.asked
    best = max(close.values(), default=0.0)
    found: list[Statement] = []
    beside = {side for sides in SIDES if question.intent in sides for side in sides}
    places = [(question.country, each) for each in sorted(beside - {question.intent})]
    if question.country != REGIONAL:
        places.append((REGIONAL, question.intent))
    also = question.also if question.intent != NOTHING_BESIDE else None
    if also is not None and also not in beside:
        places.append((question.country, also))
    for country, intent in places:
        near = matter.near if country == question.country else closeness(session, country)
        if near.scale(asked) is not BY_MEANING:
            continue  # a region that is not encoded whole yet: numbers of another kind
        handicap = 0.0 if intent in beside else BY_MEANING.ahead
        for each in may_tell(session, country, [intent], question):
            value = near.of(each, asked) - handicap
            value -= FOR_OTHERS if _is_for_others(each, question) else 0.0
            if value >= max(best, BY_MEANING.plain - BY_MEANING.ahead):
                close[each.id] = value
                found.append(each)
    return found


def _fitting(new: Sequence[Statement], close: Mapping[str, float]) -> list[Statement]:
    """Those that answer, and are not far behind the one that answers best."""
    best = max((close[each.id] for each in new), default=0.0)
    least = max(BY_MEANING.enough, best - BY_MEANING.beside)
    return [each for each in new if close[each.id] >= least]
