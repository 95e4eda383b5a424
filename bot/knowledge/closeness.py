"""How close the statements of a country come to her question: by meaning, else by words.

By meaning: her message beside what women ask when a statement is the answer, and beside what the
statement says. By words: stems that both have, rare ones counting for more. Which is better, and
by how much: docs/decisions/0007-which-fact-answers.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy.orm import Session

from bot.knowledge.asked import Asked, aspects, stems, told_stems
from bot.knowledge.chance import is_usable
from bot.knowledge.library import Library, Shelf, opened
from bot.knowledge.models import Statement
from bot.knowledge.ranking import KINDS, group_of
from bot.nlu.answering import WIDTH
from bot.nlu.meanings import Meanings, meanings, unpacked
from bot.paths import MODELS

PATH = MODELS / "meant.npz"
ASPECT = 3.5  # what answering the kind of question counts, by words
ENOUGH, SURE = 3.0, 7.0  # so close by words it is told; although it belongs to another topic
SHORTEST, LONGEST = 3, 60  # words, and characters, of a question that is offered to choose


@dataclass(frozen=True)
class Row:
    """What of a statement is held beside her message."""

    id: str
    intent: str
    kind: str
    es: str
    en: str
    asked: Mapping[str, Sequence[str]] | None = None

    @property
    def text_es(self) -> str:
        """As a statement of the database has it."""
        return self.es


@dataclass(frozen=True, eq=False)
class Said:
    """What a statement says: `(n, d)`, length 1 each."""

    vectors: Any


class Closeness:
    """Of one country's statements; made once for as long as they say the same."""

    def __init__(self, country: str, rows: Sequence[Row], known: Meanings) -> None:
        self.country = country
        self.ids = [row.id for row in rows]
        self.intents = [row.intent for row in rows]
        self.topics = sorted(set(self.intents))
        self.groups = [group_of(each) for each in self.topics]
        self.of_topic = np.array([self.topics.index(each) for each in self.intents], dtype=int)
        self.of_kind = np.array([[row.kind == each for each in KINDS] for row in rows], dtype=float)
        self.rows = rows
        self._stems = {row.id: told_stems(f"{row.es} {row.en}") for row in rows}
        self._counts = Counter(stem for found in self._stems.values() for stem in found)
        self._having: dict[str, list[int]] = {}  # by stem, also of the questions
        for place, each in enumerate(rows):
            for stem in self._stems[each.id] | stems(" ".join(_asked(each))):
                self._having.setdefault(stem, []).append(place)
        self._answering: dict[str, Any] = {}
        self._common: dict[tuple[str, ...], frozenset[str]] = {}
        texts = [(number, text, 0) for number, row in enumerate(rows)
                 for text in (row.es, row.en)]  # fmt: skip
        texts += [(number, text, 1) for number, row in enumerate(rows) for text in _asked(row)]
        texts.sort(key=lambda each: (each[0], each[2]))
        self._known = known
        self.missing = known.missing(text for _, text, _ in texts)
        vectors, which = known.of([text for _, text, _ in texts])
        # Four bytes a number: a turn has no time to take them out of one byte each.
        self._units = unpacked(vectors[:, :WIDTH])
        self._turned = unpacked(vectors[:, WIDTH:])
        self._kept_said: dict[str, Said] = {}
        self._alike: WeakKeyDictionary[Said, Any] = WeakKeyDictionary()
        self._rows: dict[str, tuple[list[int], list[int]]] = {row.id: ([], []) for row in rows}
        for row, number in enumerate(which):
            owner, _, is_asked = texts[number]
            self._rows[rows[owner].id][is_asked].append(row)
        # Texts lie in order, of each statement what it says before what it is asked for.
        both = list(self._rows.values())
        self._starts = [part[0] for pair in both for part in pair if part]
        self._is_text = np.array([not i for pair in both for i, part in enumerate(pair) if part])
        self._with_questions = np.array([bool(asked) for _, asked in both])

    def knows_meaning(self, asked: Asked) -> bool:
        """Only where all of the country's texts are encoded: a new one must not lose for that."""
        known = len(self._units) > 0 and not self.missing and is_usable()
        return asked.vectors is not None and known

    def meant(self, asked: Asked) -> tuple[Any, Any, Any, Any]:
        """How close her message comes to what each statement is asked for, and to what it says; the
        same two of the vectors that are turned towards what answers: four `(statements,)`. A
        statement that nothing is asked for is held by its text alone."""
        near = largest_of(self._units @ asked.means.T)
        again = largest_of(self._turned @ asked.seeks.T)
        return (*self._by_statement(near), *self._by_statement(again))

    def alike(self, last: Sequence[Said]) -> Any:
        """`(statements,)`: how close what each says comes to what was told last; 0 of nothing."""
        if not last:
            return np.zeros(len(self.ids))
        return np.maximum.reduce([self._alike_to(said) for said in last])

    def _alike_to(self, said: Said) -> Any:
        """It depends on statements alone: found out once."""
        if said not in self._alike:
            near = (self._units @ said.vectors.T).max(axis=1)
            self._alike[said] = self._by_statement(near)[1].astype(np.float32)
        return self._alike[said]

    def _by_statement(self, near: Any) -> tuple[Any, Any]:
        """The largest of the questions of each, and of its texts; of every text there is one."""
        largest = np.maximum.reduceat(near, self._starts)
        text = largest[self._is_text]
        questions = text.copy()
        questions[self._with_questions] = largest[~self._is_text]
        return questions, text

    def told(self, ids: Sequence[str]) -> list[Said]:
        """What these statements say, those of them that are known here."""
        for key in ids:
            rows = self._rows.get(key, ([], []))[0]
            if rows and key not in self._kept_said:
                self._kept_said[key] = Said(self._units[rows])
        return [self._kept_said[key] for key in ids if key in self._kept_said]

    def in_her_words(self, key: str, asked: Asked, language: str) -> str | None:
        """Of what women ask for that statement, in few words, what comes nearest to her message."""
        row = next(row for row in self.rows if row.id == key)
        texts = [text for text in (row.asked or {}).get(language, ())
                 if len(text) <= LONGEST and len(text.split()) >= SHORTEST
                 and not asked.is_frightened_by(text)]  # fmt: skip
        vectors, which = self._known.of(texts)
        if not which:
            return None
        near = (unpacked(vectors[:, WIDTH:]) @ asked.seeks.T).max(axis=1)
        return texts[which[int(near.argmax())]]

    def answer_any(self, kinds: Sequence[str]) -> Any:
        """`(statements,)`: whether each speaks of one of these kinds of question; 0 of none."""
        found = np.zeros(len(self.ids))
        for kind in kinds:
            if kind not in self._answering:
                self._answering[kind] = np.array(
                    [aspects()[kind].is_answered_by(row) for row in self.rows], dtype=float
                )
            found = np.maximum(found, self._answering[kind])
        return found

    def words_of(self, asked: Asked) -> Any:
        """`(statements,)`: the share of her words that each has too, rare ones counting more."""
        total = max(len(self.ids), 1)
        worth = {stem: log(total / len(self._having[stem])) for stem in sorted(asked.stems)
                 if stem in self._having}  # fmt: skip
        whole = sum(worth.values()) + log(total) * (len(asked.stems) - len(worth))
        shared = np.zeros(len(self.ids))
        for stem, one in worth.items():
            shared[self._having[stem]] += one
        return shared / max(1.0, whole)

    def common(self, statements: Sequence[Statement]) -> frozenset[str]:
        """The words that half of the topic's statements share: they tell nothing apart."""
        ids = tuple(each.id for each in statements)
        if ids not in self._common:
            counts = Counter(stem for key in ids for stem in self._stems.get(key, frozenset()))
            half = max(len(ids), 2) / 2
            self._common[ids] = frozenset(stem for stem, count in counts.items() if count > half)
        return self._common[ids]

    def by_words(self, statement: Statement, asked: Asked) -> float:
        """How well it answers, by the stems that both have; 0 where nothing fits."""
        musts = [each for each in asked.aspects if aspects()[each].must]
        if musts and not any(aspects()[each].is_answered_by(statement) for each in musts):
            return 0.0
        total = max(len(self._stems), 1)
        own = self._stems.get(statement.id, frozenset())
        words = sum(log(total / self._counts[stem]) for stem in asked.stems & own)
        kinds = sum(ASPECT for each in asked.aspects if aspects()[each].is_answered_by(statement))
        return words + kinds


def largest_of(near: Any) -> Any:
    """The largest of each row. Column by column: NumPy takes many short rows one at a time."""
    largest = near[:, 0].copy()
    for column in range(1, near.shape[1]):
        np.maximum(largest, near[:, column], out=largest)
    return largest


_kept: dict[tuple[str, str], tuple[Shelf, int, Closeness]] = {}


def closeness(where: Session | Library, country: str) -> Closeness:
    """The one for the country as it is now; made anew where its statements say something else."""
    library, known = opened(where), meanings(PATH)
    shelf = library.of(country)
    key = (str(library.connection.engine.url), country)
    of, learnt, made = _kept.get(key, (None, -1, None))
    if made is not None and of is shelf and learnt == known.learnt:
        return made
    rows = _rows_of(shelf)
    if made is None or learnt != known.learnt or made.rows != rows:
        made = Closeness(country, rows, known)
        known.learn_later(made.missing)
    _kept[key] = (shelf, known.learnt, made)
    return made


def _asked(row: Row) -> list[str]:
    return [text for texts in (row.asked or {}).values() for text in texts]


def _rows_of(shelf: Shelf) -> list[Row]:
    return [
        Row(each.id, each.intent, each.kind, each.text_es, each.text_en, each.asked)
        for each in shelf.statements
    ]
