"""Which statements answer, by what they and her message mean.

All of a country's statements, and the region's, are put into one order, whatever topic they stand
under (ranking.py): where what answers best stands under another topic than the conversation took
the message for, the message is on that one. How likely the best answers (chance.py) decides whether
it is told plainly, as the closest that is known, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.knowledge.asked import Asked, aspects, nationals_in
from bot.knowledge.chance import chances
from bot.knowledge.choice import MOST, Wish, choose
from bot.knowledge.closeness import Closeness, closeness
from bot.knowledge.fitting import Fit, Matter
from bot.knowledge.library import Library
from bot.knowledge.lifecycle import may_be_told
from bot.knowledge.models import Statement
from bot.knowledge.next_step import Question
from bot.knowledge.of_states import holds_elsewhere
from bot.knowledge.offers import NEAR, offers
from bot.knowledge.ranking import Signs, features, weights
from bot.knowledge.schema import REGIONAL
from bot.knowledge.topics import topics

FOR_OTHERS = 4.0  # what a sentence for people of other countries or states loses, of its score
# What a sentence of another topic than the settled one loses where the model is sure of that, or
# plain words chose it; else the order knows best (docs/decisions/0007-which-fact-answers.md).
FAR, SURE = 3.0, 0.9
LOOKED_AT = 8  # of the likeliest
# So likely it must answer to be told at all, to a question, plainly, or beside the likeliest.
TOLD, ASKED, PLAIN, BESIDE = 0.2, 0.28, 0.47, 0.4
AHEAD, AGAIN = 3.0, 0.7  # so much likelier than what is new, and so likely, is told again
STEPS = 10.0  # likelier by 1 / STEPS is likelier; less is not
OUT_OF_THE_BLUE = 0.45  # so likely a topic of violence must be to come up by itself
AWAY = 0.3  # and an ordinary one, where she told of violence
OPEN = ("rights", "family", "work", "services")
# What she asks for, and how likely at most a sentence answers that says nothing of it: how to
# appeal, or how long it takes, has no other in its place; one on the price may be meant.
WITHOUT = {"refused": 0.0, "time": 0.0, "cost": PLAIN - 0.01}
ALONE = "ask_sexual_violence"  # hours count: no list of papers comes between


@dataclass(frozen=True)
class _Found:
    """A statement, its place in the order, and how likely it answers."""

    statement: Statement
    score: float
    chance: float


def by_meaning(library: Library, matter: Matter, wish: Wish) -> Fit:
    """The choice for a message whose vectors are known."""
    asked, before = matter.asked, matter.before
    if before and not asked.says_something:  # "more", "and then?": what comes next on the topic
        return Fit(choose(matter.new, wish), before)
    found = _likeliest(library, matter.question, matter.near, asked)
    new = [each for each in found if each.statement.id not in matter.question.without]
    old = [each for each in found if each.statement.id in matter.question.without]
    scored = {each.statement.id: STEPS * each.score for each in found}
    fit = _fit(matter, replace(wish, close=scored), new, old)
    if not (fit.closest or fit.missed) or matter.topic.group not in OPEN:
        return fit
    left = [each.statement for each in new if each.chance >= NEAR
            and each.statement not in fit.chosen
            and topics()[each.statement.intent].group in OPEN]  # fmt: skip
    nears = _there(library, matter.question, matter.near)
    return replace(fit, offers=offers(left, nears, matter.question))


def _fit(matter: Matter, wish: Wish, new: Sequence[_Found], old: Sequence[_Found]) -> Fit:
    best = new[0].score if new else -np.inf
    enough = ASKED if _asks(matter) else TOLD
    near = [each for each in new if each.chance >= enough]
    before = matter.before
    fitting = [each.statement for each in near if each is near[0] or each.chance >= BESIDE]
    if fitting and fitting[0].country != REGIONAL:  # what is known of there needs no elsewhere
        fitting = [each for each in fitting if each.country != REGIONAL]
    fitting = fitting[:MOST]
    plain = bool(near) and near[0].chance >= PLAIN
    if not before:
        if plain and fitting:  # short: what answers, and what must not be missed
            vital = [each for each in matter.new if each.priority > 0 and each not in fitting
                     and each.intent == fitting[0].intent]  # fmt: skip
            return Fit(choose([*fitting, *vital], wish), before)
        if not (_asks(matter) and matter.asked.is_specific):
            return Fit(choose([*fitting, *matter.new], wish), before)
    again = _asks(matter) and bool(old) and old[0].score > best + AHEAD
    if again and old[0].chance >= AGAIN:
        return Fit([old[0].statement], before, again=True)
    if fitting:
        return Fit(choose(fitting, wish), before, closest=not plain)
    if old and old[0].chance >= PLAIN:
        return Fit([old[0].statement], before, again=True)
    return _nothing_answers(matter, wish)


def _asks(matter: Matter) -> bool:
    signs = matter.question.signs
    return matter.asked.is_question or (signs is not None and signs.asks)


def _nothing_answers(matter: Matter, wish: Wish) -> Fit:
    """A woman who told of violence is never told that nothing is known."""
    if matter.before and matter.topic.group == "violence" and matter.new:
        return Fit(choose(matter.new, wish)[:1], matter.before, closest=True)
    if matter.before and not (matter.asked.tells and matter.new):
        return Fit([], matter.before, missed=not matter.asked.tells)
    return Fit(choose(matter.new, wish), matter.before, missed=matter.asked.is_question)


def plainly(library: Library, question: Question) -> str | None:
    """The topic of the statement that answers plainly, for a message on no topic that is known."""
    near = closeness(library, question.country)
    if not near.knows_meaning(question.asked):
        return None
    found = _likeliest(library, question, near, question.asked)
    best = next((each for each in found if each.statement.id not in question.without), None)
    return best.statement.intent if best is not None and best.chance >= PLAIN else None


def _likeliest(library: Library, question: Question, here: Closeness, asked: Asked
               ) -> list[_Found]:  # fmt: skip
    """The statements that are likeliest to answer and may be told, the likeliest first."""
    signs = question.signs or Signs(question.intent)
    last = here.told(question.last)
    nears = [near for near in _there(library, question, here) if near.knows_meaning(asked)]
    rows = np.concatenate([features(near, asked, signs, last) for near in nears])
    values = rows @ weights()
    likely = chances(rows, values, signs.words).tolist()
    keys = [(key, intent) for near in nears
            for key, intent in zip(near.ids, near.intents, strict=True)]  # fmt: skip
    may = {name: _may_come_up(name, question, signs) for name in {intent for _, intent in keys}}
    known = {
        key: (value, chance)
        for (key, intent), value, chance in zip(keys, values.tolist(), likely, strict=True)
        if may[intent]
    }
    return _told_of(library, question, known, asked)


def _there(library: Library, question: Question, here: Closeness) -> list[Closeness]:
    """Of her country and of the region; a region that is not encoded whole yet has numbers of
    another kind."""
    elsewhere = [] if question.country == REGIONAL else [closeness(library, REGIONAL)]
    return [here, *elsewhere]


def _told_of(library: Library, question: Question, known: Mapping[str, tuple[float, float]],
             asked: Asked) -> list[_Found]:  # fmt: skip
    ordered = sorted(known, key=lambda key: -known[key][0])
    signs = question.signs or Signs(question.intent)
    # By her plain words; "" and the topic before are nobody's choice.
    chosen = question.chosen and question.intent not in (signs.alone, signs.before)
    away = FAR if chosen or signs.share(question.intent) >= SURE else 0.0
    found = []
    for told in (False, True):
        part = [key for key in ordered if (key in question.without) is told]
        for each in _may_be_told(library, question, part):
            score, chance = known[each.id]
            if _is_for_others(each, question) or holds_elsewhere(
                each.text_es, question.country, question.city
            ):
                score, chance = score - FOR_OTHERS, 0.0
            chance = min(chance, _most(each, asked))
            if each.intent != question.intent:
                score, chance = score - away, 0.0 if chosen else chance
            found.append(_Found(each, score, chance))
    return sorted(found, key=lambda each: -each.score)


def _most(statement: Statement, asked: Asked) -> float:
    """How likely it answers at most, by the kinds of question that it says nothing of."""
    return min((most for kind, most in WITHOUT.items()
                if kind in asked.aspects and not aspects()[kind].is_answered_by(statement)),
               default=1.0)  # fmt: skip


def _may_be_told(library: Library, question: Question, ordered: Sequence[str]) -> list[Statement]:
    """The first of them that may be told today and can be understood alone."""
    of = (library.of(question.country).statement, library.of(REGIONAL).statement)
    found: list[Statement] = []
    for key in ordered:
        each = of[0].get(key) or of[1].get(key)
        led = each is not None and (
            each.follows is None
            or each.follows in question.without
            or each.intent == question.intent
        )
        if each is not None and led and may_be_told(each, question.today):
            found.append(each)
        if len(found) == LOOKED_AT:
            break
    return found


def _may_come_up(intent: str, question: Question, signs: Signs) -> bool:
    """Nothing of violence comes up out of the blue, nor papers where she tells of violence."""
    if intent == question.intent:
        return True
    if question.intent == ALONE:
        return False
    known = topics()
    own = known[question.intent].group if question.intent in known else OPEN[0]
    other = known[intent].group
    share = signs.share(intent)
    if intent == ALONE and question.intent != ALONE and signs.before != ALONE:
        # Who was never forced must not be told of 72 hours since both matters are of violence.
        return share >= OUT_OF_THE_BLUE
    if other not in OPEN:
        return own == other or share >= OUT_OF_THE_BLUE
    # Where plain words overruled the model, it has no say in this either.
    return own in OPEN or (share >= AWAY and signs.alone == question.intent)


def _is_for_others(statement: Statement, question: Question) -> bool:
    """Whether it is for people of other countries than hers: "TPS for Honduras has ended"."""
    if question.origin is None:
        return False
    of = nationals_in(statement.text_es) - {question.country}
    return bool(of) and question.origin not in of
