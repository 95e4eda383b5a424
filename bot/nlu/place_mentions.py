"""Where in a message a place is written: by its name, or misspelt."""

from __future__ import annotations

from dataclasses import dataclass

from .place_names import Gazetteer, Name
from .place_people import PeopleReader
from .place_roles import Reading, RoleReader
from .place_signs import SignReader, Span, joined
from .place_spelling import SHORTEST, Speller
from .place_text import Token

_MISSPELT_WORDS = 3
_SEVERAL, _LONG_NAME = 2, 4  # words
_OF_THE = ("de", "del", "la", "los")
_NO_TOWNS = {"people", "institution"}
_NOWHERE = Reading(None, 0, False, True)
_ARTICLES = ("la", "el", "los", "the")
_PREPOSITIONS = (
    "en",
    "in",
    "de",
    "d",
    "desde",
    "hasta",
    "para",
    "pa",
    "pal",
    "al",
    "hacia",
    "from",
    "to",
    "around",
    "inside",
    "por",
    "aqui",
)


@dataclass(frozen=True)
class Mention:
    """A place written in tokens[first:last]. `beside`: countries named right after it."""

    first: int
    last: int
    key: str
    names: tuple[Name, ...]
    reading: Reading
    beside: tuple[str, ...]
    misspelt: bool

    @property
    def kind(self) -> str:
        """Of its first name: country, people, institution, city or admin1."""
        return self.names[0].kind

    @property
    def countries(self) -> tuple[str, ...]:
        """Where it may be."""
        return tuple(name.country for name in self.names)


class MentionScanner:
    """Goes through a message once, longest names first."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.roles = RoleReader()
        self._gazetteer = gazetteer
        self._speller = Speller(gazetteer)
        self._people = PeopleReader(self.roles)
        self._signs = SignReader(gazetteer, self.roles)

    def scan(self, text: str, tokens: list[Token]) -> list[Mention]:
        """Every place meant in `tokens`, in order."""
        found: list[Mention] = []
        position = 0
        while position < len(tokens):
            mention = self._written_at(text, tokens, position)
            mention = self._longer(text, tokens, position, mention) or mention
            mention = mention or self._misspelt_at(text, tokens, position)
            if mention is not None:
                found.append(mention)
            position = mention.last if mention is not None else position + 1
        return found

    def _written_at(self, text: str, tokens: list[Token], first: int) -> Mention | None:
        longest = self._gazetteer.longest.get(tokens[first].key, 0)
        for last in range(min(first + longest, len(tokens)), first, -1):
            key = joined(tokens, first, last)
            if key in self._gazetteer.names:
                mention = self._accepted(Span(text, tokens, first, last, key), misspelt=False)
                if mention is not None:
                    return mention
        return None

    def _longer(
        self, text: str, tokens: list[Token], first: int, written: Mention | None
    ) -> Mention | None:
        """ "San Pedro de Macori": the longer name with a letter off, not the short one in it.

        So too "Santiago de los Caballero"."""
        if written is None:
            return None
        goes_on = written.last < len(tokens) and tokens[written.last].key in _OF_THE
        if written.last - first < _SEVERAL and not goes_on:
            return None
        for last in range(min(first + _LONG_NAME, len(tokens)), written.last + 1, -1):
            key = self._speller.correct(tuple(joined(tokens, first, last).split(" ")))
            if key is not None and key.startswith(f"{written.key} "):
                return self._accepted(Span(text, tokens, first, last, key), misspelt=True)
        return None

    def _misspelt_at(self, text: str, tokens: list[Token], first: int) -> Mention | None:
        most = _MISSPELT_WORDS if self._speller.may_begin(tokens[first].key) else 1
        if most == 1 and len(tokens[first].key) < SHORTEST:
            return None
        for last in range(min(first + most, len(tokens)), first, -1):
            words = joined(tokens, first, last)
            key = self._speller.correct(tuple(words.split(" "))) if words else None
            if key is None or any(self._is_known(tokens, i, last) for i in range(first, last)):
                continue  # an everyday word refused above, or a name written well inside
            return self._accepted(Span(text, tokens, first, last, key), misspelt=True)
        return None

    def _is_known(self, tokens: list[Token], first: int, last: int) -> bool:
        ends = range(first + 1, last + 1)
        return any(joined(tokens, first, end) in self._gazetteer.names for end in ends)

    def _accepted(self, span: Span, misspelt: bool) -> Mention | None:
        """The mention, or None where the sentence does not mean a place."""
        names = self._gazetteer.names[span.key]
        if self._signs.is_small_word(span):
            return None
        kinds = {name.kind for name in names}
        place = _NOWHERE
        if not kinds <= _NO_TOWNS:
            place = self.roles.of_place(span.tokens, span.first, span.last, "country" in kinds)
        kept = _one_kind(names, place, _after_preposition(span))
        reading: Reading | None = place
        beside: tuple[str, ...] = ()
        if kept[0].kind == "people":
            reading = self._people.read(span.tokens, span.first, span.last, kept[0].country)
        elif kept[0].kind == "institution":
            reading = _NOWHERE
        else:
            beside = self._signs.beside(span)
            if not self._signs.show_a_place(span, kept, beside, place):
                return None
        if reading is None:
            return None
        return Mention(span.first, span.last, span.key, kept, reading, beside, misspelt)


def _after_preposition(span: Span) -> bool:
    """Whether the place is "en X", "in the X"."""
    position = span.first
    while position and not span.tokens[position].stop_before:
        position -= 1
        if span.tokens[position].key not in _ARTICLES:
            return span.tokens[position].key in _PREPOSITIONS
    return False


def _one_kind(names: list[Name], place: Reading, placed: bool) -> tuple[Name, ...]:
    """Names of the kind meant: country before people before town, unless "en" … shows a place.

    Both country and people ("dominicana"): the country where it is `placed`.
    """
    kinds = {name.kind for name in names}
    towns = kinds & {"city", "admin1"}
    if "country" in kinds and (placed or "people" not in kinds):
        wanted = {"country"}
    elif "people" in kinds and not (place.signs and towns):
        wanted = {"people"}
    else:
        wanted = towns or {"institution"}
    return tuple(name for name in names if name.kind in wanted)
