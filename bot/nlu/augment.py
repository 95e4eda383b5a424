"""Training messages once more, as hurried thumbs on small phones would have written them.

Used while training only. Every change keeps the label: letters and accents go wrong, words get
short, a word is lost, the capitals go. Words of denial, which turn a meaning round, stay.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import lru_cache

import yaml

from bot.nlu.normalise import LEXICON, strip_accents

_KEEP = frozenset(
    ["no", "ni", "nunca", "nadie", "sin", "not", "never", "dont", "don't", "cant", "can't"]
)
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# Sounds that are written in more than one way, as they are really confused.
_SOUNDS = (
    ("v", "b"), ("b", "v"), ("h", ""), ("z", "s"), ("ce", "se"), ("ci", "si"), ("s", "z"),
    ("ll", "y"), ("y", "ll"), ("qu", "k"), ("que", "ke"), ("ca", "ka"), ("co", "ko"), ("g", "j"),
    ("ge", "je"), ("gi", "ji"), ("gu", "w"), ("hu", "gu"), ("n ", "m "), ("ado", "ao"), ("x", "cs"),
    ("ss", "s"), ("th", "t"), ("ph", "f"), ("ie", "ei"), ("ee", "ea"), ("ing", "in"), ("ght", "t"),
)  # fmt: skip


@lru_cache(maxsize=1)
def _neighbours() -> Mapping[str, str]:
    near: dict[str, str] = {}
    for row in _ROWS:
        for i, letter in enumerate(row):
            near[letter] = row[max(0, i - 1) : i] + row[i + 1 : i + 2]
    return near


@lru_cache(maxsize=2)
def _short_forms() -> Mapping[str, tuple[str, ...]]:
    with (LEXICON / "shortenings.yml").open(encoding="utf-8") as file:
        tables = yaml.safe_load(file)
    forms: dict[str, list[str]] = {}
    for table in tables.values():
        for short, full in table.items():
            forms.setdefault(str(full), []).append(str(short))
    return {full: tuple(shorts) for full, shorts in forms.items()}


def mistyped(word: str, dice: random.Random) -> str:
    """`word` with one slip of the thumb."""
    if len(word) < 4:
        return word
    i = dice.randrange(1, len(word) - 1)
    kind = dice.randrange(4)
    if kind == 0:
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if kind == 1:
        return word[:i] + word[i + 1 :]
    if kind == 2:
        return word[:i] + word[i] + word[i:]
    near = _neighbours().get(word[i], word[i])
    return word[:i] + dice.choice(near) + word[i + 1 :]


def misspelt(word: str, dice: random.Random) -> str:
    """`word` as it sounds."""
    possible = [(old, new) for old, new in _SOUNDS if old in word]
    if len(word) < 3 or not possible:
        return word
    old, new = dice.choice(possible)
    return word.replace(old, new, 1)


def shortened(word: str, dice: random.Random) -> str:
    """`word` in a short form of the lexicon, where it has one."""
    forms = _short_forms().get(strip_accents(word))
    return dice.choice(forms) if forms else word


def _one_lost(words: list[str], dice: random.Random) -> list[str]:
    if len(words) < 5:
        return words
    i = dice.randrange(len(words))
    return words if words[i] in _KEEP else words[:i] + words[i + 1 :]


_CHANGES: tuple[tuple[Callable[[str, random.Random], str], float], ...] = (
    (mistyped, 0.06),
    (misspelt, 0.10),
    (shortened, 0.25),
)


def rewritten(text: str, dice: random.Random) -> str:
    """One more way in which `text` could have arrived."""
    if dice.random() < 0.6:
        text = strip_accents(text)
    words = text.lower().split()
    for change, share in _CHANGES:
        if dice.random() < 0.6:
            words = [
                change(w, dice) if w not in _KEEP and dice.random() < share else w for w in words
            ]
    for _ in range(1 + len(words) // 12):
        if dice.random() < 0.4:
            words = _one_lost(words, dice)
    text = " ".join(words)
    if dice.random() < 0.3:
        text = "".join(c for c in text if c not in ",.;:!?¡¿")
    return text or " "
