"""How old a reader a text needs, roughly: years of school by a formula, and six.

Spanish: Crawford's formula, made for texts of primary school (A. N. Crawford, 1984, as told at
https://legible.es/blog/formula-de-crawford/). English: the grade of Flesch and Kincaid (1975). Both
rest on the length of sentences and words alone and are made for longer texts than ours: they say
which of two wordings is easier, never that a text is understood.
"""

from __future__ import annotations

import re
from itertools import pairwise

# From this age on a wording is called hard. Women are to be told nothing that asks for more than
# twelve years; Crawford's scale is narrow, Kincaid's counts one long sentence as years.
HARD = {"es": 13, "en": 15}
SCHOOL_AT = 6
YOUNGEST, OLDEST = 6, 20

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# "de 8 a. m. a 4" is one sentence: a point ends one where no small letter follows.
_ENDS = re.compile(r"[.!?…]+(?=\s+[^a-záéíóúüñ]|\s*$)|[;:](?=\s)|\n")
_SPANISH_VOWELS = re.compile("[aeiouáéíóúü]+")
_STRONG = frozenset("aeoáéóíú")  # two of these beside each other are two syllables
_SILENT_U = re.compile("(?<=q)u(?=[eéií])|(?<=g)u(?=[eéií])")
_ENGLISH_VOWELS = re.compile("[aeiouy]+")
# "placed" and "times" have one syllable, "wanted" and "places" two, "little" two.
_SILENT_E = re.compile("(?<![^aeiouy]l)e$|(?<![td])ed$|(?<![szxgc])(?<![cs]h)es$")


def reading_age(text: str, language: str) -> int | None:
    """In years; None where there is nothing to read."""
    words = _WORD.findall(text.lower())
    if not words:
        return None
    sentences = sum(bool(_WORD.search(each)) for each in _ENDS.split(text) if each)
    count = _in_english if language == "en" else _in_spanish
    syllables = sum(map(count, words))
    if language == "en":
        years = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    else:
        years = (4.9 * syllables - 20.5 * sentences) / len(words) - 3.407
    return round(min(max(SCHOOL_AT + years, YOUNGEST), OLDEST))


def _in_spanish(word: str) -> int:
    found = 0
    for run in _SPANISH_VOWELS.findall(re.sub("y(?![aeiouáéíóú])", "i", _SILENT_U.sub("", word))):
        found += 1 + sum({first, second} <= _STRONG for first, second in pairwise(run))
    return max(found, 1)


def _in_english(word: str) -> int:
    found = len(_ENGLISH_VOWELS.findall(word))
    return max(found - (found > 1 and _SILENT_E.search(word) is not None), 1)
