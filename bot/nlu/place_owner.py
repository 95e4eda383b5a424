"""Whose place it is: hers, or that of the person named before it."""

from __future__ import annotations

from collections.abc import Mapping

from .place_text import Token

_REACH = 9
_I_AM = frozenset(("soy", "somos", "soi"))
_ALONG = frozenset(("con", "with", "y", "i", "and", "n", "me", "yo"))  # "me & my kids"
_AND = frozenset(("y", "i", "and", "n"))
_IN = frozenset(("en", "in", "at"))
_MINE = frozenset(("mi", "mis", "my", "our", "nuestros", "nuestra"))


class OwnerReader:
    """Reads whom the words before a place speak of, from the lists of roles.yml."""

    def __init__(self, lists: Mapping[str, frozenset[str]]) -> None:
        self._lists = lists

    def is_hers(self, tokens: list[Token], first: int, among_children: bool = False) -> bool:
        """Whether the nearest person named before the place is the writer.

        Who goes with her ("con mis hijos") says nothing; `among_children`: nor do her children.
        """
        for back in range(first - 1, max(-1, first - 1 - _REACH), -1):
            word = tokens[back].key
            if word in self._lists["self"] and not self._is_and(tokens, back):
                return True
            if self._is_other(tokens, back):
                return among_children and word in self._lists["children"]
            if tokens[back].stop_before:
                break
        return True

    def _is_and(self, tokens: list[Token], position: int) -> bool:
        """Whether "i" is a Spanish "y", written as it sounds: "mi hermana i su hija"."""
        after = tokens[position + 1 : position + 2]
        return tokens[position].key == "i" and any(
            each.key in self._lists["after_y"] for each in after
        )

    def is_at_hand(self, tokens: list[Token], first: int) -> bool:
        """Whether the sentence said "here" or "estoy" before."""
        for back in range(first - 1, max(-1, first - 1 - _REACH), -1):
            if tokens[back].key in self._lists["at_hand"]:
                return True
            if tokens[back].stop_before:
                break
        return False

    def _is_other(self, tokens: list[Token], position: int) -> bool:
        """Whether somebody else is named at `position`; "el" is "he" only before a verb."""
        word = tokens[position].key
        if word not in self._lists["others"]:
            return False
        if not word.startswith("ex") and _goes_along(tokens, position):
            return False
        if position and tokens[position - 1].key in _I_AM:
            return False  # "soy hija de …"
        return word != "el" or tokens[position + 1].key in self._lists["he_verbs"]


def _goes_along(tokens: list[Token], position: int) -> bool:
    """Whether the person at `position` is with her: "con mi hijo", "and my sister"."""
    before = [token.key for token in tokens[max(0, position - 2) : position]]
    along = len(before) == 2 and before[0] in _ALONG and before[1] in _MINE
    return along and not (before[0] in _AND and _is_apart(tokens, position))


def _is_apart(tokens: list[Token], position: int) -> bool:
    """ "I am in León and my sister in Houston": each of the two has a place of her own."""
    if position + 1 >= len(tokens) or tokens[position + 1].key not in _IN:
        return False
    for back in range(position - 2, -1, -1):
        if tokens[back].key in _IN:
            return True
        if tokens[back].stop_before:
            break
    return False
