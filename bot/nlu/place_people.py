"""What a word such as "hondureña" says: her own origin, the country she asks about, or nothing.

"soy hondureña", "mi pasaporte hondureño", "hondureña en Tapachula" → origin; "visa americana", "la
ley mexicana" → the country asked about; "mi marido es mexicano", "los haitianos" → neither.
"""

from __future__ import annotations

from dataclasses import dataclass

from .place_roles import DESTINATION, LOCATION, ORIGIN, Reading, RoleReader
from .place_text import Token

_REACH = 4
_MINE_REACH = 5
_HE = frozenset(("el", "ellos", "he"))
_CONSULATE = frozenset(("consulado", "embajada", "consulate", "embassy", "consul"))
_VISITED = frozenset(("US", "CA"))  # their consulates are asked for visas, not for one's own papers
_SIGN = Reading(None, 1, False, True, weak=True)  # her country, where nothing else names one
_OWN = Reading(ORIGIN, 1, True, True, stated=True)
_ENGLISH_MANY = ("ns", "ians", "ans", "is")


@dataclass(frozen=True)
class _Around:
    """The nearest word before that is no linking word, the linking words between, the word after.

    `lead`: all words before in the clause.
    """

    noun: str
    linking: list[str]
    after: str
    lead: list[str]


class PeopleReader:
    """Reads words for a country's people."""

    def __init__(self, roles: RoleReader) -> None:
        self._roles = roles
        self._someone = roles.words_for("someone")
        self._place_nouns = roles.words_for("place_nouns")
        self._linking = roles.words_for("linking")
        self._papers = roles.words_for("papers")
        self._passports = roles.words_for("passports")
        self._hers = roles.words_for("hers")
        self._herself = roles.words_for("herself")
        self._home = roles.words_for("home")

    def read(self, tokens: list[Token], first: int, last: int, country: str) -> Reading | None:
        """The role of `tokens[first:last]`; None where it speaks of somebody or something else."""
        around = self._around(tokens, first, last)
        turn = self._roles.turns.of_people(tokens, first, last)
        if turn is not None and turn.says == "sign":
            return _SIGN
        if turn is not None and turn.says == LOCATION:
            return Reading(LOCATION, 1, True, True)
        if turn is not None:
            weak = "weak" in turn.also and country in _VISITED
            return _OWN if turn.says == ORIGIN and not weak else None
        if {around.after, around.noun} & self._place_nouns:
            return Reading(LOCATION, 1, True, True)
        if {around.noun, around.after} & (self._papers | self._passports):
            return self._of_papers(tokens, first, around, country)
        if self._is_someone(around):
            return None
        if country in _VISITED and (around.lead or around.after not in self._herself):
            return None  # "American in Antigua" only
        return _OWN if self._opens(around, tokens[last - 1].key) else None

    def _is_someone(self, around: _Around) -> bool:
        return bool(
            around.after in self._someone - _HE
            or {around.noun, *around.linking} & self._someone - {"el"}
            or around.noun == "el"
        )

    def _of_papers(
        self, tokens: list[Token], first: int, around: _Around, country: str
    ) -> Reading | None:
        """ "mi pasaporte hondureño" is hers; "cédula panameña" asks about Panama."""
        if country in _VISITED:
            consulate = {around.noun, around.after} & _CONSULATE
            return Reading(DESTINATION if consulate else LOCATION, 1, True, True)
        near = {token.key for token in tokens[max(0, first - _MINE_REACH) : first]}
        hers = self._roles.owners.is_hers(tokens, first, among_children=True)
        owned = {around.noun, around.after} & self._passports or bool(near & self._hers)
        if owned and hers:
            return Reading(ORIGIN, 1, True, True)
        return None if country in self._home else _SIGN

    def _opens(self, around: _Around, key: str) -> bool:
        """Whether a clause opens with it: "venezolana en Cancún", "Haitian woman here"."""
        if any(word not in self._herself and not word.isdigit() for word in around.lead):
            return False
        if key.endswith(_ENGLISH_MANY):
            return False  # "Haitians bring …" speaks of others
        adjective = key.endswith("n")  # English: the noun after it says who
        return not adjective or not around.after or around.after in self._herself

    def _around(self, tokens: list[Token], first: int, last: int) -> _Around:
        lead: list[str] = []
        for back in range(first - 1, -1, -1):
            if tokens[back + 1].stop_before or tokens[back + 1].comma_before:
                break
            lead.append(tokens[back].key)
        noun, linking = "", []
        for word in lead[:_REACH]:
            if word not in self._linking:
                noun = word
                break
            linking.append(word)
        more = last < len(tokens) and not (tokens[last].stop_before or tokens[last].comma_before)
        return _Around(noun, linking, tokens[last].key if more else "", lead)
