"""The library with some statements hidden: what a talk must not be told, or not now.

Where a child was hurt nothing says that reporting is hers to decide (`hers_to_decide` in
data/asked.yml). Where her family is threatened nothing of another topic comes between.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from weakref import WeakKeyDictionary

from bot.directory.text import fold
from bot.knowledge.asked import pattern
from bot.knowledge.library import Library, Shelf
from bot.knowledge.models import Statement

Hides = Callable[[Statement], bool]


class _Part(Shelf):
    """All statements for whoever measures them; some only for whoever chooses."""

    hides: Hides

    @cached_property
    def statement(self) -> Mapping[str, Statement]:
        """By id."""
        return {each.id: each for each in self.statements if not self.hides(each)}

    @cached_property
    def by_topic(self) -> Mapping[str, tuple[Statement, ...]]:
        """By topic."""
        found: dict[str, list[Statement]] = {}
        for each in self.statement.values():
            found.setdefault(each.intent, []).append(each)
        return {intent: tuple(rows) for intent, rows in found.items()}


def _either(shelf: Shelf, hides: Hides) -> Hides:
    """What a part hides already stays hidden in a part of it."""
    if not isinstance(shelf, _Part):
        return hides
    before = shelf.hides  # and not the shelf, which `_made` must be able to forget
    return lambda each: before(each) or hides(each)


_made: WeakKeyDictionary[Shelf, dict[str, _Part]] = WeakKeyDictionary()


class PartOfLibrary(Library):
    """The same library, for as long as its connection is open; `name` tells what is hidden."""

    def __init__(self, library: Library, name: str, hides: Hides) -> None:
        super().__init__(library.connection)
        self._library, self._name, self._hides = library, name, hides

    def of(self, country: str) -> Shelf:
        """The country's shelf, without what is hidden."""
        shelf = self._library.of(country)
        made = _made.setdefault(shelf, {})
        if self._name not in made:
            part = _Part(shelf.country, shelf.statements, shelf.services, shelf.publishers)
            object.__setattr__(part, "hides", _either(shelf, self._hides))
            made[self._name] = part
        return made[self._name]


def for_a_child(library: Library) -> Library:
    """Without what leaves it to the hurt one to report."""
    return PartOfLibrary(library, "child", leaves_it_to_her)


def on(topic: str, library: Library) -> Library:
    """Only what is told on `topic`."""
    return PartOfLibrary(library, topic, lambda each: each.intent != topic)


def without(name: str, ids: Collection[str], library: Library) -> Library:
    """Without these statements; `name` is always of the same ones."""
    return PartOfLibrary(library, name, lambda each: each.id in ids)


def of(library: Library, name: str, hides: Hides) -> Library:
    """Without what is hidden; `name` is always of the same rule."""
    return PartOfLibrary(library, name, hides)


def not_of_sex(library: Library) -> Library:
    """Without what is on sex: for her who tells of blows, and of nothing else."""
    return PartOfLibrary(library, "blows", is_of_sex)


def is_of_sex(statement: Statement) -> bool:
    """Whether it speaks of sex, forced or not."""
    return bool(pattern("of_sex").search(fold(statement.text_es)))


def leaves_it_to_her(statement: Statement) -> bool:
    """Whether it says that the hurt one decides whether to report."""
    return bool(pattern("hers_to_decide").search(fold(statement.text_es)))
