"""Reads a cut's published figures into bars, grids and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.analytics.cuts import cuts
from bot.analytics.figures import Figure, Figures, is_rest
from bot.analytics.protect import ALL, OTHERS
from bot.analytics.report.parts import NOTHING, Bars, Cell, Grid, Line
from bot.analytics.report.words import number, text
from bot.analytics.vocabulary import OTHER, UNKNOWN
from bot.analytics.words import (
    capital,
    column_name,
    name_among,
    rest_of_each,
    row_name,
    sum_of_rows,
)


@dataclass(frozen=True)
class Reader:
    """The figures of the period and of the one before, in a language."""

    now: Figures
    before: Figures | None
    language: str

    def say(self, key: str, **values: object) -> str:
        return text(key, self.language, **values)

    def bars(self, title: str, cut: str, rows: Sequence[str], *,
             in_order: bool = False) -> Iterator[Bars]:  # fmt: skip
        """Of the rows that are shown, in all countries; the largest first, or as they follow."""
        shown = [(row, each) for row in rows if (each := self.now.at(cut, row))]
        if not in_order:
            shown.sort(key=lambda each: -each[1].value)
        names = [row for row, _ in shown]
        lines = [Line(self._name(row, cut, names), each.value,
                      self._told(cut, row, each)) for row, each in shown]  # fmt: skip
        if lines:
            yield Bars(self.say(title), lines)

    def _name(self, row: str, cut: str, names: Sequence[str]) -> str:
        if is_rest(row) and len(names) > 1:
            return sum_of_rows(row, cut, names, self.language)
        return capital(name_among(row, cut, names, self.language))

    def _told(self, cut: str, row: str, each: Figure) -> str:
        then = self.before.at(cut, row) if self.before else None
        told = number(each, self.language)
        if then is None:
            return told
        return f"{told}  ({self.say('before', number=number(then, self.language))})"

    def grid(self, title: str, cut: str, rows: Sequence[str], corner: str) -> Iterator[Grid]:
        """Rows by the countries of which anything is shown; none where there is no such country."""
        cells = self.now.cells(cut)
        at = [
            each
            for each in (*cuts()[cut].columns, OTHERS)
            if any((row, each) in cells for row in rows)
        ]
        lines: list[tuple[str, list[Cell]]] = [
            (capital(row_name(row, self.language)), [cells.get((row, each)) for each in (ALL, *at)])
            for row in rows
            if not is_rest(row) and any((row, each) in cells for each in (ALL, *at))
        ]
        lines += self._rests(cut, rows, at)
        if lines and at:
            names = "; ".join(
                f"{code(each)} {column_name(cut, each, self.language)}" for each in at
            )
            yield Grid(self.say(title), self.say(corner), [self.say("all"), *map(code, at)],
                       lines, self.say("codes", names=names))  # fmt: skip

    def _rests(self, cut: str, rows: Sequence[str], at: Sequence[str]
               ) -> Iterator[tuple[str, list[Cell]]]:  # fmt: skip
        """As on the page (bot/analytics/maps.py): rows that are small everywhere, and what is
        hidden in each country, are not the same and have no line in common."""
        cells = self.now.cells(cut)
        rests = [row for row in rows if is_rest(row)]
        for row in rests:
            if (row, ALL) in cells:
                name = sum_of_rows(row, cut, rows, self.language)
                yield name, [cells[row, ALL], *[NOTHING] * len(at)]
        for row in rests:
            if any((row, each) in cells for each in at):
                told: list[Cell] = [cells.get((row, each), NOTHING) for each in at]
                yield rest_of_each(row, cut, self.language), [NOTHING, *told]

    def most(self, key: str, cut: str, rows: Sequence[str]) -> str:
        """The largest in a sentence; empty where none is shown."""
        shown = [(each.value, row) for row in rows if (each := self.now.at(cut, row))]
        if not shown:
            return ""
        value, row = max(shown)
        return self.say(key, what=row_name(row, self.language), number=f"{value:,}")


def code(country: str) -> str:
    """A column's short name."""
    return {OTHERS: "+", UNKNOWN: "?", "whatsapp": "WA", "telegram": "TG", "sms": "SMS",
            "web": "Web", OTHER: "…"}.get(country, country)  # fmt: skip
