"""A message as the model should read it.

Two forms are made: `clean` keeps case-free words with accents (for the sentence encoder, which
knows them) and `plain` drops accents and repeated letters (for n-grams, places and word lists).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import filterfalse
from pathlib import Path
from typing import Any

import yaml

LEXICON = Path(__file__).resolve().parent.parent.parent / "data" / "lexicon"
MAX_LENGTH = 1_000  # characters the model reads; what follows never changed a label in practice

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SIGN = re.compile("[^\x20-\x7e\u00bf-\u024f]")  # beyond what Spanish and English are written with
SIGNS = ("So", "Cs", "Co", "Cn")
_SPACES = re.compile(r"\s+")
_REPEATED = re.compile(r"(.)\1{2,}")
_WORD = re.compile(r"[^\s.,;:!?¡¿()\"«»…]+|[.,;:!?¡¿()\"«»…]")
# Letters of other alphabets that look Latin, used to slip past word lists or by odd keyboards.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁոӏαορτκν", "aeopcyxijsdnlaoptkv")


def _load(name: str) -> dict[str, Any]:
    with (LEXICON / name).open(encoding="utf-8") as file:
        return dict(yaml.safe_load(file))


@lru_cache(maxsize=1)
def shortenings() -> dict[str, str]:
    tables = _load("shortenings.yml")
    # Spanish first: where a form exists in both lists, her Spanish is the main case.
    return {str(k): str(v) for k, v in {**tables["en"], **tables["es"]}.items()}


@lru_cache(maxsize=1)
def _emoji() -> dict[str, str]:
    return {str(k): str(v) for k, v in _load("emoji.yml").items()}


def strip_accents(text: str) -> str:
    """`text` without accents; ñ becomes n."""
    if text.isascii():
        return text
    return "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFD", text)))


def clean(text: str) -> str:
    """`text` in one line, lower case, without invisible signs, at most MAX_LENGTH characters."""
    text = unicodedata.normalize("NFKC", text[: 4 * MAX_LENGTH])
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    if _SIGN.search(text):
        for sign, words in _emoji().items():
            if sign in text:
                text = text.replace(sign, f" {words} ")
        text = "".join(" " if unicodedata.category(c) in SIGNS else c for c in text)
    text = _REPEATED.sub(r"\1\1", text.lower().translate(_LOOKALIKES))
    return _SPACES.sub(" ", text).strip()[:MAX_LENGTH]


def plain(text: str) -> str:
    """`clean`, without accents, with shortenings written out."""
    table = shortenings()
    words = _WORD.findall(strip_accents(clean(text)))
    return " ".join(table.get(word, word) for word in words)
