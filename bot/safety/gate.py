"""The gate: what is decided about a message before any model reads it, in every state.

Pure: nothing is read but the pattern files, once; nothing of a message is kept. A message costs a
fraction of a millisecond. Whatever is not plain is left to the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot.safety.files import Certainty, Kind, KindFile, load_kinds
from bot.safety.normalise import Language, Reading, read
from bot.safety.orders import orders
from bot.safety.rules import Alarm, Compiler, Speaker
from bot.safety.spelling import Spelt

LANGUAGES: tuple[Language, ...] = ("es", "en")
_WHOLE_WORDS = 12  # a message of more words is never only an exit word or the like
_AGAIN = re.compile(r"(?<![^ ])([^ ]+ )\1+")  # "salir salir salir"
_GENDER = frozenset("♀♂")


@dataclass(frozen=True)
class Decision:
    """What the gate decided. `language` is None where the words belong to both languages."""

    kind: Kind
    language: Language | None
    certainty: Certainty


@dataclass(frozen=True)
class Reason:
    """Why: for the tests and for whoever mends the patterns. Never logged: it may quote her."""

    decision: Decision
    group: str
    pattern: str


def gate(text: str, *, style: str) -> Decision | None:
    """The decision about `text` on a channel of `style`; None leaves it to the model."""
    reason = explain(text, style=style)
    return reason.decision if reason else None


def explain(text: str, *, style: str) -> Reason | None:
    """`gate`, with its reason."""
    reading = read(text)
    if not reading.glued:
        return next(_by_signs(reading), None)
    spelt = [(s, s.speller.spell(reading.words(s.language))) for s in _speakers()]
    found = next(_whole(reading, spelt, style), None) or next(_inside(spelt), None)
    return found or next(_slips(reading, style), None)


def load() -> None:
    """Reads and checks the pattern files now rather than at the first message."""
    _speakers()
    _kinds()
    orders()


@cache
def _speakers() -> tuple[Speaker, ...]:
    return tuple(Compiler(language).speaker() for language in LANGUAGES)


@cache
def _kinds() -> dict[Kind, KindFile]:
    return load_kinds()


def _by_signs(reading: Reading) -> Iterator[Reason]:
    signs = reading.signs - _GENDER
    for kind, record in _kinds().items():
        if signs and signs <= set(record.signs):
            yield Reason(Decision(kind, None, "sure"), "signs", record.signs)


def _whole(reading: Reading, spelt: list[tuple[Speaker, Spelt]], style: str) -> Iterator[Reason]:
    for kind, record in _kinds().items():
        if record.styles and style not in record.styles:
            continue
        for speaker, said in spelt:
            words = said.text.replace(". ", "")
            words = words if words.count(" ") < 4 else _AGAIN.sub(r"\1", words)
            short = words.count(" ") <= _WHOLE_WORDS
            for whole in speaker.wholes:
                if whole.kind != kind:
                    continue
                if reading.glued in whole.glued:
                    yield Reason(Decision(kind, whole.language, "sure"), "whole", reading.glued)
                elif short and whole.regex.fullmatch(words):
                    certainty: Certainty = "likely" if said.mended else "sure"
                    yield Reason(Decision(kind, whole.language, certainty), "whole", words)


def _slips(reading: Reading, style: str) -> Iterator[Reason]:
    for order in orders().meant(reading):
        styles = _kinds()[order.kind].styles
        if not styles or style in styles:
            decision = Decision(order.kind, order.language, "likely")
            yield Reason(decision, "a slip of an order", order.glued)


def _inside(spelt: list[tuple[Speaker, Spelt]]) -> Iterator[Reason]:
    found = [alarm for speaker, said in spelt for alarm in _alarms(speaker, said)]
    # Danger from another person, danger from herself, then what is urgent: in whatever language.
    gravest = list(_kinds())
    yield from sorted(found, key=lambda reason: gravest.index(reason.decision.kind))


def _alarms(speaker: Speaker, said: Spelt) -> Iterator[Reason]:
    length = said.text.count(" ")
    for alarm in speaker.candidates(said.text):
        place = alarm.found(said) if length <= alarm.at_most else None
        if place:
            certainty = _certainty(alarm, said, place)
            yield Reason(
                Decision(alarm.kind, speaker.language, certainty), alarm.group, alarm.source
            )
            return


def _certainty(alarm: Alarm, said: Spelt, place: tuple[int, int]) -> Certainty:
    return "likely" if said.mended & set(range(*place)) else alarm.certainty
