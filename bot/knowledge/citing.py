"""Which sources statements rest on, each with its own date; whose word comes last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from bot.directory.text import fold
from bot.knowledge.dates import first_day, is_old, oldest
from bot.knowledge.files import read_yaml
from bot.knowledge.library import Library
from bot.knowledge.models import Statement
from bot.paths import DATA

PATH = DATA / "publishers.yml"


@dataclass(frozen=True)
class Cited:
    """One source used: who, of when, and whether that is a day on which the network confirmed."""

    name: str
    date: str | None
    confirmed: bool = False


@dataclass(frozen=True)
class Citation:
    """Where statements come from, source by source in the order in which they are told."""

    sources: tuple[Cited, ...]
    confirm_first: bool  # something is volatile, old, or not confirmed by an editor

    @property
    def oldest(self) -> str | None:
        """The oldest date of all."""
        return oldest([each.date for each in self.sources])

    @property
    def confirmed(self) -> bool:
        """Whether the network confirmed all of it."""
        return bool(self.sources) and all(each.confirmed for each in self.sources)

    @property
    def undated(self) -> bool:
        """Whether something told carries no date."""
        return any(each.date is None for each in self.sources)


def cite(library: Library, chosen: Sequence[Statement], today: date) -> Citation:
    """Each statement's own publisher and date; one entry per publisher, its oldest date."""
    found: dict[str, Cited] = {}
    for each in chosen:
        name = best_name(publishers(library, each))
        cited = Cited(name, known_on(each), each.verified_at is not None)
        before = found.get(name)
        if before is None or _is_older(cited, before):
            found[name] = cited
    return Citation(tuple(found.values()), any(_must_be_confirmed(each, today) for each in chosen))


def publishers(library: Library, statement: Statement) -> Sequence[str]:
    """Who published what it rests on, in the order of its sources."""
    return library.of(statement.country).publishers.get(statement.id, ())


def best_name(names: Sequence[str]) -> str:
    """The first that she can judge; the first of all where there is none."""
    return next((each for each in names if not is_doubtful(each)), names[0] if names else "")


def rests_on_doubtful(names: Sequence[str]) -> bool:
    """Whether no better source stands behind it."""
    return bool(names) and all(is_doubtful(each) for each in names)


@cache
def is_doubtful(publisher: str) -> bool:
    """Whether the publisher is one of data/publishers.yml."""
    return any(each in fold(publisher) for each in _last())


@cache
def _last() -> tuple[str, ...]:
    return tuple(fold(each) for each in read_yaml(PATH)["last"])


def known_on(statement: Statement) -> str | None:
    """The day on which it was confirmed, else the date of its source."""
    verified = statement.verified_at
    return verified.date().isoformat() if verified else statement.as_of


def _is_older(one: Cited, other: Cited) -> bool:
    if one.date is None or other.date is None:
        return other.date is not None
    return first_day(one.date) < first_day(other.date)


def _must_be_confirmed(statement: Statement, today: date) -> bool:
    """Whether she should ask before relying on it; an editor's recent word is enough."""
    if statement.call_first:
        return True
    if statement.verified_at is not None:
        return is_old(statement.verified_at.date().isoformat(), today)
    return statement.volatile or is_old(statement.as_of, today)
