"""How many records of each age there are, counted by the database, and a page of them in order.

Fifty thousand services differ in a few hundred ages: the database counts each (from an index
alone), each is judged once, and of the records themselves only those of the page are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from bot.directory.models import Service
from bot.knowledge.lifecycle import Span, last_check, stage
from bot.knowledge.models import Statement
from bot.knowledge.trust import Hidden
from bot.portal.freshness import Dated, Kind


@dataclass(frozen=True)
class Group:
    """Records of one age: `like` is one without id and country, `values` what they share."""

    like: Dated
    values: tuple[Any, ...]
    many: int


@dataclass(frozen=True)
class Slice:
    """So many of a group, after the first ones."""

    group: Group
    first: int
    many: int

    @property
    def is_whole(self) -> bool:
        return self.many == self.group.many


Choice = Callable[[Dated], bool]


def anything(_: Dated) -> bool:
    """No choice."""
    return True


@dataclass(frozen=True)
class Census:
    """The groups, the longest unchecked first."""

    session: Session
    table: Any
    where: tuple[ColumnElement[bool], ...]
    groups: tuple[Group, ...]

    @classmethod
    def of_services(cls, session: Session, today: date, *where: ColumnElement[bool]) -> Census:
        return cls._of(session, Service, today, where)

    @classmethod
    def of_statements(cls, session: Session, today: date, *where: ColumnElement[bool]) -> Census:
        return cls._of(session, Statement, today, where)

    @classmethod
    def _of(cls, session: Session, table: Any, today: date,
            where: tuple[ColumnElement[bool], ...]) -> Census:  # fmt: skip
        columns = _columns(table)
        wanted: Select[Any] = (
            select(*columns, func.count()).where(*where).group_by(*columns)
            if table is Statement
            else select(*columns, null(), null(), func.count()).where(*where).group_by(*columns)
        )  # fmt: skip
        found = []
        for row in session.execute(wanted):
            is_hidden, *rest, many = row
            kind = Kind(*rest)
            check, span = last_check(kind), Span(kind.valid_from, kind.valid_until)
            reached = stage(kind, kind.state, today, span)
            like = Dated("", "", reached, check.on, check.role, bool(is_hidden))
            found.append(Group(like, tuple(row)[: len(columns)], many))
        # Of one age in an order of their own: the database gives another one each time.
        found.sort(key=lambda each: (each.like.checked_on or date.min, repr(each.values)))
        return cls(session, table, where, tuple(found))

    def count(self, choice: Choice = anything) -> int:
        """How many there are of that choice."""
        return sum(each.many for each in self.groups if choice(each.like))

    def page(self, first: int, size: int, choice: Choice = anything) -> list[Dated]:
        """That many of the choice, after the first ones."""
        slices: list[Slice] = []
        for group in self.groups:
            if not size:
                break
            if not choice(group.like):
                continue
            taken = Slice(group, first, max(0, min(size, group.many - first)))
            first, size = max(0, first - group.many), size - taken.many
            slices += [taken] if taken.many else []
        return self._read(slices)

    def each(self, choice: Choice = anything, size: int = 500) -> Iterator[list[Dated]]:
        """All of the choice, at most so many at a time."""
        slices: list[Slice] = []
        room = size
        for group in (each for each in self.groups if choice(each.like)):
            for first in range(0, group.many, size):
                taken = Slice(group, first, min(size, group.many - first))
                if taken.many > room:
                    yield self._read(slices)
                    slices, room = [], size
                slices.append(taken)
                room -= taken.many
        if slices:
            yield self._read(slices)

    def _read(self, slices: Sequence[Slice]) -> list[Dated]:
        """All whole groups by one query: hundreds of them have one record each."""
        whole = [each.group for each in slices if each.is_whole]
        members = self._members(whole) if len(whole) > 1 else {}
        found: list[Dated] = []
        for each in slices:
            found += members[each.group] if each.group in members else self._some(each)
        return found

    def _members(self, groups: Sequence[Group]) -> dict[Group, list[Dated]]:
        columns = _columns(self.table)
        near = [
            _is_one_of(column, {each.values[place] for each in groups})
            for place, column in enumerate(columns)
        ]
        wanted = (
            select(self.table.id, self.table.country, *columns).where(*near, *self.where)
            .order_by(self.table.id)
        )  # fmt: skip
        by_values = {each.values: each for each in groups}
        found: dict[Group, list[Dated]] = {each: [] for each in groups}
        for record_id, country, *values in self.session.execute(wanted):
            # A mixture of what several groups have may belong to none of them.
            if group := by_values.get(tuple(values)):
                found[group].append(group.like._replace(id=record_id, country=country))
        return found

    def _some(self, some: Slice) -> list[Dated]:
        same = [
            column.is_(None) if value is None else column == value
            for column, value in zip(_columns(self.table), some.group.values, strict=True)
        ]
        wanted = (
            select(self.table.id, self.table.country).where(and_(*same), *self.where)
            .order_by(self.table.id).offset(some.first).limit(some.many)
        )  # fmt: skip
        return [
            some.group.like._replace(id=record_id, country=country)
            for record_id, country in self.session.execute(wanted)
        ]


def _is_one_of(column: Any, values: set[Any]) -> ColumnElement[bool]:
    """Null among the values too."""
    known = column.in_([each for each in values if each is not None])
    return or_(known, column.is_(None)) if None in values else known


def _columns(table: Any) -> list[Any]:
    own = (
        [table.status, table.valid_from, table.valid_until]
        if table is Statement
        else [table.publication]
    )
    is_hidden = table.id.in_(select(Hidden.record_id)).label("is_hidden")
    # Once somebody checked it, the date of its source decides nothing.
    as_of = case((table.verified_at.is_(None), table.as_of))
    return [is_hidden, as_of, table.verified_at, table.verified_by, *own]
