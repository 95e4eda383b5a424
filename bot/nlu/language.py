"""Which language a message is in: Spanish, English, or another one that we only recognise.

Spanish against English is learnt from the training messages (character n-grams of short,
accentless, misspelt text), because general detectors fail on two-word messages. Others are known by
their words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import yaml

from bot.nlu.kept_words import kept
from bot.nlu.normalise import LEXICON, clean, plain

BUCKETS = 1 << 15
ENOUGH = 50_000  # messages: every other one of 94,000 now; all of them know no better (99.0 %)
AT_MOST = 15.0  # what one word may say: a long noun must not outweigh the sentence it stands in
SURE = 4.0
CHAT = 8.0  # what a word of chat_words.yml says at least
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*", re.UNICODE)
_ADDRESS = re.compile(
    r"(?<!\S)(?=\S*?(?:https?:|www\.|@\w|\w\.\w{2,}/))\S+|\b\w+\.(?:com|org|net|gob|gov)\b"
)
# Beyond what Spanish and English are written with; of that, these two are such signs.
_MAY_BE_A_SIGN = re.compile("[^\x20-\x7e\u00bf-\u024f]|[`^]")
_DRAWN_OUT = re.compile(r"(.)\1+")
_MAYAN = ("quc", "kek", "mam", "kjb", "yua", "tzo", "tzh")
_SOME_MAYAN = "myn"  # ISO 639-5: the family
# k', q', b', ch', tz' before a vowel: no word of Spanish or English has them. Chat writes "q'el"
# and "k'irme" too: where the other words are surely Spanish or English, they decide.
_BROKEN = re.compile(r"(?:ch|tz|[kqb])'[aeiouäëïöü]")


@dataclass(frozen=True)
class Guess:
    """`code` ISO 639; `sure` False where only the conversation can tell ("ok", "no", "visa")."""

    code: str
    sure: bool


@dataclass(frozen=True)
class _Others:
    words: dict[str, frozenset[str]]
    alone: dict[str, str]  # the whole of a message: the code


@lru_cache(maxsize=1)
def _other_words() -> _Others:
    with (LEXICON / "languages.yml").open(encoding="utf-8") as file:
        read = yaml.safe_load(file)
    alone = {_bare(word): code for code, words in read.pop("alone").items() for word in words}
    return _Others({code: frozenset(map(_bare, words)) for code, words in read.items()}, alone)


def _bare(word: str) -> str:
    """As _WORD finds it: no sign at its end (k'iche')."""
    return str(word).rstrip("'")


@lru_cache(maxsize=1)
def _chat_words() -> dict[str, float]:
    with (LEXICON / "chat_words.yml").open(encoding="utf-8") as file:
        words = yaml.safe_load(file)
    if wrong := [word for each in words.values() for word in each if not isinstance(word, str)]:
        raise ValueError(f"chat_words.yml: not words, put them into quotes: {wrong}")
    signs = {"es": CHAT, "en": -CHAT}
    return {_short(word): signs[code] for code, each in words.items() for word in each}


def _short(word: str) -> str:
    return _DRAWN_OUT.sub(r"\1", word)


@lru_cache(maxsize=1 << 16)
def _hash(gram: str) -> int:
    # Python's own hash changes with every process; this one is part of the saved model.
    value = 2166136261
    for byte in gram.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value % BUCKETS


def _words(text: str) -> list[str]:
    # An emoji belongs to no language, but `plain` would put words in its place.
    if _MAY_BE_A_SIGN.search(text):
        text = "".join(" " if unicodedata.category(c) in ("So", "Sk") else c for c in text)
    return _WORD.findall(plain(text))


def _grams(word: str) -> list[int]:
    padded = f" {word} "
    grams = [padded[i : i + n] for n in (2, 3) for i in range(len(padded) - n + 1)]
    return [_hash(gram) for gram in ("#" + word, *grams)]


class LanguageModel:
    """Log-odds per hashed n-gram: positive means Spanish."""

    def __init__(self, odds: Any) -> None:
        self.odds = odds
        self._says = kept(self._of_word)

    @classmethod
    def train(cls, texts: list[str], languages: list[str]) -> LanguageModel:
        """From messages and their `es`/`en` codes; an even share of them where there are many."""
        step = -(-len(texts) // ENOUGH)
        texts, languages = texts[::step], languages[::step]
        counts = np.full((2, BUCKETS), 0.5)
        for row, code in enumerate(("es", "en")):
            own = [t for t, c in zip(texts, languages, strict=True) if c == code]
            words = (word for text in own for word in _words(text))
            grams = np.fromiter((gram for word in words for gram in _grams(word)), np.int64)
            counts[row] += np.bincount(grams, minlength=BUCKETS)
        share = counts / counts.sum(axis=1, keepdims=True)
        return cls(np.log(share[0] / share[1]).astype(np.float32))

    def guess(self, text: str) -> Guess:
        """The language of `text`; Spanish where nothing tells."""
        other = _other(text)
        own = self._of_ours(text)
        if other == _SOME_MAYAN:
            rest = _without_broken(text)
            if not rest or self._of_ours(rest).sure:  # "q'onda q'ase" is chat
                return own
        return Guess(other, True) if other else own

    def _of_ours(self, text: str) -> Guess:
        words = _words(_ADDRESS.sub(" ", text))
        if not words:
            return Guess("es", False)
        score = sum(map(self._says, words))
        return Guess("es" if score >= 0 else "en", abs(score) > SURE)

    def _of_word(self, word: str) -> float:
        odds = max(-AT_MOST, min(AT_MOST, float(self.odds[_grams(word)].sum())))
        known = _chat_words().get(_short(word))
        if known is None:
            return odds
        return max(known, odds) if known > 0 else min(known, odds)


def _spelt(text: str) -> list[str]:
    return _WORD.findall(clean(text).replace("’", "'"))


def _without_broken(text: str) -> str:
    return " ".join(word for word in _spelt(text) if not _BROKEN.search(word))


def _other(text: str) -> str | None:
    words = _spelt(text)
    if not words:
        return None
    read = _other_words()
    if len(words) == 1 and (named := read.alone.get(words[0])):
        return named
    broken = {word for word in words if _BROKEN.search(word)}
    own = {code: sum(w in known for w in words) for code, known in read.words.items()}
    # A word with a broken consonant is of some Mayan language: of which, only its own words tell.
    own |= {code: n + sum(w in broken and w not in read.words[code] for w in words)
            for code, n in own.items() if n and code in _MAYAN}  # fmt: skip
    own[_SOME_MAYAN] = sum(word in broken for word in words)
    code = max(own, key=lambda each: own[each])
    count = own[code]
    if count >= 3 and count * 4 >= len(words):
        return code
    return code if count >= 2 and count * 2 >= len(words) else None
