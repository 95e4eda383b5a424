"""What is measured of a text while it is written: the same for a new one and for one that is there.

Length, how easy it reads, whether a locked screen gives her away, whether it says where a secret
place is, whether both languages have the same numbers, whether its source is named, what it costs
as an SMS.

What a locked screen shows is measured of every text, by the rule of the messages that go out
(bot/conversation/notification.py): any text may be told to a woman whose telephone somebody reads,
and where she has not yet spoken of violence nothing neutral is put before it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from starlette.responses import Response

from bot.conversation.compose import MAX_WORDS
from bot.conversation.naming import SENSITIVE_GROUPS
from bot.conversation.notification import betraying_word
from bot.knowledge.reading_age import HARD, reading_age
from bot.knowledge.topics import topics
from bot.portal.site import Visit
from connectors.gsm7 import fold, segments


@dataclass(frozen=True)
class Checked:
    """One language of a text, measured."""

    words: int
    segments: int
    gives_away: str  # the word, "" where there is none
    is_covered: bool  # something neutral is always put before it
    numbers_differ: bool
    source: str  # what is said of it, a key of words.yml: bot/portal/source_check.py
    age: int | None  # how old a reader must be
    too_hard: bool
    tells_where: bool  # it says where a secret place is (bot/knowledge/secret_places.py)
    most: int = MAX_WORDS

    @property
    def too_long(self) -> bool:
        return self.words > self.most


Checks = dict[str, Checked]


def measured(es: str, en: str, topic: str, *, source: str, telling: Collection[str] = ()) -> Checks:
    """Both languages; those in `telling` say where a secret place is."""
    known = topics().get(topic)
    covered = bool(known and known.group in SENSITIVE_GROUPS)
    differ = _numbers(es) != _numbers(en)
    return {
        language: _measure(text, language, covered=covered, differ=differ, source=source,
                           tells_where=language in telling)
        for language, text in (("es", es), ("en", en))
    }  # fmt: skip


def _measure(text: str, language: str, *, covered: bool, differ: bool, source: str,
             tells_where: bool) -> Checked:  # fmt: skip
    age = reading_age(text, language)
    return Checked(
        len(text.split()), segments(fold(text)) if text else 0, betraying_word(text), covered,
        differ, source, age, age is not None and age >= HARD[language],
        tells_where,
    )  # fmt: skip


def wants_checks_alone(visit: Visit) -> bool:
    """Whether the page's script asks, while she types."""
    return visit.method == "POST" and visit.form.get("part") == "checks"


def checks_alone(visit: Visit, checks: Checks, country: str) -> Response:
    """A few hundred bytes instead of a page: she may be on a slow line."""
    return visit.page("checks.html", checks=checks, country=country)


def _numbers(text: str) -> list[str]:
    """Telephone numbers and long figures: the languages must have the same."""
    return sorted(each for each in _words(text) if sum(map(str.isdigit, each)) >= 3)


def _words(text: str) -> list[str]:
    """Words without the punctuation around them."""
    return [each.strip(".,;:()¿?¡!«»\"'") for each in text.split()]
