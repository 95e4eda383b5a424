"""What is replaced in what women wrote, measured on written messages."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.privacy.redact import redact
from bot.privacy.word_lists import fold, lists
from bot.privacy.words_in_use import PATH, page, words_in_use

LEAST_RECALL = 0.97
KINDS = {"n": "names", "p": "telephones", "m": "mails", "l": "links", "d": "numbers and ids",
         "v": "plates", "a": "addresses", "t": "towns", "b": "dates", "o": "other"}  # fmt: skip
# Words that say nothing by themselves: what kind of place or person it is, and joints.
SMALL = frozenset(
    "de del la las los el y a al un una dos en the of and by from on to at is "
    "don dona senora sra mr mrs ms miss mister mama nina doctor pappy big st "
    "calle avenida colonia col barrio aldea casa hospital parque park mercado market banco bank "
    "hotel iglesia church street road avenue village house university high station shop sala ward "
    "cama bed residencial subdivision mall block bloque pulperia contiguo punto com arroba dot "
    "arriba abajo interior numero".split()
)
_MARKED = re.compile(r"\{([a-z]) ([^}]+)\}|<([^>]+)>")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Written:
    """One message of the set."""

    said: str
    gone: tuple[tuple[str, str], ...]  # kind, words
    stays: tuple[str, ...]


@cache
def written(language: str) -> list[Written]:
    path = Path(__file__).with_name(f"redaction_{language}.yml")
    found = []
    for line in yaml.safe_load(path.read_text(encoding="utf-8")):
        marked = _MARKED.findall(line)
        said = _MARKED.sub(lambda m: m[2] or m[3], line)
        gone = tuple((kind, words) for kind, words, _ in marked if kind)
        found.append(Written(said, gone, tuple(each for _, _, each in marked if each)))
    return found


def words(text: str) -> set[str]:
    return {fold(each) for each in _WORD.findall(text)}


def left(each: Written, language: str) -> list[tuple[str, str, str]]:
    """What should have gone and did not: kind, words, what is read."""
    shown = redact(each.said, language).text
    there = words(re.sub(r"\[[^\]]*\]", " ", shown))
    others = words(_without(each))
    return [(kind, gone, shown) for kind, gone in each.gone
            if (words(gone) - SMALL - others) & there]  # fmt: skip


def _without(each: Written) -> str:
    said = each.said
    for _, gone in each.gone:
        said = said.replace(gone, " ")
    return said


@pytest.mark.parametrize("language", ["es", "en"])
def test_of_a_hundred_things_that_must_vanish_ninety_seven_do(language: str) -> None:
    messages = written(language)
    missed = [each for message in messages for each in left(message, language)]
    total = Counter(kind for each in messages for kind, _ in each.gone)
    recall = 1 - len(missed) / total.total()
    kept = [(word, message) for message in messages for word in message.stays]
    lost = [w for w, message in kept if not words(w) <= words(redact(message.said, language).text)]
    by_kind = Counter(kind for kind, _, _ in missed)
    print(f"\n{language}: recall {recall:.4f} of {total.total()} in {len(messages)} messages; "
          f"precision {1 - len(lost) / len(kept):.4f} of {len(kept)} words that should stay")  # fmt: skip
    for kind, count in sorted(total.items()):
        print(f"  {KINDS[kind]}: {count - by_kind[kind]} of {count}")
    for each in missed:
        print("  left:", each)
    print("  lost:", ", ".join(lost))

    assert len(messages) >= 150
    assert recall >= LEAST_RECALL
