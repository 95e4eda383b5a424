"""Misspelt place names: what sounds the same in Spanish, or is a letter off (two in long names).

Only names that women on the way really write are tried (countries, peoples, states, large towns,
`misspelt` in words.yml); everyday words never are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .kept_words import kept
from .place_names import Gazetteer, Name
from .place_text import name_key

_SOUNDS = tuple(
    (letters, re.compile(pattern), sound)  # tried only where one of the letters is written
    for letters, pattern, sound in (
        (("ph",), r"ph", "f"),
        (("ua",), r"(?:gu|hu|w)a", "wa"),
        (("gu",), r"gu(?=[ei])", "g"),
        (("g", "x"), r"g(?=[ei])|x(?=[aeiou])", "j"),
        (("q",), r"qu", "k"),
        (("c", "z"), r"c(?=[ei])|z", "s"),
        (("ch",), r"ch", "x"),
        (("c",), r"c", "k"),
        (("v",), r"v", "b"),
        (("ll",), r"ll", "y"),
        (("h",), r"h", ""),
        (("m",), r"m(?=[bp])", "n"),
        (("y",), r"y$", "i"),
        (("",), r"(.)\1", r"\1"),
    )
)
_LARGE = {"US": 250_000, "CA": 200_000, "MX": 150_000}
_LARGE_ELSEWHERE = 60_000
_HOME = frozenset(["BZ", "CA", "CR", "DO", "GT", "HN", "MX", "NI", "PA", "SV", "US"])
_ORIGINS = _HOME | frozenset(["HT", "CU", "VE", "CO", "EC", "PE", "BR"])
SHORTEST = 6  # letters of a word that is read as a misspelt name
_SAME_SOUND_FROM, _ONE_TYPO_FROM, _TWO_TYPOS_FROM = SHORTEST, 7, 10


def sound(key: str) -> str:
    """The words as they sound, in one piece: "tegusigalpa" and "tegucigalpa" give the same."""
    heard = key.replace(" ", "")
    for letters, pattern, replacement in _SOUNDS:
        for letter in letters:
            if letter in heard:
                heard = pattern.sub(replacement, heard)
                break
    return heard


class Speller:
    """Finds the name that a misspelt word or group of words stands for."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._not_a_place = gazetteer.words.not_a_place
        self._by_sound: dict[str, str] = {}
        self._by_deletion: dict[str, list[str]] = {}
        self._first_words: set[str] = set()
        for key in _targets(gazetteer):
            self._learn(key)
        self._one_word = kept(lambda word: self._corrected((word,)))

    def correct(self, words: tuple[str, ...]) -> str | None:
        """The key of the name meant, or None."""
        return self._one_word(words[0]) if len(words) == 1 else self._corrected(words)

    def _corrected(self, words: tuple[str, ...]) -> str | None:
        if len(words) > 1 and words[0] not in self._first_words:
            return None
        key = " ".join(words)
        letters = len(key) - len(words) + 1
        if letters < _SAME_SOUND_FROM or key in self._not_a_place:
            return None
        heard = sound(key)
        same = self._by_sound.get(heard)
        if same is not None and (len(words) == 1 or " " in same):
            return same
        if len(heard) < _ONE_TYPO_FROM - 1:
            return None
        corrected = self._one_off(heard, letters)
        if corrected is None or not _same_shape(words, corrected):
            return None
        return corrected

    def may_begin(self, word: str) -> bool:
        """Whether a name of several words begins with `word`."""
        return word in self._first_words

    def _learn(self, key: str) -> None:
        heard = sound(key)
        if len(heard) < _SAME_SOUND_FROM - 1:
            return
        self._by_sound.setdefault(heard, key)
        if " " in key:
            self._first_words.add(key.split(" ", 1)[0])
        if len(heard) < _ONE_TYPO_FROM:
            return
        for shorter in (heard, *_deletions(heard)):
            self._by_deletion.setdefault(shorter, []).append(heard)

    def _one_off(self, heard: str, letters: int) -> str | None:
        best: tuple[int, str] | None = None
        for shorter in (heard, *_deletions(heard)):
            for target in self._by_deletion.get(shorter, ()):
                typos = distance(heard, target)
                allowed = (
                    2 if letters >= _TWO_TYPOS_FROM and len(target) >= _TWO_TYPOS_FROM - 1 else 1
                )
                if (
                    target[0] == heard[0]
                    and typos <= allowed
                    and (best is None or (typos, target) < best)
                ):
                    best = (typos, target)
        return self._by_sound[best[1]] if best else None


def _same_shape(words: tuple[str, ...], corrected: str) -> bool:
    """Whether a group of words is corrected word by word, the first one written well."""
    meant = corrected.split(" ")
    return len(words) == 1 or (words[0] == meant[0] and len(words) == len(meant))


def _targets(gazetteer: Gazetteer) -> Iterator[str]:
    for key, names in gazetteer.names.items():
        if (
            len(key.replace(" ", "")) < _SAME_SOUND_FROM
            or key in gazetteer.exact
            or gazetteer.signs_needed(key)
            or key.startswith("the ")
        ):
            continue
        if key in gazetteer.words.misspelt or any(_often_written(key, name) for name in names):
            yield key


def _often_written(key: str, name: Name) -> bool:
    if name.kind in ("country", "people"):
        return name.country in _ORIGINS
    if name.country not in _HOME or key != name_key(name.value):
        return False
    return name.kind == "admin1" or name.population >= _LARGE.get(name.country, _LARGE_ELSEWHERE)


def _deletions(word: str) -> Iterable[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def distance(first: str, second: str) -> int:
    """Letters to change, add, drop or swap with a neighbour; more than 2 is given as 3."""
    if abs(len(first) - len(second)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return min(row[-1], 3)
