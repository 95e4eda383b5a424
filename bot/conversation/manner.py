"""How an answer on a topic is worded: in full, or as an SMS, for which every part is paid.

As an SMS it is one statement, the one that answers best, with the one number; what may have changed
is said in few words, and "more" brings the statements that were left. A number, and the word that
something may have changed, are never left out.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.conversation.shown import number_line, one_line
from bot.conversation.sources import source_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import has, say
from bot.conversation.world import World
from bot.directory.found import FoundService, has_number
from bot.directory.numbers import is_telephone
from bot.directory.words import date_in_figures
from bot.knowledge.answer import Answer, EmergencyNumber
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.citing import Citation
from connectors.contract import Option

NAME = 26  # letters of a name that stand in an SMS
SOURCE = 18
ROOM = 180  # letters of a statement that leave room for the rest of two parts
_DIGITS = re.compile(r"\D")
FEWEST = 5  # figures of a number that cannot be a sum or a count of days
_FIGURES = re.compile(r"[*\d][\d -]+\d")
# What has seven figures and more may be a telephone, or a law ("256-2025"), a sum, a date.
_CANDIDATE = re.compile(r"[+(]?\d(?:[ ()-]{0,2}\d){6,14}")
# A short number that is said as one to call: "llama al 126", "(1572)"; not "150 días".
_CALLED = re.compile(
    r"(?:\b(?:al|línea|lineas?|llama|marca|número|call|dial|line|number|text|to)\s+|\()"
    r"([*]?(?!(?:19|20)\d\d\b)\d{3,4})\b(?!\s+(?:d[ií]as|days|horas|hours|d[oó]lares|dollars|pesos))",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Manner:
    """The words of one style; `is_brief`: as an SMS."""

    is_brief: bool

    def statements(self, answer: Answer, turn: Turn, state: State, world: World) -> Answer:
        """The answer with as many statements as are said at once."""
        if not self.is_brief or len(answer.statements) < 2:
            return answer
        best = answer.statements[0]
        if not (turn.cues.asks or turn.asked.aspects or turn.hint):
            # She named a matter and asked nothing: any of them will do, and a short one costs less.
            best = next((each for each in answer.statements if len(each.text) <= ROOM), best)
        _, citation = world.these([best.id], state, turn.today)
        return replace(answer, statements=(best,), citation=citation)

    def number(self, line: EmergencyNumber | None, language: str) -> str:
        """The number, bare and first."""
        if line is None:
            return ""
        if self.is_brief and line.hours == say("all_day", language):
            line = replace(line, hours=say("all_day_sms", language))
        return number_line(line)

    def say(self, key: str, language: str, **values: object) -> str:
        """The text, in its short form where there is one."""
        short = f"{key}_sms"
        return say(short if self.is_brief and has(short) else key, language, **values)

    def told(self, heading: str, texts: Sequence[str]) -> list[str]:
        """Whom it is for, and the statements: in one paragraph on SMS."""
        if self.is_brief and heading and texts:
            return [f"{heading} {texts[0]}", *texts[1:]]
        return [heading, *texts]

    def source(self, citation: Citation, language: str) -> str:
        """Who says so and when, and that it may have changed."""
        if not self.is_brief:
            return source_line(citation, language)
        named = [each for each in citation.sources if each.name]
        texts = [say("confirm_first_sms", language)] if citation.confirm_first else []
        for each in named[:1]:
            date = date_in_figures(each.date) if each.date else say("no_date", language)
            name = _shortened(each.name, SOURCE)
            texts.append(say("source", language, sources=f"{name}, {date}"))
        return " ".join(texts)

    def step(self, key: str, service: FoundService, language: str,
             lines: Sequence[str]) -> str:  # fmt: skip
        """Who can help; as an SMS nothing where `lines` hold a telephone already. In doubt she gets
        one number too many."""
        if not self.is_brief:
            return say(key, language, service=one_line(service, language))
        said = " ".join(lines)
        own = {_DIGITS.sub("", each) for each in service.phone_displays}
        # "Tienes 150 días" names no number 150.
        before = {n for n in map(_bare, _FIGURES.findall(said)) if len(n) >= FEWEST}
        called = set(map(_bare, _CALLED.findall(said)))
        if called or own & before or _has_telephone(said, service.country):
            return ""
        name = service.names.get(language)
        if len(name) <= NAME and any(each in name.split() for each in service.phone_displays):
            return say(f"{key}_sms", language, service=name)  # "Línea 1572"
        names = (_shortened(each, NAME) for each in (service.names.es, service.names.en))
        short = replace(service, names=Bilingual(*names))
        if has_number(short):
            short = replace(short, phones=short.phones[:1],
                            whatsapp=None if short.phones else short.whatsapp)  # fmt: skip
        return say(f"{key}_sms", language, service=one_line(short, language))

    def options(self, options: Sequence[Option], language: str) -> tuple[Option, ...]:
        """The choices; as an SMS with the shortest titles, and without the way to another topic:
        she writes what it is."""
        if not self.is_brief:
            return tuple(options)
        short = {say(key, language): say(f"{key}_sms", language) for key in _SHORT_TITLES}
        return tuple(replace(each, title=short.get(each.title, each.title)) for each in options
                     if each.payload != "/ask_menu")  # fmt: skip


def _bare(number: str) -> str:
    return _DIGITS.sub("", number)


def _shortened(name: str, most: int) -> str:
    """At a space, or within its only word ("consulmex.sre.gob.mx")."""
    short = textwrap.shorten(name, most, placeholder="...")
    return f"{name[: most - 3]}..." if short == "..." else short


def _has_telephone(said: str, country: str) -> bool:
    """Whether anybody could call what stands there."""
    return any(
        is_telephone(found, country)
        for found in _CANDIDATE.findall(said)
        if not _YEAR.search(found)
    )


_SHORT_TITLES = ("option_more", "option_near")
FULL, BRIEF = Manner(is_brief=False), Manner(is_brief=True)


def manner_of(style: str) -> Manner:
    """How answers are worded for a channel's style."""
    return BRIEF if style == "sms" else FULL
