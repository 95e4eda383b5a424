"""The pattern files made ready for use: one `Speaker` for each language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.safety.files import (
    SAFETY,
    Certainty,
    GuardFile,
    Kind,
    PlacesFile,
    SafetyDataError,
    WordsFile,
    fault,
    load_kinds,
    load_real_words,
    load_words,
)
from bot.safety.normalise import STOP, Language, fold_with, glue
from bot.safety.patterns import START, Dialect, Pattern, PatternError, compile_pattern
from bot.safety.spelling import Speller, Spelt

_BEFORE_WORDS = 8  # how far back a guard looks
_MATCHES = 4  # matches of one pattern that are weighed; a real alarm is among the first


@dataclass(frozen=True)
class Guard:
    """What silences an alarm; each part None where the guard has no such patterns."""

    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    message: re.Pattern[str] | None

    def silences(self, text: str, start: int, end: int) -> bool:
        """Whether the match from `start` to `end` of `text` is no alarm."""
        if self.message and self.message.search(text):
            return True
        opening, closing = text[:start].rpartition(STOP)[2], text[end:].partition(STOP)[0]
        if self.sentence and self.sentence.search(f"{opening}{text[start:end]}{closing}"):
            return True
        before = " ".join(opening.split()[-_BEFORE_WORDS:]) + " "
        return bool(
            (self.before and self.before.search(before))
            or (self.after and self.after.match(text, end))
        )


@dataclass(frozen=True)
class Alarm:
    """One pattern that may stand anywhere."""

    kind: Kind
    group: str
    source: str
    certainty: Certainty
    at_most: int
    regex: re.Pattern[str]
    guards: tuple[Guard, ...]

    def found(self, spelt: Spelt) -> tuple[int, int] | None:
        """Where it stands unsilenced, as positions of words; None where it does not."""
        for count, match in enumerate(self.regex.finditer(spelt.text)):
            if count == _MATCHES:
                break
            start, end = match.span()
            if not any(guard.silences(spelt.text, start, end) for guard in self.guards):
                return spelt.text[:start].count(" "), spelt.text[:end].count(" ")
        return None


@dataclass(frozen=True)
class Whole:
    """A kind as the whole message."""

    kind: Kind
    language: Language | None
    regex: re.Pattern[str]
    glued: frozenset[str]


@dataclass(frozen=True)
class Speaker:
    """Everything of one language."""

    language: Language
    speller: Speller
    wholes: tuple[Whole, ...]
    alarms: tuple[Alarm, ...]  # in the order in which they are asked
    by_word: dict[str, tuple[int, ...]]  # which alarms a word may belong to

    def candidates(self, text: str) -> Iterator[Alarm]:
        """The alarms that may stand in `text`, in their order."""
        found = {i for word in set(text.split()) for i in self.by_word.get(word, ())}
        return (self.alarms[i] for i in sorted(found))


class Compiler:
    """Builds the `Speaker` of one language from the files."""

    def __init__(self, language: Language, folder: Path = SAFETY) -> None:
        self.language = language
        self._words_file = load_words(folder)
        self._kinds = load_kinds(folder)
        self._fold = fold_with(language)
        self._same = _same_table(self._words_file, language, self._fold)
        self._real = [
            self._fold(word) for word in getattr(load_real_words(folder), language).split()
        ]
        self._known: set[str] = set()
        self._dialect = Dialect(
            lists=getattr(self._words_file.lists, language),
            spell=self._spell,
            gap_stops=getattr(self._words_file.gap_stops, language),
        )

    def speaker(self) -> Speaker:
        """The speaker. Raises SafetyDataError."""
        guards = {name: self._guard(name, g) for name, g in self._words_file.guards.items()}
        wholes = tuple(self._wholes())
        alarms: list[Alarm] = []
        by_word: dict[str, list[int]] = {}
        for alarm, anchor in self._alarms(guards):
            for word in anchor:
                by_word.setdefault(word, []).append(len(alarms))
            alarms.append(alarm)
        speller = Speller(self._known, self._real, self._same)
        index = {word: tuple(numbers) for word, numbers in by_word.items()}
        return Speaker(self.language, speller, wholes, tuple(alarms), index)

    def _spell(self, word: str) -> str:
        folded = self._fold(word)
        return self._same.get(folded, folded)

    def _compile(self, place: str, sources: Iterable[str]) -> list[Pattern]:
        try:
            patterns = [compile_pattern(s, self._dialect) for s in sources]
        except PatternError as error:
            raise fault(f"{self.language}, {place}", error) from error
        self._known.update(word for pattern in patterns for word in pattern.words)
        return patterns

    def _guard(self, name: str, file: GuardFile) -> Guard:
        def part(sources: list[str], form: str) -> re.Pattern[str] | None:
            patterns = self._compile(f"guard {name}", sources)
            regex = "|".join(p.regex for p in patterns)
            return re.compile(form.format(regex)) if regex else None

        own: PlacesFile = getattr(file, self.language)
        return Guard(
            part(own.before, START + "(?:{})$"),
            part(own.after, "(?:{})"),
            part(own.sentence, START + "(?:{})"),
            part(own.message, START + "(?:{})"),
        )

    def _wholes(self) -> Iterator[Whole]:
        fillers = self._words_file.filler
        filler = "|".join(
            p.regex for p in self._compile("filler", [*fillers.es, *fillers.en, *fillers.any])
        )
        for kind, record in self._kinds.items():
            own = getattr(record.whole, self.language)
            for language, sources in ((self.language, own), (None, record.whole.any)):
                patterns = self._compile(f"{kind}, whole", sources)
                if patterns:
                    said = "|".join(sorted((p.regex for p in patterns), key=len, reverse=True))
                    form = f"(?:{filler})*(?:{said})(?:{said}|{filler})*"
                    glued = frozenset(glue(text) for p in patterns for text in p.literals)
                    yield Whole(kind, language, re.compile(form), glued)

    def _alarms(self, guards: dict[str, Guard]) -> Iterator[tuple[Alarm, frozenset[str]]]:
        for kind, record in self._kinds.items():
            for group in record.inside:
                place = f"{kind}, {group.name}"
                if unknown := set(group.unless) - set(guards):
                    raise SafetyDataError(f"data/safety, {place}: no guard {sorted(unknown)}")
                own = tuple(guards[name] for name in group.unless)
                for pattern in self._compile(place, getattr(group, self.language)):
                    if not pattern.anchor:
                        raise SafetyDataError(f"data/safety, {place}: «{pattern.source}» "
                                              "has no word that must be there")  # fmt: skip
                    yield Alarm(kind, group.name, pattern.source, group.certainty, group.at_most,
                                re.compile(START + pattern.regex), own), pattern.anchor  # fmt: skip


def _same_table(words: WordsFile, language: Language, fold: object) -> dict[str, str]:
    assert callable(fold)
    table: dict[str, str] = getattr(words.same, language)
    return {fold(way): fold(meant) for meant, ways in table.items() for way in ways.split()}
