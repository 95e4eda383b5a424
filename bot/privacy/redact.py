"""Her words without anything by which she, or anybody, could be known.

Thought of as a list of what may stay: a word stays if three voices of the training messages use it
(data/redaction/words.yml), or if it is a country, its people, a state or a public body. Whatever
else she writes is replaced, and what stands where a name, a street or a town stands as well, even
where it is a word of every day. Numbers of two and three digits stay (ages, amounts); what looks
like a telephone, a mail, a link, a plate, a date or a longer number does not.

Measured on tests/privacy/redaction_es.yml and _en.yml. Nothing here is a promise for one text:
what is shown of unanswered questions is only what many women share (bot/unanswered).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bot.privacy.redact_marks import Marks, Word
from bot.privacy.redact_places import mark_places
from bot.privacy.redact_signs import spans
from bot.privacy.redact_words import mark_names, mark_rest
from bot.privacy.word_lists import LANGUAGES, Lists, fold, lists

MOST = 1_000  # characters; the rest is left out
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*|\S")
_ENDS = re.compile(r"[.!?…\n]")
_BETWEEN = re.compile(r"[\s,.\-–#:/&'()]*")


@dataclass(frozen=True)
class Redacted:
    """`found`: how many of each kind were replaced."""

    text: str
    found: Mapping[str, int]


def redact(text: str, language: str) -> Redacted:
    """`text` with `[nombre]`, `[número]` … in place of what is somebody's."""
    code = language if language in LANGUAGES else "es"
    text, known = text[:MOST], lists(code)
    marks = _marks(text, code, known)
    for start, end, kind in spans(text, known):
        marks.cover(start, end, kind)
    mark_places(marks)
    mark_names(marks)
    mark_rest(marks)
    return _replaced(text, marks, known)


@cache
def _matcher(code: str) -> tuple[Language, PhraseMatcher]:
    """Every sign of signs.yml, by its list's name."""
    model = spacy.blank(code)
    matcher = PhraseMatcher(model.vocab, attr="ORTH")
    for name, phrases in lists(code).signs.phrases.items():
        words = [_TOKEN.findall(phrase) for phrase in sorted(phrases)]
        matcher.add(name, [Doc(model.vocab, words=each) for each in words])
    return model, matcher


def _marks(text: str, code: str, known: Lists) -> Marks:
    found = list(_TOKEN.finditer(text))
    model, matcher = _matcher(code)
    folded = [fold(each.group()) for each in found]
    signs: dict[str, list[tuple[int, int]]] = {}
    if found:
        doc = Doc(model.vocab, words=[each or "-" for each in folded])
        for name, start, end in matcher(doc):
            signs.setdefault(model.vocab.strings[name], []).append((start, end))
    shouted = sum(map(str.isupper, text)) > sum(map(str.islower, text))
    words, at_start, line_end = [], True, 0
    for each, plain in zip(found, folded, strict=True):
        at_start = at_start or "\n" in text[line_end : each.start()]
        written = each.group()
        is_word = written[0].isalpha()
        capital = written[0].isupper() and not shouted
        words.append(Word(each.start(), each.end(), plain, capital, capital and not at_start))
        at_start = bool(_ENDS.match(written)) or (at_start and not is_word)
        line_end = each.end()
    return Marks(words, signs, known)


def _replaced(text: str, marks: Marks, known: Lists) -> Redacted:
    """Neighbours of one kind become one sign."""
    parts: list[str] = []
    found: Counter[str] = Counter()
    last, kind_before = 0, ""
    for start, end, kind in marks.pieces():
        between = text[last:start]
        joined = kind == kind_before and _is_between(between, known)
        if not joined:
            parts.append(between)
            parts.append(f"[{known.signs.shown[kind]}]")
            found[kind] += 1
            kind_before = kind
        last = end
    parts.append(text[last:])
    return Redacted("".join(parts), dict(found))


def _is_between(text: str, known: Lists) -> bool:
    words = _TOKEN.findall(text)
    joints = all(fold(each) in known.signs["joints"] for each in words if each[0].isalnum())
    return joints and len(words) <= 3 and "," not in text
