"""Which questions are alike, and what may be shown of those that are: only what most of them share.

Two questions are alike where the words that carry their meaning look alike: character n-grams of
the content words (so that "mascota", "mascotas" and "maskota" are one), weighted by how rare they
are, compared by cosine. Words that nine of ten voices use do not count. ALIKE was chosen on 24
matters asked in different words (tests/unanswered/alike.yml; mean of five orders): at 0.25 the
twelve of each language make 14 groups, of which one mixes two matters; at 0.34 more groups and as
many mixed; at 0.2 more are mixed. A wrong threshold costs use, never a secret: which words are
shown is decided by how many women share them.

A group is shown from `least` different women on, counted within one month (marks of two months
cannot be compared: the larger month counts). Of its words those are shown that at least `least`
women and more than half of the group's share, most shared first, never in the order of anybody's
sentence.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.privacy.word_lists import fold, lists
from bot.unanswered.store import Question

ALIKE = 0.25
WIDTH = 512  # numbers of a vector: n-grams are hashed into them
SIZES = (3, 4, 5)
BLOCK = 500
MOST_SHOWN = 8  # words
_SIGN = re.compile(r"\[[^\]]*\]")
_WORD = re.compile(r"[^\W\d_]+")
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Group:
    """What many women asked: `words` are what they share; `people` rounded down to fives; `week`:
    the Monday of the week of the first."""

    language: str
    words: tuple[str, ...]
    people: int
    week: date
    ids: tuple[int, ...] = field(repr=False)

    @property
    def key(self) -> str:
        """By which a form names it."""
        return f"{self.language}-{zlib.crc32(' '.join(self.words).encode()):08x}"


def content_words(text: str, language: str) -> tuple[str, ...]:
    """Folded, without what was redacted and what everybody says; each once."""
    everywhere = lists(language).everywhere
    found = (fold(each) for each in _WORD.findall(_SIGN.sub(" ", text)))
    return tuple(dict.fromkeys(w for w in found if len(w) > 2 and w not in everywhere))


def groups(questions: Iterable[Question], least: int) -> list[Group]:
    """What may be shown, the most asked first."""
    found: list[Group] = []
    by_language: dict[str, list[Question]] = defaultdict(list)
    for each in questions:
        by_language[each.language].append(each)
    for language, asked in by_language.items():
        words = [content_words(each.text, language) for each in asked]
        for members in _together(_vectors(words)):
            group = _shown([asked[m] for m in members], [words[m] for m in members], least)
            found += [group] if group else []
    return sorted(found, key=lambda each: (-each.people, each.week, each.words))


def _vectors(words: Sequence[Sequence[str]]) -> Vectors:
    """`(n, WIDTH) float32`, unit length, or zero where there are no words."""
    counts = np.zeros((len(words), WIDTH), dtype=np.float32)
    for row, each in enumerate(words):
        for word in each:
            for place in _ngrams(word):
                counts[row, place] += 1
    np.sqrt(counts, out=counts)
    seen = (counts > 0).sum(axis=0)
    counts *= np.log((1 + len(words)) / (1 + seen)).astype(np.float32) + 0.2
    length = np.linalg.norm(counts, axis=1, keepdims=True)
    return np.divide(counts, length, out=counts, where=length > 0)


def _ngrams(word: str) -> Iterable[int]:
    framed = f"<{word}>"
    for size in SIZES:
        for start in range(max(1, len(framed) - size + 1)):
            yield zlib.crc32(framed[start : start + size].encode()) % WIDTH


def _together(vectors: Vectors) -> list[list[int]]:
    """Each joins the group whose middle is nearest, if that is near enough, or begins one."""
    members: list[list[int]] = []
    sums = np.zeros((0, WIDTH), dtype=np.float32)
    for row, vector in enumerate(vectors):
        if len(members) == len(sums):
            sums = np.vstack([sums, np.zeros((BLOCK, WIDTH), dtype=np.float32)])
        near = sums[: len(members)] @ vector
        best = int(near.argmax()) if len(near) else -1
        if best >= 0 and near[best] >= ALIKE:
            members[best].append(row)
            total = sums[best] * len(members[best]) + vector
        else:
            best, total = len(members), vector
            members.append([row])
        length = float(np.linalg.norm(total))
        sums[best] = total / length if length else total
    return members


def _shown(asked: Sequence[Question], words: Sequence[Sequence[str]], least: int) -> Group | None:
    of_month: dict[str, set[str]] = defaultdict(set)
    for each in asked:
        of_month[each.month].add(each.woman)
    people = max(map(len, of_month.values()))
    if people < least:
        return None
    users: dict[str, Counter[str]] = defaultdict(Counter)
    women: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each, said in zip(asked, words, strict=True):
        for word in said:
            women[word, each.month].add(each.woman)
    for (word, month), hers in women.items():
        users[word][month] = len(hers)
    shared = {
        word: max(months.values()) for word, months in users.items()
        if max(months.values()) >= least
        and 2 * sum(months.values()) > sum(map(len, of_month.values()))
    }  # fmt: skip
    if not shared:
        return None
    order = sorted(shared, key=lambda word: (-shared[word], word))[:MOST_SHOWN]
    first = min(each.day for each in asked)
    return Group(asked[0].language, tuple(order), people // 5 * 5,
                 first - timedelta(days=first.weekday()), tuple(e.id for e in asked))  # fmt: skip
