"""A message as the gate reads it: without disguise, in the spelling of Spanish and of English.

Words are folded to how they sound (`kiere` and `quiere`, `enserada` and `encerrada` become one), so
that the pattern files need one spelling. Nothing is cached: what she wrote must not stay in memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Language = Literal["es", "en"]
STOP = "."  # stands between two sentences; no gap of a pattern reaches across it

_HEAD, _TAIL = 2_000, 500  # what is read of a longer message: its beginning and its end
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
# Letters of other alphabets that look Latin, used to slip past word lists or by odd keyboards.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁոӏкмтвнαορτκνιεηυıɑøł", "aeopcyxijsdnlkmtbhaoptkvienuiaol")
_DIGIT_AS_LETTER = re.compile(r"(?<=[a-z])[013457@$](?=[a-z])")
_LETTER_OF = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}
_APOSTROPHE = re.compile("['’‘`´ʼ]")
_SPELLED_OUT = re.compile(r"(?<![^\W_])(?:[a-z][\W_]{1,4}){3,}[a-z](?![^\W_])")
_NOT_LETTER = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile(r"[.!?;:…\n\r]+")
_NOT_WORD = re.compile(r"[^a-z0-9.]+")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_DOUBLE = re.compile(r"([a-z])\1+")
_SOUNDS_ES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(written), sound)
    for written, sound in (
        ("ch", "C"), ("h", ""), ("ll", "y"), ("qu(?=[ei])", "k"), ("q", "k"), ("c(?=[eiy])", "s"),
        ("c", "k"), ("z", "s"), ("gu(?=[ei])", "g"), ("j(?=[ei])", "g"), ("v", "b"), ("y", "i"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """One message, read: words in each language's folded spelling, sentences parted by STOP."""

    es: str
    en: str
    glued: str  # its letters without any space or repetition: "S  a-l i.r" is "salir"
    signs: frozenset[str]  # symbols such as emoji, without skin colour and gender

    def words(self, language: Language) -> str:
        """The folded words in `language`."""
        return self.es if language == "es" else self.en


def read(text: str) -> Reading:
    """The reading of any text whatever."""
    plain = _plain(text)
    # Without joiners and skin colours every emoji is its first sign: 🏃🏽‍♀️ is 🏃 and ♀.
    signs = frozenset() if plain.isascii() else frozenset(filter(_is_sign, plain))
    words = _joined(plain)
    return Reading(fold(words, "es"), fold(words, "en"), _glue(plain), signs)


def fold(words: str, language: Language) -> str:
    """Lower-case ASCII words as `language` sounds; a pattern and a message meet in this form."""
    if language == "es":
        for written, sound in _SOUNDS_ES:
            words = written.sub(sound, words)
    return _DOUBLE.sub(r"\1", words).strip()


def fold_with(language: Language) -> Callable[[str], str]:
    """`fold` for the words of pattern files, which may carry accents and capitals."""
    return lambda word: fold(_NOT_WORD.sub(" ", _apart(_plain(word))).strip(), language)


def glue(text: str) -> str:
    """The `glued` form of a phrase from a pattern file."""
    return _glue(_plain(text))


def _glue(plain: str) -> str:
    return _DOUBLE.sub(r"\1", _NOT_LETTER.sub("", plain))


def _is_sign(character: str) -> bool:
    return unicodedata.category(character) == "So"


def _plain(text: str) -> str:
    """Lower case, without accents, invisible signs and foreign look-alikes; cut to a bound."""
    text = _bounded(_INVISIBLE.sub("", text))
    if not text.isascii():
        text = _bounded(unicodedata.normalize("NFKC", text))
        text = _MARKS.sub("", unicodedata.normalize("NFD", text.lower()))
    return text.lower().translate(_LOOKALIKES)


def _bounded(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} {text[-_TAIL:]}"


def _joined(plain: str) -> str:
    """Words parted by one space, sentences by ` . `, words spelt out (s-a-l-i-r) put together."""
    plain = _DIGIT_AS_LETTER.sub(lambda m: _LETTER_OF[m[0]], plain)
    plain = _APOSTROPHE.sub("", plain)
    plain = _SPELLED_OUT.sub(lambda m: _NOT_LETTER.sub("", m[0]), plain)
    plain = _SENTENCE_END.sub(" . ", plain)
    return _DRAWN_OUT.sub(r"\1", _NOT_WORD.sub(" ", plain)).strip(" .")


def _apart(plain: str) -> str:
    return _APOSTROPHE.sub("", plain)
