"""What she is told about one topic in one country, with whatever goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from bot.directory.found import FoundService
from bot.knowledge.asked import NOTHING, Asked
from bot.knowledge.citing import Citation, cite
from bot.knowledge.fit import Fit, fit
from bot.knowledge.library import Library, opened
from bot.knowledge.lifecycle import may_be_told
from bot.knowledge.models import Statement
from bot.knowledge.next_step import (
    EmergencyNumber,
    Question,
    emergency_number,
    next_step,
    who_may_know,
)
from bot.knowledge.of_states import holds_elsewhere
from bot.knowledge.offers import Offer, chosen
from bot.knowledge.ranking import Signs
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.knowledge.topics import Topic, topics

__all__ = ["Answer", "Citation", "EmergencyNumber", "Told", "answer", "cite", "may_be_told"]


LAST = 2  # statements of the answer before


@dataclass(frozen=True)
class Told:
    """One sentence for her, and what the portal and the analytics need to know about it."""

    id: str
    intent: str
    kind: str
    text: str
    as_of: str | None


@dataclass(frozen=True)
class Answer:
    """Everything an action needs to reply; texts are in the language asked for."""

    intent: str
    country: str
    topic: str  # the topic's name in plain words
    child_focus: bool
    note: str | None  # what must be said honestly with this topic, in every country
    statements: tuple[Told, ...]
    emergency: EmergencyNumber | None
    citation: Citation
    act_early: bool  # a short deadline may exist that is not confirmed
    next_step: FoundService | None
    is_regional: bool  # told from the regional file, not from the country's
    unknown: bool
    ask: FoundService | None  # who may know, when nothing is known here
    before: bool = False  # some of the topic was told already
    missed: bool = False  # nothing known answers the one thing that she asks
    again: bool = False  # what answers it was told before
    closest: bool = False  # the closest that is known, perhaps not quite what she asks
    offers: tuple[Offer, ...] = ()  # questions near hers, where nothing answers it plainly


def answer(
    where: Session | Library,
    intent: str,
    country: str,
    language: str,
    today: date,
    phase: str | None = None,
    city: str | None = None,
    *,
    without: Sequence[str] = (),
    asked: Asked = NOTHING,
    style: str = "web",
    origin: str | None = None,
    signs: Signs | None = None,
    tapped: str | None = None,
) -> Answer:
    """The best answer to `intent` in `country` ("XX", or any other code, is the region).

    `without` holds the ids of statements that she was told before, the last ones last: the next
    ones come. `asked` are her words of this turn: what fits them comes first; `signs` order the
    statements where it is known what they mean, and what answers may then stand under another
    topic: `Answer.intent`. `tapped`: the code of the statement that she chose (offers.py); one that
    is gone is as if she had chosen its topic.
    Raises KeyError for an intent that data/topics.yml does not know.
    """
    code = country if country in COUNTRY_CODES else REGIONAL
    question = Question(
        intent, code, language, today, phase, city, frozenset(without), asked, style,
        origin=origin, last=tuple(without[-LAST:]),
        signs=signs,
    )  # fmt: skip
    topic = topics()[intent]
    library = opened(where)
    kept = _on_topic(library, question)
    wanted = chosen(library, code, tapped) if tapped else None
    if wanted is not None and may_be_told(wanted, today):
        before = any(each.id in question.without for each in kept)
        return _assembled(library, question, topic, kept, Fit([wanted], before),
                          wanted.country == REGIONAL)  # fmt: skip
    found = fit(library, _told_now(kept, question), topic, question)
    is_regional = code == REGIONAL
    if not is_regional and not found.chosen and not found.missed:
        regional = replace(question, country=REGIONAL)
        found = fit(library, _told_now(_on_topic(library, regional), regional), topic, regional,
                    before=found.before)  # fmt: skip
        is_regional = True
    return _assembled(library, question, topic, kept, found, is_regional)


def _assembled(library: Library, question: Question, topic: Topic, kept: Sequence[Statement],
               found: Fit, is_regional: bool) -> Answer:  # fmt: skip
    language, chosen = question.language, found.chosen
    emergency = emergency_number(topic, question.country, language)
    if chosen and found.moves and chosen[0].intent != question.intent:
        question = replace(question, intent=chosen[0].intent)
        topic = topics()[question.intent]
        # The number of what she told stays, whatever answers.
        emergency = emergency or emergency_number(topic, question.country, language)
    lost = found.missed or not chosen
    return Answer(
        intent=question.intent,
        country=question.country,
        topic=topic.name.get(language),
        child_focus=topic.child_focus,
        note=topic.note.get(language) if topic.note else None,
        statements=tuple(
            Told(each.id, each.intent, each.kind, each.text.get(language), each.as_of)
            for each in chosen
        ),
        emergency=emergency,
        citation=cite(library, chosen, question.today),
        act_early=any(_is_unconfirmed_deadline(each) for each in kept),
        next_step=next_step(library, question, topic, emergency),
        is_regional=is_regional,
        unknown=not chosen,
        ask=who_may_know(library, question) if lost else None,
        before=found.before,
        missed=found.missed,
        again=found.again,
        closest=found.closest,
        offers=found.offers,
    )


def _on_topic(library: Library, question: Question) -> Sequence[Statement]:
    """Everything kept about the topic in the country, told or not."""
    return library.of(question.country).by_topic.get(question.intent, ())


def _told_now(statements: Iterable[Statement], question: Question) -> list[Statement]:
    return [each for each in statements if may_be_told(each, question.today)
            and not holds_elsewhere(each.text_es, question.country, question.city)]  # fmt: skip


def _is_unconfirmed_deadline(statement: Statement) -> bool:
    return statement.kind == "deadline" and (statement.status == "draft" or statement.call_first)
