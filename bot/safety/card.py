"""The emergency card: a number first, then one line; read at the start, so that it always works.

It needs neither the database nor a model nor the network. The first characters are neutral: they
show on a locked screen.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.knowledge.bilingual import Bilingual
from bot.knowledge.cards import Card, CardNumber, CardsFile
from bot.knowledge.files import DataFileError, parse_one
from bot.knowledge.schema import TextNumber
from bot.paths import COUNTRIES
from bot.safety.files import SAFETY, SafetyDataError

NEUTRAL = 40  # characters of a message that a notification shows
_REGIONAL = "regional"
_LAST_RESORT = "911"  # what is said when not one file can be read


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    es: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.es


class _Wording(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    lines: dict[str, _Text]
    sensitive: dict[str, list[str]]


_FIELDS = {
    "number": {"number", "label", "hours"}, "number_no_hours": {"number", "label"},
    "neutral": set(), "sms": {"word", "number"}, "sms_no_word": {"number"}, "whatsapp": {"number"},
    "general": {"number"}, "exception": {"country", "number"},
}  # fmt: skip


@dataclass(frozen=True)
class Cards:
    """Every card of a folder, and the words around the numbers."""

    countries: dict[str, CardsFile]  # by folder name; a file with faults is left out
    wording: _Wording | None
    faults: tuple[str, ...] = field(default=())

    def say(self, kind: str, country: str | None, language: str) -> str:
        """The card's text; the regional one where the country is not known or its file is bad."""
        if self.wording is None or not self.countries:
            return _LAST_RESORT
        writer = _Writer(self.wording, language)
        own = self.countries.get((country or "").lower())
        if own is not None and not own.countries:
            return writer.known(own.card(kind))
        regional = self.countries.get(_REGIONAL)
        return writer.unknown(regional, kind) if regional else _LAST_RESORT


def card(kind: str, country: str | None, language: str, folder: Path = COUNTRIES) -> str:
    """What to send first to someone in `country` (ISO code) for `kind` of need. Never raises.

    An unknown kind gets the general emergency card, an unknown country 911 and the exceptions.
    """
    return load(folder).say(kind, country, language)


def number_lines(
    kinds: Iterable[str], country: str | None, language: str, folder: Path = COUNTRIES
) -> list[str]:
    """The numbers of these cards of a country, each once, as lines; the first one is neutral."""
    cards = load(folder)
    own = cards.countries.get((country or "").lower())
    if cards.wording is None or own is None:
        return [card("danger", country, language, folder)]
    return _Writer(cards.wording, language).numbers([own.card(kind) for kind in kinds])


@cache
def load(folder: Path = COUNTRIES) -> Cards:
    """All cards, read once; call it at the start and refuse to start where it has `faults`."""
    countries: dict[str, CardsFile] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*/cards.yml")):
        try:
            countries[path.parent.name] = parse_one(path, CardsFile)
        except (DataFileError, OSError, UnicodeDecodeError) as error:
            faults.append(str(error))
    if _REGIONAL not in countries:
        faults.append(f"{folder}: no readable {_REGIONAL}/cards.yml")
    try:
        wording = load_wording()
    except SafetyDataError as error:
        wording = None
        faults.append(str(error))
    return Cards(countries, wording, tuple(faults))


def load_wording(path: Path = SAFETY / "cards_wording.yml") -> _Wording:
    """The words around the numbers. Raises SafetyDataError, which names the line."""
    try:
        wording = _Wording.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SafetyDataError(f"{path.name}: {error}") from error
    if set(wording.lines) != set(_FIELDS):
        raise SafetyDataError(f"{path.name}: expected exactly the lines {sorted(_FIELDS)}")
    for name, text in wording.lines.items():
        for said in (text.es, text.en):
            found = {f for _, f, _, _ in string.Formatter().parse(said) if f}
            if found != _FIELDS[name]:
                raise SafetyDataError(f"{path.name}, «{name}»: fields {sorted(found)}, "
                                      f"expected {sorted(_FIELDS[name])}")  # fmt: skip
    return wording


class _Writer:
    """Writes cards in one language."""

    def __init__(self, wording: _Wording, language: str) -> None:
        self._wording, self._language = wording, language
        self._sensitive = [s for stems in wording.sensitive.values() for s in stems]

    def known(self, card: Card) -> str:
        """The card of the country where she is."""
        first, *others = card.numbers
        opening = self._number(first, neutral=True)
        # Where the first line is short, the second begins within what a notification shows.
        lines = [self._number(n, neutral=len(opening) < NEUTRAL) for n in others]
        return self._together([opening, *self._ways(first)], zip(others, lines, strict=True), card)

    def numbers(self, cards: Iterable[Card]) -> list[str]:
        """Each number once, in the order of the cards."""
        every: dict[str, CardNumber] = {}
        for each in (number for card in cards for number in card.numbers):
            every.setdefault(each.number, each)
        return [self._number(n, neutral=not i) for i, n in enumerate(every.values())]

    def unknown(self, regional: CardsFile, kind: str) -> str:
        """The number of most countries, what the regional card has, and the exceptions."""
        card = regional.card(kind)
        numbers = [c.number for c in regional.countries] or [regional.danger.numbers[0].number]
        usual = max(sorted(set(numbers)), key=numbers.count)
        opening = self._line("general", number=usual)
        others = [n for n in card.numbers if n.number != usual]
        text = self._together([opening], [(n, self._number(n)) for n in others], card)
        exceptions = [c for c in regional.countries if c.number != usual]
        if all(c.number in self._text(card.line) for c in exceptions):
            return text
        named = (
            self._line("exception", country=self._text(c.name), number=c.number) for c in exceptions
        )
        return f"{text}\n{'. '.join(named)}."

    def _together(
        self, opening: list[str], others: Iterable[tuple[CardNumber, str]], card: Card
    ) -> str:
        rest = [line for number, said in others for line in (said, *self._ways(number))]
        return "\n".join([*opening, *rest, self._text(card.line)])

    def _ways(self, number: CardNumber) -> list[str]:
        """How else that number is reached, for someone who must not be heard."""
        ways = []
        if number.sms:
            ways.append(self._sms(number.sms))
        if number.whatsapp:
            ways.append(self._line("whatsapp", number=number.whatsapp))
        return ways

    def _sms(self, sms: TextNumber) -> str:
        if sms.word is None:
            return self._line("sms_no_word", number=sms.display)
        return self._line("sms", word=sms.word, number=sms.display)

    def _number(self, number: CardNumber, *, neutral: bool = False) -> str:
        line = self._with_label(number, self._text(number.label))
        if neutral and self._is_sensitive(line):
            return self._with_label(number, self._line("neutral"))
        return line

    def _with_label(self, number: CardNumber, label: str) -> str:
        if number.hours is None:
            return self._line("number_no_hours", number=number.display, label=label)
        hours = self._text(number.hours)
        return self._line("number", number=number.display, label=label, hours=hours)

    def _is_sensitive(self, line: str) -> bool:
        return any(stem in line[:NEUTRAL].lower() for stem in self._sensitive)

    def _line(self, name: str, **values: str) -> str:
        return self._wording.lines[name].in_(self._language).format(**values)

    def _text(self, both: Bilingual) -> str:
        return both.get(self._language)
