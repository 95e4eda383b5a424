"""What a word such as "hondureña" says: her own origin, the country she asks about, or nothing.

"soy hondureña", "pasaporte hondureño" → origin; "visa americana", "la ley mexicana" → the country
asked about; "mi marido es mexicano", "el coyote guatemalteco" → neither.
"""

from __future__ import annotations

from .place_roles import DESTINATION, LOCATION, ORIGIN, Reading, RoleReader
from .place_text import Token

_REACH = 4
_HE = frozenset(("el", "ellos", "he"))
_CONSULATE = frozenset(("consulado", "embajada", "consulate", "embassy"))
_VISITED = frozenset(("US", "CA"))  # their consulates are asked for visas, not for one's own papers


class PeopleReader:
    """Reads words for a country's people."""

    def __init__(self, roles: RoleReader) -> None:
        self._mine = roles.words_for("mine")
        self._i_am = roles.words_for("i_am")
        self._someone = roles.words_for("someone")
        self._place_nouns = roles.words_for("place_nouns")
        self._linking = roles.words_for("linking")

    def read(self, tokens: list[Token], first: int, last: int, country: str) -> Reading | None:
        """The role of `tokens[first:last]`; None where it speaks of somebody or something else."""
        noun, linking = self._before(tokens, first)
        after = tokens[last].key if last < len(tokens) and not tokens[last].stop_before else ""
        if after in self._place_nouns or noun in self._place_nouns:
            return Reading(LOCATION, 1, True, True)
        if (
            after in self._someone - _HE
            or {noun, *linking} & self._someone - {"el"}
            or noun == "el"
        ):
            return None
        if country in _VISITED and {noun, after} & _CONSULATE:
            return Reading(DESTINATION, 1, True, True)
        nearest = noun or (linking[0] if linking else "")
        if nearest in self._i_am:
            return Reading(ORIGIN, 1, True, True)
        if nearest in self._mine or after in self._mine:
            return Reading(ORIGIN, 1, True, False)
        return None if country in _VISITED else Reading(ORIGIN, 0, False, True)

    def _before(self, tokens: list[Token], first: int) -> tuple[str, list[str]]:
        """The nearest word before that is no linking word ("" for none), and those between."""
        linking: list[str] = []
        for back in range(first - 1, max(-1, first - 1 - _REACH), -1):
            if tokens[back + 1].stop_before or tokens[back + 1].comma_before:
                break
            if tokens[back].key not in self._linking:
                return tokens[back].key, linking
            linking.append(tokens[back].key)
        return "", linking
